"""What a record of a Cloud Billing export becomes: nested JSON lines."""

import json
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import InputError
from centavo.ledger.schema import CHARGES
from centavo.sources.gcp.source import GcpBillingSource
from centavo.sources.source import Probe
from tests.sources.gcp_files import charges, codes, connect, one, record, write, write_bytes

CREDITS = [
    {"name": "CUD", "amount": -0.125, "full_name": "", "id": "1", "type": "DISCOUNT"},
    {"name": "Promotion", "amount": -1e-06, "full_name": "", "id": "2", "type": "PROMOTION"},
]


def probe(path, head: str = "", columns: tuple[str, ...] = ()) -> Probe:
    return Probe(path, path.name, (path.suffix,), None, head, columns)


def test_columns_are_columns_of_the_ledger(tmp_path):
    connection = connect()
    charges(connection, write(tmp_path / "bill.jsonl", record()))
    types = {column.name: column.type for column in CHARGES}
    found = connection.execute("SELECT column_name, column_type FROM (DESCRIBE charges)").fetchall()
    assert [(name, kind) for name, kind in found if types.get(name) != kind] == []


def test_credits_are_inside_the_billed_cost(tmp_path):
    row = one(tmp_path, "BilledCost", "x_GrossCost", "x_CreditCost", "x_Credits", credits=CREDITS)
    assert row[:3] == (Decimal("0.374999"), Decimal("0.5"), Decimal("-0.125001"))
    assert json.loads(str(row[3])) == CREDITS


def test_a_record_with_two_credits_is_one_charge(tmp_path):
    connection = connect()
    charges(connection, write(tmp_path / "bill.jsonl", record(credits=CREDITS)))
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)


def test_the_invoice_month_is_the_billing_period_whatever_the_usage_date(tmp_path):
    row = one(
        tmp_path,
        "BillingPeriodStart::VARCHAR",
        "BillingPeriodEnd::VARCHAR",
        "ChargePeriodStart::VARCHAR",
        usage_start_time="2026-05-01T06:00:00Z",
        invoice={"month": "202604"},
    )
    assert row == ("2026-04-01 00:00:00", "2026-05-01 00:00:00", "2026-05-01 06:00:00")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-04-02T18:00:00Z", "2026-04-02 18:00:00"),
        ("2026-04-02 18:00:00 UTC", "2026-04-02 18:00:00"),
        ("2026-04-02 18:00:00.250000 UTC", "2026-04-02 18:00:00.25"),
        ("2026-04-02T11:00:00-07:00", "2026-04-02 18:00:00"),
        ("2026-04-02 18:00:00+00", "2026-04-02 18:00:00"),
        ("2026-04-02T18:00:00", "2026-04-02 18:00:00"),
        ("2026-04-02", "2026-04-02 00:00:00"),
    ],
)
def test_times_are_utc(tmp_path, text, utc):
    assert one(tmp_path, "ChargePeriodStart::VARCHAR", usage_start_time=text) == (utc,)


def test_a_time_without_zone_is_counted(tmp_path):
    bare = record(usage_start_time="2026-04-02T18:00:00")
    reading = charges(connect(), write(tmp_path / "bill.jsonl", bare, record()))
    assert codes(reading)["times_without_zone"] == 1


@pytest.mark.parametrize(
    ("cost_type", "category"),
    [
        ("regular", "Usage"),
        ("tax", "Tax"),
        ("adjustment", "Adjustment"),
        ("rounding_error", "Adjustment"),
        ("roundoff", "Adjustment"),
        ("a new one", "Adjustment"),
    ],
)
def test_cost_types(tmp_path, cost_type, category):
    row = one(tmp_path, "ChargeCategory", "x_CostType", cost_type=cost_type)
    assert row == (category, cost_type)


def test_a_correction_of_an_earlier_invoice_is_marked(tmp_path):
    info = {"id": "A1", "description": "SLA", "mode": "MANUAL_ADJUSTMENT", "type": "GOODWILL"}
    row = one(tmp_path, "ChargeClass", "SkuPriceDetails", adjustment_info=info)
    assert row[0] == "Correction"
    assert json.loads(str(row[1]))["x_AdjustmentType"] == "GOODWILL"


def test_labels_tags_and_system_labels_are_one_flat_object(tmp_path):
    (tags,) = one(
        tmp_path,
        "Tags",
        labels=[{"key": "team", "value": "search"}, {"key": "team", "value": "ads"}],
        project={
            "id": "p",
            "labels": [{"key": "team", "value": "x"}, {"key": "env", "value": "production"}],
        },
        system_labels=[{"key": "compute.googleapis.com/cores", "value": "8"}],
        tags=[{"key": "class", "value": "secret", "namespace": "12345"}],
    )
    assert json.loads(str(tags)) == {
        "team": "search",
        "team#2": "ads",
        "project/team": "x",
        "env": "production",
        "system/compute.googleapis.com/cores": "8",
        "12345/class": "secret",
    }


