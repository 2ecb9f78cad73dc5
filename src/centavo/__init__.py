"""What AI costs, where it goes, and how far each figure can be trusted."""

__all__ = ["__version__"]

__version__ = "0.1.0"
