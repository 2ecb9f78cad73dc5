"""Module 2: is the model too large, too dear or too fast? Rules, and routers with certificates."""

__all__: list[str] = []
