"""Clusters with their cost and profile, and what the answer rests on: the report of ``centavo clusters``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from centavo.consumption.clusters.asking import sql_of
from centavo.consumption.clusters.grouping import Cluster, group_calls
from centavo.consumption.clusters.owners import load_owners
from centavo.consumption.clusters.profile import Profile, load_profiles
from centavo.consumption.clusters.suggestions import Suggestion, suggest_applications
from centavo.consumption.dimensions import EVENT_DIMENSIONS
from centavo.errors import ConfigError
from centavo.findings import Grade
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["ClusterCost", "ClusterCoverage", "ClusterReport", "cluster_report"]


@dataclass(frozen=True)
class ClusterCost:
    """Cost of the calls of one cluster, in one currency and by one grade.

    Attributes:
        cluster_id: ``None`` for the calls that are in no cluster.
        key: Value by the dimensions that were asked for.
        grade: metered, or estimated where centavo counted the tokens itself.
        currency: Of ``cost``.
        calls: Of the row.
        unpriced_calls: Of which have no price and are in no cost.
        cost: ``None`` when none of the calls has a price.
    """

    cluster_id: str | None
    key: Mapping[str, str | None]
    grade: Grade
    currency: str
    calls: int
    unpriced_calls: int
    cost: Money | None


@dataclass(frozen=True)
class ClusterCoverage:
    """Which calls could be grouped, and by what.

    Attributes:
        calls: In the period, each once.
        with_body: Whose prompt is kept.
        by_template: Grouped by their prompt.
        by_shape: Grouped by their lengths.
        without_usage: In no cluster, because their log states no tokens (most of them failed).
        noise: In no cluster, because too few calls are like them.
    """

    calls: int
    with_body: int
    by_template: int
    by_shape: int
    without_usage: int
    noise: int


@dataclass(frozen=True)
class ClusterReport:
    """The answer.

    Attributes:
        period: As asked.
        by: Dimensions beside the cluster.
        clusters: By id.
        profiles: By id of the cluster.
        costs: Most costly first within each currency; calls in no cluster last.
        suggestions: Unlabelled spend, most costly first, and whom it behaves like.
        grouped: Which calls could be grouped.
        coverage: What was read.
    """

    period: Period
    by: tuple[str, ...]
    clusters: Mapping[str, Cluster]
    profiles: Mapping[str, Profile]
    costs: tuple[ClusterCost, ...]
    suggestions: tuple[Suggestion, ...]
    grouped: ClusterCoverage
    coverage: Coverage

    def totals(self) -> dict[str, tuple[Decimal, Decimal]]:
        """Return by currency the cost of calls in clusters, and of all calls."""
        sums: dict[str, tuple[Decimal, Decimal]] = {}
        for row in self.costs:
            if row.cost is not None:
                clustered, whole = sums.get(row.currency, (Decimal(0), Decimal(0)))
                amount = row.cost.amount
                inside = amount if row.cluster_id else Decimal(0)
                sums[row.currency] = (EXACT.add(clustered, inside), EXACT.add(whole, amount))
        return sums

    def of(self, cluster_id: str) -> "ClusterReport":
        """Return the report of one cluster alone."""
        return replace(
            self,
            clusters={cluster_id: self.clusters[cluster_id]},
            profiles={n: p for n, p in self.profiles.items() if n == cluster_id},
            costs=tuple(row for row in self.costs if row.cluster_id == cluster_id),
            suggestions=(),
        )


def cluster_report(
    ledger: Ledger, period: Period, *, by: Sequence[str] = (), now: datetime | None = None
) -> ClusterReport:
    """Return the clusters of the calls of a period.

    Args:
        ledger: Opened at the moment to answer from.
        period: Calls that started in it.
        by: Dimensions by which the cost of each cluster is taken apart.
        now: The clock, for what is still preliminary.

    Raises:
        ConfigError: A dimension is not one of calls.
    """
    _check(by)
    clusters = group_calls(ledger, period)
    return ClusterReport(
        period=period,
        by=tuple(by),
        clusters={each.known.cluster_id: each for each in clusters},
        profiles=load_profiles(ledger),
        costs=_costs(ledger, by),
        suggestions=suggest_applications(load_owners(ledger)),
        grouped=_grouped(ledger),
        coverage=coverage_of(ledger, "usage_events", now=now),
    )


def _check(by: Sequence[str]) -> None:
    for name in by:
        if name not in EVENT_DIMENSIONS:
            raise ConfigError(
                f"--by {name}: calls have no {name}",
                hint=f"Known for calls: {', '.join(sorted(EVENT_DIMENSIONS))}.",
            )


def _costs(ledger: Ledger, by: Sequence[str]) -> tuple[ClusterCost, ...]:
    keys = "".join(f'"{name}", ' for name in by)
    rows = [_cost(row, by) for row in ledger.rows(sql_of("cluster_rows", keys=keys))]
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                row.cluster_id is None,
                row.currency,
                -(row.cost.amount if row.cost else Decimal(0)),
                -row.calls,
                row.cluster_id or "",
            ),
        )
    )


def _cost(row: tuple[object, ...], by: Sequence[str]) -> ClusterCost:
    values = [None if value is None else str(value) for value in row]
    cluster, grade, currency, calls, unpriced, cost = values[len(by) :]
    return ClusterCost(
        cluster_id=cluster,
        key=dict(zip(by, values, strict=False)),
        grade="estimated" if grade == "estimated" else "metered",
        currency=currency or "",
        calls=int(calls or 0),
        unpriced_calls=int(unpriced or 0),
        cost=None if cost is None else Money(Decimal(cost), currency or ""),
    )


def _grouped(ledger: Ledger) -> ClusterCoverage:
    counts = [int(str(value)) for value in ledger.rows(sql_of("grouped_counts"))[0]]
    return ClusterCoverage(*counts)
