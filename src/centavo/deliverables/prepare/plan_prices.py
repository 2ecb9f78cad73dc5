"""What a plan's components are priced by: quantity, price, evidence, day and source."""

from collections.abc import Callable
from decimal import Context, Decimal

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.money import Money
from centavo.planning.drawn import DrawnScenario
from centavo.planning.estimate import LineEstimate

__all__ = ["prices_section"]

# Marks a message for the catalogue where it is listed.
N_: Callable[[str], str] = str
_EVIDENCE = {
    "list": N_("list price"),
    "quote": N_("quote"),
    "contract": N_("contract"),
    "bill": N_("bill"),
    "assumption": N_("assumption"),
}
# A price that was measured has as many digits as its quotient; a person reads eight.
_SHORT = Context(prec=8)
_SIX = Decimal("0.000001")


def prices_section(chosen: DrawnScenario, say: Language) -> Section:
    """Return every component's quantity and price, with its evidence, day and source."""
    planned = chosen.planned
    key = planned.plan.currency.lower()
    columns = (
        Column(say("Component"), "component"),
        Column(say("Quantity"), "quantity", numeric=True),
        Column(say("Unit"), "unit"),
        Column(say("Price"), "price", numeric=True),
        Column(say("{currency} a month", currency=planned.plan.currency), f"month_{key}", numeric=True),
        Column(say("Evidence"), "evidence"),
        Column(say("As of"), "as_of"),
        Column(say("Source"), "source"),
    )  # fmt: skip
    rows = tuple(_price_row(it, planned.plan.currency, say) for it in planned.lines)
    title = say("{scenario}: quantities and prices", scenario=chosen.name)
    return Section("plan-prices", title, table=Table("plan_prices", columns, rows))


def _price_row(it: LineEstimate, currency: str, say: Language) -> Row:
    dated, quantity = it.line.dated[0], it.quantities[0]
    price = _SHORT.plus(dated.amount)
    return Row(
        (
            Cell(it.name, it.name),
            Cell(_digits(quantity.quantize(_SIX), say), quantity),
            Cell(dated.unit.text, dated.unit.text),
            Cell(f"{_digits(price, say)} {dated.currency}", Money(dated.amount, dated.currency)),
            Cell(say.number(it.costs[0], 2), Money(it.costs[0], currency)),
            Cell(say(_EVIDENCE[dated.evidence]), dated.evidence),
            Cell(say.day(dated.seen), dated.seen.isoformat()),
            Cell(dated.source, dated.source),
        )
    )


def _digits(value: Decimal, say: Language) -> str:
    exponent = value.normalize().as_tuple().exponent
    return say.number(value, max(0, -exponent) if isinstance(exponent, int) else 0)
