"""How the verbs of ``centavo plan`` speak: amounts, bands, and what an estimate rests on."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.cli.output import amount_text
from centavo.money import EXACT, Money
from centavo.planning.checking import stale
from centavo.planning.estimate import Estimate
from centavo.wording import counted

if TYPE_CHECKING:
    from centavo.planning.simulation import Band

__all__ = [
    "band_json",
    "drawn_json",
    "drawn_text",
    "month_money",
    "percent",
    "rests_on",
]

_MOST_NAMED = 3


def percent(share: float) -> str:
    """Return a share in percent with one decimal.

    >>> percent(0.205)
    '20.5 %'
    """
    return f"{100 * share:.1f} %"


def drawn_text(amount: float) -> str:
    """Return a drawn amount to the cent: its further digits are chance."""
    return amount_text(Decimal(repr(amount))) or ""


def drawn_json(amount: float, currency: str) -> dict[str, str]:
    """Return a drawn amount as JSON, to the cent."""
    return Money(Decimal(repr(amount)), currency).rounded().as_json()


def band_json(band: "Band", currency: str) -> dict[str, object]:
    """Return percentiles and mean as JSON."""
    return {
        "p5": drawn_json(band.p5, currency),
        "p50": drawn_json(band.p50, currency),
        "p95": drawn_json(band.p95, currency),
        "mean": drawn_json(band.mean, currency),
    }


def month_money(amount: Decimal, currency: str) -> str:
    """Return an amount to the cent with its currency."""
    return f"{amount_text(EXACT.plus(amount))} {currency}"


def rests_on(planned: Sequence[Estimate], today: date) -> list[str]:
    """Return the coverage line of an estimate, and a line that names stale prices."""
    plan = planned[0].plan
    priced = [it for it in plan.components.values() if it.price is not None]
    carried = len(plan.components) - len(priced)
    used = {line.price.name: line.dated[0] for it in planned for line in it.resolved.lines}
    levels = Counter(it.evidence for it in used.values())
    said = ", ".join(f"{count} {level}" for level, count in levels.most_common())
    oldest = min(it.seen for it in used.values())
    hosts = f", {carried} carried by their host and counted with it" if carried else ""
    lines = [
        f"Coverage: {len(priced)} of {len(plan.components)} components have a price{hosts};"
        f" {counted(len(used), 'price')} ({said}), the oldest seen {oldest}."
    ]
    old = list(dict.fromkeys(it.message for each in planned for it in stale(each, today)))
    if old:
        more = f" and {len(old) - _MOST_NAMED} more" if len(old) > _MOST_NAMED else ""
        lines.append(f"Stale: {'; '.join(old[:_MOST_NAMED])}{more}. Check them.")
    return lines
