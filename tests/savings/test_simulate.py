"""Plans replayed: what must hold whatever the levers are."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import LedgerError
from tests.savings.traffic import ledger_of, lever, request, run

USD = "USD"


def test_an_empty_plan_changes_nothing():
    simulated = run(ledger_of(request(1), request(2)))
    assert simulated.saved(USD) == 0
    assert simulated.cost_after(USD, 0) == simulated.baseline_cost(USD)


def test_the_baseline_is_what_ran_at_the_days_prices():
    simulated = run(ledger_of(request(1)))
    # claude-opus-4-6: 5 and 25 dollars for a million tokens.
    assert simulated.baseline_cost(USD) == Decimal("0.0075")


def test_a_cheaper_model_is_paid_at_its_own_price():
    simulated = run(ledger_of(request(1)), lever("model", to="claude-haiku-4-5"))
    assert simulated.cost_after(USD, 1) == Decimal("0.0015")
    assert simulated.steps[0].touched == 1


def test_levers_meet_the_traffic_that_the_ones_before_left():
    cheap = lever("model", to="claude-haiku-4-5")
    batch = lever("batch")
    simulated = run(ledger_of(request(1)), cheap, batch)
    assert simulated.cost_after(USD, 2) == Decimal("0.00075")
    # Alone, batch would halve the dear model's cost: the naive sum is more than there is.
    assert simulated.naive_sum(USD) > simulated.baseline_cost(USD)
    assert simulated.saved(USD) < simulated.baseline_cost(USD)
    assert simulated.steps[1].shared_with == {0: 1}


def test_the_order_of_levers_changes_shares_and_not_the_total():
    cheap, batch = lever("model", to="claude-haiku-4-5"), lever("batch")
    one = run(ledger_of(request(1)), cheap, batch)
    other = run(ledger_of(request(1)), batch, cheap)
    assert one.saved(USD) == other.saved(USD)
    assert one.steps[1].amount(USD) < other.steps[0].amount(USD)


def test_what_has_no_price_as_changed_stays_as_it_was():
    simulated = run(ledger_of(request(1)), lever("model", to="no-such-model"))
    assert simulated.saved(USD) == 0
    assert list(simulated.steps[0].not_simulated.values()) == [1]


def test_requests_without_a_price_are_counted_and_never_saved():
    ledger = ledger_of(request(1), request(2, answered_model="nobody-knows", requested_model="x"))
    simulated = run(ledger, lever("model", to="claude-haiku-4-5"))
    assert sum(simulated.baseline.unpriced.values()) == 1
    assert simulated.steps[0].touched == 1


def test_nothing_priced_is_an_error_and_not_zero():
    with pytest.raises(LedgerError):
        run(ledger_of(request(1, requested_model="x", answered_model="x")))


def test_a_duplicate_is_answered_once_within_the_lifetime():
    same = {"messages_hash": "m", "system_hash": "s"}
    requests = [request(n, **same) for n in (0, 30, 59, 61, 200)]
    simulated = run(ledger_of(*requests), lever("duplicates", ttl_s="3600"))
    # Stored at 0, hit at 30 and 59; stored again at 61; stored again at 200.
    assert simulated.steps[0].touched == 2
    assert simulated.cost_after(USD, 1) == Decimal("0.0225")


def test_a_cut_off_input_is_never_called_a_duplicate():
    cut = '{"input_cut_off":"suspected"}'
    requests = [request(n, messages_hash="m") for n in range(2)]
    requests += [request(2, messages_hash="m2", labels=cut)]
    simulated = run(ledger_of(*requests), lever("duplicates"))
    assert simulated.saved(USD) == 0
    assert simulated.steps[0].not_simulated == {"their log cuts inputs off": 3}


def test_of_a_chain_of_tries_the_first_answer_is_kept():
    requests = [
        request(1, is_error=True, status_code=500),
        request(2, parent_event_id="e1", attempt=2),
        request(3, parent_event_id="e1", attempt=3),
    ]
    simulated = run(ledger_of(*requests), lever("retries"))
    assert simulated.steps[0].touched == 2
    assert simulated.cost_after(USD, 1) == Decimal("0.0075")


def test_off_hours_are_local_and_weekdays_only():
    # 2026-11-02 is a Monday; 11:00 UTC is 8:00 in São Paulo.
    requests = [request(10 * 60 + 30), request(11 * 60 + 30, environment="test")]
    requests += [
        request(10 * 60 + 40, environment="test"),
        request(5 * 24 * 60 + 900, environment="test"),
    ]
    off = lever("off", {"environment": ["test"]}, **{"except": "8-20"})
    assert run(ledger_of(*requests), off).steps[0].touched == 2


def test_a_limit_on_output_is_avoidance():
    simulated = run(ledger_of(request(1, output_tokens=10_000)), lever("max-output", tokens="1000"))
    assert simulated.steps[0].lever.saving == "avoidance"
    assert simulated.saved(USD) == 0
    assert simulated.saved(USD, "avoidance") == Decimal("0.225")


LEVERS = {
    "model": lambda: lever("model", to="claude-haiku-4-5"),
    "batch": lambda: lever("batch", {"application": ["job"]}),
    "retries": lambda: lever("retries"),
    "duplicates": lambda: lever("duplicates", ttl_s="600"),
    "off": lambda: lever("off", {"environment": ["test"]}),
    "max-output": lambda: lever("max-output", tokens="50"),
}
REQUESTS = st.lists(
    st.fixed_dictionaries(
        {
            "application": st.sampled_from(["chat", "job", None]),
            "environment": st.sampled_from(["production", "test"]),
            "messages_hash": st.sampled_from(["a", "b", None]),
            "output_tokens": st.integers(0, 5000),
            "cache_read_tokens": st.integers(0, 90_000),
            "is_error": st.booleans(),
            "parent_event_id": st.sampled_from([None, None, "e0"]),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=5)
@given(REQUESTS, st.permutations(list(LEVERS)))
def test_costs_add_up_by_scope_and_never_fall_below_nothing(rows, names):
    ledger = ledger_of(*(request(n, **row) for n, row in enumerate(rows)))
    simulated = run(ledger, *(LEVERS[name]() for name in names), by=("application", "environment"))
    scopes = simulated.by_scope(USD)
    for prefix in range(len(names) + 1):
        whole = simulated.cost_after(USD, prefix)
        assert sum((costs[prefix] for _, costs in scopes), Decimal(0)) == whole
        assert whole >= 0
    for step in simulated.steps:
        # None of these levers can make a request dearer.
        assert step.amount(USD) >= 0
        assert sum(
            (days for each in step.daily.values() for days in each.values()), Decimal(0)
        ) == (step.amount(USD))
    assert simulated.saved(USD) <= simulated.baseline_cost(USD)
