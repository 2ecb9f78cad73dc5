"""Outcomes: what one model's answer to one prompt was worth, as the user's own grading says.

Rows are written by ``centavo outcomes import``. The same answer graded again by the same kind of grading
takes the place of its earlier grade.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["OUTCOMES", "OUTCOME_SCOPES"]

_TEXT: SqlType = "VARCHAR"
_COUNT: SqlType = "BIGINT"

# Scopes by which requests can be told apart before they are answered, the finest first.
OUTCOME_SCOPES: tuple[str, ...] = ("use_case", "feature", "endpoint", "application", "team")

OUTCOMES: tuple[Column, ...] = (
    Column("outcome_id", _TEXT, "Hash of item, model and kind of score", required=True),
    Column("source", _TEXT, "Always outcomes", required=True),
    Column("batch_id", _TEXT, "The file that brought the row", required=True),
    # Outcomes are found by key and not by day, and a grade need not have a date.
    Column("filed_under", "TIMESTAMP", "Always 1970-01-01: rows are found by key", required=True),
    Column(
        "item_id", _TEXT, "The prompt, by the file's id or by a hash of its text", required=True
    ),
    Column("model", _TEXT, "Who answered", required=True),
    Column("score", "DOUBLE", "Worth of the answer, 0 to 1", required=True),
    Column("score_kind", _TEXT, "How it was graded: exact_match, judge …; NULL = not stated"),
    Column("graded_at", "TIMESTAMP", "When, UTC; NULL = not stated"),
    Column("agreement", "DOUBLE", "Of several answers of the model, the share that agree, 0 to 1"),
    Column("input_tokens", _COUNT, "Of the prompt"),
    Column("output_tokens", _COUNT, "Of the answer"),
    Column("cost", "DECIMAL(38,12)", "Of the answer, as the file states it"),
    Column("cost_currency", _TEXT, "Of cost"),
    *(Column(name, _TEXT, "Scope of the prompt") for name in OUTCOME_SCOPES),
    Column("prompt", _TEXT, "Text of the prompt, without secrets; NULL = not stated"),
)
