"""How facts get in: one file per format."""

from centavo.sources.source import Probe, ReadOptions, Recognition, Source

__all__ = ["Probe", "ReadOptions", "Recognition", "Source"]
