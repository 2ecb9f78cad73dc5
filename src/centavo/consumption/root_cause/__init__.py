"""Root cause: which combination of scope dimensions explains a change, split to the last digit."""

__all__: list[str] = []
