"""Azure exports that cannot be read: the message names file, line, column and value."""

from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.azure_files import ROW, charges, connect, input_file, row, write

BAD = [
    ("CostInBillingCurrency", "1,50", "is not a decimal number"),
    ("CostInBillingCurrency", "1_000", "is not a decimal number"),
    ("CostInBillingCurrency", "", "must have a value"),
    ("Quantity", "many", "is not a decimal number"),
    ("Date", "yesterday", "is not a day"),
    ("Date", "2026-02-30", "is not a day"),
    ("Date", "13/13/2026", "is not a day"),
    ("Date", "", "must have a value"),
    ("BillingPeriodStartDate", "March", "is not a day"),
]


@pytest.mark.parametrize(("column", "value", "problem"), BAD)
def test_a_bad_value_is_named(tmp_path: Path, column: str, value: str, problem: str):
    file = write(tmp_path / "bill.csv", [row(), row(**{column: value}), row()])
    with pytest.raises(BadValueError) as caught:
        charges(connect(), file)
    assert caught.value.message.startswith(f"bill.csv, line 3: {column} {problem}: ")
    assert (caught.value.value, caught.value.line) == (value, 3)


@pytest.mark.parametrize(("column", "value", "problem"), BAD)
def test_a_bad_value_is_skipped_and_counted(tmp_path: Path, column: str, value: str, problem: str):
    file = write(tmp_path / "bill.csv", [row(), row(**{column: value}), row()])
    connection = connect()
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT count(*), sum(BilledCost) FROM charges").fetchone() == (
        2,
        Decimal("6.2525"),
    )
    assert reading.tally.read.total() == 3
    assert reading.tally.skipped.total() == 1, problem


def test_a_bad_value_in_parquet(tmp_path: Path):
    file = write(tmp_path / "a.csv", [row(), row(CostInBillingCurrency="1,50")])
    connection = connect()
    connection.execute(
        f"COPY (FROM read_csv('{file.path}', all_varchar = true)) TO '{tmp_path}/a.parquet'"
    )
    parquet = input_file(tmp_path / "a.parquet")
    with pytest.raises(
        BadValueError, match="CostInBillingCurrency is not a decimal number: '1,50'"
    ):
        charges(connection, parquet)
    charges(connection, parquet, skip_bad=True)
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)


@pytest.mark.parametrize(
    ("column", "named"),
    [("CostInBillingCurrency", "PreTaxCost"), ("Date", "UsageDateTime")],
)
def test_a_missing_column_is_named(tmp_path: Path, column: str, named: str):
    short = {name: value for name, value in ROW.items() if name != column}
    with pytest.raises(InputError, match=f"bill.csv has no column .*{named}"):
        charges(connect(), write(tmp_path / "bill.csv", [short]))


def test_a_file_without_subscription_and_account(tmp_path: Path):
    owned = {"SubscriptionId", "BillingAccountId"}
    short = {name: value for name, value in ROW.items() if name not in owned}
    with pytest.raises(InputError, match="SubscriptionId or SubscriptionGuid"):
        charges(connect(), write(tmp_path / "bill.csv", [short]))


def test_an_unknown_column_is_named_and_does_not_matter(tmp_path: Path):
    reading = charges(connect(), write(tmp_path / "bill.csv", [row(Zork="1")]))
    messages = [w.message for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert messages == ["columns that are not read: Zork."]


def test_a_record_with_a_value_too_many(tmp_path: Path):
    file = write(tmp_path / "bill.csv", [row(), row()])
    lines = file.path.read_text().splitlines()
    file.path.write_text("\n".join([*lines[:2], lines[2] + ",more"]) + "\n")
    file = input_file(file.path)
    with pytest.raises(BadValueError, match="line 3: the record has 29 values"):
        charges(connect(), file)
    connection = connect()
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)
    assert reading.tally.read.total() == 2


def test_a_file_that_mixes_points_and_commas(tmp_path: Path):
    german = {"Kosten (PreTaxCost)": "1,5", "Datum (Date)": "05.03.2026",
              "Abo (SubscriptionGuid)": "s", "Kategorie (MeterCategory)": "Storage",
              "Menge (UsageQuantity)": "2", "Währung (Currency)": "EUR"}  # fmt: skip
    mixed = [german, {**german, "Kosten (PreTaxCost)": "1.5"}]
    with pytest.raises(BadValueError, match="is not a decimal number: '1,5'"):
        charges(connect(), write(tmp_path / "bill.csv", mixed))


def test_a_broken_gzip(tmp_path: Path):
    file = write(tmp_path / "bill.csv.gz", [row()] * 50)
    file.path.write_bytes(file.path.read_bytes()[:-20])
    with pytest.raises(InputError, match="gzip"):
        charges(connect(), input_file(file.path))


def test_no_rows(tmp_path: Path):
    file = write(tmp_path / "bill.csv", [row()])
    file.path.write_text(file.path.read_text().splitlines()[0] + "\n")
    connection = connect()
    reading = charges(connection, input_file(file.path))
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (0,)
    assert [w.code for w in reading.tally.warnings] == ["no_rows"]
