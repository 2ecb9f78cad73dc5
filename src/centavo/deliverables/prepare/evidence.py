"""The rows behind a finding: columns in the reader's words, figures as the reader writes them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from centavo.consumption.dimensions import DIMENSIONS
from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.words import dimension_name, lower
from centavo.findings import Evidence

__all__ = ["COLUMN_WORDS", "evidence_section"]

# What columns of evidence are called, beside dimensions; one that is not here keeps its name.
COLUMN_WORDS: tuple[str, ...] = (
    N_("currency"),
    N_("day"),
    N_("list cost"),
    N_("taken off"),
    N_("cost"),
    N_("failed cost"),
    N_("repeat cost"),
    N_("requests"),
    N_("failed requests"),
    N_("repeated requests"),
    N_("repeated originals"),
    N_("place"),
    N_("place kind"),
    N_("grade"),
    N_("first day"),
    N_("last day"),
    N_("recent cost"),
    N_("row count"),
    N_("usage"),
    N_("expected"),
    N_("customer requests"),
    N_("streamed requests"),
    N_("mean output tokens"),
    N_("days"),
    N_("requests by hour"),
    N_("kind"),
    N_("name"),
    N_("item"),
    N_("unit"),
    N_("price currency"),
    N_("quantity"),
    N_("used by"),
    N_("unattributed cost"),
    N_("unattributed rows"),
    N_("all rows"),
    N_("all cost"),
    N_("untagged rows"),
    N_("untagged cost"),
    N_("input p50"),
    N_("input p95"),
    N_("output p50"),
    N_("visible p95"),
    N_("reasoning share"),
    N_("tool share"),
    N_("streamed share"),
    N_("customer share"),
    N_("failed share"),
    N_("retry share"),
    N_("ms per token p50"),
    N_("detail"),
    N_("seen"),
    N_("hits"),
    N_("hit share"),
    N_("tokens per hit"),
    N_("input share"),
    N_("money"),
    N_("example"),
    N_("answers"),
    N_("needed"),
    N_("asked"),
    N_("one"),
    N_("tokens"),
    N_("variant"),
    N_("scope no"),
    N_("scope first"),
    N_("scope last"),
    N_("resource"),
    N_("who"),
    N_("client"),
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}( 00:00:00)?")
# The twins are exact; for the eye more decimals are noise.
_DECIMALS = 4


def evidence_section(evidence: Evidence, say: Language) -> Section:
    """Return the rows that the finding keeps, of all that there were.

    What is the same in every row stands last, so that what differs is seen without scrolling.
    """
    evidence = _telling_first(evidence)
    numeric = [_is_numeric(name, place, evidence) for place, name in enumerate(evidence.columns)]
    columns = tuple(
        Column(_name(name, say), name, numeric=is_number)
        for name, is_number in zip(evidence.columns, numeric, strict=True)
    )
    rows = tuple(_row(row, numeric, say) for row in evidence.rows)
    told = say.count("{number} row.", "{number} rows.", evidence.row_count)
    table = Table("evidence", columns, rows)
    return Section(id="evidence", title=say("Evidence"), sentences=(told,), table=table)


def _telling_first(evidence: Evidence) -> Evidence:
    if len(evidence.rows) < 2:
        return evidence
    places = sorted(
        range(len(evidence.columns)),
        key=lambda place: len({row[place] for row in evidence.rows}) == 1,
    )
    return replace(
        evidence,
        columns=tuple(evidence.columns[place] for place in places),
        rows=tuple(tuple(row[place] for place in places) for row in evidence.rows),
    )


def _name(name: str, say: Language) -> str:
    if name in DIMENSIONS:
        return lower(dimension_name(name, say))
    words = name.replace("_", " ")
    return say(words) if words in COLUMN_WORDS else words


def _is_numeric(name: str, place: int, evidence: Evidence) -> bool:
    values = [row[place] for row in evidence.rows if row[place] is not None]
    figures = all(_NUMBER.fullmatch(value or "") for value in values)
    return name not in DIMENSIONS and bool(values) and figures


def _row(row: Sequence[str | None], numeric: Sequence[bool], say: Language) -> Row:
    cells = (
        Cell(_shown(value, say, is_number=is_number), value)
        for value, is_number in zip(row, numeric, strict=True)
    )
    return Row(tuple(cells))


def _shown(value: str | None, say: Language, *, is_number: bool) -> str:
    if value is None:
        return "—"
    if is_number:
        decimals = len(value.partition(".")[2])
        return say.number(Decimal(value), min(decimals, _DECIMALS))
    if _DAY.fullmatch(value):
        return say.day(date.fromisoformat(value[:10]))
    return value
