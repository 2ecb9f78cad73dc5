"""A scenario as computed and as drawn: the exact total, its band, and the odds of keeping it."""

from dataclasses import dataclass

from centavo.planning.estimate import Estimate, estimate
from centavo.planning.resolved import ResolvedScenario
from centavo.planning.simulation import DRAWS, SEED, Simulation, simulate

__all__ = ["DrawnScenario", "draw"]


@dataclass(frozen=True)
class DrawnScenario:
    """One scenario: what command line and pages say of it.

    Attributes:
        planned: The exact estimate.
        drawn: Its draws.
    """

    planned: Estimate
    drawn: Simulation

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.planned.resolved.scenario.name

    @property
    def varies(self) -> bool:
        """Whether anything in it has a range."""
        return self.drawn.horizon.p5 != self.drawn.horizon.p95

    @property
    def odds(self) -> float:
        """Share of draws in which the first month costs at most the sum of the values taken."""
        return self.drawn.share_within(float(self.planned.first.amount))

    @property
    def budget_odds(self) -> float | None:
        """Share of draws in which the first month, with taxes, keeps the budget; ``None`` without one."""
        budget = self.planned.resolved.scenario.budget
        return None if budget is None else self.drawn.share_within(float(budget), taxed=True)


def draw(resolved: ResolvedScenario, *, count: int = DRAWS, seed: int = SEED) -> DrawnScenario:
    """Return a scenario computed once and drawn ``count`` times.

    Raises:
        InputError: A quantity cannot be computed, or correlations contradict each other.
    """
    return DrawnScenario(estimate(resolved), simulate(resolved, count=count, seed=seed))
