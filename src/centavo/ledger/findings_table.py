"""Findings as the ledger keeps them: one row for each, with its state and what was done about it.

The same finding next week is the same row. Rows are written by the commands that find or act on
findings, never by a source.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["FINDINGS", "STATES"]

_TEXT: SqlType = "VARCHAR"
_AMOUNT: SqlType = "DECIMAL(38,12)"
_TIME: SqlType = "TIMESTAMP"

STATES = ("open", "acknowledged", "ignored", "snoozed", "resolved")

FINDINGS: tuple[Column, ...] = (
    Column("finding_id", _TEXT, "Hash of code and subject", required=True),
    Column("source", _TEXT, "Always findings", required=True),
    Column("batch_id", _TEXT, "The run that wrote the row last", required=True),
    Column("code", _TEXT, "Code of the rule", required=True),
    Column("subject", _TEXT, "JSON object: where, value by dimension", required=True),
    Column("sentence", _TEXT, "What a person would say", required=True),
    Column("period_start", _TIME, "When it began, UTC"),
    Column("period_end", _TIME, "When it ended or the data does, exclusive"),
    Column("amount_per_30d", _AMOUNT, "Money at stake in 30 days; NULL = not known"),
    Column("currency", _TEXT, "Of amount_per_30d"),
    Column("grade", _TEXT, "billed, metered or estimated", required=True),
    Column("money_kind", _TEXT, "avoidable, changed or exposed", required=True),
    Column("share", _AMOUNT, "Part of the scope's whole that is concerned, 0 to 1"),
    Column("severity", _TEXT, "high, medium or low", required=True),
    Column("owner", _TEXT, "Who should look at it; NULL = nobody could be inferred"),
    Column("owner_basis", _TEXT, "How the owner is known"),
    Column("to_do", _TEXT, "What to do"),
    Column("wrong_when", _TEXT, "When the finding is wrong"),
    Column(
        "said",
        _TEXT,
        "JSON object: messages and values behind sentence, owner_basis, to_do and wrong_when",
    ),
    Column("evidence", _TEXT, "JSON object: query, sql, columns, rows, row_count"),
    Column("state", _TEXT, "open, acknowledged, ignored, snoozed or resolved", required=True),
    Column("state_reason", _TEXT, "Why it is ignored or resolved"),
    Column("snoozed_until", _TIME, "When a snoozed finding opens again"),
    Column("first_seen", _TIME, "Clock of the run that found it first", required=True),
    Column("last_seen", _TIME, "Clock of the last run that found it on new data", required=True),
    Column("history", _TEXT, "JSON array of at, actor, action and note", required=True),
)
