"""Nearness: what requests are about and how they are made, as likeness to a few remembered prompts.

What a request is about comes from texts alone, with labels or without: the tokens that stand together in the
same texts make topics (latent semantic analysis: Deerwester et al., JASIS 1990), so unlabelled traffic
teaches them too. Likeness is Gaussian in topics and form together; a ridge on it is a Gaussian process on
the remembered prompts (Nyström: Williams and Seeger, NIPS 2000).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.policy.route import Nearness
from centavo.policy.route_features import DIMENSIONS, TOPICS, likeness, topics_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Matrix = npt.NDArray[np.float32]
    Places = Sequence[npt.NDArray[np.intp]]

__all__ = ["MOST_TEXTS", "REMEMBERED", "NearBasis", "learn_basis"]

# Of these many texts topics are learned; more changed nothing that could be measured.
MOST_TEXTS = 3000
REMEMBERED = 256
_EXTRA, _ITERATIONS = 8, 2
# Of the largest size: what lies below is rounding.
_LEAST = 1e-3
# Keeps prompts that are told twice apart.
_APART = 1e-3


@dataclass(frozen=True)
class NearBasis:
    """Topics and remembered prompts, and the columns that they make.

    Attributes:
        topics: Of each hashed place, of shape (places, ``TOPICS``).
        remembered: Topics and form of each remembered prompt.
        root: Of the inverse of their likenesses to each other: it makes columns of likenesses.
    """

    topics: "Matrix"
    remembered: "Matrix"
    root: "Floats"

    def columns(self, tokens: "Places", form: "Matrix") -> "Matrix":
        """Return columns whose inner products are the likenesses of rows, as the remembered ones tell them.

        Args:
            tokens: Hashed places of each row's tokens.
            form: Standardised.
        """
        import numpy as np

        about = np.stack([topics_of(each, self.topics) for each in tokens])
        near = likeness(np.hstack((about, form)), self.remembered)
        return near @ self.root.astype(np.float32)

    def nearness(self, coefficients: "Floats") -> Nearness:
        """Return what coefficients of the columns weigh each remembered prompt with."""
        import numpy as np

        weights = self.root @ coefficients
        packed = (
            np.asarray(each, dtype="<f2").tobytes() for each in (self.topics, self.remembered)
        )
        return Nearness(*packed, weights=tuple(weights.astype(float).tolist()))

    def coefficients(self, near: Nearness) -> "Floats":
        """Return the coefficients that ``nearness`` was made of."""
        import numpy as np

        return np.asarray(np.linalg.solve(self.root, np.array(near.weights)), dtype=np.float64)


def learn_basis(tokens: "Places", form: "Matrix", *, unlabelled: "Places" = ()) -> NearBasis:
    """Return topics of texts, and the first of these texts to remember.

    Args:
        tokens: Hashed places of the tokens of the texts that train, in random order.
        form: Of the same texts, standardised.
        unlabelled: Hashed places of the tokens of more texts.
    """
    import numpy as np

    # Kept in files as 16-bit floats: trained as they will be read.
    topics = _half(_topics([*tokens, *unlabelled][:MOST_TEXTS]))
    first = min(REMEMBERED, len(tokens))
    about = np.stack([topics_of(each, topics) for each in tokens[:first]])
    remembered = _half(np.hstack((about, form[:first])))
    alike = likeness(remembered, remembered).astype(np.float64) + _APART * np.eye(first)
    root = np.asarray(np.linalg.inv(np.linalg.cholesky(alike)).T, dtype=np.float64)
    return NearBasis(topics, remembered, root)


def _topics(texts: "Places") -> "Matrix":
    """Return the direction of each place in the topics that texts differ in most.

    Rare tokens weigh more (inverse document frequency). What all texts share, the first direction, is left out.
    """
    import numpy as np

    bags = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    for row, places in enumerate(texts):
        bags[row, places] = 1
    rarity = np.log((len(texts) + 1) / (bags.sum(axis=0) + 1)).astype(np.float32)
    bags *= rarity
    bags /= np.maximum(np.linalg.norm(bags, axis=1, keepdims=True), 1e-9)
    # Halko, Martinsson and Tropp, SIAM Review 53 (2011), algorithm 4.4. A seed makes it the same in every run.
    wide = np.random.default_rng(0).standard_normal((DIMENSIONS, TOPICS + _EXTRA), dtype=np.float32)
    for _ in range(_ITERATIONS):
        wide = _directions(bags.T @ (bags @ wide))[0]
    # Those of the texts within these directions, the largest first.
    _, turned = _directions(bags @ wide)
    directions = (wide @ turned)[:, 1 : TOPICS + 1]
    found = np.zeros((DIMENSIONS, TOPICS), dtype=np.float32)
    found[:, : directions.shape[1]] = rarity[:, None] * directions
    return found


def _directions(columns: "Matrix") -> "tuple[Matrix, Matrix]":
    """Return orthonormal columns that span the same, the largest first, and how they turn the given ones.

    By the inner products of the columns: of few long ones a tenth of the work of a QR decomposition.
    """
    import numpy as np

    squares, turned = np.linalg.eigh((columns.T @ columns).astype(np.float64))
    kept = np.flatnonzero(squares > _LEAST**2 * squares[-1])[::-1]
    chosen = turned[:, kept].astype(np.float32)
    return columns @ chosen / np.sqrt(squares[kept]).astype(np.float32), chosen


def _half(values: "Matrix") -> "Matrix":
    import numpy as np

    return values.astype(np.float16).astype(np.float32)
