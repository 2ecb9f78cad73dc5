"""Columns whose every value is known beforehand: written as a dictionary, read as plain text."""

from pathlib import Path

import duckdb
import pytest

from centavo.ledger.attribution import Attribution
from centavo.ledger.layout import filled_select, stored_select

_SOURCE, _METHOD = "x_Source", "x_AttributionMethod"


def _write(connection: duckdb.DuckDBPyConnection, rows: str, out: Path) -> None:
    given = (
        f"SELECT source AS {_SOURCE}, method AS {_METHOD} FROM (VALUES {rows}) t(source, method)"
    )
    select = stored_select(
        filled_select(connection, given, "charges"),
        "charges",
        columns=(_SOURCE, _METHOD),
        values={_SOURCE: ("focus",), _METHOD: ("label", "it's")},
    )
    connection.execute(f"COPY ({select}) TO '{out}' (FORMAT parquet)")


def test_such_columns_read_as_text_with_their_nulls(tmp_path: Path) -> None:
    out = tmp_path / "rows.parquet"
    with duckdb.connect() as connection:
        _write(connection, "('focus', 'label'), ('focus', NULL), ('focus', 'it''s')", out)
        read = connection.sql(f"SELECT {_SOURCE}, {_METHOD} FROM '{out}'")
        assert [str(kind) for kind in read.types] == ["VARCHAR", "VARCHAR"]
        assert read.fetchall() == [("focus", "label"), ("focus", None), ("focus", "it's")]


def test_a_value_that_was_not_foreseen_is_an_error_and_never_another_text(tmp_path: Path) -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.ConversionException, match="aws"):
        _write(connection, "('focus', 'label'), ('aws', 'label')", tmp_path / "rows.parquet")


def test_attribution_promises_values_only_of_columns_that_no_source_filled() -> None:
    attribution = Attribution.load(None)
    assert attribution.values(table="charges", given={"Tags"}) == {
        _METHOD: ("label", "key", "rule"),
        "x_StatedScope": ("{}",),
    }
    assert attribution.values(table="charges", given={"Tags", "x_Team"}).keys() == {_METHOD}
    assert attribution.values(table="charges", given={"Tags", _METHOD}) == {}
    assert attribution.values(table="charges", given={"x_StatedScope"}) == {}
