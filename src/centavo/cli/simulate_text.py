"""A simulation for people: the joint total, the waterfall, what interacts, and what it rests on."""

from decimal import Decimal

from centavo.cli.coverage_text import coverage_lines
from centavo.cli.levers import lever_kinds
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    decimals_for,
    print_table,
    say,
    share_text,
)
from centavo.cli.price_texts import money_text
from centavo.ledger.coverage import Coverage
from centavo.money import EXACT, Money
from centavo.savings import Simulation, Step
from centavo.savings.interactions import interactions
from centavo.savings.interval import METHOD, Interval

__all__ = ["show_simulation"]


def show_simulation(found: Simulation, coverage: Coverage, *, form: Format, plan: str) -> None:
    """Print the answer, the waterfall (or the scopes), interactions, gaps, coverage, the next step.

    Args:
        found: What was simulated.
        coverage: Of the requests.
        form: Of the table.
        plan: The options that name the same plan again.
    """
    for currency in found.currencies:
        say(_answer(found, currency))
        say(*_totals(found, currency))
        print_table(
            _scopes(found, currency) if found.by else _waterfall(found, currency), form=form
        )
    say(*_notes(found), *_interactions(found), *_unseen(found))
    say(*coverage_lines(coverage), f"Next: {_next(found, plan)}")


def _answer(found: Simulation, currency: str) -> str:
    saved, baseline = found.saved(currency), found.baseline_cost(currency)
    verb = "saves" if saved >= 0 else "costs"
    share = share_text(abs(saved), baseline)
    return (
        f"Jointly the plan {verb} {money_text(Money(abs(saved), currency))} of "
        f"{money_text(Money(baseline, currency))} ({share}) in {found.days} days; simulated on "
        f"{found.baseline.priced_requests:,} recorded requests."
    )


def _totals(found: Simulation, currency: str) -> list[str]:
    lines: list[str] = []
    if found.saved(currency) and found.days >= 7:
        month = found.per_30d(currency, found.saved(currency))
        lines.append(f"In 30 days like these: {_between(month, found.interval.get(currency))}.")
    avoided = found.saved(currency, "avoidance")
    if avoided:
        lines.append(f"Apart from it, avoided: {money_text(Money(avoided, currency))}.")
    naive = found.naive_sum(currency)
    if len(found.steps) > 1 and naive != found.saved(currency):
        share = share_text(naive, found.baseline_cost(currency))
        lines.append(
            f"Added up one by one they would claim {money_text(Money(naive, currency))} ({share}): "
            "wrong, they meet on the same requests."
        )
    gap = EXACT.subtract(
        found.baseline_cost(currency), found.baseline.recorded.get(currency, Decimal(0))
    )
    if gap:
        lines.append(
            f"The baseline is priced with book {found.book}; the ledger recorded "
            f"{money_text(Money(found.baseline.recorded.get(currency, Decimal(0)), currency))}."
        )
    return lines


def _between(month: Money, interval: Interval | None) -> str:
    if interval is None:
        return f"{money_text(month)}; too few days for an interval"
    decimals = decimals_for(max(abs(interval.low), abs(interval.high), abs(month.amount)))
    middle, low, high = (
        amount_text(amount, decimals) for amount in (month.amount, interval.low, interval.high)
    )
    return (
        f"{middle} {month.currency}, {100 * interval.confidence:.0f} % between {low} and {high} "
        f"({METHOD})"
    )


def _waterfall(found: Simulation, currency: str) -> Table:
    columns = [
        Column("lever"),
        Column("scope", drop=4),
        Column("touched", numeric=True, drop=1),
        Column(f"saves {currency}", numeric=True),
        Column("cost after", numeric=True),
        Column("alone", numeric=True, drop=2),
        Column("30 days", numeric=True, drop=3),
        Column("low", numeric=True, drop=5),
        Column("high", numeric=True, drop=5),
        Column("kind", drop=6),
        Column("quality", drop=7),
    ]
    baseline = found.baseline_cost(currency)
    places = decimals_for(baseline)
    start: list[str | None] = ["as it ran", None, None, None, amount_text(baseline, places)]
    exact: list[str | None] = ["as it ran", None, None, None, _plain(baseline)]
    rows = [start + [None] * 6]
    machine = [exact + [None] * 6]
    for place, step in enumerate(found.steps, 1):
        after = found.cost_after(currency, place)
        rows.append(_row(found, step, currency, after=after, places=places))
        machine.append(_row(found, step, currency, after=after, places=None))
    return Table(columns, rows, machine)


