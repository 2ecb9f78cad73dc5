"""Latency classes of serving, by the limits that MLPerf Inference v5.0 sets for Llama 2 70B.

Its interactive test allows 40 ms for an output token and 450 ms for the first one, its server test 200 ms
and 2 s (99th percentiles; https://mlcommons.org/2025/04/llm-inference-v5).
"""

from typing import Literal, get_args

__all__ = ["LATENCY_CLASSES", "LatencyClass", "latency_class"]

LatencyClass = Literal["interactive", "relaxed", "batch"]
LATENCY_CLASSES: tuple[LatencyClass, ...] = get_args(LatencyClass)
_LIMITS: tuple[tuple[LatencyClass, float, float], ...] = (
    ("interactive", 0.040, 0.450),
    ("relaxed", 0.200, 2.0),
)


def latency_class(token_s: float, first_token_s: float) -> LatencyClass:
    """Return the first class whose two limits are both kept; what keeps none is for batches.

    >>> latency_class(0.03, 0.6)
    'relaxed'
    """
    for name, token_limit, first_limit in _LIMITS:
        if token_s <= token_limit and first_token_s <= first_limit:
            return name
    return "batch"
