"""Module 3, is the token needed: what a prompt is made of, what of it is waste, and what a cache would save."""

__all__ = []
