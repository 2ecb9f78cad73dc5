"""Paired outcomes: the same prompts answered by two models, and what each answer was worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["PairedOutcomes"]


@dataclass(frozen=True)
class PairedOutcomes:
    """Prompts that both models of a pair have answered, in a fixed order.

    Attributes:
        keep: The dearer model.
        candidate: The cheaper one.
        losses: Score of ``keep`` minus score of ``candidate``, in [-1, 1].
        texts: Prompts; ``None`` when not all are known.
        categories: Value of ``dimension`` by prompt, ``""`` where it has none.
        dimension: Scope that tells categories apart; ``None`` when there is none.
        agreements: Of the cheaper model with itself, 0 to 1; ``None`` when not all are known.
        keep_score: Mean score of ``keep``.
        candidate_score: Mean score of ``candidate``.
    """

    keep: str
    candidate: str
    losses: "Floats"
    texts: Sequence[str] | None
    categories: Sequence[str]
    dimension: str | None
    agreements: "Floats | None"
    keep_score: float
    candidate_score: float

    def __len__(self) -> int:
        return len(self.losses)

    def take(self, rows: "npt.NDArray[np.intp]") -> "PairedOutcomes":
        """Return the prompts of these rows; the models' scores stay those of all."""
        chosen: list[int] = [int(row) for row in rows]
        return PairedOutcomes(
            keep=self.keep,
            candidate=self.candidate,
            losses=self.losses[rows],
            texts=None if self.texts is None else [self.texts[row] for row in chosen],
            categories=[self.categories[row] for row in chosen],
            dimension=self.dimension,
            agreements=None if self.agreements is None else self.agreements[rows],
            keep_score=self.keep_score,
            candidate_score=self.candidate_score,
        )