def _row(
    found: Simulation, step: Step, currency: str, *, after: Decimal, places: int | None
) -> list[str | None]:
    def text(amount: Decimal | None) -> str | None:
        if amount is None:
            return None
        return _plain(amount) if places is None else amount_text(amount, places)

    interval = step.interval.get(currency)
    quality = step.lever.quality
    change = None if quality.change is None else f"{100 * quality.change:+.1f} points"
    touched = Decimal(step.touched)
    return [
        step.lever.label,
        step.lever.where.text,
        str(step.touched) if places is None else share_text(touched, _requests(found)),
        text(step.amount(currency)),
        text(after),
        text(step.alone.get(currency, Decimal(0))),
        text(found.per_30d(currency, step.amount(currency)).amount),
        text(interval.low if interval else None),
        text(interval.high if interval else None),
        step.lever.saving,
        "lossless" if quality.is_lossless else change or str(quality.basis),
    ]


def _scopes(found: Simulation, currency: str) -> Table:
    scopes = found.by_scope(currency)
    places = decimals_for(found.baseline_cost(currency))
    steps = [step.lever.kind for step in found.steps]
    columns = [
        *(Column(name.replace("_", " ")) for name in found.by),
        Column(f"as it ran {currency}", numeric=True),
        *(
            Column(f"{n} {kind}", numeric=True, drop=len(steps) - n)
            for n, kind in enumerate(steps, 1)
        ),
        Column("saved", numeric=True),
    ]
    rows: list[list[str | None]] = []
    machine: list[list[str | None]] = []
    for scope, costs in scopes:
        saved = EXACT.subtract(costs[0], costs[-1])
        rows.append([*scope, *(amount_text(cost, places) for cost in [*costs, saved])])
        machine.append([*scope, *(_plain(cost) for cost in [*costs, saved])])
    return Table(columns, rows, machine)


def _notes(found: Simulation) -> list[str]:
    said = dict.fromkeys(
        f"{step.lever.label}: {note}." for step in found.steps for note in step.notes
    )
    return [*said]


def _interactions(found: Simulation) -> list[str]:
    lines: list[str] = []
    for each in interactions(found, lever_kinds()):
        first, second = found.steps[each.earlier].lever, found.steps[each.later].lever
        both = f"{each.requests:,} requests are touched by both {first.kind} and {second.kind}"
        if each.is_exclusive:
            lines.append(f"{both}, which do the same: choose one of them there.")
        elif each.is_unusual_order:
            lines.append(f"{both}; usually {second.kind} comes first, and then saves more.")
        else:
            lines.append(f"{both}: what one saves depends on the other.")
    return lines


def _unseen(found: Simulation) -> list[str]:
    lines = [
        f"Not simulated by {step.lever.kind}: {count:,} requests, because {reason}."
        for step in found.steps
        for reason, count in step.not_simulated.items()
    ]
    if found.baseline.unpriced:
        listed = ", ".join(f"{count:,} {why}" for why, count in found.baseline.unpriced.items())
        lines.append(f"Without a price, so untouched: {listed}.")
    if found.baseline.summed:
        lines.append(
            f"{found.baseline.summed:,} requests are known only in sums and cannot be replayed."
        )
    return lines


def _next(found: Simulation, plan: str) -> str:
    if not any(found.saved(currency) > 0 for currency in found.currencies):
        return "centavo simulate --list"
    add = f"centavo savings add {plan}"
    if any(not step.lever.quality.is_lossless for step in found.steps):
        return f"{add}; prove quality before a lossy lever is enforced"
    return add


def _requests(found: Simulation) -> Decimal:
    return Decimal(found.baseline.priced_requests)


def _plain(amount: Decimal) -> str:
    return Money(amount, "").as_json()["amount"]
