"""A route: which requests may go to a cheaper model, and the certificate that says so.

Data only. Whoever enforces it scores a request (``route_score``), compares with the threshold, and
falls back along the chain when a model fails.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from centavo.policy.limits import Match, covers

__all__ = [
    "CERTIFICATE_TESTS",
    "ROUTERS",
    "Certificate",
    "CertificateTest",
    "FormWeight",
    "Nearness",
    "Route",
    "RouteScore",
    "Router",
]

Router = Literal["category", "text", "cascade"]
ROUTERS: tuple[Router, ...] = ("category", "text", "cascade")
CertificateTest = Literal["betting", "exact"]
"""How labels prove a certificate: looked at as often as one likes, or once."""
CERTIFICATE_TESTS: tuple[CertificateTest, ...] = ("betting", "exact")


@dataclass(frozen=True)
class Certificate:
    """What was proved about a route, on which labels.

    Attributes:
        loss_limit: Mean loss of score that was allowed, 0.02 for two points of 100.
        confidence: That it holds.
        share: Of the labelled requests, how many move.
        labels: Labels that it rests on.
        loss: Mean loss seen over them.
        loss_at_most: That the true mean loss does not pass, with the same confidence.
        thresholds: Planned beforehand, increasing.
        bets: Planned beforehand, for each threshold.
        test: That was planned.
    """

    loss_limit: float
    confidence: float
    share: float
    labels: int
    loss: float
    loss_at_most: float
    thresholds: tuple[float, ...] = ()
    bets: tuple[tuple[float, ...], ...] = ()
    test: CertificateTest = "betting"


@dataclass(frozen=True)
class FormWeight:
    """Weight of one figure of a request's form, which is taken less its mean and over its scale."""

    mean: float
    scale: float
    weight: float


@dataclass(frozen=True)
class Nearness:
    """What likeness to remembered prompts adds; matrices are little-endian 16-bit floats, row after row.

    Attributes:
        topics: Of each hashed place of tokens, the ``route_features.TOPICS`` directions of what it is about.
        remembered: Of each remembered prompt, what it is about and the figures of its form, standardised.
        weights: What being just like each of them adds.
    """

    topics: bytes
    remembered: bytes
    weights: tuple[float, ...]


@dataclass(frozen=True)
class RouteScore:
    """Expected loss of score when a request moves to the cheaper model, as a sum.

    Attributes:
        intercept: Of every request.
        dimension: Scope that tells categories apart, such as ``feature``.
        categories: What each value adds; an unknown one adds nothing.
        form: What figures of the text's form add, by their names in ``route_features.FORM``.
        tokens: What hashed tokens add, by place; empty where the text is not read.
        agreement: Weight of the cheaper model's agreement with itself (cascade only).
        near: What likeness to remembered prompts adds; needs ``form``.
    """

    intercept: float
    dimension: str | None = None
    categories: Mapping[str, float] | None = None
    form: Mapping[str, FormWeight] | None = None
    tokens: tuple[float, ...] = ()
    agreement: FormWeight | None = None
    near: Nearness | None = None


@dataclass(frozen=True)
class Route:
    """Where requests of a scope go.

    Attributes:
        name: For messages.
        match: Whom it covers.
        keep: Model that answers what does not move.
        candidate: Cheaper model that answers what moves.
        router: How a request is told: by its category, its text, or the cheap model's agreement.
        threshold: A request that scores at most this moves.
        score: How a request scores.
        fallbacks: Models to try in turn when the chosen one fails.
        certificate: ``None`` in a route that somebody wrote by hand.
    """

    name: str
    match: Match
    keep: str
    candidate: str
    router: Router
    threshold: float
    score: RouteScore
    fallbacks: tuple[str, ...] = ()
    certificate: Certificate | None = None

    def covers(self, scope: Mapping[str, str | None]) -> bool:
        """Say whether the route is for requests of this scope."""
        return covers(self.match, scope)
