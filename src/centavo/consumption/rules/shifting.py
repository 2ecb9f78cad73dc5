"""The series of a named query that may hold a level shift: their rows, and no others, leave the engine.

A large bill has millions of days of prices. Their ratios are looked at as one array of floats
(`shift_search.py`); exact rows are fetched for what passes.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files

from centavo.consumption.level_shift import ShiftLimits
from centavo.consumption.shift_search import may_shift
from centavo.findings.question import Answer
from centavo.ledger.ledger import Ledger

__all__ = ["shifting_rows"]


def shifting_rows(
    ledger: Ledger,
    query: str,
    *,
    keys: Sequence[str],
    ratio: tuple[str, str],
    limits: ShiftLimits,
) -> Answer:
    """Return the rows of the series that may hold a shift, ordered by series and day.

    Args:
        ledger: With the tables of spend.
        query: Of the file beside the rules; it has a column ``day``.
        keys: Columns that name a series.
        ratio: Columns of the part and of the whole that it is divided by.
        limits: What counts as a shift.
    """
    text = files(__package__ or __name__).joinpath("sql", f"{query}.sql")
    sql = text.read_text(encoding="utf-8")
    engine, named = ledger.engine, ", ".join(keys)
    # A number for each series: 64 bits of a hash, of which two meet once in a hundred million bills.
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE shift_days AS SELECT *, hash({named}) AS series FROM ({sql})"
    )
    part, whole = ratio
    held = engine.execute(
        f"SELECT series, {part}::DOUBLE / {whole}::DOUBLE AS ratio FROM shift_days "
        f"WHERE {whole} > 0 ORDER BY series, day"
    )
    chosen = _shifting(held.fetchnumpy(), limits)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] -- no stub
    result = engine.execute(
        "SELECT * EXCLUDE (series) FROM shift_days WHERE series IN (SELECT unnest(?::UBIGINT[])) "
        f"ORDER BY {named}, day",
        [chosen],
    )
    names = tuple(str(column[0]) for column in result.description)
    rows = tuple(dict(zip(names, row, strict=True)) for row in result.fetchall())
    engine.execute("DROP TABLE shift_days")
    return Answer(query, sql, names, rows)


def _shifting(columns: Mapping[str, object], limits: ShiftLimits) -> list[int]:
    import numpy as np

    numbers = np.asarray(columns["series"], dtype=np.uint64)
    if not len(numbers):
        return []
    begins = np.flatnonzero(np.r_[True, numbers[1:] != numbers[:-1]])
    lengths = np.diff(np.r_[begins, len(numbers)])
    kept = may_shift(np.asarray(columns["ratio"], dtype=np.float64), lengths, limits)
    return [int(number) for number in numbers[begins[kept]]]
