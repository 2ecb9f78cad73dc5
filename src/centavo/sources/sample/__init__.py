"""The sample company: six months of one invented shop's AI spend, with planted incidents."""

from centavo.sources.sample.generate import SampleReport, generate

__all__ = ["SampleReport", "generate"]
