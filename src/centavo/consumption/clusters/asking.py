"""The named SQL files of clusters, and the temporary tables that they make."""

from importlib.resources import files

from centavo.ledger.ledger import Ledger

__all__ = ["make_table", "sql_of"]


def sql_of(name: str, **values: object) -> str:
    """Return ``sql/<name>.sql`` with its placeholders filled."""
    text = files("centavo.consumption.clusters").joinpath("sql", f"{name}.sql")
    return text.read_text(encoding="utf-8").format(**values)


def make_table(ledger: Ledger, table: str, select: str) -> None:
    """Make the temporary table, in the place of one of that name."""
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