def test_a_repeated_label_key_is_counted_with_an_example(tmp_path):
    labels = [{"key": "team", "value": "search"}, {"key": "team", "value": "ads"}]
    reading = charges(connect(), write(tmp_path / "bill.jsonl", record(labels=labels), record()))
    (warning,) = [w for w in reading.tally.warnings if w.code == "duplicate_tag_keys"]
    assert warning.rows == 1
    assert "team" in warning.message


def test_no_labels_are_no_tags(tmp_path):
    assert one(tmp_path, "Tags", labels=[]) == (None,)


def test_the_rate_of_the_bill_comes_with_its_currency(tmp_path):
    row = one(tmp_path, "BillingCurrency", "PricingCurrency", "x_FxRate", "x_FxSource", "x_FxDate")
    assert row == ("BRL", "USD", Decimal("5.4"), "bill", date(2026, 4, 2))


def test_the_restatement_date_is_the_partition_and_else_the_export_day(tmp_path):
    assert one(tmp_path, "x_RestatementDate") == (date(2026, 4, 3),)
    row = one(tmp_path, "x_RestatementDate", partition_date="2026-04-05")
    assert row == (date(2026, 4, 5),)


def test_a_record_without_export_time_is_dated_by_its_use_and_counted(tmp_path):
    connection = connect()
    reading = charges(connection, write(tmp_path / "bill.jsonl", record(export_time=None)))
    row = connection.execute("SELECT x_RestatementDate, x_SourceExportTime FROM charges").fetchone()
    assert row == (date(2026, 4, 2), None)
    assert codes(reading)["no_export_time"] == 1


def test_the_sku_fills_the_model_columns(tmp_path):
    row = one(
        tmp_path,
        "x_ModelDeveloper",
        "x_ModelId",
        "x_TokenDirection",
        "x_TokenCacheAction",
        "x_TokenCount",
        "ServiceCategory",
    )
    assert row == (
        "Google",
        "gemini-3-flash",
        "Input",
        "Uncached",
        Decimal(1000000),
        "AI and Machine Learning",
    )


def test_a_tax_record_counts_no_tokens(tmp_path):
    assert one(tmp_path, "x_TokenCount", cost_type="tax") == (None,)


def test_an_ai_sku_that_is_not_understood_is_named(tmp_path):
    strange = record(sku={"id": "1", "description": "Gemini 9 Quantum Text Input - Predictions"})
    other = record(
        sku={"id": "2", "description": "Quantum Core"},
        service={"id": "6F81-5844-456A", "description": "Compute Engine"},
    )
    reading = charges(connect(), write(tmp_path / "bill.jsonl", strange, other))
    (warning,) = [w for w in reading.tally.warnings if w.code == "sku_not_understood"]
    assert warning.rows == 1
    assert "Gemini 9 Quantum" in warning.message


def test_a_column_that_appears_without_notice_is_named(tmp_path):
    fresh = record(carbon={"kg": 1}, usage={"amount": 1, "unit": "count", "watts": 3})
    reading = charges(connect(), write(tmp_path / "bill.jsonl", record(), fresh))
    (warning,) = [w for w in reading.tally.warnings if w.code == "unknown_columns"]
    assert "carbon, usage.watts" in warning.message


def test_a_negative_quantity_is_kept_and_counted(tmp_path):
    connection = connect()
    usage = {"amount": -5, "unit": "count"}
    reading = charges(connection, write(tmp_path / "bill.jsonl", record(usage=usage)))
    assert codes(reading)["negative_quantity"] == 1
    assert connection.execute("SELECT ConsumedQuantity FROM charges").fetchone() == (Decimal(-5),)


def test_a_json_array_is_read_like_lines(tmp_path):
    connection = connect()
    data = json.dumps([record(), record(cost="0.25")], indent=1).encode()
    charges(connection, write_bytes(tmp_path / "bill.json", data))
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (
        Decimal("0.75"),
    )


def test_files_of_several_forms_are_one_reading(tmp_path):
    connection = connect()
    reading = charges(
        connection,
        write(tmp_path / "a.jsonl", record()),
        write(tmp_path / "b.jsonl.gz", record(cost=2), record(cost=3)),
        write_bytes(tmp_path / "c.json", json.dumps([record(cost=4)]).encode()),
    )
    counts = connection.execute("SELECT x_IngestionBatchId, count(*) FROM charges GROUP BY 1")
    assert dict(counts.fetchall()) == dict(reading.tally.read)
    assert reading.tally.read.total() == 4


