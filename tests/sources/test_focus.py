"""FOCUS files are read by name, exactly, and nothing is lost."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import Reading
from centavo.ledger.schema import CHARGES
from centavo.sources.focus import mapping
from centavo.sources.focus.enrichment import Derived
from centavo.sources.focus.source import FocusSource
from centavo.sources.source import Probe
from tests.sources.focus_files import (
    ROW,
    charges,
    connect,
    input_file,
    read,
    rows,
    text_of,
    write,
)


def _codes(reading: Reading) -> set[str]:
    return {warning.code for warning in reading.tally.warnings}


def test_columns_are_found_by_name_in_any_order_and_case(tmp_path: Path):
    shuffled = [{key.upper(): ROW[key] for key in reversed(ROW)}]
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", shuffled))
    found = connection.execute(
        "SELECT BilledCost, EffectiveCost, ServiceProviderName, x_CostBasis, x_Source FROM charges"
    ).fetchall()
    assert found == [(Decimal("1.5"), Decimal("1.25"), "Example Cloud", "billed", "focus")]


def test_every_column_has_the_type_of_the_ledger(tmp_path: Path):
    connection = connect()
    full = {
        **ROW,
        "SkuPriceDetails": '{"ModelId": "m"}',
        "ConsumedUnit": "Tokens",
        "ConsumedQuantity": "7",
        "x_IsReasoning": "true",
        "x_RequestCount": "3",
        "x_FxDate": "2026-01-01",
        "x_AttributionConfidence": "0.5",
    }
    charges(connection, write(tmp_path / "a.csv", [full]))
    types = {column.name: column.type for column in CHARGES}
    found = {row[0]: row[1] for row in connection.execute("DESCRIBE charges").fetchall()}
    assert found == {name: types[name] for name in found}


def test_provider_columns_of_all_versions_meet_in_one_name(tmp_path: Path):
    old = {k: v for k, v in ROW.items() if k != "ServiceProviderName"}
    old |= {"ProviderName": "Older", "PublisherName": "Host"}
    both = {**ROW, "ProviderName": "Older"}
    connection = connect()
    charges(connection, write(tmp_path / "a.csv", [old]), write(tmp_path / "b.csv", [both]))
    assert connection.execute(
        "SELECT ServiceProviderName, HostProviderName FROM charges ORDER BY ALL"
    ).fetchall() == [("Example Cloud", None), ("Older", "Host")]


def test_files_of_different_versions_are_one_reading(tmp_path: Path):
    files = [
        write(tmp_path / "a.csv", rows({"BilledCost": "1"})),
        write(tmp_path / "b.csv.gz", rows({"BilledCost": "2", "InvoiceId": "i-1"})),
        write(tmp_path / "c.csv", rows({"BilledCost": "3"}, {"BilledCost": "4"})),
        write(tmp_path / "d [1].csv", rows({"BilledCost": "5"})),
    ]
    connection = connect()
    charges(connection, *files)
    found = connection.execute(
        "SELECT x_IngestionBatchId, sum(BilledCost), max(InvoiceId) FROM charges GROUP BY 1"
    ).fetchall()
    assert {row[0]: row[1:] for row in found} == {
        files[0].batch_id: (Decimal(1), None),
        files[1].batch_id: (Decimal(2), "i-1"),
        files[2].batch_id: (Decimal(7), None),
        files[3].batch_id: (Decimal(5), None),
    }


def test_null_texts_are_null_and_zero_is_zero(tmp_path: Path):
    connection = connect()
    change = {"Tags": "NULL", "EffectiveCost": "", "InvoiceId": "NULL", "ListCost": "0"}
    charges(connection, write(tmp_path / "a.csv", rows(change)))
    assert connection.execute(
        "SELECT Tags, EffectiveCost, InvoiceId, ListCost FROM charges"
    ).fetchall() == [(None, None, None, Decimal(0))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1E-7", "0.0000001"),
        ("-2.5e3", "-2500"),
        ("0.100000000000000000", "0.1"),
        ("12345678901234567890123456.123456789012", "12345678901234567890123456.123456789012"),
        ("0.1234567890125", "0.123456789013"),
    ],
)
def test_amounts_keep_every_digit(tmp_path: Path, text: str, expected: str):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", rows({"BilledCost": text})))
    assert connection.execute("SELECT BilledCost FROM charges").fetchone() == (Decimal(expected),)
    assert ("decimals_rounded" in _codes(reading)) == (text == "0.1234567890125")


@pytest.mark.parametrize(
    ("text", "expected", "warned"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01 00:00:00", False),
        ("2026-01-01T00:00:00-03:00", "2026-01-01 03:00:00", False),
        ("2026-01-01 00:00:00+0530", "2025-12-31 18:30:00", False),
        ("2026-01-01 00:00:00", "2026-01-01 00:00:00", True),
        ("2026-01-01", "2026-01-01 00:00:00", True),
    ],
)
def test_times_become_utc(tmp_path: Path, text: str, expected: str, *, warned: bool):
    connection = connect()
    reading = charges(connection, write(tmp_path / "a.csv", rows({"ChargePeriodStart": text})))
    assert connection.execute(
        "SELECT CAST(ChargePeriodStart AS VARCHAR), CAST(x_RestatementDate AS VARCHAR) FROM charges"
    ).fetchone() == (expected, expected[:10])
    assert ("times_without_zone" in _codes(reading)) == warned


def test_unknown_columns_are_named_in_a_warning(tmp_path: Path):
    file = write(tmp_path / "a.csv", rows({"Id": "7", "x_Other": "1", "x_Team": "search"}))
    connection = connect()
    reading = charges(connection, file)
    messages = [w.message for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert messages == [
        "columns kept out, because neither FOCUS nor centavo has them: Id, x_Other (in a.csv)"
    ]
    assert connection.execute("SELECT x_Team FROM charges").fetchone() == ("search",)


def test_a_header_without_rows_is_zero_rows_and_a_warning(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(text_of([ROW]).splitlines()[0])
    connection = connect()
    reading = charges(connection, input_file(path))
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (0,)
    assert _codes(reading) == {"no_rows"}


def test_model_columns_come_from_price_details(tmp_path: Path):
    details = '{"x_ModelId": "gemini-3-pro", "TokenDirection": "Output", "CoreCount": 4}'
    file = write(
        tmp_path / "a.csv",
        rows(
            {"SkuPriceDetails": details, "ConsumedUnit": "Tokens", "ConsumedQuantity": "120"},
            {"SkuPriceDetails": '{"CoreCount": 4}', "ConsumedUnit": "Hours"},
        ),
    )
    connection = connect()
    charges(connection, file)
    assert connection.execute(
        "SELECT x_ModelId, x_TokenDirection, ConsumedQuantity FROM charges ORDER BY ALL"
    ).fetchall() == [("gemini-3-pro", "Output", Decimal(120)), (None, None, None)]


def test_semicolons_byte_order_mark_and_line_breaks_in_values(tmp_path: Path):
    path = tmp_path / "a.csv"
    text = text_of([{**ROW, "Tags": "", "ChargeDescription": "two\nlines"}]).replace(",", ";")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    connection = connect()
    charges(connection, input_file(path))
    assert connection.execute("SELECT BilledCost, ChargeDescription FROM charges").fetchall() == [
        (Decimal("1.5"), "two\r\nlines")
    ]


def test_a_missing_mandatory_column_is_named_with_its_near_miss(tmp_path: Path):
    wrong = {("BiledCost" if k == "BilledCost" else k): v for k, v in ROW.items()}
    with pytest.raises(InputError, match=r"a\.csv has no column BilledCost; it has BiledCost") as e:
        read(connect(), write(tmp_path / "a.csv", [wrong]))
    assert "ename 'BiledCost' to BilledCost" in e.value.hint


def test_recognised_by_its_mandatory_columns(tmp_path: Path):
    def probe(*columns: str) -> Probe:
        return Probe(tmp_path / "x.csv", "x.csv", (".csv",), None, "", columns)

    full = FocusSource().recognise(probe(*ROW))
    assert full is not None
    assert full.confidence > 0.9
    assert "11 FOCUS columns" in full.reason
    partial = FocusSource().recognise(probe(*(c for c in ROW if c != "BilledCost")))
    assert partial is not None
    assert "BilledCost" in partial.reason
    assert FocusSource().recognise(probe("cost", "currency", "service")) is None


# --- CSV ----------------------------------------------------------------------------------------


_AMOUNTS = (
    "1", "-1.5", "+1.5", ".5", "5.", "1e3", "1E-3", "1e-13", "5e-13", " 1.5 ", "00012",
    "0.1234567890125", "0.12345678901249", "-0.0000000000005", "99999999999999999999999999",
    "1,5", "1,234.56", "1e26", "0x10", "nan", "1.2.3", "--1", "-", "true",
)  # fmt: skip
_TIMES = (
    "2026-01-01", "2026-01-01 00:00:00", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00 UTC",
    "2026-01-01 00:00:00+02:30", "2026-01-01T00:00:00-0300", "2026-01-01T00:00:00.123456789Z",
    "2026/1/1 1:2:3", "2026-01-01 24:00:00", "2026-02-30", "01/02/2026", "2026-01-01T00",
)  # fmt: skip


@pytest.mark.parametrize(
    ("column", "kind", "value"),
    [
        *(("ListCost", "DECIMAL(38,12)", value) for value in _AMOUNTS),
        *(("ChargePeriodEnd", "TIMESTAMPTZ", value) for value in _TIMES),
    ],
)
def test_the_csv_reader_converts_as_a_cast_does(tmp_path: Path, column: str, kind: str, value: str):
    connection = connect()
    try:
        cast = connection.execute(f"SELECT CAST(? AS {kind})::VARCHAR", [value]).fetchone()
    except duckdb.ConversionException:
        cast = None
    file = write(tmp_path / "a.csv", rows({column: value}))
    if cast is None:
        with pytest.raises(BadValueError):
            charges(connection, file)
        return
    charges(connection, file)
    shown = f"{column} AT TIME ZONE 'UTC'" if kind == "TIMESTAMPTZ" else column
    assert connection.execute(f"SELECT ({shown})::VARCHAR FROM charges").fetchone() == cast


def test_an_amount_that_a_provider_reads_as_text_stays_text(monkeypatch: pytest.MonkeyPatch):
    layout = mapping.lay_out(list(ROW), name="a.csv")
    references = [f"c{position}" for position in range(len(ROW))]
    before = dict(zip(ROW, mapping.csv_types(layout, references), strict=True))
    assert {name for name, kind in before.items() if kind == "DECIMAL(38,12)"} == {
        "BilledCost",
        "EffectiveCost",
    }
    text = f"c{list(ROW).index('EffectiveCost')} || '!'"

    def reads_it(_raw: object, _given: object) -> Derived:
        return Derived({"focus_text": text}, {})

    monkeypatch.setattr(mapping, "derive", reads_it)
    after = dict(zip(ROW, mapping.csv_types(layout, references), strict=True))
    assert after == before | {"EffectiveCost": "VARCHAR"}


# --- Parquet ------------------------------------------------------------------------------------


def _parquet(path: Path, select: str):
    connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return input_file(path)


_TYPED = """
    SELECT {cost} AS BilledCost, 'acct' AS BillingAccountId, 'USD' AS BillingCurrency,
    TIMESTAMPTZ '2026-01-01 00:00:00-03' AS BillingPeriodStart, {start} AS ChargePeriodStart,
    'Usage' AS ChargeCategory, {tags} AS Tags, '' AS InvoiceId"""


def test_parquet_types_are_cast_exactly(tmp_path: Path):
    files = [
        _parquet(
            tmp_path / "a.parquet",
            _TYPED.format(
                cost="CAST('0.123456789012345678' AS DECIMAL(38,18))",
                start="TIMESTAMPTZ '2026-01-01 00:00:00Z'",
                tags="MAP {'app': 'search'}",
            ),
        ),
        _parquet(
            tmp_path / "b.parquet",
            _TYPED.format(
                cost="CAST(0.1 AS DOUBLE)",
                start="TIMESTAMP '2026-01-01 00:00:00'",
                tags="[{'key': 'app', 'value': 'a'}, {'key': 'app', 'value': 'b'}]",
            ),
        ),
        _parquet(
            tmp_path / "c.parquet",
            _TYPED.format(cost="'1E-7'", start="'2026-01-01T00:00:00+01:00'", tags="NULL::VARCHAR"),
        ),
    ]
    connection = connect()
    reading = charges(connection, *files)
    assert connection.execute(
        "SELECT BilledCost, CAST(ChargePeriodStart AS VARCHAR), Tags, InvoiceId FROM charges"
        " ORDER BY BilledCost"
    ).fetchall() == [
        (Decimal("0.0000001"), "2025-12-31 23:00:00", None, None),
        (Decimal("0.1"), "2026-01-01 00:00:00", '{"app":"a","app":"b"}', None),
        (Decimal("0.123456789012"), "2026-01-01 00:00:00", '{"app":"search"}', None),
    ]
    assert {"floating_point_costs", "times_without_zone", "decimals_rounded"} <= _codes(reading)


def test_googles_own_columns_find_their_place(tmp_path: Path):
    typed = _TYPED.format(
        cost="CAST(1 AS DECIMAL(38,9))", start="TIMESTAMPTZ '2026-01-01 00:00:00Z'", tags="1"
    ).replace("1 AS Tags", "[{'key': 'env', 'value': 'prod'}] AS x_Labels")
    extra = (
        ", CAST(5.1 AS DOUBLE) AS x_CurrencyConversionRate, {'id': 'p-1', 'name': 'P'} AS x_Project"
        ", TIMESTAMPTZ '2026-01-02 00:00:00Z' AS x_ExportTime"
        ", [{'name': 'c', 'amount': 0.5}] AS x_Credits"
    )
    connection = connect()
    reading = charges(connection, _parquet(tmp_path / "a.parquet", typed + extra))
    assert connection.execute(
        "SELECT Tags, x_Project, x_FxRate, x_FxSource, CAST(x_SourceExportTime AS VARCHAR),"
        " x_Credits FROM charges"
    ).fetchall() == [
        (
            '{"env":"prod"}',
            "p-1",
            Decimal("5.1"),
            "bill",
            "2026-01-02 00:00:00",
            '[{"name":"c","amount":0.5}]',
        )
    ]
    assert _codes(reading) == {"floating_point_costs"}


# --- leaving bad records out --------------------------------------------------------------------


def test_bad_records_are_skipped_and_counted_by_reason_when_asked(tmp_path: Path):
    good = rows({"BilledCost": "1"}, {"BilledCost": "2"})
    bad = rows({"BilledCost": "1,5"}, {"BilledCost": "2,5"}, {"ChargePeriodStart": "soon"})
    file = write(tmp_path / "a.csv.gz", [good[0], *bad, good[1]])
    connection = connect()
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (Decimal(3),)
    assert reading.tally.read == {file.batch_id: 5}
    assert reading.tally.skipped == {
        (file.batch_id, "BilledCost is not a decimal number"): 2,
        (file.batch_id, "ChargePeriodStart is not a date and time"): 1,
    }


def test_bad_parquet_rows_are_skipped_and_counted_when_asked(tmp_path: Path):
    typed = _TYPED.format(cost="x", start="'2026-01-01T00:00:00Z'", tags="'{}'")
    file = _parquet(tmp_path / "a.parquet", f"{typed} FROM (VALUES ('1'), ('x'), (NULL)) AS t(x)")
    connection = connect()
    reading = charges(connection, file, skip_bad=True)
    assert connection.execute("SELECT BilledCost FROM charges").fetchall() == [(Decimal(1),)]
    assert reading.tally.read == {file.batch_id: 3}
    assert sum(reading.tally.skipped.values()) == 2
    with pytest.raises(InputError, match=r"a\.parquet: BilledCost is .*'x'"):
        charges(connect(), file)
