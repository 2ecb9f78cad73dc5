"""``centavo prices contract``: what was agreed, against what the ledger holds."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    decimals_for,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.cli.price_texts import money_text, plain_price, print_speaking
from centavo.consumption.cost_cells import Basis, CostQuestion, cost_cells
from centavo.errors import ConfigError, GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.preliminary import preliminary_months
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import Period, parse_instant
from centavo.pricing import Contract, PriceBook
from centavo.pricing.contract import Promise, Span, TaxLine

__all__ = ["command"]


@dataclass(frozen=True)
class _Standing:
    """A promise in one of its spans, against what was spent.

    Attributes:
        promise: What was promised.
        span: When.
        used: Cost that counts, in the promise's currency.
        elsewhere: Cost of the same provider in other currencies, which is not counted.
        over: Whether the span has ended.
        is_preliminary: Whether a bill that counts may still change.
    """

    promise: Promise
    span: Span
    used: Money
    elsewhere: tuple[Money, ...]
    over: bool
    is_preliminary: bool

    @property
    def left(self) -> Money:
        return self.promise.shortfall(self.used.amount)

    @property
    def state(self) -> str:
        if not self.left.amount:
            return "reached"
        if not self.over:
            return "running"
        return "shortfall" if self.promise.kind == "commitment" else "charged"


@click.command("contract")
@click.option("--at", help="As on this day [default: today].")
@click.option("--month", help="Month that is taxed, e.g. 2026-03 [default: the last with charges].")
@click.option("--all", "every", is_flag=True, help="Every span since the start, not the last two.")
@click.option("--fail-on-shortfall", is_flag=True, help="Exit 1 when an ended span fell short.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Tables as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    at: str | None,
    month: str | None,
    every: bool,
    fail_on_shortfall: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show committed spend and minimums against the ledger, and the taxes on a month's bills.

    Taxes are figures beside the cost, never in it; tax lines of a bill are not taxed again.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    if settings.contract is None:
        raise ConfigError(
            "there is no contract file",
            hint="Name one as `contract` under [prices] in centavo.toml; docs/contract.md shows how.",
        )
    contract = Contract.load(settings.contract)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    day = parse_instant(at).date() if at else now.date()
    opened = Ledger.open(settings.location)
    still_open = preliminary_months(opened, now)
    standings = list(_standings(opened, contract, day, every=every, still_open=still_open))
    taxed = _taxed_month(opened, month, day)
    taxes = _taxes(opened, contract, taxed) if taxed and contract.taxes else []
    if as_json:
        print_json(_as_json(settings, day, standings, taxed, taxes))
    else:
        _show(settings, standings, taxed, taxes, cast("Format", form or "table"))
        say(*_preliminary_lines(contract, standings, taxed if taxes else None, still_open))
    short = sum(it.state == "shortfall" and not it.is_preliminary for it in standings)
    if fail_on_shortfall and short:
        raise GateError(f"{short} committed spans fell short")


def _standings(
    ledger: Ledger,
    contract: Contract,
    day: date,
    *,
    every: bool,
    still_open: frozenset[tuple[str, date]],
) -> Iterable[_Standing]:
    for promise in contract.promises:
        spans = list(promise.spans(day + timedelta(days=1)))
        for span in spans if every else spans[-2:]:
            used: dict[str, Decimal] = defaultdict(Decimal)
            for (provider, _), cost in _costs(ledger, _period(span.first, span.end), promise.basis):
                if promise.covers(provider):
                    used[cost.currency] += cost.amount
            counted = Money(used.pop(promise.amount.currency, Decimal(0)), promise.amount.currency)
            others = tuple(Money(amount, name) for name, amount in sorted(used.items()))
            is_preliminary = promise.basis == "billed" and any(
                promise.covers(provider) and span.first.replace(day=1) <= month < span.end
                for provider, month in still_open
            )
            yield _Standing(promise, span, counted, others, span.end <= day, is_preliminary)


def _taxed_month(ledger: Ledger, month: str | None, day: date) -> date | None:
    if month:
        return parse_instant(month).date().replace(day=1)
    rows = ledger.rows(
        "SELECT max(ChargePeriodStart)::DATE FROM charges "
        f"WHERE x_CostBasis = 'billed' AND ChargePeriodStart <= TIMESTAMP '{day} 23:59:59'"
    )
    last = rows[0][0]
    return last.replace(day=1) if isinstance(last, date) else None


def _taxes(ledger: Ledger, contract: Contract, month: date) -> list[tuple[str, TaxLine]]:
    """Return (provider, tax) for each provider's cost of a month."""
    end = (month + timedelta(days=32)).replace(day=1)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for (provider, _), cost in _costs(ledger, _period(month, end), "billed"):
        sums[provider or "", cost.currency] += cost.amount
    return [
        (provider, line)
        for (provider, currency), amount in sorted(sums.items())
        for line in contract.tax_lines(provider, month, Money(amount, currency))
    ]