def test_the_same_file_twice_is_the_same_rows(tmp_path):
    file = write(tmp_path / "bill.jsonl", record(credits=CREDITS), record(cost="7"))
    tables = []
    for _ in range(2):
        connection = connect()
        charges(connection, file)
        tables.append(connection.execute("SELECT * FROM charges ORDER BY ALL").fetchall())
    assert tables[0] == tables[1]


@pytest.mark.parametrize(
    "text", ["0.12345678901234567890", "1e-06", "123456789012345.678901234567"]
)
def test_numbers_keep_the_digits_that_a_double_would_lose(tmp_path, text):
    line = json.dumps(record()).replace('"cost": 0.5', f'"cost": {text}')
    connection = connect()
    charges(connection, write(tmp_path / "bill.jsonl", line))
    found = connection.execute("SELECT x_GrossCost FROM charges").fetchone()
    assert found == (Decimal(text).quantize(Decimal("1e-12")),)


numbers = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=15
) | st.floats(min_value=-1e9, max_value=1e9).map(lambda value: Decimal(repr(value)))
ties = st.integers(-(10**6), 10**6).map(lambda n: (Decimal(n) * 10 + 5).scaleb(-13))


@settings(max_examples=20)
@given(st.lists(numbers | ties, min_size=1, max_size=200))
def test_amounts_are_rounded_half_to_even_at_twelve_decimals(values):
    connection = connect()
    GcpBillingSource.prepare(connection)
    texts = [form for value in values for form in (str(value), format(value, "f"))]
    found = connection.execute(
        "SELECT list_transform(?, lambda t: gcp_amount(t)::VARCHAR)", [texts]
    ).fetchone()
    with localcontext(prec=60):
        step = Decimal("1e-12")
        expected = [Decimal(t).quantize(step, rounding=ROUND_HALF_EVEN) for t in texts]
    assert found is not None
    assert [Decimal(text) for text in found[0]] == expected


def test_an_export_is_recognised_by_its_keys_also_when_the_line_is_cut(tmp_path):
    line = json.dumps(record())
    for head in (line, line[: len(line) - 20]):
        found = GcpBillingSource().recognise(probe(tmp_path / "bill.jsonl", head))
        assert found is not None
        assert found.confidence > 0.7
        assert "billing_account_id" in found.reason


def test_an_export_is_recognised_by_its_columns(tmp_path):
    columns = ("billing_account_id", "service_id", "sku_id", "usage_start_time", "cost", "currency")
    assert GcpBillingSource().recognise(probe(tmp_path / "b.csv", columns=columns)) is not None


@pytest.mark.parametrize(
    ("head", "columns"),
    [
        ("", ("BillingAccountId", "BilledCost", "ChargePeriodStart")),
        ('{"model": "gpt-4o", "usage": {"input_tokens": 1}}', ()),
        ("", ("lineItem/UsageAccountId", "lineItem/UnblendedCost")),
        ("hello", ()),
    ],
)
def test_other_files_are_not_recognised(tmp_path, head, columns):
    assert GcpBillingSource().recognise(probe(tmp_path / "x", head, columns)) is None


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("name", ["bill.jsonl", "bill.jsonl.gz"])
def test_a_byte_order_mark_is_no_part_of_the_first_record(tmp_path, name):
    lines = (
        f"{json.dumps(record(cost=1.5, credits=[]))}\n\n{json.dumps(record(cost=2, credits=[]))}\n"
    )
    connection = connect()
    charges(connection, write_bytes(tmp_path / name, MARK + lines.encode()))
    assert connection.execute("SELECT sum(BilledCost), count(*) FROM charges").fetchone() == (
        3.5,
        2,
    )


def test_a_bad_record_after_a_byte_order_mark_is_named_by_its_line(tmp_path):
    text = f'{json.dumps(record())}\n\n{{"cost": \n'.encode()
    with pytest.raises(InputError, match=r"line 3: the record is not valid JSON"):
        charges(connect(), write_bytes(tmp_path / "bill.jsonl", MARK + text))


def test_a_bad_record_after_a_byte_order_mark_can_be_left_out(tmp_path):
    text = f'{json.dumps(record())}\n{{"cost": \n'.encode()
    connection = connect()
    reading = charges(connection, write_bytes(tmp_path / "bill.jsonl", MARK + text), skip_bad=True)
    assert sum(reading.tally.skipped.values()) == 1
    assert connection.execute("SELECT count(*) FROM charges").fetchone() == (1,)
