"""The published Azure exports: every total against a plain CSV reader, in every header variant."""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from tests.shared_data import ROOT, shared_data
from tests.sources.azure_files import charges, codes, connect, input_file

_FOLDER = "azure-billing-samples"
_NAMES = (
    sorted(str(path.relative_to(ROOT / _FOLDER)) for path in (ROOT / _FOLDER).glob("**/*.csv"))
    if (ROOT / _FOLDER).exists()
    else ["azure_ea_export_anon.csv"]
)


def plain(path: Path, *names: str) -> list[str]:
    """Return a column by its plain name, read with nothing but the csv module."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream)
        header = [
            name.rpartition("(")[2].rstrip(") ").replace(" ", "").lower() for name in next(reader)
        ]
        at = next((header.index(name) for name in names if name in header), None)
        rows = list(reader)
    return ["" if at is None or at >= len(row) else row[at] for row in rows]


def rounded(text: str) -> Decimal:
    return round(Decimal(text), 12)


@pytest.mark.parametrize("name", _NAMES)
def test_every_export_is_recognised_and_adds_up(name: str):
    from centavo.cli.recognising import recognise

    path = shared_data(_FOLDER) / name
    assert recognise(path, path.name).source.name == "azure"
    connection = connect()
    reading = charges(connection, input_file(path))
    costs = plain(path, "costinbillingcurrency", "pretaxcost")
    stated = [rounded(text) for text in costs if text]
    found = connection.execute("SELECT count(*), coalesce(sum(BilledCost), 0) FROM charges")
    assert found.fetchone() == (len(stated), sum(stated, Decimal(0)))
    assert reading.tally.read.total() == len(costs)
    assert reading.tally.skipped.total() == len(costs) - len(stated)


def test_costs_by_meter_category_of_the_enterprise_export():
    path = shared_data(_FOLDER) / "azure_ea_export_anon.csv"
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for category, cost in zip(
        plain(path, "metercategory"), plain(path, "costinbillingcurrency"), strict=True
    ):
        expected[category] += rounded(cost)
    connection = connect()
    charges(connection, input_file(path))
    found = connection.execute("SELECT ServiceName, sum(BilledCost) FROM charges GROUP BY 1")
    assert dict(found.fetchall()) == dict(expected)


def test_quantities_days_and_accounts_of_the_enterprise_export():
    path = shared_data(_FOLDER) / "azure_ea_export_anon.csv"
    connection = connect()
    charges(connection, input_file(path))
    quantities = [Decimal(text) for text in plain(path, "quantity")]
    assert connection.execute(
        "SELECT sum(PricingQuantity), count(DISTINCT SubAccountId), min(ChargePeriodStart)::VARCHAR,"
        " max(ChargePeriodEnd)::VARCHAR, any_value(BillingPeriodStart)::VARCHAR,"
        " any_value(BillingPeriodEnd)::VARCHAR FROM charges"
    ).fetchone() == (
        sum(quantities, Decimal(0)),
        len(set(plain(path, "subscriptionid"))),
        "2023-09-02 00:00:00",
        "2023-09-03 00:00:00",
        "2023-09-01 00:00:00",
        "2023-10-01 00:00:00",
    )
    # Spot machines are dynamically priced.
    spot = sum(model == "Spot" for model in plain(path, "pricingmodel"))
    assert connection.execute(
        "SELECT count(*) FROM charges WHERE PricingCategory = 'Dynamic'"
    ).fetchone() == (spot,)


def test_all_variants_are_read_in_one_command():
    files = [input_file(shared_data(_FOLDER) / name) for name in _NAMES]
    connection = connect()
    reading = charges(connection, *files)
    total = sum(
        (
            rounded(text)
            for file in files
            for text in plain(file.path, "costinbillingcurrency", "pretaxcost")
            if text
        ),
        Decimal(0),
    )
    assert connection.execute("SELECT sum(BilledCost) FROM charges").fetchone() == (total,)
    assert "currency_not_stated" in codes(reading)