def _costs(
    ledger: Ledger, period: Period, basis: str
) -> list[tuple[tuple[str | None, str | None], Money]]:
    """Return cost without taxes by (provider, charge category)."""
    merge_meters(ledger, period)
    question = CostQuestion(by=("provider", "charge_category"), period=period)
    return [
        ((cell.key[0], cell.key[1]), cell.cost)
        for cell in cost_cells(ledger, question, cast("Basis", basis))
        if cell.key[1] != "Tax"
    ]


def _period(first: date, end: date) -> Period:
    return Period(
        datetime.combine(first, time.min, UTC),
        None if end == date.max else datetime.combine(end, time.min, UTC),
    )


def _show(
    settings: Settings,
    standings: Sequence[_Standing],
    taxed: date | None,
    taxes: Sequence[tuple[str, TaxLine]],
    form: Format,
) -> None:
    name = settings.contract.name if settings.contract else ""
    short = [it for it in standings if it.state == "shortfall" and not it.is_preliminary]
    running = [it for it in standings if it.state == "running"]
    answer = f"{name}: {len(standings)} spans of committed spend and minimums"
    if short:
        answer += f"; short by {_sum(it.left for it in short)}"
    if running:
        answer += f"; {_sum(it.left for it in running)} left to use in running spans"
    say(f"{answer}.")
    if standings:
        _print_standings(standings, form)
    for text in dict.fromkeys(_elsewhere(it) for it in standings if it.elsewhere):
        say(text)
    if taxes and taxed:
        say(f"Taxes on what was billed for {taxed:%Y-%m}, beside the cost and not in it:")
        print_table(_tax_table(taxes), form=form)
    say(*_price_file_lines(settings))


def _preliminary_lines(
    contract: Contract,
    standings: Sequence[_Standing],
    taxed: date | None,
    still_open: frozenset[tuple[str, date]],
) -> list[str]:
    """Return what rests on bills that may still change."""
    spans = [it for it in standings if it.is_preliminary and it.over and it.left.amount]
    months = [
        f"taxes of {provider}"
        for provider, month in sorted(still_open)
        if month == taxed and any(tax.covers(provider) for tax in contract.taxes)
    ]
    names = [f"{it.promise.name} from {it.span.first} ({_sum([it.left])} short)" for it in spans]
    if not names and not months:
        return []
    listed = "; ".join(names + months)
    return [
        f"Preliminary: {listed}. Their bills may still change; --fail-on-shortfall waits for them."
    ]


def _price_file_lines(settings: Settings) -> list[str]:
    """Return what the price file agrees, which is in every request's cost already."""
    if settings.prices is None:
        return ["Negotiated prices and discounts: none; `[prices] file` would name them."]
    file = PriceBook.load(settings.prices).file
    if file is None:
        return []
    factors = ", ".join(f"{it.scope.provider} x {plain_price(it.factor)}" for it in file.discounts)
    discounts = f"{len(file.discounts)} discounts ({factors})" if factors else "no discounts"
    return [
        f"{file.name}: {len(file.prices)} negotiated prices and {discounts}, "
        "in the cost of every request."
    ]


