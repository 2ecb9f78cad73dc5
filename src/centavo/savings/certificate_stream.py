"""A certificate that is looked at while labels come in: each look may certify, and none takes back.

The capital of a bet may be looked at after every label without weakening the promise, so what one
look has certified stays certified. Only the plan must stay as it was.
"""

from typing import TYPE_CHECKING

from centavo.savings.certificate import CertificatePlan, certified_step, log_capitals

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["CertificateStream"]


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
