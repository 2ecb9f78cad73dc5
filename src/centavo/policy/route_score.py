"""Scoring a request by a route: the hot path of a gateway, from text to model.

A cascade asks the cheaper model first: its score needs the agreement of the answers.
"""

from collections.abc import Callable, Mapping, Sequence
from math import exp, sqrt
from typing import TYPE_CHECKING

from centavo.errors import ConfigError
from centavo.policy.route import Nearness, Route
from centavo.policy.route_features import (
    FARTHEST,
    FORM,
    NARROWNESS,
    TOPICS,
    hashed_tokens,
    read_part,
    request_form,
    token_encoder,
    topics_of,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float32]

__all__ = ["RouteScorer"]


class RouteScorer:
    """A route, ready to score requests.

    Args:
        route: The route.
        encode: Text to token ids; ``None`` takes the vocabulary of ``route_features``.

    Raises:
        ConfigError: The route reads text and splintr-rs is not installed.
    """

    def __init__(self, route: Route, *, encode: Callable[[str], list[int]] | None = None) -> None:
        import numpy as np

        score = route.score
        self._route = route
        self._intercept = score.intercept
        self._categories = score.categories or {}
        self._tokens: npt.NDArray[np.float32] = np.array(score.tokens, dtype=np.float32)
        form = score.form or {}
        weights = [form.get(name) for name in FORM]
        self._means = _column([w.mean if w else 0.0 for w in weights])
        self._scales = _column([w.scale if w else 1.0 for w in weights])
        self._weights = _column([w.weight if w else 0.0 for w in weights])
        # Columns are scaled by the root of their number; see modelfit/routing/blocks.py.
        self._limit = FARTHEST / sqrt(len(FORM))
        self._near = _Near(score.near) if score.near else None
        self._reads = bool(form) or bool(score.tokens)
        self._encode = (encode or token_encoder()) if self._reads else None

    def score(
        self, text: str = "", *, category: str | None = None, agreement: float | None = None
    ) -> float:
        """Return the expected loss of moving the request.

        Args:
            text: The prompt.
            category: Its value of the route's dimension.
            agreement: Of the cheaper model with itself, 0 to 1; a cascade needs it.

        Raises:
            ConfigError: A cascade without agreement.
        """
        total = self._intercept
        if category is not None:
            total += self._categories.get(category, 0.0)
        if self._encode is not None:
            total += self._text_score(text, self._encode)
        weight = self._route.score.agreement
        if weight is not None:
            if agreement is None:
                raise ConfigError(f"route {self._route.name} is a cascade and needs the agreement")
            total += weight.weight * (agreement - weight.mean) / weight.scale
        return total

    def model(self, scope: Mapping[str, str | None], *, text: str = "") -> str:
        """Return the model that should answer (of a cascade: the one to ask first)."""
        route = self._route
        if not route.covers(scope):
            return route.keep
        if route.router == "cascade":
            return route.candidate
        category = scope.get(route.score.dimension) if route.score.dimension else None
        moves = self.score(text, category=category) <= route.threshold
        return route.candidate if moves else route.keep

    def _text_score(self, text: str, encode: Callable[[str], list[int]]) -> float:
        import numpy as np

        text = read_part(text)
        ids = encode(text)
        places, signs, distinct = hashed_tokens(ids)
        form = np.array(request_form(text, tokens=len(ids), distinct=distinct))
        form = (form - self._means) / self._scales
        np.minimum(np.maximum(form, -self._limit, out=form), self._limit, out=form)
        total = float(self._weights @ form)
        if self._near is not None:
            total += self._near.score(topics_of(places[:distinct], self._near.topics), form)
        return total + float(self._tokens[places] @ signs) if len(self._tokens) else total


class _Near:
    """Likeness to remembered prompts, with all that no request changes computed beforehand.

    The Gaussian of a distance is a product: of the request's length, of the remembered prompt's, which its
    weight takes in, and of the exponential of what the two have in common.
    """

    def __init__(self, near: Nearness) -> None:
        import numpy as np

        self.topics = _half(near.topics, TOPICS)
        remembered = _half(near.remembered, TOPICS + len(FORM))
        lengths = (remembered * remembered).sum(axis=1)
        self._weights = (np.array(near.weights) * np.exp(-NARROWNESS * lengths)).astype(np.float32)
        self._remembered = 2 * NARROWNESS * remembered

    def score(self, about: "Matrix", form: "npt.NDArray[np.float64]") -> float:
        """Return what the likeness of a request adds."""
        import numpy as np

        row = np.concatenate((about, form), dtype=np.float32, casting="same_kind")
        common = self._remembered @ row
        return float(self._weights @ np.exp(common, out=common)) * exp(
            -NARROWNESS * float(row @ row)
        )


def _half(packed: bytes, columns: int) -> "Matrix":
    import numpy as np

    return np.frombuffer(packed, dtype="<f2").reshape(-1, columns).astype(np.float32)


def _column(values: "Sequence[float]") -> "npt.NDArray[np.float64]":
    import numpy as np

    return np.array(values, dtype=np.float64)
