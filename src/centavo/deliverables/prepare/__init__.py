"""Preparing pages: from figures of the ledger to figures worded, ordered, coloured and explained."""

__all__: list[str] = []
