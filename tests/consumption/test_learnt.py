"""An event that somebody expects is not found again; another one is, and nothing else changes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import pytest

from centavo.consumption.detection import incidents
from centavo.consumption.rules import spike, step_change, unwatched_growth
from centavo.errors import ConfigError
from centavo.findings import Looked, RuleSettings, merge_findings
from centavo.findings.acting import ignoring, reopening
from centavo.findings.events import events_of
from centavo.ledger.register_rows import Acting
from centavo.period import Period
from tests.consumption.rules.small_ledgers import NOW, ledger_of

BY = Acting("ana", NOW)


@pytest.fixture
def ledger(tmp_path):
    """Make ledgers of three applications, each with what it costs more on some days."""

    def made(*extra, since="2026-05-01", until="2026-07-20"):
        rows = [
            {"day": f"{since}/{until}", "x_Application": app, "BilledCost": cost}
            for app, cost in (("search", "10"), ("chat", "30"), ("agent", "12"))
        ]
        rows += [{"day": day, "x_Application": app, "BilledCost": cost} for app, day, cost in extra]
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jsonl"
        common = {"table": "charges", "x_ModelId": "gpt-4o"}
        path.write_text("\n".join(json.dumps({**common, **row}) for row in rows))
        return ledger_of(path)

    return made


def look(rule, ledger, events=(), **own):
    limits = {each.name: each.default for each in rule.thresholds} | own
    settings = RuleSettings(NOW, expected=tuple(events)).with_limits(rule.code, limits)
    answer = rule.find(ledger, Period(), settings)
    assert isinstance(answer, Looked)
    return answer


def begun(answer):
    return sorted(
        (each.subject.get("application", ""), f"{each.period.since:%m-%d}")
        for each in answer.findings
    )


def marked(finding, event=None):
    known = merge_findings({}, [finding], now=NOW)[finding.id]
    return ignoring("planned", event)(known, BY)


JUNE = ("search", "2026-06-18/2026-06-19", "150")


def test_the_same_event_is_silent_next_week_and_another_of_its_scope_is_found(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    events = events_of([marked(found)])
    later = look(spike.RULE, ledger(JUNE, until="2026-07-27"), events)
    assert (begun(later), later.left_out["expected"]) == ([], 1)
    # A smaller one than that which is expected.
    another = look(spike.RULE, ledger(JUNE, ("search", "2026-07-09", "90")), events)
    assert begun(another) == [("search", "07-09")]


def test_a_machine_that_is_meant_to_stay_is_named_once():
    machines = Path(__file__).parent / "rules" / "CON102-forgotten.jsonl"
    (found,) = look(step_change.RULE, ledger_of(machines)).findings
    answer = look(step_change.RULE, ledger_of(machines), events_of([marked(found)]))
    assert (begun(answer), answer.left_out["expected"]) == ([], 1)
    other = replace(events_of([marked(found)])[0], since=date(2026, 5, 1))
    assert begun(look(step_change.RULE, ledger_of(machines), [other])) != []


def test_a_client_that_was_expected_to_jump_is_silent_on_those_days_only(tmp_path):
    def jumping(*days):
        calls = {
            "table": "usage_events",
            "application": "chat",
            "customer_id": "shop-1",
            "cost": "0.01",
        }
        usual = {**calls, "day": "2026-06-01/2026-06-20", "hours": "9-17"}
        rows = [usual, *({**calls, "day": day, "count": 60} for day in days)]
        path = tmp_path / f"{len(days)}.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        return ledger_of(path)

    def jumps(answer):
        return [each for each in answer.findings if "clients" in each.subject]

    few = {"least_requests": Decimal(50)}
    (found,) = jumps(look(spike.RULE, jumping("2026-06-15"), **few))
    events = events_of([marked(found)])
    silent = look(spike.RULE, jumping("2026-06-15"), events, **few)
    assert (jumps(silent), silent.left_out["expected"]) == ([], 1)
    assert jumps(look(spike.RULE, jumping("2026-06-15", "2026-06-18"), events, **few))
    with pytest.raises(ConfigError, match="cannot come back"):
        marked(found, "monthly")


def test_other_scopes_are_untouched(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    both = ledger(JUNE, ("chat", "2026-07-09", "500"))
    assert begun(look(spike.RULE, both, events_of([marked(found)]))) == [("chat", "07-09")]


def test_a_part_of_an_expected_event_is_silent_on_its_day_only(ledger):
    both = [(app, "2026-06-18/2026-06-19", "150") for app in ("search", "chat")]
    (found,) = look(spike.RULE, ledger(*both)).findings
    assert "application" not in found.subject
    events = events_of([marked(found)])
    # Restated, one of them is nearly all of it, and each is named by itself.
    restated = [*both, ("search", "2026-06-18/2026-06-19", "900")]
    named = begun(look(spike.RULE, ledger(*restated)))
    assert named == [("chat", "06-18"), ("search", "06-18")]
    answer = look(spike.RULE, ledger(*restated, ("chat", "2026-07-09", "500")), events)
    assert (begun(answer), answer.left_out["expected"]) == ([("chat", "07-09")], 1)


def test_a_whole_that_holds_an_expected_event_is_named_by_what_else_moved(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    both = ledger(JUNE, ("chat", "2026-06-18/2026-06-19", "150"))
    answer = look(spike.RULE, both, events_of([marked(found)]))
    assert begun(answer) == [("chat", "06-18")]


def test_the_threshold_does_not_move(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    seen = []
    real = incidents.threshold_within

    def noted(*args):
        seen.append(real(*args))
        return seen[-1]

    with patch.object(incidents, "threshold_within", noted):
        look(spike.RULE, ledger(JUNE))
        look(spike.RULE, ledger(JUNE), events_of([marked(found)]))
    assert seen[0] == seen[1]


def test_a_step_is_learnt_while_it_goes_on_and_a_second_one_is_found(ledger):
    first = ("search", "2026-06-10/2026-07-20", "15")
    (found,) = look(step_change.RULE, ledger(first)).findings
    events = events_of([marked(found)])
    longer = ("search", "2026-06-10/2026-07-30", "15")
    assert begun(look(step_change.RULE, ledger(longer, until="2026-07-30"), events)) == []
    second = ledger(longer, ("search", "2026-07-12/2026-07-30", "60"), until="2026-07-30")
    assert begun(look(step_change.RULE, second, events)) == [("search", "07-12")]


def test_growth_is_learnt_while_it_goes_on(ledger):
    def growing(weeks):
        first = date(2026, 5, 1)
        days = [
            ("agent", f"{first + timedelta(days=n)}", f"{12 * 2 ** (n / 30):.4f}")
            for n in range(7 * weeks)
        ]
        return ledger(*days, until=f"{first + timedelta(days=7 * weeks - 1)}")

    (found, *_) = look(unwatched_growth.RULE, growing(12)).findings
    events = events_of([marked(found)])
    answer = look(unwatched_growth.RULE, growing(13), events)
    # The step that the growth explains does not take its place.
    assert begun(look(step_change.RULE, growing(13), events)) == []
    assert found.subject not in [each.subject for each in answer.findings]
    assert answer.left_out["expected"] == 1


def test_what_comes_back_each_month_is_silent_on_its_day_and_at_its_money(ledger):
    (found,) = look(spike.RULE, ledger(("search", "2026-06-18", "150"))).findings
    once, monthly = (events_of([marked(found, repeat)]) for repeat in ("once", "monthly"))

    def july(day, cost):
        return ledger(("search", f"2026-07-{day}", cost))

    assert begun(look(spike.RULE, july(18, "160"), once)) == [("search", "07-18")]
    assert begun(look(spike.RULE, july(18, "160"), monthly)) == []
    assert begun(look(spike.RULE, july(15, "160"), monthly)) == [("search", "07-15")]
    assert begun(look(spike.RULE, july(18, "400"), monthly)) == [("search", "07-18")]


def test_what_comes_back_each_week_is_silent_though_it_looks_like_a_step(ledger):
    (found,) = look(spike.RULE, ledger(("search", "2026-06-18", "150"))).findings
    events = events_of([marked(found, "weekly")])
    thursdays = [("search", f"2026-{day}", "150") for day in ("06-18", "06-25", "07-02")]
    before = [look(rule, ledger(*thursdays)) for rule in (spike.RULE, step_change.RULE)]
    assert [begun(each) for each in before] != [[], []]
    after = [look(rule, ledger(*thursdays), events) for rule in (spike.RULE, step_change.RULE)]
    assert [begun(each) for each in after] == [[], []]
    tuesday = ledger(("search", "2026-07-07", "150"))
    assert begun(look(spike.RULE, tuesday, events)) == [("search", "07-07")]


def test_another_event_opens_the_finding_and_reopening_forgets(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    known = marked(found)
    (another,) = look(
        spike.RULE, ledger(JUNE, ("search", "2026-07-09", "90")), events_of([known])
    ).findings
    assert another.id == found.id
    after = merge_findings({found.id: known}, [another], now=NOW)[found.id]
    assert (after.state, after.history[-1].note) == ("open", "another event")
    assert len(events_of([after])) == 1
    assert events_of([reopening()(after, BY)]) == ()


def test_always_stays_ignored_and_learns_nothing(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    known = marked(found, "always")
    assert events_of([known]) == ()
    newer = look(spike.RULE, ledger(("search", "2026-07-09", "90"))).findings[0]
    assert merge_findings({found.id: known}, [newer], now=NOW)[found.id].state == "ignored"


def test_only_a_spike_of_days_can_come_back(ledger):
    (found,) = look(step_change.RULE, ledger(("search", "2026-06-10/2026-07-20", "15"))).findings
    with pytest.raises(ConfigError, match="cannot come back weekly"):
        marked(found, "weekly")


def test_an_event_keeps_its_days_and_money_exactly(ledger):
    (found,) = look(spike.RULE, ledger(JUNE)).findings
    (event,) = events_of([marked(found, "monthly")])
    assert (event.since, event.until) == (date(2026, 6, 18), date(2026, 6, 20))
    assert event.money == found.per_30d
    assert event.money.amount == Decimal(300)
