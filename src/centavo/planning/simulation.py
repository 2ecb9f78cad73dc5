"""The simulation: the plan drawn many times, and what its totals then look like."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from centavo.planning.distributions import Array, Rows
from centavo.planning.estimate import Estimate
from centavo.planning.resolved import ResolvedScenario
from centavo.planning.world_costs import cost_rows, rate_rows
from centavo.planning.worlds import draws

__all__ = ["DRAWS", "SEED", "Band", "Simulation", "band", "simulate"]

DRAWS = 10_000
SEED = 1
# Rows times months that are computed at once: what fits a processor's second-level cache.
_CHUNK = 60_000


@dataclass(frozen=True)
class Band:
    """What a drawn amount looks like.

    Attributes:
        p5: 5 % of draws are below.
        p50: Half of draws are below.
        p95: 5 % of draws are above.
    """

    p5: float
    p50: float
    p95: float
    mean: float


@dataclass(frozen=True)
class Simulation:
    """Drawn costs of one scenario, in the plan's currency.

    Attributes:
        count: Draws.
        seed: What they were drawn with.
        months: Each month before taxes, shape (months, draws).
        taxed_months: With taxes, the same shape; the same array where there is no tax.
        lines: Each line over the horizon, shape (lines, draws); single precision.
        rates: By currency shown: its units for one of the plan's, by draw.
    """

    resolved: ResolvedScenario
    count: int
    seed: int
    months: Array
    taxed_months: Array
    lines: Rows
    rates: Mapping[str, Rows]

    @property
    def first(self) -> Band:
        """The first month before taxes."""
        return band(self.months[0])

    @property
    def horizon(self) -> Band:
        """All months before taxes."""
        return band(self.months.sum(axis=0))

    @property
    def each_month(self) -> tuple[Band, ...]:
        """Every month before taxes."""
        low, middle, high = np.quantile(self.months, (0.05, 0.5, 0.95), axis=1).tolist()
        means = self.months.mean(axis=1).tolist()
        return tuple(Band(*it) for it in zip(low, middle, high, means, strict=True))

    def share_within(self, amount: float, *, taxed: bool = False) -> float:
        """Return the share of draws in which the first month costs at most ``amount``."""
        drawn = (self.taxed_months if taxed else self.months)[0]
        # An amount that is met to the last cent is met: floats differ in the sixteenth digit.
        return int(np.count_nonzero(drawn <= amount * (1 + 1e-9))) / self.count

    def line_band(self, number: int) -> Band:
        """Return one line over the horizon."""
        return band(self.lines[number])

    def optimism(self, planned: Estimate) -> float:
        """Return the share by which the mean of draws exceeds the sum of typical values."""
        point = float(planned.horizon.amount)
        return self.horizon.mean / point - 1 if point else 0.0


def simulate(resolved: ResolvedScenario, *, count: int = DRAWS, seed: int = SEED) -> Simulation:
    """Return ``count`` draws of a scenario.

    Raises:
        InputError: The stated correlations contradict each other.
    """
    plan = resolved.plan
    months = np.empty((plan.months, count))
    taxed = np.empty((plan.months, count)) if plan.taxes else months
    lines = np.zeros((len(resolved.lines), count), dtype=np.float32)
    rates = {to: np.empty(count) for to in plan.show}
    start = 0
    for world in draws(resolved, count=count, seed=seed, chunk=max(1, _CHUNK // plan.months)):
        here = slice(start, start + world.size)

        def keep(number: int, cost: Rows, here: slice = here) -> None:
            lines[number, here] = cost[0] * plan.months if len(cost) == 1 else cost.sum(axis=0)

        rows = cost_rows(resolved, world, each_line=keep)
        months[:, here] = rows.months
        if rows.taxes is not None:
            taxed[:, here] = rows.months + rows.taxes
        for to, kept in rates.items():
            kept[here] = rate_rows(resolved, world, base=plan.currency, to=to)[0]
        start += world.size
    return Simulation(resolved, count, seed, months, taxed, lines, dict(rates))


def band(drawn: Rows) -> Band:
    """Return the percentiles and mean of draws."""
    p5, p50, p95 = (float(np.quantile(drawn, share)) for share in (0.05, 0.5, 0.95))
    return Band(p5, p50, p95, float(np.mean(drawn, dtype=np.float64)))
