"""The dialect macros: exact decimal arithmetic that every SQL file of centavo may use."""

from importlib.resources import files

import duckdb

__all__ = ["install_macros"]


def install_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Define the macros of ``ledger/sql/macros.sql`` on the connection's database.

    ``decimal_div(a, b)`` and ``decimal_mul(a, b)`` are exact to the 12th decimal, half to even;
    ``safe_decimal(text)`` is NULL where the text is not a decimal number. Doing it twice changes
    nothing.
    """
    sql = files("centavo.ledger").joinpath("sql", "macros.sql").read_text(encoding="utf-8")
    connection.execute(sql)
