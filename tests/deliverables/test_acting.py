"""Actions of readers: who may, what stands in the history, and everything that is refused."""

import re
import shutil
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Actions, Door, application
from centavo.findings import load_register
from centavo.ledger.ledger import Ledger
from centavo.ledger.lock import writer_lock
from centavo.savings.register import load_savings
from tests.deliverables.conftest import NOW, desk_over

HOST = "http://testserver"
SENT = {"origin": HOST, "sec-fetch-site": "same-origin"}


@pytest.fixture
def folder(two_month_folder, tmp_path):
    """A copy of the ledger of two months: these tests write."""
    copy = tmp_path / "copy"
    shutil.copytree(two_month_folder, copy)
    # Its catalog still points at the files of the first; those never change, new ones come beside them.
    return copy


class Browser:
    """A reader with one session: opens pages and sends their forms."""

    def __init__(self, folder, door=None, headers=None):
        self.desk = desk_over(folder)
        self.door = door or Door(actions=Actions("ana"))
        self.http = TestClient(
            application(self.desk, self.door), follow_redirects=False, headers=headers or {}
        )

    def ticket(self, path, query="?lang=en"):
        page = self.http.get(path + query).text
        return dict(re.findall(r'name="(ticket|seen)" value="([^"]*)"', page))

    def send(self, path, do, *, headers=SENT, query="", **fields):
        body = {"do": do, **self.ticket(path), **fields}
        return self.http.post(path + query, data=body, headers=headers)


@pytest.fixture
def browser(folder):
    made = Browser(folder)
    yield made
    made.desk.close()


def finding_of(browser):
    return re.findall(r'href="(/finding/\w+)', browser.http.get("/actions").text)[0]


def known(browser, path):
    ledger = Ledger.open(browser.desk.settings.location)
    return load_register(ledger)[path.rsplit("/", 1)[1]]


def test_who_may_act_sees_forms_and_who_only_reads_sees_none(browser, folder):
    path = finding_of(browser)
    assert 'method="post"' in browser.http.get(path).text
    reader = Browser(folder, Door())
    answer = reader.http.get(path)
    assert "<form" not in answer.text
    assert "set-cookie" not in answer.headers
    reader.desk.close()


def test_an_action_stands_in_the_history_and_the_page_is_asked_for_anew(browser):
    path = finding_of(browser)
    done = browser.send(path, "assign", owner="busca", query="?lang=pt-BR")
    assert (done.status_code, done.headers["location"]) == (303, f"{path}?lang=pt-BR")
    browser.send(path, "acknowledge")
    after = known(browser, path)
    assert (after.state, after.finding.owner.name) == ("acknowledged", "busca")
    assert [(s.actor, s.action) for s in after.history[1:]] == [
        ("ana", "assigned"),
        ("ana", "acknowledged"),
    ]
    assert "acknowledged" in browser.http.get(f"{path}?lang=en").text


@pytest.mark.parametrize(
    ("do", "fields", "state"),
    [
        ("ignore", {"reason": "planned"}, "ignored"),
        ("snooze", {"until": f"{NOW + timedelta(days=5):%F}"}, "snoozed"),
        ("resolve", {"reason": ""}, "resolved"),
    ],
)
def test_every_action_of_the_command_line_is_there(browser, do, fields, state):
    path = finding_of(browser)
    assert browser.send(path, do, **fields).status_code == 303
    assert known(browser, path).state == state


