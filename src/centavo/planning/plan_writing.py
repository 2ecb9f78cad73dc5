"""A plan file as text: of what a person answered, or of what the ledger says is running."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal

from centavo.planning.plan import PlannedRate

__all__ = ["WrittenComponent", "WrittenPlan", "slug", "unit_price"]

# More digits than any total needs, so that quantity times price is the cost that was measured.
_PRICE = Context(prec=34, rounding=ROUND_HALF_EVEN)
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_ ./:-]*")
_WORDS = {"yes", "no", "true", "false", "null", "on", "off"}


@dataclass(frozen=True)
class WrittenComponent:
    """One component.

    Attributes:
        name: Component and, with underscores, its driver.
        quantity: With its unit: ``100 h``.
        price: Id of the price list; ``None`` where ``amount`` says it.
        amount: Price with its unit: ``0.05 USD/h``.
        source: Of ``amount``.
        meter: What is measured and patterns by dimension; empty for none.
        measure: What of the rows is the quantity.
        group: Components that trade volume among each other.
    """

    name: str
    quantity: str
    price: str | None = None
    amount: str | None = None
    source: str = ""
    evidence: str = "assumption"
    meter: dict[str, str] = field(default_factory=dict[str, str])
    measure: str = "quantity"
    group: str | None = None


@dataclass(frozen=True)
class WrittenPlan:
    """A plan to write.

    Attributes:
        as_of: Day of the prices that it states itself.
        rates: Exchange rates that its prices need.
        head: Comment lines.
    """

    name: str
    start: date
    months: int
    currency: str
    as_of: date
    components: Sequence[WrittenComponent]
    head: Sequence[str] = ()
    rates: Sequence[PlannedRate] = ()

    def text(self) -> str:
        """Return the file's text."""
        lines = [f"# {line}" for line in self.head]
        lines += [
            f"plan: {_quoted(self.name)}", f"currency: {self.currency}",
            f"start: {self.start:%Y-%m}", f"months: {self.months}", "", "drivers:",
        ]  # fmt: skip
        lines += [f"  {driver_name(it.name)}: {it.quantity}" for it in self.components]
        own = [it for it in self.components if it.amount is not None]
        if own:
            lines += ["", "prices:"]
        for it in own:
            lines.append(
                f"  {_quoted(it.name)}: {{price: {it.amount}, as_of: {self.as_of},"
                f" evidence: {it.evidence}, source: {_quoted(it.source)}}}"
            )
        lines += ["", "exchange:"] if self.rates else []
        lines += [
            f"  - {{from: {it.base}, to: {it.to}, rate: {it.rate.normalize():f}, as_of: {it.as_of},"
            f" source: {_quoted(it.source)}}}"
            for it in self.rates
        ]
        lines += ["", "components:"]
        for it in self.components:
            lines += _component(it)
        return "\n".join(lines) + "\n"


def _component(it: WrittenComponent) -> list[str]:
    price = it.price or it.name
    group = f", group: {_quoted(it.group)}" if it.group else ""
    head = f"  {_quoted(it.name)}:"
    body = f"quantity: {driver_name(it.name)}, price: {_quoted(price)}{group}"
    if not it.meter:
        return [f"{head} {{{body}}}"]
    where = ", ".join(f"{name}: {_quoted(text)}" for name, text in it.meter.items())
    return [
        head,
        *(f"    {part}" for part in body.split(", ")),
        f"    meter: {{measure: {it.measure}, where: {{{where}}}}}",
    ]


def slug(text: str, taken: Sequence[str] = ()) -> str:
    """Return a name for a component that no other has.

    >>> slug("Vertex AI / gemini-2.5", ["vertex-ai-gemini-2-5"])
    'vertex-ai-gemini-2-5-2'
    """
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "component"
    name = name if name[0].isalpha() else f"c-{name}"
    used = set(taken)
    found, number = name, 1
    while found in used:
        number += 1
        found = f"{name}-{number}"
    return found


def driver_name(name: str) -> str:
    """Return the name of a component's driver: formulas have no hyphens in names."""
    return name.replace("-", "_")


def unit_price(cost: Decimal, quantity: Decimal) -> Decimal:
    """Return the price whose product with the quantity is the cost, to 34 digits."""
    return _PRICE.divide(cost, quantity)


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and ": " not in text and text.lower() not in _WORDS:
        return text.rstrip() if not text[0].isdigit() else f'"{text}"'
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
