"""A finding keeps its identity and its state; a run changes only what changed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from centavo.errors import CentavoError, ChangedMeanwhileError, ConfigError, LedgerError
from centavo.findings import (
    Evidence,
    Finding,
    Owner,
    apply_action,
    change_register,
    finding_id,
    load_register,
    merge_findings,
)
from centavo.findings.acting import act_on_finding, assigning, moving, snoozing
from centavo.findings.register import Action, find_known
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.register_rows import Acting
from centavo.message import Month, joined, message, numbered, percent
from centavo.money import Money
from centavo.period import Period
from tests.ledger.bills import write_bill

NOW = datetime(2026, 8, 1, tzinfo=UTC)
LATER = NOW + timedelta(days=7)
EVERY_KIND = joined(
    numbered(
        "{place}: {number} day from {day} in {month} cost {money}.",
        "{place}: {number} days from {day} in {month} cost {money}.",
        2,
        place="chat {1}",
        day=date(2026, 7, 1),
        month=Month(date(2026, 7, 1)),
        money=Money(Decimal("1200.50"), "USD"),
    ),
    "{Braces} stay.",
    message("{share}, {figure}", share=percent(Decimal("0.12345"), 1), figure=Decimal("3.10")),
)
EVIDENCE = Evidence("q", "SELECT 1", ("a", "b"), (("1", None),), 1)


def finding(**changes) -> Finding:
    plain = Finding(
        code="CON104",
        subject={"provider": "openai", "model": "m"},
        sentence="It costs more.",
        period=Period(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 30, tzinfo=UTC)),
        per_30d=Money(Decimal("12.345678901234"), "USD"),
        grade="billed",
        evidence=EVIDENCE,
        to_do="Look.",
        wrong_when="Never.",
        money_kind="changed",
        share=Decimal("0.25"),
        owner=Owner("chat", "team of 100 % of the cost"),
    )
    return replace(plain, **changes)


def merged(register=None, *found, now=NOW, complete=("CON104",)):
    return merge_findings(register or {}, found, now=now, complete=complete)


def only(register):
    (known,) = register.values()
    return known


@pytest.fixture
def ledger(tmp_path):
    location = LedgerLocation(tmp_path / "ledger", {})
    write_bill(location, tmp_path / "bill.csv", [("2026-07-01", "1", "a")])
    return lambda: Ledger.open(location)


def test_identity_is_code_and_subject_in_any_order():
    assert finding_id("X", {"a": "1", "b": "2"}) == finding_id("X", {"b": "2", "a": "1"})
    assert finding().id == finding(sentence="other", per_30d=None).id
    assert finding().id != finding(subject={"provider": "openai"}).id


def test_a_new_finding_is_open_and_says_who_found_it():
    known = only(merged(None, finding()))
    assert (known.state, known.first_seen) == ("open", NOW.replace(tzinfo=None))
    assert [step.action for step in known.history] == ["found"]


def test_the_same_data_changes_nothing_and_new_data_keeps_the_first_day():
    first = merged(None, finding())
    assert merged(first, finding(), now=LATER) == first
    newer = only(merged(first, finding(sentence="It costs even more."), now=LATER))
    assert newer.first_seen == NOW.replace(tzinfo=None)
    assert newer.last_seen == LATER.replace(tzinfo=None)


def test_a_message_where_an_older_version_wrote_a_sentence_is_no_news():
    first = merged(None, finding(sentence=str(EVERY_KIND)))
    known = only(merged(first, finding(sentence=EVERY_KIND), now=LATER))
    assert known == replace(only(first), finding=finding(sentence=EVERY_KIND))


def test_what_a_full_run_does_not_find_is_resolved_and_opens_when_found_again():
    first = merged(None, finding())
    gone = merged(first, now=LATER)
    assert only(gone).state == "resolved"
    assert only(merged(gone, finding(), now=LATER)).state == "resolved"
    newer = finding(sentence="again")
    assert only(merged(gone, newer, now=LATER)).state == "open"


def test_a_run_that_did_not_look_resolves_nothing():
    assert only(merged(merged(None, finding()), now=LATER, complete=())).state == "open"


def test_ignored_stays_ignored_and_a_snooze_ends():
    first = merged(None, finding())
    step = Action(NOW.replace(tzinfo=None), "ana", "ignored", "planned")
    ignored = {finding().id: apply_action(only(first), "ignored", step)}
    assert only(merged(ignored, finding(sentence="new"), now=LATER)).state == "ignored"
    until = (NOW + timedelta(days=3)).replace(tzinfo=None)
    snooze = Action(NOW.replace(tzinfo=None), "ana", "snoozed", until.isoformat())
    asleep = {finding().id: apply_action(only(first), "snoozed", snooze)}
    assert only(merged(asleep, finding(), now=NOW + timedelta(days=1))).state == "snoozed"
    awake = only(merged(asleep, finding(), now=LATER))
    assert (awake.state, awake.history[-1].note) == ("open", "the snooze is over")


def test_a_resolved_finding_opens_again_on_newer_data_only():
    step = Action(datetime(2026, 8, 2), "ana", "resolved", None)  # noqa: DTZ001
    done = {finding().id: apply_action(only(merged(None, finding())), "resolved", step)}
    old = finding(sentence="the same period, another figure")
    assert only(merged(done, old, now=LATER)).state == "resolved"
    newer = finding(period=Period(finding().period.since, datetime(2026, 8, 9, tzinfo=UTC)))
    assert only(merged(done, newer, now=LATER)).state == "open"


def changed(ledger, change, now=NOW):
    return change_register(ledger().location, change, now=now)[1]


def test_a_register_is_read_as_it_was_written(ledger):
    said = finding(sentence=EVERY_KIND)
    after = merged({}, said, finding(subject={}, per_30d=None, owner=None, share=None))
    assert changed(ledger, lambda before: {**before, **after}) == 2
    assert load_register(ledger()) == after
    assert ledger().rows("SELECT sentence FROM findings WHERE said IS NOT NULL") == [
        (
            "chat {1}: 2 days from 2026-07-01 in July 2026 cost 1,200.50 USD. {Braces} stay. 12.3 %, 3.10",
        )
    ]


def test_nothing_is_committed_when_nothing_changed(ledger):
    changed(ledger, lambda _: merged({}, finding()))
    snapshots = len(ledger().plans["findings"].snapshots)
    assert changed(ledger, lambda before: merged(before, finding(), now=LATER), LATER) == 0
    assert len(ledger().plans["findings"].snapshots) == snapshots


def test_a_changed_finding_takes_the_place_of_its_row_and_of_no_other(ledger):
    other = finding(subject={"model": "other"})
    changed(ledger, lambda _: merged({}, finding(), other))
    read = load_register(ledger())
    acted = act(ledger, other, moving("acknowledged"))
    assert load_register(ledger()) == {**read, other.id: acted}


def act(ledger, on, change, *, actor="ana", now=LATER, **more):
    return act_on_finding(ledger().location, on.id[:8], change, by=Acting(actor, now, **more))


def test_an_owner_whom_a_person_named_is_kept_by_later_runs(ledger):
    changed(ledger, lambda _: merged({}, finding()))
    act(ledger, finding(), assigning(" team-search "))
    changed(ledger, lambda before: merged(before, finding(sentence="It costs more still.")), LATER)
    known = only(load_register(ledger()))
    assert known.finding.owner == Owner("team-search", "assigned")
    assert known.finding.sentence == "It costs more still."
    assert (known.history[-1].actor, known.history[-1].note) == ("ana", "team-search")


def test_who_acts_on_what_has_changed_meanwhile_is_told_and_nothing_is_written(ledger):
    changed(ledger, lambda _: merged({}, finding()))
    act(ledger, finding(), moving("resolved", "new contract"), seen=1)
    with pytest.raises(ChangedMeanwhileError, match="ana was quicker"):
        act(ledger, finding(), moving("ignored", "planned"), actor="rui", seen=1)
    assert only(load_register(ledger())).state == "resolved"


def test_two_who_act_at_once_both_stand_in_the_history(ledger):
    changed(ledger, lambda _: merged({}, finding()))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda who: act(ledger, finding(), assigning(who), actor=who), "abcd"))
    assert sorted(step.actor for step in only(load_register(ledger())).history[1:]) == list("abcd")


@pytest.mark.parametrize(
    "impossible",
    [
        lambda: moving("ignored"),
        lambda: moving("resolved", "  "),
        lambda: assigning(" "),
        lambda: snoozing("soon"),
        lambda: snoozing("2020-01-01")(only(merged(None, finding())), Acting("ana", NOW)),
    ],
)
def test_an_action_that_says_nothing_is_an_error(impossible):
    with pytest.raises(CentavoError):
        impossible()


def test_an_action_makes_no_ledger_where_there_is_none(tmp_path):
    with pytest.raises(LedgerError, match="no ledger"):
        act_on_finding(
            LedgerLocation(tmp_path / "none", {}), "a", assigning("b"), by=Acting("c", NOW)
        )
    assert not (tmp_path / "none").exists()


def test_an_id_may_be_shortened_but_not_guessed():
    register = merged(None, finding(), finding(subject={"model": "other"}))
    assert find_known(register, finding().id[:6]).finding.id == finding().id
    with pytest.raises(ConfigError, match="no finding 'zz'"):
        find_known(register, "zz")
    with pytest.raises(ConfigError, match="several"):
        find_known(register, "")
