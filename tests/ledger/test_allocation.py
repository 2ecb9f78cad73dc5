"""Shared costs: divided exactly, or left where they are and reported."""

from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.errors import ConfigError
from centavo.ledger.allocation import Allocation, split_units, usage_weights_sql
from centavo.ledger.engine import open_engine
from centavo.ledger.rules_file import Condition, Shared
from centavo.ledger.schema import USAGE_EVENTS

FIXED = """
[[shared]]
name = "platform"
match = { application = "platform" }
to = "application"
split = "fixed"
shares = { chat = "0.6", search = 0.4 }
"""
BY_USAGE = """
[[shared]]
name = "platform"
match = { application = ["platform", "gateway*"] }
to = "application"
split = "usage"
measure = "MEASURE"
"""


def load(tmp_path: Path, text: str) -> Allocation:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    return Allocation.load(path)


def row(application: str | None, cost: str, currency: str = "USD", **more: object):
    return {"application": application, "currency": currency, "cost": Decimal(cost), **more}


def shown(rows):
    return [(each["application"], str(each["cost"]), each["split"]) for each in rows]


@given(
    st.integers(-(10**31), 10**31),
    st.lists(st.integers(0, 10**20), min_size=1, max_size=60).filter(any),
)
def test_parts_add_up_to_the_whole(units, weights):
    parts = split_units(units, weights)
    total = sum(weights)
    assert sum(parts) == units
    for part, weight in zip(parts, weights, strict=True):
        # Each part is its exact share, but for less than one unit.
        assert abs(part * total - units * weight) < total


AMOUNTS = st.one_of(
    st.decimals(-(10**18), 10**18, places=12),
    st.sampled_from([Decimal(0), Decimal("1E-12"), Decimal("-1E-12"), Decimal("0.000000000007")]),
)


@given(
    st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS), min_size=1, max_size=20),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=40),
)
def test_allocation_conserves_every_metric_of_every_row(amounts, weights):
    total = sum(weights)
    with localcontext(prec=60):
        first = [(Decimal(w) / total).quantize(Decimal("1e-9")) for w in weights[:-1]]
        shares = [*first, 1 - sum(first, Decimal(0))]
    names = [f"app{index}" for index in range(len(shares))]
    shared = Shared(
        "platform",
        (Condition("application", ("platform",)),),
        "application",
        tuple(zip(names, shares, strict=True)),
        None,
    )
    if shares[-1] < 0:
        return
    rows = [
        {"application": "platform", "currency": "USD", "id": index, "cost": cost, "list": listed}
        for index, (cost, listed) in enumerate(amounts)
    ]
    found = Allocation((shared,)).split(rows, metrics=("cost", "list"), usage={})
    with localcontext(prec=60):
        for before in rows:
            parts = [part for part in found.rows if part["id"] == before["id"]]
            assert [part["application"] for part in parts] == names
            assert sum(part["cost"] for part in parts) == before["cost"]
            if before["list"] is None:
                assert all(part["list"] is None for part in parts)
            else:
                assert sum(part["list"] for part in parts) == before["list"]


def test_fixed_shares(tmp_path):
    rows = [row("chat", "1"), row("platform", "0.000000000005", team="infra")]
    found = load(tmp_path, FIXED).split(rows, metrics=("cost",), usage={})
    assert shown(found.rows) == [
        ("chat", "1", None),
        ("chat", "3E-12", "platform"),
        ("search", "2E-12", "platform"),
    ]
    assert found.rows[1]["team"] == "infra"  # the rest of a row stays
    assert found.not_split == ()


def test_usage_splits_by_what_requests_were_counted(tmp_path):
    allocation = load(tmp_path, BY_USAGE.replace("MEASURE", "requests"))
    usage = {("application", "requests"): {"chat": 3, "search": 1, "platform": 50, None: 1}}
    found = allocation.split([row("platform", "10")], metrics=("cost",), usage=usage)
    # What the platform used itself does not count; unattributed usage receives its part.
    assert shown(found.rows) == [
        ("chat", "6.000000000000", "platform"),
        ("search", "2.000000000000", "platform"),
        (None, "2.000000000000", "platform"),
    ]


