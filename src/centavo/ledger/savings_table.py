"""Savings as the ledger keeps them: one row for each line of the savings plan, with its state.

Rows are written by the commands that add or act on savings, never by a source. A saving is never a
cost: no total of charges or requests knows this table.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["SAVINGS"]

_TEXT: SqlType = "VARCHAR"
_AMOUNT: SqlType = "DECIMAL(38,12)"
_TIME: SqlType = "TIMESTAMP"

SAVINGS: tuple[Column, ...] = (
    Column("saving_id", _TEXT, "Hash of what is done and where", required=True),
    Column("source", _TEXT, "Always savings", required=True),
    Column("batch_id", _TEXT, "The command that wrote the row last", required=True),
    Column("added_at", _TIME, "When the saving was first written down, UTC", required=True),
    Column("title", _TEXT, "What a person would say", required=True),
    Column("saving_kind", _TEXT, "reduction or avoidance", required=True),
    Column("rule", _TEXT, "Code of the rule that found it; NULL = a person did"),
    Column("finding_id", _TEXT, "Finding that it comes from"),
    Column("evidence", _TEXT, "What it rests on: query or plan, rows, period", required=True),
    Column("lever", _TEXT, "The lever as the command line writes it; NULL = not simulated"),
    Column("plan", _TEXT, "Plan that it was simulated in: only amounts of one plan add up"),
    Column("place", "BIGINT", "Order of interaction: its place in that plan, from 1"),
    Column("scope", _TEXT, "JSON object: value by dimension", required=True),
    Column("period_start", _TIME, "Start of the period that it was computed on, UTC"),
    Column("period_end", _TIME, "End of that period, exclusive"),
    Column("price_snapshot_id", _TEXT, "Price book of the simulation"),
    Column("currency", _TEXT, "Of every amount of the row"),
    Column("baseline_per_30d", _AMOUNT, "Cost of the scope in 30 days without it"),
    Column("driver", _TEXT, "What the baseline grows with: requests …"),
    Column("driver_per_30d", _AMOUNT, "Amount of the driver in 30 days"),
    Column("low_per_30d", _AMOUNT, "Lower end of the saving"),
    Column("expected_per_30d", _AMOUNT, "Expected saving; NULL = not known"),
    Column("high_per_30d", _AMOUNT, "Upper end of the saving"),
    Column("method", _TEXT, "rule, replay, shadow or bill", required=True),
    Column("confidence", _AMOUNT, "Of the interval, 0 to 1; NULL = there is none"),
    Column("guardrail", _TEXT, "Quality below which it is taken back"),
    Column(
        "quality_change", _AMOUNT, "Measured change of quality, points of 0 to 1; below 0 = worse"
    ),
    Column("quality_basis", _TEXT, "How the change of quality is known"),
    Column("effort_days", _AMOUNT, "Person-days to carry it out"),
    Column("one_off_cost", _AMOUNT, "Cost of carrying it out, once"),
    Column("risk", _TEXT, "What may go wrong"),
    Column("rollback", _TEXT, "How it is taken back"),
    Column("owner", _TEXT, "Who carries it out"),
    Column("approver", _TEXT, "Who decides"),
    Column("due", "DATE", "By when"),
    Column("exclusions", _TEXT, "JSON array of savings that it excludes"),
    Column(
        "said",
        _TEXT,
        "JSON object: messages and values behind evidence, guardrail, quality_basis and risk",
    ),
    Column("state", _TEXT, "identified, validated, approved, enforced, verified …", required=True),
    Column("history", _TEXT, "JSON array of at, actor, action, amount, note", required=True),
)
