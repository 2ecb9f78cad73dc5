"""What ``centavo clusters`` says: sentences, tables, and lines for the attribution file."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from centavo.cli.output import Column, Table, amount_text, count_text, decimals_for, share_text
from centavo.consumption.clusters.grouping import Cluster
from centavo.consumption.clusters.owners import Owner
from centavo.consumption.clusters.profile import Profile, Spread, busy_hours
from centavo.consumption.clusters.report import ClusterCost, ClusterReport
from centavo.consumption.clusters.suggestions import Suggestion

__all__ = [
    "answer",
    "cluster_lines",
    "cluster_table",
    "grouped_line",
    "owner_table",
    "reasons",
    "rule_lines",
    "unlabelled_line",
]

_MOST_CONSTANT = 1_200
_MOST_REASONS = 5
# Columns that a table with every column needs.
_WIDE = 110
NO_CLUSTER = "(in none)"


def answer(report: ClusterReport) -> str:
    """Return the answer in one sentence."""
    held = report.grouped.by_template + report.grouped.by_shape
    totals = report.totals()
    money = ", ".join(
        f"{amount_text(clustered)} of {amount_text(whole)} {unit}"
        for unit, (clustered, whole) in totals.items()
    )
    words = f"{len(report.clusters):,} clusters hold {held:,} of {report.grouped.calls:,} calls"
    return f"{words} and {money}, metered." if money else f"{words}."


def grouped_line(report: ClusterReport) -> str:
    """Return which calls could be grouped and which could not."""
    of = report.grouped
    return (
        f"Grouped: {of.with_body:,} of {of.calls:,} calls have their prompt kept; {of.by_template:,} in "
        f"clusters by template, {of.by_shape:,} by shape; in none: {of.without_usage:,} without usage, "
        f"{of.noise:,} like too few others."
    )


def unlabelled_line(report: ClusterReport) -> list[str]:
    """Return how much is unlabelled and whether it behaves like something known, if any is."""
    if not report.suggestions:
        return []
    first = report.suggestions[0]
    named = f"may be {first.application}'s" if first.application else "matches no application"
    more = len(report.suggestions) - 1
    others = f" {more} more groups." if more else ""
    return [
        f"Unlabelled: {_who(first.owner)}, {_costs(first.owner)}, {named}.{others} "
        "`centavo clusters unlabelled` says why."
    ]


def cluster_table(
    report: ClusterReport, *, top: int | None = None, width: int | None = None, is_one: bool = False
) -> Table:
    """Return the clusters by money.

    Args:
        report: The answer.
        top: Only so many rows.
        width: Of the terminal, where there is one: a narrow one has room for names, or for shares and hours.
        is_one: Every row is of one cluster, which is named above.
    """
    rows = report.costs[:top]
    units = {row.currency for row in report.costs if row.cost}
    unit = f" {next(iter(units))}" if len(units) == 1 else ""
    totals = report.totals()
    decimals = decimals_for(max((whole for _, whole in totals.values()), default=Decimal(0)))
    hidden = _left_out(report, width=width, is_one=is_one)
    if unit:
        hidden.add("currency")
    columns = [
        Column("cluster"),
        Column("name", drop=3),
        *(Column(name.replace("_", " ")) for name in report.by),
        Column(f"cost{unit}", numeric=True),
        Column("currency"),
        Column("share", numeric=True, drop=4),
        Column("grade", drop=5),
        Column("calls", numeric=True, drop=1),
        Column("hours UTC", drop=8),
        Column("applications", drop=2),
    ]
    kept = [n for n, column in enumerate(columns) if column.title not in hidden]
    shown = [_row(row, report, decimals=decimals, exact=False) for row in rows]
    exact = [_row(row, report, decimals=decimals, exact=True) for row in rows]
    return Table(
        [columns[n] for n in kept],
        [[row[n] for n in kept] for row in shown],
        [[row[n] for n in kept] for row in exact],
    )


def _left_out(report: ClusterReport, *, width: int | None, is_one: bool) -> set[str]:
    """Return the columns that would say nothing, or for which there is no room."""
    return {
        *(("cluster", "name") if is_one else ()),
        *(("share", "hours UTC") if width and width < _WIDE else ()),
        *(("grade",) if len({row.grade for row in report.costs}) < 2 else ()),
        *(("applications",) if "application" in report.by or is_one else ()),
    }


def _row(
    row: ClusterCost, report: ClusterReport, *, decimals: int, exact: bool
) -> list[str | None]:
    cluster = report.clusters.get(row.cluster_id or "")
    profile = report.profiles.get(row.cluster_id or "")
    cost = row.cost.amount if row.cost else None
    whole = report.totals().get(row.currency, (Decimal(0), Decimal(0)))[1]
    plain = None if row.cost is None else row.cost.as_json()["amount"]
    return [
        row.cluster_id or NO_CLUSTER,
        cluster.known.name if cluster else None,
        *(row.key[name] for name in report.by),
        plain if exact else amount_text(cost, decimals),
        row.currency,
        None if cost is None else share_text(cost, whole),
        row.grade,
        str(row.calls) if exact else count_text(row.calls),
        busy_hours(profile.hours) or "all day" if profile else None,
        _applications(profile) if profile else None,
    ]


def _applications(profile: Profile) -> str | None:
    if not profile.applications:
        return None
    name = profile.application or ""
    more = f" and {profile.applications - 1} more" if profile.applications > 1 else ""
    missing = profile.calls - profile.labelled_calls
    return f"{name}{more}" + (f" ({missing:,} calls of nobody)" if missing else "")


def cluster_lines(report: ClusterReport, cluster_id: str) -> list[str]:
    """Return what a person wants to know of one cluster, line by line."""
    cluster, profile = report.clusters[cluster_id], report.profiles.get(cluster_id)
    lines = [f"{cluster_id} {cluster.known.name}", *_looks(cluster)]
    if profile is None:
        return lines
    hours = busy_hours(profile.hours)
    models = f"{profile.model or 'unknown model'}" + (
        f" and {profile.models - 1} more" if profile.models > 1 else ""
    )
    ratio = profile.output_per_input
    lines += [
        f"calls     {profile.calls:,}, {profile.calls_with_body:,} with their prompt; {models}",
        f"input     {_spread(profile.input_tokens)} tokens"
        + (
            f"; {100 * profile.cache_share:.0f} % from a cache"
            if profile.cache_share is not None
            else ""
        ),
        f"output    {_spread(profile.output_tokens)} tokens"
        + (f"; {ratio:.3f} for one of input" if ratio is not None else ""),
        f"when      {f'mostly {hours} UTC' if hours else 'all day'}; {100 * profile.weekend_share:.0f} % on "
        f"weekends; {profile.first_call:%Y-%m-%d} to {profile.last_call:%Y-%m-%d}",
    ]
    return lines


def _looks(cluster: Cluster) -> list[str]:
    if cluster.known.sketch.kind == "shape":
        key = json.loads(cluster.known.sketch.key)
        told = ", ".join(f"{name} {value}" for name, value in key.items() if value is not None)
        return [f"kind      usage shape: {told}"]
    text = " ".join(cluster.constant.split())
    cut = f"{text[:_MOST_CONSTANT]} […]" if len(text) > _MOST_CONSTANT else text
    lines = ["kind      prompt template; … stands where it varies", f"text      {cut}"]
    if cluster.versions:
        lines.append(f"versions  {', '.join(cluster.versions)} have half of its text or more")
    return lines


def _spread(spread: Spread) -> str:
    low, middle, high = ("—" if each is None else f"{each:,}" for each in spread)
    return f"{middle} (8 in 10 calls: {low} to {high})"


def owner_table(suggestions: Sequence[Suggestion]) -> Table:
    """Return unlabelled calls by money, and whom they behave like."""
    columns = [
        Column("calls of"),
        Column("cost", numeric=True),
        Column("currency"),
        Column("grade", drop=5),
        Column("calls", numeric=True, drop=4),
        Column("behave like"),
        Column("confidence", numeric=True, drop=1),
    ]
    shown: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    for each in suggestions:
        for grade, money in each.owner.costs or ((None, None),):
            sure = None if each.confidence is None else f"{each.confidence:.2f}"
            tail = [each.application, sure]
            unit = money.currency if money else None
            amount = amount_text(money.amount) if money else None
            plain = money.as_json()["amount"] if money else None
            who = _who(each.owner)
            shown.append([who, amount, unit, grade, count_text(each.owner.calls), *tail])
            exact.append([who, plain, unit, grade, str(each.owner.calls), *tail])
    return Table(columns, shown, exact)


def reasons(suggestions: Sequence[Suggestion]) -> list[str]:
    """Return why the costliest ones behave like an application, or like none."""
    told = [f"{_who(each.owner)}: {each.reason}." for each in suggestions[:_MOST_REASONS]]
    more = len(suggestions) - len(told)
    return [*told, *([f"{more} more: --json says why."] if more else [])]


def rule_lines(each: Suggestion) -> list[str]:
    """Return the lines of the attribution file that would apply a suggestion."""
    sets = {"application": each.application, "team": each.team, "cost_center": each.cost_center}
    return [
        "[[rule]]",
        f"# {each.reason}.",
        f"name = {json.dumps(f'suggested by clusters: {_who(each.owner)}', ensure_ascii=False)}",
        f"match = {_table({name: _exactly(text) for name, text in each.owner.where.items()})}",
        f"set = {_table({name: value for name, value in sets.items() if value})}",
        f"confidence = {each.confidence}",
        "",
    ]


def _table(values: Mapping[str, str]) -> str:
    """Return an inline table of TOML, whose strings are written as JSON's are."""
    told = (f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in values.items())
    return f"{{ {', '.join(told)} }}"


def _exactly(value: str) -> str:
    """Return the glob that only this text fits."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in value)


def _who(owner: Owner) -> str:
    names = [owner.where.get(name) for name in ("project", "api_key", "account", "model")]
    return " ".join(name for name in names if name) or "nobody"


def _costs(owner: Owner) -> str:
    told = [f"{amount_text(money.amount)} {money.currency}" for _, money in owner.costs]
    return " and ".join(told) or f"{owner.calls:,} calls without a price"
