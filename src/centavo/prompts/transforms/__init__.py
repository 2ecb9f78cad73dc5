"""Saying the same with fewer tokens: each transformation of a text, whether it loses anything, and its proof."""

from centavo.prompts.transforms.chunks import distinct_chunks, finds_near_copies
from centavo.prompts.transforms.compact_json import compact_json
from centavo.prompts.transforms.repeats import once, repeated_again
from centavo.prompts.transforms.tabular import rows_again, tabular
from centavo.prompts.transforms.transform import TRANSFORMS, Transform, transform_named
from centavo.prompts.transforms.whitespace import trimmed

__all__ = [
    "TRANSFORMS",
    "Transform",
    "compact_json",
    "distinct_chunks",
    "finds_near_copies",
    "once",
    "repeated_again",
    "rows_again",
    "tabular",
    "transform_named",
    "trimmed",
]