def _sum(amounts: Iterable[Money]) -> str:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for money in amounts:
        sums[money.currency] += money.amount
    return " and ".join(money_text(Money(amount, name)) for name, amount in sums.items())


def _elsewhere(standing: _Standing) -> str:
    return (
        f"{standing.promise.name}: {_sum(standing.elsewhere)} in other currencies is not counted."
    )


def _print_standings(standings: Sequence[_Standing], form: Format) -> None:
    several = len({it.promise.amount.currency for it in standings}) > 1
    columns = [
        Column("name"), Column("kind", drop=3), Column("from"), Column("until", drop=2),
        Column("promised", numeric=True), Column("used", numeric=True),
        Column("share", numeric=True, drop=1), Column("left", numeric=True),
        Column("currency", drop=0 if several else 4), Column("state"), Column("basis", drop=5),
    ]  # fmt: skip
    print_speaking(
        columns,
        [_standing_row(it, exact=False) for it in standings],
        [_standing_row(it, exact=True) for it in standings],
        silent={"basis": "billed"},
        whole=("name", "state"),
        form=form,
    )


def _standing_row(it: _Standing, *, exact: bool) -> list[str | None]:
    promised, used, left = (
        money.as_json()["amount"] if exact else amount_text(money.amount, 2)
        for money in (it.promise.amount, it.used, it.left)
    )
    return [
        it.promise.name, it.promise.kind, it.span.first.isoformat(),
        None if it.span.end == date.max else it.span.end.isoformat(), promised, used,
        share_text(it.used.amount, it.promise.amount.amount), left, it.promise.amount.currency,
        f"{it.state}, preliminary" if it.is_preliminary else it.state, it.promise.basis,
    ]  # fmt: skip


def _tax_table(taxes: Sequence[tuple[str, TaxLine]]) -> Table:
    columns = [
        Column("tax"), Column("provider"), Column("percent", numeric=True),
        Column("method", drop=1), Column("cost", numeric=True), Column("tax amount", numeric=True),
        Column("currency"),
    ]  # fmt: skip
    largest = max((abs(line.amount.amount) for _, line in taxes), default=Decimal(0))
    rows: list[list[str | None]] = []
    machine: list[list[str | None]] = []
    for provider, line in taxes:
        head = [line.tax.name, provider, plain_price(line.tax.percent), line.tax.method]
        shown = (amount_text(it.amount, decimals_for(largest)) for it in (line.base, line.amount))
        exact = (it.as_json()["amount"] for it in (line.base, line.amount))
        rows.append([*head, *shown, line.base.currency])
        machine.append([*head, *exact, line.base.currency])
    return Table(columns, rows, machine)


def _as_json(
    settings: Settings,
    day: date,
    standings: Sequence[_Standing],
    taxed: date | None,
    taxes: Sequence[tuple[str, TaxLine]],
) -> dict[str, object]:
    return {
        "schema": "centavo.prices.contract/1",
        "file": str(settings.contract),
        "at": day.isoformat(),
        "promises": [
            {
                "kind": it.promise.kind,
                "name": it.promise.name,
                "provider": it.promise.provider,
                "basis": it.promise.basis,
                "from": it.span.first.isoformat(),
                "until": None if it.span.end == date.max else it.span.end.isoformat(),
                "promised": it.promise.amount.as_json(),
                "used": it.used.as_json(),
                "left": it.left.as_json(),
                "not_counted": [money.as_json() for money in it.elsewhere],
                "state": it.state,
                "is_preliminary": it.is_preliminary,
            }
            for it in standings
        ],
        "taxed_month": f"{taxed:%Y-%m}" if taxed else None,
        "taxes": [
            {
                "name": line.tax.name,
                "provider": provider,
                "percent": plain_price(line.tax.percent),
                "method": line.tax.method,
                "cost": line.base.as_json(),
                "tax": line.amount.as_json(),
            }
            for provider, line in taxes
        ],
    }
