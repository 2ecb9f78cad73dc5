"""Routers tried on a pair: trained on its first outcomes, and what they score the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.modelfit.routing.blocks import Blocks, read_blocks
from centavo.modelfit.routing.compare import Comparison, compare_routers
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.modelfit.routing.router import TrainedRouter, block_scores
from centavo.policy.route import RouteScore

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Trial", "try_routers"]

_TRAINING_PART = 0.4
_MOST_TRAINING = 1500


@dataclass(frozen=True)
class Trial:
    """Routers compared on the first outcomes of a pair; the others certify.

    Attributes:
        comparison: Of the routers, on the outcomes that trained them.
        router: The one that was chosen; of none, one that scores all requests the same.
        pilot: Losses of the outcomes that trained, as many as were cross-validated.
        losses: Losses of the certifying outcomes.
        blocks: What routers see of these.
    """

    comparison: Comparison
    router: TrainedRouter
    pilot: "Floats"
    losses: "Floats"
    blocks: Blocks

    @property
    def scores(self) -> "Floats":
        """Scores of the certifying outcomes by the chosen router."""
        return self.scores_by(self.router)

    def spread(self, threshold: float) -> float:
        """Return the variance of the loss at a threshold, on the outcomes that trained."""
        import numpy as np

        return float(np.where(self.router.out_of_fold <= threshold, self.pilot, 0.0).var())

    def scores_by(self, router: TrainedRouter) -> "Floats":
        """Return the scores of the certifying outcomes by a router."""
        import numpy as np

        if not self.blocks.columns:
            return np.full(len(self.losses), router.score.intercept)
        return block_scores(router.score, self.blocks)


def try_routers(outcomes: PairedOutcomes, *, unlabelled: Sequence[str] = ()) -> Trial:
    """Return the routers trained on the first two fifths of the outcomes, at most 1,500.

    Args:
        outcomes: In random order.
        unlabelled: Texts of the same traffic without outcomes.

    Raises:
        ConfigError: There are texts and splintr-rs is not installed.
    """
    import numpy as np

    cut = min(_MOST_TRAINING, int(_TRAINING_PART * len(outcomes)))
    seen, held = np.arange(cut), np.arange(cut, len(outcomes))
    blocks = read_blocks(outcomes, standard_rows=cut, unlabelled=unlabelled)
    comparison = compare_routers(outcomes.take(seen), blocks=blocks.take(seen))
    # All requests score the same: all move, or none.
    everything = TrainedRouter("category", RouteScore(0.0), np.zeros(cut))
    router = comparison.chosen or everything
    pilot = outcomes.losses[: len(router.out_of_fold)]
    return Trial(comparison, router, pilot, outcomes.losses[held], blocks.take(held))
