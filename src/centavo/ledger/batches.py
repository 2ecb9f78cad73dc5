"""The ledger's own diary: one row for every file of every reading, kept as a fourth table.

A batch is written before its facts are committed. One whose facts never arrived (the writer was
killed in between) has no live rows and is not shown.
"""

from centavo.ledger.column import Column

__all__ = ["BATCH_COLUMNS"]

BATCH_COLUMNS: tuple[Column, ...] = (
    Column("batch_id", "VARCHAR", "Content, source and rules, as 16 hex digits", required=True),
    Column("run_id", "VARCHAR", "The command that read it", required=True),
    Column("fact_table", "VARCHAR", "Table of its rows", required=True),
    Column("source", "VARCHAR", "Source that read it", required=True),
    Column("path", "VARCHAR", "Absolute path at the time", required=True),
    Column("name", "VARCHAR", "As the user named it", required=True),
    Column("sha256", "VARCHAR", "Of the file's bytes", required=True),
    Column("size_bytes", "BIGINT", "Of the file", required=True),
    Column("ingested_at", "TIMESTAMP", "UTC", required=True),
    Column("rows_read", "BIGINT", "Records in the file", required=True),
    Column("rows_written", "BIGINT", "Rows that they became", required=True),
    Column("rows_skipped", "VARCHAR", "JSON object: reason to count"),
    Column("rows_replaced", "VARCHAR", "JSON object: replaced batch to rows removed from it"),
    Column("warnings", "VARCHAR", "JSON array of code, message, rows"),
    Column("price_snapshot_id", "VARCHAR", "Price book that priced its rows"),
    Column("centavo_version", "VARCHAR", "Version that read it", required=True),
)
