"""Who makes calls, as the ledger tells: owners, what their calls are like, and whose templates they share."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from centavo.consumption.clusters.asking import make_table, sql_of
from centavo.consumption.clusters.likeness import Features
from centavo.findings import Grade
from centavo.ledger.ledger import Ledger
from centavo.money import Money

__all__ = ["Owner", "Owners", "TemplateShare", "load_owners"]


@dataclass(frozen=True)
class Owner:
    """Somebody who makes calls: a route of an application, or what a rule can match.

    Attributes:
        where: What is known, by the names of conditions in a rules file; ``application`` among them when
            somebody has named one.
        calls: With usage.
        costs: By grade and currency, the largest first; what has no price is in none.
        team: Where all calls name the same.
        cost_center: Likewise.
        features: Calls by value of each feature.
    """

    where: Mapping[str, str]
    calls: int
    costs: tuple[tuple[Grade, Money], ...]
    team: str | None
    cost_center: str | None
    features: Features

    @property
    def application(self) -> str | None:
        """Return the application, where one is named."""
        return self.where.get("application")


@dataclass(frozen=True)
class TemplateShare:
    """Calls of an unlabelled owner whose prompt template has labelled calls too.

    Attributes:
        application: That the labelled calls name.
        calls: Calls of the owner that follow these templates.
        expected: Of which belong to the application, if they divide as the labelled calls do.
        labelled_calls: Calls of the application that follow them.
    """

    application: str
    calls: int
    expected: float
    labelled_calls: int


@dataclass(frozen=True)
class Owners:
    """Everybody who makes calls.

    Attributes:
        labelled: With an application.
        unlabelled: Without, most costly first.
        shares: Of unlabelled owners by their place, the likeliest application first.
    """

    labelled: tuple[Owner, ...]
    unlabelled: tuple[Owner, ...]
    shares: Mapping[int, tuple[TemplateShare, ...]]


def load_owners(ledger: Ledger) -> Owners:
    """Return who makes calls; the tables of ``group_calls`` are there."""
    make_table(ledger, "call_owners", sql_of("owners"))
    features: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for owner, feature, value, calls in ledger.rows(sql_of("owner_features")):
        features[str(owner)][str(feature)][str(value)] = int(str(calls))
    found = _owners(ledger, features)
    names = sorted(
        (name for name in found if found[name].application is None),
        key=lambda name: (-_money(found[name]), name),
    )
    shares: dict[str, list[TemplateShare]] = defaultdict(list)
    for owner, application, calls, expected, labelled in ledger.rows(sql_of("owner_templates")):
        share = TemplateShare(
            str(application), int(str(calls)), float(str(expected)), int(str(labelled))
        )
        shares[str(owner)].append(share)
    return Owners(
        tuple(owner for owner in found.values() if owner.application is not None),
        tuple(found[name] for name in names),
        {place: tuple(shares[name]) for place, name in enumerate(names) if name in shares},
    )


def _owners(ledger: Ledger, features: Mapping[str, Features]) -> dict[str, Owner]:
    rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for name, *rest in ledger.rows(sql_of("owner_totals")):
        rows[str(name)].append(tuple(rest))
    return {name: _owner(name, found, features.get(name, {})) for name, found in rows.items()}


def _owner(name: str, rows: list[tuple[object, ...]], features: Features) -> Owner:
    stated: dict[str, str | None] = json.loads(name)
    costs: list[tuple[Grade, Money]] = [
        ("estimated" if grade == "estimated" else "metered", Money(Decimal(str(cost)), str(unit)))
        for grade, unit, _, cost, _, _ in rows
        if cost is not None
    ]
    teams, centers = {row[4] for row in rows}, {row[5] for row in rows}
    return Owner(
        where={key: value for key, value in stated.items() if value is not None},
        calls=sum(int(str(row[2])) for row in rows),
        costs=tuple(sorted(costs, key=lambda each: -each[1].amount)),
        team=_only(teams),
        cost_center=_only(centers),
        features=features,
    )


def _only(values: set[object]) -> str | None:
    value = next(iter(values)) if len(values) == 1 else None
    return None if value is None else str(value)


def _money(owner: Owner) -> Decimal:
    """Return the largest of its costs: for the order only, since currencies never add."""
    return max((money.amount for _, money in owner.costs), default=Decimal(0))
