"""Lines in the ledger, statuses, months that cross, and sums that always add up."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.ledger.ledger import Ledger
from centavo.reconciliation import CAUSES, save_lines
from tests.reconciliation.ledgers import charge, event, in_memory, reconciled, write

_INPUT = Decimal("2e-6")  # gpt-4.1, per uncached input token
_DAY = datetime(2026, 6, 10)  # noqa: DTZ001 -- naive UTC


def call(
    number: int, at: datetime, tokens: int = 1_000_000, **columns: object
) -> dict[str, object]:
    columns = {"input_uncached_tokens": tokens, "output_tokens": 0, **columns}
    return event(f"e{number}", at, **columns)


def bill(day: datetime, tokens: int = 1_000_000, **columns: object) -> dict[str, object]:
    columns = {"ConsumedQuantity": tokens, "ListCost": tokens * _INPUT, **columns}
    return charge(day, Decimal(str(columns["ListCost"])), **columns)


def statuses(report) -> dict[str, int]:
    return {name: n for name, n in report.totals[0].statuses.items() if n}


def test_what_agrees_matches(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY)])
    report = reconciled(write(tmp_path, "charges", [bill(_DAY)]))
    assert statuses(report) == {"matched": 1}
    assert report.totals[0].gap_cost == 0


def test_reconciling_twice_changes_nothing(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY), call(2, _DAY + timedelta(days=1))])
    location = write(tmp_path, "charges", [bill(_DAY)])
    assert save_lines(reconciled(location)) == 2
    before = Ledger.open(location).snapshot_ids()
    assert save_lines(reconciled(location)) == 0
    assert Ledger.open(location).snapshot_ids() == before


def test_a_late_row_moves_its_line_from_metered_only_to_matched(tmp_path):
    late = _DAY + timedelta(days=1)
    write(tmp_path, "usage_events", [call(1, _DAY), call(2, late)])
    location = write(tmp_path, "charges", [bill(_DAY)])
    first = reconciled(location, now=datetime(2026, 6, 12, tzinfo=UTC))
    assert statuses(first) == {"matched": 1, "metered_only": 1}
    assert first.totals[0].causes["late_rows"] == -2
    assert first.totals[0].preliminary_lines == 2
    save_lines(first)
    write(tmp_path, "charges", [bill(_DAY), bill(late)])
    second = reconciled(location)
    assert statuses(second) == {"matched": 2}
    assert save_lines(second) == 2
    lines = Ledger.open(location).rows("SELECT status, is_preliminary FROM reconciliation_lines")
    assert lines == [("matched", False)] * 2


def test_no_bill_is_no_gap_but_said(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY), call(2, _DAY, provider="anthropic")])
    report = reconciled(write(tmp_path, "charges", [bill(_DAY)]))
    assert report.totals[0].gap_cost == 0
    assert [entry[:2] for entry in report.blind.without_bill] == [("anthropic", "2026-06")]


def test_an_invoice_month_of_pacific_time_crosses_the_meters_month(tmp_path):
    """Google: the first seven hours of July are on June's invoice, those of June on May's."""
    first, last = datetime(2026, 6, 1, 3), datetime(2026, 7, 1, 5)  # noqa: DTZ001 -- naive UTC
    google = {"provider": "google", "answered_model": "gemini-2.5-pro"}
    calls = [
        call(1, first, 100_000, **google),
        call(2, _DAY, 100_000, **google),
        call(3, last, 190_000, **google),
    ]
    write(tmp_path, "usage_events", calls)
    price = Decimal("1.25e-6")

    def row(at: datetime, tokens: int, month: datetime) -> dict[str, object]:
        return charge(
            at.replace(hour=0), tokens * price,
            ServiceProviderName="Google Cloud", ConsumedQuantity=tokens, ListCost=tokens * price,
            BillingPeriodStart=month, x_ModelId="gemini-2.5-pro",
        )  # fmt: skip

    may, june = datetime(2026, 5, 1), datetime(2026, 6, 1)  # noqa: DTZ001 -- naive UTC
    location = write(
        tmp_path,
        "charges",
        [row(first, 100_000, may), row(_DAY, 100_000, june), row(last, 190_000, june)],
    )
    (total,) = reconciled(location, by_invoice=True).totals
    assert (total.billed_cost, total.metered_cost) == (Decimal("0.3625"), Decimal("0.25"))
    assert total.causes["time_zone"] == total.gap_cost == Decimal("0.1125")
    (by_usage,) = reconciled(location).totals
    assert (by_usage.gap_cost, by_usage.causes["time_zone"]) == (0, 0)


def test_a_discount_that_the_meter_knows_is_no_gap(tmp_path):
    """Prices of the contract in the user's price file: the bill's list cost is then beside the point."""
    write(tmp_path, "usage_events", [call(1, _DAY)])
    row = bill(_DAY, ListCost=Decimal("2.5"), ContractedCost=2, BilledCost=2)
    (total,) = reconciled(write(tmp_path, "charges", [row])).totals
    assert total.gap_cost == 0
    assert not any(total.causes.values())


def test_a_bill_in_reais_is_compared_at_its_own_rate(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY)])
    row = bill(_DAY, ListCost=Decimal("10.86"), BillingCurrency="BRL", x_FxRate=Decimal("5.43"))
    (total,) = reconciled(write(tmp_path, "charges", [row])).totals
    assert (total.currency, total.billed_cost, total.gap_cost) == ("USD", 2, 0)


def test_accounts_go_by_the_users_names(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY, project="team-a"), call(2, _DAY, project="b")])
    location = write(
        tmp_path, "charges", [bill(_DAY, SubAccountId="proj_1"), bill(_DAY, SubAccountId="b")]
    )
    assert statuses(reconciled(location, accounts={"team-a": "proj_1"})) == {"matched": 2}
    assert "billed_only" in statuses(reconciled(location))


def test_vendor_reported_cost_stands_in_for_a_bill(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY)])
    report = reconciled(
        write(tmp_path, "charges", [bill(_DAY, 2_000_000, x_CostBasis="vendor_reported")])
    )
    (part,) = report.by(("grade",))
    assert part.key == {"grade": "vendor_reported"}
    assert part.causes["uncaptured_traffic"] == part.gap_cost == 2


def test_vendor_tokens_stand_in_for_a_bill_without_quantities(tmp_path):
    write(tmp_path, "usage_events", [call(1, _DAY)])
    aggregate = {
        "aggregate_id": "a", "source": "openai", "basis": "vendor_reported", "interval_start": _DAY,
        "interval_end": _DAY + timedelta(days=1), "provider": "openai", "model": "gpt-4.1",
        "project": "p", "input_uncached_tokens": 1_500_000,
    }  # fmt: skip
    write(tmp_path, "usage_aggregates", [aggregate])
    row = bill(_DAY, ConsumedQuantity=None, ConsumedUnit=None, ListCost=3)
    report = reconciled(write(tmp_path, "charges", [row]))
    assert report.totals[0].causes["uncaptured_traffic"] == 1
    assert report.ledger.rows("SELECT vendor_quantity FROM reconcile_lines") == [(1_500_000,)]


@pytest.mark.parametrize(
    ("limit", "code"), [("40%", 0), ("20%", 1), ("1USD", 1), ("2", 0), ("1EUR", 0), ("x", 2)]
)
def test_a_gate_looks_at_the_open_gap(centavo, tmp_path, limit, code):
    write(tmp_path, "usage_events", [call(1, _DAY)])
    rows = [bill(_DAY, 2_000_000), charge(_DAY, Decimal(2), ChargeCategory="Tax", x_ModelId=None)]
    write(tmp_path, "charges", rows)
    found = centavo("--ledger", tmp_path / "ledger", "reconcile", "--fail-on", limit)
    assert found.exit_code == code, found.err


_AMOUNTS = st.integers(0, 10**9)


@settings(max_examples=15)
@given(
    calls=st.lists(st.tuples(st.integers(0, 3), _AMOUNTS, st.booleans()), max_size=6),
    rows=st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["Usage", "Tax", "Credit", "Purchase"]),
            st.sampled_from(["Uncached", "Read", "Write"]),
            st.sampled_from([None, "batch", "long", "regional"]),
            _AMOUNTS,
            st.decimals(-100, 1000, places=6),
        ),
        max_size=6,
    ),
)
def test_causes_add_up_to_the_gap_whatever_happens(calls, rows):
    events = [
        call(n, _DAY + timedelta(days=day), tokens, is_error=failed, attempt=1 + failed)
        for n, (day, tokens, failed) in enumerate(calls)
    ]
    charges = [
        charge(
            _DAY + timedelta(days=day), cost,
            ChargeCategory=category, ConsumedQuantity=tokens, x_TokenCacheAction=action,
            x_ProcessingTier=variant if variant == "batch" else None,
            x_ContextTier=variant if variant == "long" else None,
            x_InferenceGeo=variant if variant == "regional" else None,
            ListCost=cost + 1,
        )
        for day, category, action, variant, tokens, cost in rows
    ]  # fmt: skip
    report = reconciled(in_memory(usage_events=events, charges=charges))
    causes = " + ".join(f"gap_{cause.name}" for cause in CAUSES)
    wrong = report.ledger.rows(
        f"SELECT * FROM reconcile_lines WHERE gap_cost IS DISTINCT FROM {causes} OR "
        "(grade IS NOT NULL AND gap_cost <> coalesce(billed_cost, 0) - coalesce(metered_cost, 0))"
    )
    assert wrong == []
    billed = report.ledger.rows("SELECT sum(billed_cost) FROM reconcile_lines")[0][0]
    assert (billed or 0) == sum(Decimal(str(row["BilledCost"])) for row in charges)
