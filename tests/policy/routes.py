"""Routes for tests: one of each kind."""

import struct

from centavo.policy.route import Certificate, FormWeight, Nearness, Route, RouteScore
from centavo.policy.route_features import DIMENSIONS, FORM, TOPICS

CERTIFICATE = Certificate(
    loss_limit=0.02,
    confidence=0.95,
    share=0.4,
    labels=1200,
    loss=0.004,
    loss_at_most=0.019,
    thresholds=(-0.1, 0.05),
    bets=((0.1, 0.2), (0.3, 0.4)),
)


def category_route():
    score = RouteScore(0.1, dimension="feature", categories={"chat": -0.2, "maths": 0.3})
    return Route(
        "support", (("application", ("support*",)),), "large", "small", "category", 0.0, score,
        ("medium", "large"), CERTIFICATE,
    )  # fmt: skip


def nearness():
    """Likeness to two prompts: the first without topics, the second of one topic, both of usual form."""
    topics = struct.pack("<e", 0.5) * (DIMENSIONS * TOPICS)
    remembered = b"".join(
        struct.pack(f"<{TOPICS + len(FORM)}e", first, *[0.0] * (TOPICS + len(FORM) - 1))
        for first in (0.0, 1.0)
    )
    return Nearness(topics, remembered, (0.5, -0.25))


def text_route(*, agreement=None, near=None):
    form = {name: FormWeight(1.0 + n, 2.0, 0.01 * n) for n, name in enumerate(FORM)}
    tokens = tuple(float((n * 37) % 11 - 5) / 16 for n in range(DIMENSIONS))
    score = RouteScore(0.05, None, None, form, tokens, agreement, near)
    router = "text" if agreement is None else "cascade"
    return Route("text", (), "large", "small", router, 0.1, score)