@pytest.mark.parametrize(
    ("do", "fields", "told"),
    [
        ("ignore", {"reason": " "}, "a reason says something"),
        ("snooze", {"until": "2020-01-01"}, "not in the future"),
        ("assign", {"owner": ""}, "an owner has a name"),
        ("delete", {}, "cannot be"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(browser, do, fields, told):
    path = finding_of(browser)
    answer = browser.send(path, do, **fields)
    assert answer.status_code == 400
    assert told in answer.text
    assert "Nothing was changed" in answer.text
    assert known(browser, path).state == "open"


def refused(browser, path, answer, told, status=403):
    assert answer.status_code == status
    assert told in answer.text
    assert [step.action for step in known(browser, path).history] == ["found"]


def test_read_only_refuses_every_form(folder):
    browser = Browser(folder, Door())
    path = finding_of(browser)
    refused(browser, path, browser.send(path, "acknowledge"), "only reads")
    browser.desk.close()


def test_a_form_without_its_ticket_or_of_another_session_is_refused(browser):
    path = finding_of(browser)
    ticket = browser.ticket(path)
    told = "too old, or of another session"
    for stolen in ({}, {"ticket": "x"}, {"ticket": f"9{ticket['ticket']}"}):
        refused(browser, path, browser.http.post(path, data={"do": "resolve", **stolen}, headers=SENT), told)  # fmt: skip
    other = TestClient(application(browser.desk, browser.door), follow_redirects=False)
    other.get(path)
    refused(browser, path, other.post(path, data={"do": "resolve", **ticket}, headers=SENT), told)
    restarted = TestClient(application(browser.desk, Door(actions=Actions("ana"))))
    restarted.cookies = browser.http.cookies
    refused(
        browser, path, restarted.post(path, data={"do": "resolve", **ticket}, headers=SENT), told
    )


def test_a_ticket_grows_too_old(browser):
    path = finding_of(browser)
    ticket = browser.ticket(path)
    browser.desk.clock = lambda: NOW + timedelta(hours=13)
    answer = browser.http.post(path, data={"do": "resolve", **ticket}, headers=SENT)
    refused(browser, path, answer, "too old")


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
        {"origin": HOST, "sec-fetch-site": "cross-site"},
        {"origin": f"{HOST}:81"},
    ],
)
def test_a_form_of_a_page_elsewhere_is_refused(browser, headers):
    path = finding_of(browser)
    answer = browser.send(path, "resolve", headers=headers)
    refused(browser, path, answer, "not sent by a page of this dashboard")


def test_only_a_small_form_is_read(browser):
    path = finding_of(browser)
    answer = browser.http.post(path, json={"do": "resolve"}, headers=SENT)
    refused(browser, path, answer, "no form", 400)
    answer = browser.send(path, "resolve", reason="x" * 20_000)
    refused(browser, path, answer, "too long", 400)


def test_the_proxy_names_who_acts(folder):
    door = Door(user_header="X-Forwarded-User", actions=Actions("nobody"))
    browser = Browser(folder, door, {"X-Forwarded-User": "rui"})
    path = finding_of(browser)
    stolen = browser.ticket(path)
    assert browser.send(path, "acknowledge").status_code == 303
    assert known(browser, path).history[-1].actor == "rui"
    as_other = {**SENT, "X-Forwarded-User": "eva"}
    answer = browser.http.post(path, data={"do": "resolve", **stolen}, headers=as_other)
    assert answer.status_code == 403
    browser.desk.close()


def test_without_signing_in_nobody_acts(folder):
    browser = Browser(folder, Door(token="s3cret", actions=Actions("dashboard")))
    answer = browser.http.post("/finding/abc", data={"do": "resolve"}, headers=SENT)
    assert answer.status_code == 401
    browser.desk.close()


def test_who_was_slower_is_told_by_whom_and_decides_again(browser, folder):
    path = finding_of(browser)
    old = browser.ticket(path)
    rival = Browser(folder, Door(actions=Actions("rui")))
    assert rival.send(path, "ignore", reason="planned").status_code == 303
    late = browser.http.post(path, data={"do": "resolve", **old}, headers=SENT)
    assert late.status_code == 409
    assert "rui was quicker" in late.text
    assert known(browser, path).state == "ignored"
    rival.desk.close()


def test_while_another_process_writes_the_page_says_so(browser, monkeypatch):
    monkeypatch.setattr("centavo.deliverables.dashboard.acting._WAIT_S", 0.1)
    path = finding_of(browser)
    with writer_lock(browser.desk.settings.location.folder, wait_s=1):
        answer = browser.send(path, "acknowledge")
    refused(browser, path, answer, "is writing to the ledger", 503)


def test_the_answer_to_a_form_has_the_headers_of_every_page(browser):
    path = finding_of(browser)
    for answer in (browser.send(path, "acknowledge"), browser.send(path, "delete")):
        assert "form-action 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
    assert "httponly" in str(browser.http.get(path).headers["set-cookie"]).lower()


def test_a_saving_is_named_decided_and_dated(browser, monkeypatch, centavo, folder):
    monkeypatch.chdir(folder)
    path = finding_of(browser)
    assert centavo("savings", "add", path.rsplit("/", 1)[1]).exit_code == 0
    saving = re.findall(r'href="(/saving/\w+)', browser.http.get("/actions").text)[0]
    people = {"owner": "busca", "approver": "cfo", "due": "2026-12-15"}
    assert browser.send(saving, "assign", **people).status_code == 303
    assert browser.send(saving, "approve", note="after the pilot").status_code == 303
    ledger = Ledger.open(browser.desk.settings.location)
    (after,) = load_savings(ledger).values()
    assert (after.state, after.saving.owner, f"{after.saving.due}") == ("approved", "busca", "2026-12-15")  # fmt: skip
    assert [s.actor for s in after.history[1:]] == ["ana", "ana"]
    assert after.history[-1].note == "after the pilot"
    assert "cfo" in browser.http.get(saving).text
    assert browser.send(saving, "approve").status_code == 400
    assert browser.send(saving, "reject", reason="too risky").status_code == 303
    assert browser.http.get("/saving/ffff").status_code == 400
