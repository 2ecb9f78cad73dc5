"""Which request may go to a cheaper model: routers trained on paired outcomes, and compared."""

from centavo.modelfit.routing.compare import Comparison, Contestant, compare_routers
from centavo.modelfit.routing.frontier import average_gap_recovered, loss_by_share
from centavo.modelfit.routing.paired import PairedOutcomes

__all__ = [
    "Comparison",
    "Contestant",
    "PairedOutcomes",
    "average_gap_recovered",
    "compare_routers",
    "loss_by_share",
]
