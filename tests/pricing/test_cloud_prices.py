"""Cloud prices: dated, never overwritten, exact; and the schemas say what the loaders read."""

import json
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import get_args

import pytest

from centavo.errors import BadValueError, PriceError
from centavo.pricing import CloudPrices
from centavo.pricing import cloud_prices as module
from centavo.pricing import shutdowns as shutdowns_module
from tests.shared_data import shared_data

ENTRY = """prices:
  - id: our-host
    kind: gpu
    provider: us
    what: One machine
    unit: month
    price: {price}
    currency: EUR
    {day}
    source: offer
"""


def own(tmp_path, text, name="own.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return CloudPrices.load(path)


def test_every_shipped_price_has_a_day_and_a_source():
    prices = CloudPrices.load()
    found = [price for name in prices.ids() for price in prices.history(name)]
    assert found
    for price in found:
        assert price.source
        assert price.start <= date(2026, 11, 22)
        assert not price.own


def test_shipped_machines_are_those_of_the_published_list():
    path = shared_data("aws_us_east_1_ondemand_karpenter_2026-07-20.csv")
    published = dict(line.split(",") for line in path.read_text().splitlines())
    prices = CloudPrices.load()
    machines = [
        it
        for name in prices.ids()
        for it in prices.history(name)
        if it.unit == "hour" and it.region
    ]
    assert len(machines) >= 18
    for price in machines:
        type_name = price.what.split()[1].rstrip(",")
        assert price.price.amount == Decimal(published[type_name]), price.id


def test_a_later_price_leaves_the_earlier_days_alone():
    prices = CloudPrices.load()
    first, second = prices.history("runpod-h100-sxm-secure")
    assert prices.find(first.id, date(2026, 10, 8)) == first
    assert prices.find(first.id, date(2026, 11, 9)) == second


def test_a_day_before_the_first_price_has_none():
    assert CloudPrices.load().find("aws-ebs-gp3", date(2020, 1, 1)) is None


def test_an_unknown_id_names_its_neighbours():
    with pytest.raises(PriceError) as caught:
        CloudPrices.load().find("aws-ebs-gp4", date(2026, 11, 22))
    assert "aws-ebs-gp3" in caught.value.hint


def test_your_own_price_takes_the_place_of_the_shipped_one(tmp_path):
    text = ENTRY.format(price='"0.05"', day="as_of: 2020-01-01").replace("our-host", "aws-ebs-gp3")
    (found,) = own(tmp_path, text).history("aws-ebs-gp3")
    assert (found.own, found.price.currency) == (True, "EUR")


def test_numbers_are_exact_with_and_without_quotes(tmp_path):
    for price in ('"0.1000000000000000001"', "0.1000000000000000001"):
        found = own(tmp_path, ENTRY.format(price=price, day="valid_from: 2026-01-01"))
        assert found.history("our-host")[0].price.amount == Decimal("0.1000000000000000001")


def test_a_folder_is_read_file_by_file(tmp_path):
    text = ENTRY.format(price=1, day="as_of: 2026-01-01")
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yml").write_text(text.replace("our-host", "our-other"))
    assert {"our-host", "our-other"} <= set(CloudPrices.load(tmp_path).ids())
    (tmp_path / "b.yml").write_text(text)
    with pytest.raises(BadValueError, match=r"has a price of 2026-01-01 in .*a\.yaml, line 2"):
        CloudPrices.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("price: 1", "price: one", 7, "price is not a decimal number: 'one'"),
        ("price: 1", "price: -1", 7, "is not a number of 0 or more"),
        ("unit: month", "unit: fortnight", 6, "is none of hour"),
        ("kind: gpu", "kind: gpus", 3, "is none of vm"),
        ("currency: EUR", "currency: euros", 8, "is not a currency code"),
        ("as_of: 2026-01-01", "as_of: 2026-13-01", 9, "is not a date"),
        ("as_of: 2026-01-01", "note: undated", 7, "needs valid_from or as_of"),
        ("id: our-host", "id: Our Host", 2, "must be lower-case"),
        ("source: offer", "sauce: offer", 10, "Did you mean source"),
        ("what: One machine", "what:", 5, "what is missing"),
        ("what: One machine", "what: [a, b]", 5, "must be one value"),
        ("what: One machine", "gpus: 1.5\n    what: x", 5, "is not a whole number"),
    ],
)
def test_what_cannot_be_used_names_file_line_and_key(tmp_path, old, new, line, message):
    text = ENTRY.format(price=1, day="as_of: 2026-01-01").replace(old, new)
    with pytest.raises(BadValueError) as caught:
        own(tmp_path, text)
    assert (caught.value.line, caught.value.file) == (line, str(tmp_path / "own.yaml"))
    assert message in f"{caught.value.message} {caught.value.hint}"


def schema(name):
    folder = files("centavo.pricing").joinpath("data")
    return json.loads(folder.joinpath(name).read_text(encoding="utf-8"))


def test_the_cloud_schema_says_what_the_loader_reads():
    entry = schema("cloud.schema.json")["properties"]["prices"]["items"]
    assert sorted(entry["properties"]) == sorted(module._KEYS)
    assert tuple(entry["properties"]["kind"]["enum"]) == get_args(module.Kind)
    assert tuple(entry["properties"]["unit"]["enum"]) == module.UNITS
    assert tuple(entry["properties"]["evidence"]["enum"]) == get_args(module.Evidence)
    # What the loader asks of every entry.
    needed = {"id", "kind", "provider", "what", "unit", "price", "currency", "source"}
    assert set(entry["required"]) == needed


def test_the_shutdown_schema_says_what_the_loader_reads():
    entry = schema("shutdowns.schema.json")["properties"]["shutdowns"]["items"]
    assert sorted(entry["properties"]) == sorted(shutdowns_module._KEYS)
    assert tuple(entry["properties"]["certainty"]["enum"]) == shutdowns_module.CERTAINTIES
