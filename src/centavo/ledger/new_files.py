"""What the footers of new Parquet files say: rows, missing values, first and last instants."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from centavo.ledger.column import Column
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.planned import BOUNDED, NewFile, address_of

__all__ = ["new_files"]


def new_files(
    engine: duckdb.DuckDBPyConnection, folder: Path, columns: Sequence[Column]
) -> list[NewFile]:
    """Return the Parquet files with rows below a folder; DuckDB writes one even for no rows.

    Args:
        engine: Connection.
        folder: Where they were written.
        columns: Columns of their table.
    """
    paths = sorted(str(path) for path in folder.rglob("*.parquet"))
    if not paths:
        return []
    kept = [column.name for column in columns if column.required or column.name in BOUNDED]
    # A file has one row group, or a few where one would be too large: they are taken together.
    rows: list[tuple[str, int, str, int, int | None, int | None]] = engine.execute(
        f"""SELECT file_name, sum(row_group_num_rows)::BIGINT, path_in_schema,
                   coalesce(sum(stats_null_count), 0)::BIGINT,
                   epoch_us(min({_instant("stats_min_value")})),
                   epoch_us(max({_instant("stats_max_value")}))
            FROM parquet_metadata({sql_texts(paths)})
            WHERE list_contains({sql_texts(kept)}, path_in_schema)
            GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    found: dict[str, NewFile] = {}
    for name, count, column, nulls, low, high in rows:
        path = Path(name)
        file = found.setdefault(
            name, NewFile(address_of(path), count, path.stat().st_size, nulls={}, bounds={})
        )
        file.nulls[column] = nulls
        if low is not None and high is not None:
            file.bounds[column] = (low, high)
    return list(found.values())


def _instant(value: str) -> str:
    names = ", ".join(map(sql_text, BOUNDED))
    return f"CASE WHEN path_in_schema IN ({names}) THEN {value}::TIMESTAMP END"
