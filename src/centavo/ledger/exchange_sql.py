"""Conversion of aggregated rows to one currency, in SQL, with the rate that each row used."""

from collections.abc import Sequence
from importlib.resources import files

import duckdb

from centavo.ledger.engine import sql_text
from centavo.ledger.exchange import ExchangeRates
from centavo.money import currency_code

__all__ = ["converted_sql"]


def converted_sql(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    *,
    target: str,
    rates: ExchangeRates | None,
    amounts: Sequence[str] = ("cost",),
) -> str:
    """Return the SELECT that adds each amount in ``target``, and where its rate comes from.

    First that holds: the amount is in ``target`` already; the user's file knows a rate for the day;
    the row carries its bill's own rate (``fx_rate`` units of ``currency`` for one unit of
    ``fx_currency``) and ``fx_currency`` is ``target``. Otherwise the amount is unknown: NULL.

    Added columns: ``rate_source``, a text that names rate, day and file, and for each amount
    ``converted_<amount>``, DECIMAL(38,12), half to even.

    Args:
        connection: Engine with the dialect macros; gets the temporary table ``exchange_rates``. One
            SELECT of this kind at a time.
        relation: A SELECT with ``currency``, ``fx_rate``, ``fx_currency``, ``fx_day`` (DATE, UTC) and
            the amounts (DECIMAL(38,12)).
        target: ISO 4217 code.
        rates: The user's file, if any.
        amounts: Columns to convert.

    Raises:
        CurrencyError: ``target`` is not a currency code.
    """
    code = currency_code(target)
    _install(connection, rates, code)
    text = files("centavo.ledger").joinpath("sql", "converted.sql").read_text(encoding="utf-8")
    converted = "".join(
        f", decimal_div(decimal_mul({amount}, _multiply), _divide) AS converted_{amount}"
        for amount in amounts
    )
    return text.format(target=sql_text(code), converted=converted, relation=relation)


def _install(
    connection: duckdb.DuckDBPyConnection, rates: ExchangeRates | None, target: str
) -> None:
    """Make the temporary table of the days on which each rate to ``target`` holds."""
    rows = [
        (base, str(first), str(end), str(way.multiply), str(way.divide), way.source)
        for base in (rates.currencies if rates else ())
        if rates and base != target
        for first, end, way in rates.intervals(base, target)
    ]
    columns = [[row[index] for row in rows] for index in range(6)]
    # Parameters, since a statement with ten years of VALUES takes longer to parse than to run.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE exchange_rates AS SELECT base, first_day::DATE AS first_day, "
        "end_day::DATE AS end_day, multiply::DECIMAL(38,12) AS multiply, "
        "divide::DECIMAL(38,12) AS divide, source FROM (SELECT unnest($1::VARCHAR[]) AS base, "
        "unnest($2::VARCHAR[]) AS first_day, unnest($3::VARCHAR[]) AS end_day, "
        "unnest($4::VARCHAR[]) AS multiply, unnest($5::VARCHAR[]) AS divide, "
        "unnest($6::VARCHAR[]) AS source)",
        columns,
    )
