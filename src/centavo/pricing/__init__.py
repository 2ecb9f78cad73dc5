"""The dated price book: what a token costs on a day, and what could not be priced."""

__all__: list[str] = []