@pytest.mark.parametrize("used", [{}, {"chat": 0}, {"platform": 7}])
def test_without_usage_the_cost_stays_and_is_reported(tmp_path, used):
    allocation = load(tmp_path, BY_USAGE.replace("MEASURE", "tokens"))
    found = allocation.split(
        [row("platform", "10"), row("chat", "1")],
        metrics=("cost",),
        usage={("application", "tokens"): used},
    )
    assert shown(found.rows) == [("platform", "10", None), ("chat", "1", None)]
    (stays,) = found.not_split
    assert (stays.shared, stays.reason, stays.rows) == ("platform", "no usage", 1)


def test_a_split_by_cost_never_mixes_currencies(tmp_path):
    allocation = load(tmp_path, BY_USAGE.replace("MEASURE", "cost"))
    rows = [
        row("chat", "3"),
        row("search", "1"),
        row("refunded", "-5"),
        row("chat", "100", "BRL"),
        row("gateway-1", "8"),
        row("platform", "8", "BRL"),
        row("platform", "8", "EUR"),
    ]
    found = allocation.split(rows, metrics=("cost",), usage={})
    assert shown(found.rows)[4:] == [
        ("chat", "6.000000000000", "platform"),
        ("search", "2.000000000000", "platform"),
        ("chat", "8.000000000000", "platform"),
        ("platform", "8", None),
    ]
    assert found.not_split[0].rows == 1
    assert allocation.usage_measures == ()


def test_a_part_is_not_divided_again(tmp_path):
    second = FIXED.replace('"platform"', '"chat"').replace("chat =", "mobile =")
    found = load(tmp_path, FIXED + second).split(
        [row("platform", "1")], metrics=("cost",), usage={}
    )
    assert [each["application"] for each in found.rows] == ["chat", "search"]


def test_usage_is_measured_from_requests(tmp_path):
    engine = open_engine()
    columns = {column.name: f"NULL::{column.type}" for column in USAGE_EVENTS}
    columns |= {"application": "app", "input_uncached_tokens": "tokens", "output_tokens": "2"}
    engine.execute(
        "CREATE TABLE events AS SELECT "
        + ", ".join(f"{value} AS {name}" for name, value in columns.items())
        + " FROM (VALUES ('chat', 10), ('chat', 20), (NULL, 5)) AS e(app, tokens)"
    )
    allocation = load(
        tmp_path, BY_USAGE.replace("MEASURE", "tokens") + BY_USAGE.replace("MEASURE", "requests")
    )
    assert allocation.measured_usage(engine, events="SELECT * FROM events") == {
        ("application", "tokens"): {"chat": 34, None: 7},
        ("application", "requests"): {"chat": 2, None: 1},
    }
    assert "customer_id AS receiver" in usage_weights_sql("customer", "requests", "events")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("search = 0.4", 'search = "0.3"'), "line 7: shares add up to 0.9, not 1"),
        (
            ("search = 0.4", 'search = "x"'),
            "line 7: shares.search is not a decimal from 0 to 1: 'x'",
        ),
        (("search = 0.4", "search = true"), "line 7: shares.search is not a decimal"),
        (('"0.6"', '"-0.6"'), "line 7: shares.chat is not a decimal from 0 to 1: '-0.6'"),
        (('"fixed"', '"fix"'), "line 6: split is not known: 'fix'"),
        (('"fixed"', '"usage"'), "line 6: split is split by usage and has no measure"),
        (('to = "application"', 'to = "app"'), "line 5: to is not known: 'app'"),
        (('to = "application"', ""), "line 2: [shared] does not say who receives"),
        (("match = { application", "match = { service"), "line 4: match.service is not known"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, change, message):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, FIXED.replace(*change))
    assert message in caught.value.message
