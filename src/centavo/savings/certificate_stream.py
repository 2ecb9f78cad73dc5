"""A certificate that is looked at while labels come in: each look may certify, and none takes back.

The capital of a bet may be looked at after every label without weakening the promise, so what one
look has certified stays certified. Only the plan must stay as it was.
"""

from typing import TYPE_CHECKING

from centavo.savings.certificate import CertificatePlan, certified_step, log_capitals
from centavo.savings.certificate_wealth import log_capital_by_threshold

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["CertificateStream", "proved_thresholds"]


class CertificateStream:
    """Labels in batches, in the order in which they came; every batch is a look.

    The order within a batch does not matter; that of the batches must not depend on their losses.
    """

    def __init__(self, plan: CertificatePlan) -> None:
        import numpy as np

        self._plan = plan
        shape = (len(plan.thresholds), len(plan.bets[0]))
        self._capital: Floats = np.zeros(shape)
        self._proved = np.zeros(shape[0], dtype=bool)
        self.labels = 0

    def look(self, scores: "Floats", losses: "Floats") -> int | None:
        """Add a batch and return the index of the largest threshold certified so far."""
        import numpy as np

        self._capital += log_capitals(self._plan, scores, losses)
        self.labels += len(losses)
        averaged = np.logaddexp.reduce(self._capital, axis=1) - np.log(self._capital.shape[1])
        self._proved |= averaged >= np.log(1 / (1 - self._plan.confidence))
        best = np.where(self._proved, np.inf, -np.inf)[:, None]
        return certified_step(best, self._plan.confidence)


def proved_thresholds(
    plan: CertificatePlan, steps: "npt.NDArray[np.intp]", losses: "Floats"
) -> frozenset[int]:
    """Return the indices of the thresholds whose capital passes its bound on these labels.

    Those of every look may be united: what was proved once stays proved. A threshold is certified when all
    before it are proved too.

    Args:
        plan: As it was made.
        steps: For each label, the index of the first threshold that moves it; their number when none does.
        losses: Of the labels, in [-1, 1].
    """
    import numpy as np

    bets = np.array(plan.bets)
    capital = log_capital_by_threshold(steps, losses, bets, limit=plan.limit)
    averaged = np.logaddexp.reduce(capital, axis=1) - np.log(bets.shape[1])
    return frozenset(np.flatnonzero(averaged >= np.log(1 / (1 - plan.confidence))).tolist())
