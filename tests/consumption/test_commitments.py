"""What is committed, used and unused: from contracts, and from what charges say."""

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.consumption.commitments import commitment_totals, commitments
from centavo.period import Period
from tests.reconciliation.ledgers import charge, in_memory
from tests.sources import aws_files
from tests.sources.dataset_files import contract_commitment
from tests.sources.test_conformance import focus_row, write_csv

DAY = datetime(2026, 6, 5)  # noqa: DTZ001 -- naive UTC


def covered(cost, status="Used", *, plan="plan-1", day=DAY, **columns):
    stated = {
        "EffectiveCost": Decimal(cost),
        "CommitmentDiscountId": plan,
        "CommitmentDiscountCategory": "Spend",
        "CommitmentDiscountType": "Savings Plan",
        "CommitmentDiscountStatus": status,
        "CommitmentDiscountQuantity": Decimal(cost),
        "CommitmentDiscountUnit": "USD",
    }
    return charge(day, Decimal(columns.pop("billed", 0)), **{**stated, **columns})


def bought(cost, plan="plan-1"):
    return covered("0", None, plan=plan, billed=cost, ChargeCategory="Purchase")


def contract(**changes):
    row = {key: value or None for key, value in contract_commitment(**changes).items()}
    return {**row, "x_RowId": json.dumps(changes), "x_Source": "focus-commitments"}


def listed(charges=(), contracts=(), since=None, until=None):
    ledger = in_memory(charges=charges, contract_commitments=contracts)
    return commitments(ledger, Period.parse(since, until))


def test_a_commitment_is_derived_from_its_charges():
    (found,) = listed([bought("10"), covered("6"), covered("1"), covered("3", "Unused")])
    assert (found.origin, found.commitment_id, found.type) == ("charges", "plan-1", "Savings Plan")
    assert (found.purchased_cost, found.used_cost, found.unused_cost) == (10, 7, 3)
    assert (found.used_quantity, found.unused_quantity, found.unit) == (7, 3, "USD")
    assert found.used_share == Decimal("0.7")


def test_a_contract_says_what_is_committed_and_charges_what_was_used():
    (found,) = listed([covered("6")], [contract()])
    assert (found.origin, found.committed_cost, found.used_cost) == ("contract", 1200, 6)
    assert (found.period_start, found.period_end) == ("2026-01-01", "2027-01-01")


def test_a_contract_without_charges_is_listed_with_nothing_known_of_its_use():
    (found,) = listed([], [contract()])
    assert (found.used_cost, found.unused_cost, found.charges) == (None, None, 0)
    assert commitment_totals((found,)) == ()


def test_charges_belong_to_the_term_that_they_begin_in():
    terms = [contract(), contract(ContractCommitmentPeriodStart="2025-01-01T00:00:00Z")]
    found = {each.period_start: each.used_cost for each in listed([covered("6")], terms)}
    assert found == {"2026-01-01": 6, "2025-01-01": None}


def test_what_a_contract_applies_to_is_told_in_elements():
    elements = [
        {"ContractId": "c", "ContractCommitmentId": "spend", "ContractCommitmentAppliedCost": 4.5},
        {
            "ContractId": "c",
            "ContractCommitmentId": "units",
            "ContractCommitmentAppliedQuantity": 3,
            "ContractCommitmentAppliedUnit": "PTU",
        },
    ]
    applied = charge(DAY, Decimal(0), ContractApplied=json.dumps({"Elements": elements}))
    found = {each.commitment_id: each for each in listed([applied, applied])}
    assert found["spend"].used_cost == 9
    assert (found["units"].used_quantity, found["units"].unit) == (6, "PTU")
    assert found["units"].used_cost is None
    assert found["spend"].unused_cost is None


def test_an_element_that_repeats_the_discount_of_the_row_counts_once():
    element = {
        "ContractId": "plan-1",
        "ContractCommitmentId": "plan-1",
        "ContractCommitmentAppliedCost": 6,
        "x_ContractCommitmentPeriodStart": "2026-01-01T00:00:00.000Z",
        "x_ContractCommitmentPeriodEnd": "2027-01-01T00:00:00.000Z",
    }
    (found,) = listed([covered("6", ContractApplied=json.dumps({"Elements": [element]}))])
    assert (found.used_cost, found.charges) == (6, 1)
    assert (found.period_start, found.period_end) == ("2026-01-01", "2027-01-01")


