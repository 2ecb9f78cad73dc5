"""The savings plan as a workbook: live formulas, a native chart, frozen heads, numbers as numbers."""

# XlsxWriter is typed in part only.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportArgumentType=false

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.deliverables.language import Language, plain
from centavo.deliverables.prepare.savings import grade_of, in_order
from centavo.deliverables.reading import Reading
from centavo.deliverables.saving_words import method_name, saving_place, saving_title, state_name
from centavo.errors import ConfigError, LedgerError
from centavo.savings.saving import KnownSaving

if TYPE_CHECKING:
    import xlsxwriter
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["savings_workbook"]

_HEAD_ROW = 3
_MONEY = "#,##0.00;[Red]-#,##0.00"


@dataclass(frozen=True)
class _Styles:
    title: "Format"
    note: "Format"
    head: "Format"
    words: "Format"
    money: "Format"
    number: "Format"
    day: "Format"
    total: "Format"
    total_money: "Format"


def savings_workbook(reading: Reading, say: Language, *, client: str = "") -> bytes:
    """Return the plan as an .xlsx file: the register, what may be added, and the signatures.

    Raises:
        ConfigError: The libraries of reports are not installed.
        LedgerError: The register holds no saving that lives.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise ConfigError(
            "the libraries of reports are not installed", hint='pip install "centavo[report]"'
        ) from error
    known = in_order(reading.savings.values())
    if not known:
        raise LedgerError(
            "the register of savings is empty",
            hint="`centavo savings add` puts a simulation or a finding into it.",
        )
    out = io.BytesIO()
    # Text that begins with "=" is a name of somebody's, not a formula.
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": plain(say("AI cost: savings plan")), "company": client, "created": reading.now.replace(tzinfo=None)})  # fmt: skip
    styles = _styles(book)
    last = _register(book, styles, known, say, made=reading.now)
    _totals(book, styles, known, say, last=last)
    _signatures(book, styles, say)
    book.close()
    return out.getvalue()


def _styles(book: "xlsxwriter.Workbook") -> _Styles:
    add = book.add_format
    line = {"bottom": 1, "bottom_color": "#d5d8dd", "valign": "top"}
    return _Styles(
        title=add({"bold": True, "font_size": 16, "font_color": "#6542f0"}),
        note=add({"font_color": "#5b6068"}),
        head=add(
            {"bold": True, "bottom": 2, "text_wrap": True, "valign": "top", "bg_color": "#f6f7f9"}
        ),
        words=add({**line, "text_wrap": True}),
        money=add({**line, "num_format": _MONEY}),
        number=add({**line, "num_format": "#,##0.0"}),
        day=add({**line, "num_format": "yyyy-mm-dd"}),
        total=add({"bold": True, "top": 2}),
        total_money=add({"bold": True, "top": 2, "num_format": _MONEY}),
    )


def _register(
    book: "xlsxwriter.Workbook",
    styles: _Styles,
    known: Sequence[KnownSaving],
    say: Language,
    *,
    made: datetime,
) -> int:
    """Write the register and return the number of its last row, as a spreadsheet counts."""
    sheet = _sheet(book, say("Register"))
    sheet.write_string(0, 0, say("AI cost: savings plan"), styles.title)
    sheet.write_string(
        1,
        0,
        plain(say("Amounts are for 30 days. Made on {day}.", day=say.day(made.date()))),
        styles.note,
    )
    heads = [
        say("Saving"), say("Where"), say("Plan"), say("Kind"), say("State"), say("Grade"), say("Method"),
        say("Currency"), say("Baseline"), say("Low"), say("Expected"), say("High"),
        say("Effort, person-days"), say("One-off cost"), say("Payback, days"), say("Risk"), say("Way back"),
        say("Owner"), say("Approver"), say("Due"), "id",
    ]  # fmt: skip
    for place, head in enumerate(heads):
        sheet.write_string(_HEAD_ROW, place, head, styles.head)
    for place, each in enumerate(known):
        _line(sheet, styles, each, say, row=_HEAD_ROW + 1 + place)
    last = _HEAD_ROW + 1 + len(known)
    sheet.freeze_panes(_HEAD_ROW + 1, 1)
    sheet.autofilter(_HEAD_ROW, 0, last - 1, len(heads) - 1)
    for first, end, width in (
        (0, 0, 38),
        (1, 1, 30),
        (2, 7, 13),
        (8, 14, 13),
        (15, 16, 28),
        (17, 20, 14),
    ):
        sheet.set_column(first, end, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    return last


def _line(
    sheet: "Worksheet", styles: _Styles, known: KnownSaving, say: Language, *, row: int
) -> None:
    saving = known.saving
    kinds = {"reduction": say("reduction"), "avoidance": say("avoidance")}
    words = [
        saving_title(saving, say), saving_place(saving, say), saving.plan or "", kinds[saving.saving_kind],
        state_name(known.state, say), say(grade_of(known)), method_name(saving.method, say),
        saving.currency or "",
    ]  # fmt: skip
    for place, text in enumerate(words):
        sheet.write_string(row, place, plain(text), styles.words)
    amounts = (
        saving.baseline_per_30d,
        saving.low_per_30d,
        saving.expected_per_30d,
        saving.high_per_30d,
    )
    for place, amount in enumerate(amounts, start=8):
        _number(sheet, row, place, amount, styles.money)
    _number(sheet, row, 12, saving.effort_days, styles.number)
    _number(sheet, row, 13, saving.one_off_cost, styles.money)
    at = row + 1
    # Days until the one-off cost has come back; empty where either is not known.
    payback = f'=IF(AND(ISNUMBER(N{at}),ISNUMBER(K{at}),K{at}>0),N{at}*30/K{at},"")'
    days = saving.payback_days
    sheet.write_formula(row, 14, payback, styles.number, "" if days is None else float(days))
    for place, text in enumerate(
        (say.told(saving.risk or ""), saving.rollback, saving.owner, saving.approver), start=15
    ):
        sheet.write_string(row, place, plain(text or ""), styles.words)
    if saving.due:
        sheet.write_datetime(row, 19, datetime.combine(saving.due, time()), styles.day)
    else:
        sheet.write_blank(row, 19, None, styles.day)
    sheet.write_string(row, 20, saving.id, styles.words)


def _totals(
    book: "xlsxwriter.Workbook",
    styles: _Styles,
    known: Sequence[KnownSaving],
    say: Language,
    *,
    last: int,
) -> None:
    """Write what may be added, as formulas over the register, and draw it."""
    name = say("May be added")
    sheet = _sheet(book, name)
    sheet.write_string(0, 0, say("What may be added"), styles.title)
    sheet.write_string(
        1,
        0,
        plain(
            say(
                "Lines of two plans, or of none, may speak of the same requests: they are not added."
            )
        ),
        styles.note,
    )
    heads = [
        say("Plan"),
        say("Kind"),
        say("State"),
        say("Currency"),
        say("Lines"),
        say("Expected in 30 days"),
    ]
    for place, head in enumerate(heads):
        sheet.write_string(_HEAD_ROW, place, head, styles.head)
    groups = _groups(known, say)
    register, first = f"'{say('Register')}'", _HEAD_ROW + 2
    for place, (key, lines, total) in enumerate(groups):
        row = _HEAD_ROW + 1 + place
        for column, text in enumerate(key):
            sheet.write_string(row, column, plain(text), styles.words)
        match = ",".join(
            f"{register}!${letter}${first}:${letter}${last},{'ABCD'[n]}{row + 1}"
            for n, letter in enumerate("CDEH")
        )
        sheet.write_formula(row, 4, f"=COUNTIFS({match})", styles.number, lines)
        summed = f"{register}!$K${first}:$K${last}"
        sheet.write_formula(row, 5, f"=SUMIFS({summed},{match})", styles.money, float(total))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 5, 16)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)
    if groups:
        _draw(book, sheet, say, groups=len(groups), name=name)


def _draw(
    book: "xlsxwriter.Workbook", sheet: "Worksheet", say: Language, *, groups: int, name: str
) -> None:
    """Draw the totals below their table."""
    chart = book.add_chart({"type": "bar"})
    end = _HEAD_ROW + groups
    assert chart is not None
    chart.add_series(
        {
            "name": say("Expected in 30 days"),
            "categories": [name, _HEAD_ROW + 1, 0, end, 3],
            "values": [name, _HEAD_ROW + 1, 5, end, 5],
            "fill": {"color": "#6542f0"},
        }
    )
    chart.set_title({"name": say("Expected in 30 days"), "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    sheet.insert_chart(end + 3, 0, chart, {"description": say("Expected in 30 days")})


def _groups(
    known: Sequence[KnownSaving], say: Language
) -> list[tuple[tuple[str, str, str, str], int, Decimal]]:
    """Return what may be added: one plan, kind, state and currency; only lines of a plan."""
    kinds = {"reduction": say("reduction"), "avoidance": say("avoidance")}
    found: dict[tuple[str, str, str, str], list[Decimal]] = {}
    for each in known:
        saving = each.saving
        if saving.plan and saving.currency and saving.expected_per_30d is not None:
            key = (
                saving.plan,
                kinds[saving.saving_kind],
                state_name(each.state, say),
                saving.currency,
            )
            found.setdefault(key, []).append(saving.expected_per_30d)
    return [(key, len(amounts), sum(amounts, Decimal(0))) for key, amounts in found.items()]


def _signatures(book: "xlsxwriter.Workbook", styles: _Styles, say: Language) -> None:
    sheet = _sheet(book, say("Signatures"))
    sheet.write_string(0, 0, say("Signatures"), styles.title)
    sheet.write_string(
        1, 0, say("With a signature the lines above are approved as they stand."), styles.note
    )
    for place, head in enumerate((say("Name"), say("Role"), say("Date"), say("Signature"))):
        sheet.write_string(_HEAD_ROW, place, head, styles.head)
        for row in range(_HEAD_ROW + 1, _HEAD_ROW + 5):
            sheet.write_blank(row, place, None, styles.words)
            sheet.set_row(row, 30)
    sheet.set_column(0, 3, 30)
    sheet.freeze_panes(_HEAD_ROW + 1, 0)


def _sheet(book: "xlsxwriter.Workbook", name: str) -> "Worksheet":
    return book.add_worksheet(name)


def _number(
    sheet: "Worksheet", row: int, column: int, value: Decimal | None, style: "Format"
) -> None:
    if value is None:
        sheet.write_blank(row, column, None, style)
    else:
        # A cell is a float; the ledger keeps the decimal.
        sheet.write_number(row, column, float(value), style)
