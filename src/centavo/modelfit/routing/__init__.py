"""Which request may go to a cheaper model: routers trained on paired outcomes, and compared."""

from centavo.modelfit.routing.compare import Comparison, Contestant, compare_routers
from centavo.modelfit.routing.cost_frontier import (
    CostFrontier,
    CostPoint,
    CostWay,
    FrontierAnswer,
    Missing,
    cost_quality_frontier,
)
from centavo.modelfit.routing.frontier import average_gap_recovered, loss_by_share
from centavo.modelfit.routing.paired import PairedOutcomes

__all__ = [
    "Comparison",
    "Contestant",
    "CostFrontier",
    "CostPoint",
    "CostWay",
    "FrontierAnswer",
    "Missing",
    "PairedOutcomes",
    "average_gap_recovered",
    "compare_routers",
    "cost_quality_frontier",
    "loss_by_share",
]