@pytest.mark.parametrize("text", ["{", "[]", '{"Elements": 3}', '{"Elements": [3]}', "null"])
def test_elements_that_cannot_be_read_do_no_harm(text):
    (found,) = listed([covered("6", ContractApplied=text)])
    assert found.used_cost == 6


def test_two_currencies_and_two_units_never_add():
    euros = covered("5", BillingCurrency="EUR")
    hours = covered("2", CommitmentDiscountUnit="Hours")
    found = {each.currency: each for each in listed([covered("6"), hours, euros])}
    assert {key: each.used_cost for key, each in found.items()} == {"USD": 8, "EUR": 5}
    assert (found["USD"].used_quantity, found["USD"].unit) == (None, None)


def test_a_period_takes_its_charges_only():
    july = covered("4", day=datetime(2026, 7, 1))  # noqa: DTZ001 -- naive UTC
    (found,) = listed([covered("6"), july], since="2026-06", until="2026-07")
    assert (found.used_cost, found.charges) == (6, 1)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["Used", "Unused"]),
            st.decimals("0", "100", places=4),
        ),
        max_size=10,
    )
)
def test_used_and_unused_add_up_to_the_amortised_cost(rows):
    found = listed([covered(cost, status, plan=plan) for plan, status, cost in rows])
    whole = sum(((f.used_cost or 0) + (f.unused_cost or 0) for f in found), Decimal(0))
    assert whole == sum((cost for _, _, cost in rows), Decimal(0))


def test_the_command_and_its_export(centavo, tmp_path):
    element = {
        "ContractId": "c-1",
        "ContractCommitmentId": "plan-9",
        "ContractCommitmentAppliedCost": 2,
        "x_ContractCommitmentPaymentModel": "No Upfront",
        "x_ContractCommitmentDuration": "3yr",
        "x_ContractCommitmentPeriodStart": "2026-01-01T00:00:00Z",
    }
    row = {
        **focus_row("2026-03-01", "0"),
        "EffectiveCost": "2",
        "CommitmentDiscountId": "plan-9",
        "CommitmentDiscountStatus": "Used",
        "CommitmentDiscountType": "Savings Plan",
        "CommitmentDiscountCategory": "Spend",
        "ContractApplied": json.dumps({"Elements": [element]}),
    }
    write_csv(tmp_path / "bill.csv", [row])
    write_csv(tmp_path / "contracts.csv", [contract_commitment()])
    centavo("ingest", "bill.csv", "contracts.csv")
    report = centavo("commitments", "--json").json
    shown = {each["commitment_id"]: each for each in report["commitments"]}
    assert shown["plan-9"]["origin"] == "charges"
    assert (shown["plan-9"]["grade"], shown["plan-1"]["grade"]) == ("billed", None)
    assert shown["plan-9"]["used_cost"] == {"amount": "2", "currency": "USD"}
    assert "1 commitments in USD: used 2.00, unused 0.00" in centavo("commitments").err
    arguments = ("export", "focus", "--dataset", "contract-commitment", "--out", "o.csv")
    done = centavo(*arguments, "--json").json
    assert done["rows"] == 2
    assert done["null_violations"]["ContractCommitmentModel"] == 1
    text = (tmp_path / "o.csv").read_text()
    assert "plan-9" in text
    assert "3 Years" in text


def test_a_savings_plan_of_an_aws_report_is_used_and_unused(centavo, tmp_path):
    plan = {
        "SavingsPlanARN": "arn:aws:savingsplans::1:savingsplan/a",
        "PaymentOption": "No Upfront",
    }
    lines = [
        aws_files.line(
            LineItemType="SavingsPlanCoveredUsage",
            UnblendedCost="10",
            SavingsPlanEffectiveCost="7",
            **plan,
        ),
        aws_files.line(LineItemType="SavingsPlanNegation", UnblendedCost="-10", **plan),
        aws_files.line(
            LineItemType="SavingsPlanRecurringFee",
            UnblendedCost="9",
            TotalCommitmentToDate="9",
            UsedCommitment="7",
            **plan,
        ),
    ]
    aws_files.write_csv(tmp_path / "cur.csv", lines)
    centavo("ingest", "cur.csv")
    (found,) = centavo("commitments", "--json").json["commitments"]
    assert found["type"] == "Savings Plan"
    amounts = [found[key]["amount"] for key in ("purchased_cost", "used_cost", "unused_cost")]
    assert amounts == ["9", "7", "2"]
