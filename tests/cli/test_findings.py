"""The commands that find and keep findings: their report, their gate, and what people do about it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

HEADER = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,"
    "ChargeDescription,ChargePeriodEnd,ChargePeriodStart,PricingQuantity,PricingUnit,ProviderName,"
    "ServiceName,SkuId,SubAccountId,Tags\n"
)


@pytest.fixture
def bill(centavo, tmp_path):
    """Ingest sixty days of a bill: a price that rises by a fifth, and a project of nobody."""
    return billed(centavo, tmp_path / "bill.csv", days=60)


def billed(centavo, path, *, days, times=()):
    """Ingest days of a bill, on some of which more is used: times by number of the day."""
    lines = [HEADER]
    for number in range(days):
        day = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=number)
        month = day.replace(day=1)
        end = (month + timedelta(days=32)).replace(day=1)
        for cost, project, tags in (
            ("36" if number >= 40 else "30", "chat-prod", '"{""application"": ""chat""}"'),
            ("2", "default", ""),
        ):
            more = dict(times).get(number, 1) if project == "chat-prod" else 1
            quantity = (10 if project == "chat-prod" else 1) * more
            lines.append(
                f"{int(cost) * more},acct,USD,{end:%F}T00:00:00Z,{month:%F}T00:00:00Z,Usage,model input,"
                f"{day + timedelta(days=1):%F}T00:00:00Z,{day:%F}T00:00:00Z,{quantity},1000 Tokens,"
                f"OpenAI,OpenAI API,{project}-input,{project},{tags}\n"
            )
    path.write_text("".join(lines), encoding="utf-8")
    assert centavo("ingest", path).exit_code == 0
    return centavo


def ids(done):
    return {each["code"]: each["id"] for each in done.json["findings"]}


def test_the_report_has_findings_coverage_and_the_next_command(bill):
    done = bill("consumption")
    lines = done.out.splitlines()
    assert lines[0].split("\t")[:3] == ["code", "id", "finding"]
    codes = [line.split("\t")[0] for line in lines[1:]]
    assert codes[0] == "CON104"
    assert {"CON109", "CON115"} <= set(codes)
    assert "Bills: 120 records read" in done.err
    assert "Could not see: " in done.err
    assert done.err.splitlines()[-1].startswith("Next: centavo findings show ")


def test_json_has_money_as_text_and_evidence_with_its_query(bill):
    report = bill("consumption", "--json").json
    found = next(each for each in report["findings"] if each["code"] == "CON104")
    assert report["schema"] == "centavo.findings/1"
    assert isinstance(found["amount_per_30d"]["amount"], str)
    assert found["evidence"]["query"] == "unit_price"
    assert found["evidence"]["sql"].startswith("--")
    assert found["evidence"]["rows"]
    assert found["owner"] == {"name": "chat", "basis": "application of 94 % of the cost"}


def test_audit_runs_every_module(bill):
    assert ids(bill("audit", "--json")) == ids(bill("consumption", "--json"))


def test_the_same_finding_is_the_same_row_and_a_second_look_commits_nothing(bill):
    first, second = bill("consumption", "--json").json, bill("consumption", "--json").json
    assert first["changed"] == len(first["findings"])
    assert second["changed"] == 0
    assert [f["first_seen"] for f in first["findings"]] == [
        f["first_seen"] for f in second["findings"]
    ]


def test_no_save_leaves_the_ledger_alone(bill):
    bill("consumption", "--no-save")
    assert bill("findings", "list", "--json").json["findings"] == []


@pytest.mark.parametrize(("limit", "code"), [("5USD", 1), ("100000USD", 0)])
def test_the_gate_trips_on_money(bill, limit, code):
    done = bill("consumption", "--fail-on", limit)
    assert done.exit_code == code
    assert ("costs more than --fail-on" in done.err) is bool(code)


def test_a_limit_that_is_no_amount_is_an_error(bill):
    done = bill("consumption", "--fail-on", "lots")
    assert (done.exit_code, "50USD" in done.err) == (2, True)


def test_what_is_acknowledged_no_longer_trips_the_gate(bill):
    code = ids(bill("consumption", "--json"))["CON104"]
    assert bill("findings", "ack", code, "--actor", "ana").exit_code == 0
    assert bill("consumption", "--fail-on", "5USD").exit_code == 0


def test_ignored_findings_leave_the_report_and_keep_their_history(bill):
    code = ids(bill("consumption", "--json"))["CON104"]
    bill("findings", "ignore", code[:8], "--reason", "planned", "--actor", "ana")
    done = bill("consumption")
    assert "CON104" not in done.out
    assert "1 more are ignored" in done.err
    shown = bill("findings", "show", code, "--json").json
    assert (shown["state"], shown["state_reason"]) == ("ignored", "planned")
    assert [(s["actor"], s["action"]) for s in shown["history"]] == [
        ("centavo", "found"),
        ("ana", "ignored"),
    ]
    assert code in bill("findings", "list", "--all").out
    assert code not in bill("findings", "list").out


def test_a_spike_that_was_planned_is_not_said_again_and_another_one_is(centavo, tmp_path):
    path = tmp_path / "bill.csv"
    billed(centavo, path, days=60, times={30: 5})
    spike = ids(centavo("consumption", "--json"))["CON101"]
    done = centavo("findings", "ignore", spike, "--reason", "load test", "--actor", "ana")
    assert (done.exit_code, "is ignored" in done.err) == (0, True)
    assert "Expected, there and in its parts: what began on 2026-05-31." in done.err
    shown = centavo("findings", "show", spike)
    assert "ana expected: once 2026-05-31 2026-06-01" in shown.err

    billed(centavo, path, days=67, times={30: 5})
    done = centavo("consumption")
    assert "CON101" not in done.out
    assert "1 change that somebody expects left out (CON101)." in done.err
    assert centavo("consumption", "--json").json["modules"][0]["expected"] == {"CON101": 1}

    billed(centavo, path, days=67, times={30: 5, 50: 8})
    found = next(f for f in centavo("consumption", "--json").json["findings"] if f["id"] == spike)
    assert (found["state"], found["since"][:10]) == ("open", "2026-06-20")
    assert found["history"][-1]["note"] == "another event"

    assert centavo("findings", "reopen", spike, "--actor", "ana").exit_code == 0
    assert centavo("consumption", "--json").json["modules"][0]["expected"] == {}


def test_only_events_have_an_event(bill):
    code = ids(bill("consumption", "--json"))["CON104"]
    done = bill("findings", "ignore", code, "--reason", "planned", "--event", "monthly")
    assert (done.exit_code, "CON104 finds no event" in done.err) == (2, True)


def test_a_snooze_needs_a_day_to_come(bill):
    code = ids(bill("consumption", "--json"))["CON104"]
    assert bill("findings", "snooze", code, "--until", "2020-01-01").exit_code == 2
    assert bill("findings", "snooze", code, "--until", "2999-01-01").exit_code == 0
    assert bill("findings", "show", code, "--json").json["snoozed_until"] == "2999-01-01T00:00:00Z"


def test_resolve_and_show_say_what_was_done(bill):
    code = ids(bill("consumption", "--json"))["CON104"]
    bill("findings", "resolve", code, "--reason", "new contract", "--actor", "rui")
    done = bill("findings", "show", code, "--sql")
    assert "rui resolved: new contract" in done.err
    assert "What to do:" in done.err
    assert "FROM bill_days" in done.out


def test_an_unknown_id_is_an_error(bill):
    assert "no finding 'ffff'" in bill("findings", "ack", "ffff").err


def test_sarif_names_rule_place_and_identity(bill, tmp_path):
    path = tmp_path / "out.sarif"
    bill("consumption", "--sarif", path)
    log = json.loads(path.read_text())
    (run,) = log["runs"]
    first = run["results"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == first["ruleId"] == "CON104"
    assert first["partialFingerprints"]["centavoFinding/v1"]
    assert first["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]


def test_thresholds_and_floor_are_settings(bill, tmp_path):
    (tmp_path / "centavo.toml").write_text(
        "[consumption]\nfloor = 1000000\nfloor_share = 0.9\n[rules.CON104]\nchange_share = 0.5\n"
    )
    assert "CON104" not in ids(bill("consumption", "--json"))
    (tmp_path / "centavo.toml").write_text("[rules.CON104]\nchanged = 0.5\n")
    done = bill("consumption")
    assert (done.exit_code, "change_share" in done.err) == (2, True)


@pytest.mark.parametrize(
    "text",
    ['office_hours = "late"', 'time_zone = "Mars"', "floor = -1", 'history_days = "x"', "x = 1"],
)
def test_a_setting_that_cannot_be_used_is_an_error(bill, tmp_path, text):
    (tmp_path / "centavo.toml").write_text(f"[consumption]\n{text}\n")
    done = bill("consumption")
    assert done.exit_code == 2, done.err


def test_an_empty_ledger_says_what_to_do(centavo):
    done = centavo("consumption")
    assert (done.exit_code, "centavo ingest" in done.err or "centavo demo" in done.err) == (2, True)


def test_every_rule_can_be_explained(centavo):
    from centavo.consumption.rules import RULES

    for rule in RULES:
        done = centavo("explain", rule.code)
        assert done.out.startswith(rule.doc.title)
        assert "When it is wrong:" in done.out
