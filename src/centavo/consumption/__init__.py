"""Module 1, consumption: where the money goes."""

__all__: list[str] = []
