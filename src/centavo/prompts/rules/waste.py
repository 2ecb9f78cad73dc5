"""From tokens that requests with bodies waste to findings of the scope: the shape most rules share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from centavo.findings import Blind, Finding
from centavo.findings.finding import MoneyKind
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, ask, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import Words, message
from centavo.money import LEDGER_DECIMALS, Money
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE, prompt_tables
from centavo.prompts.payload import decoded, texts_in

__all__ = [
    "NO_BODIES", "Says", "Waste", "find_waste", "has_bodies", "money_of", "number_of", "place_of", "texts_of",
]  # fmt: skip

NO_BODIES = "no prompts are kept: centavo ingest --keep-bodies"


@dataclass(frozen=True)
class Waste:
    """What a rule asks.

    Attributes:
        query: Name of the SQL file beside the rule: rows of ``call_no``, ``tokens`` and ``detail``.
        values: For its placeholders.
        least_hits: Requests with bodies that must show it.
        worth: SQL of what a request wastes: by default its tokens at the price that its input was paid.
    """

    query: str
    values: Mapping[str, object]
    least_hits: int = 3
    worth: str = "wasted.tokens * coalesce(call.input_price, 0)"


@dataclass(frozen=True)
class Says:
    """How a rule says it.

    Attributes:
        code: Of the rule.
        sentence: Of a row.
        to_do: One sentence; names the lever.
        wrong_when: From the rule's page.
        money_kind: As in ``Finding``.
    """

    code: str
    sentence: Callable[[Row], Words]
    to_do: Words
    wrong_when: str
    money_kind: MoneyKind = "avoidable"


def has_bodies(ledger: Ledger, period: Period) -> bool:
    """Make the tables of prompts and say whether any prompt is kept."""
    return prompt_tables(ledger, period).with_bodies > 0


def find_waste(
    ledger: Ledger, period: Period, waste: Waste, says: Says
) -> Sequence[Finding] | Blind:
    """Return a finding for each scope with waste."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = ask_waste(ledger, waste)
    return [_finding(answer, row, says) for row in answer.rows]


def ask_waste(ledger: Ledger, waste: Waste) -> Answer:
    """Return the waste by scope."""
    package = "centavo.prompts.rules"
    inner = _inner(waste.query).format(**waste.values)
    return ask(
        package, ledger, "waste", waste=inner, least_hits=waste.least_hits, worth=waste.worth
    )


def _inner(name: str) -> str:
    from importlib.resources import files

    return files("centavo.prompts.rules").joinpath("sql", f"{name}.sql").read_text("utf-8")


def _finding(answer: Answer, row: Row, says: Says) -> Finding:
    first, until = _day(row, "first_day"), _day(row, "last_day") + timedelta(days=1)
    return Finding(
        code=says.code,
        subject=subject_of(row, SCOPE),
        sentence=says.sentence(row),
        period=days_from(first, until),
        per_30d=money_of(row, (until - first).days),
        grade="estimated" if text_of(row, "seen") != text_of(row, "requests") else "simulated",
        money_kind=says.money_kind,
        share=Decimal(str(row["input_share"] or 0)).quantize(Decimal("0.000001")),
        evidence=answer.evidence([row]),
        to_do=says.to_do,
        wrong_when=says.wrong_when,
    )


def money_of(row: Row, days: int) -> Money | None:
    """Return the row's money in 30 days; unknown where nothing is priced."""
    if row["money"] is None:
        return None
    amount = Decimal(str(row["money"])).quantize(LEDGER_DECIMALS)
    return per_30_days(amount, days, text_of(row, "currency"))


def number_of(row: Row, name: str) -> Decimal:
    """Return a number of the row."""
    return Decimal(str(row[name] or 0))


def texts_of(row: Row) -> list[str]:
    """Return what the JSON texts of the row's column ``texts`` say."""
    listed = cast("list[str]", row["texts"] or [])
    return ["\n".join(texts_in(decoded(text))) for text in listed]


def place_of(row: Row) -> Words:
    """Return the scope as a sentence names it: application and endpoint, else the model."""
    named = " ".join(filter(None, (text_of(row, "application"), text_of(row, "endpoint"))))
    model = text_of(row, "model")
    return f"{named} ({model})" if named else message("Requests to {model}", model=model)


def _day(row: Row, name: str) -> date:
    day = row[name]
    return day if isinstance(day, date) else date.min
