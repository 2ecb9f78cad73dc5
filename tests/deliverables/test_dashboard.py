"""Pages over small ledgers: figures, twins, links, the door, and the ledgers that are hard to show."""

import csv
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.asked import Asked
from centavo.deliverables.dashboard.app import Door, application
from centavo.deliverables.dashboard.folder import write_folder
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.language import language
from centavo.deliverables.prepare.evidence import evidence_section
from centavo.deliverables.reading import Reading
from centavo.errors import ConfigError
from centavo.findings import Evidence
from tests.deliverables.conftest import charge, desk_over, two_months, write_bill

NAMES = [kind.id for kind in PAGES]


OPEN = Door()


def client_over(desk, door=OPEN) -> TestClient:
    return TestClient(application(desk, door), follow_redirects=False)


@pytest.fixture
def client(desk) -> TestClient:
    return client_over(desk)


def table(client, address):
    return list(csv.DictReader(io.StringIO(client.get(address).text)))


def test_a_month_is_the_sum_of_its_rows_to_the_digit(client):
    rows = table(client, "/where.csv?period=2026-10")
    assert [(r["application"], Decimal(r["cost_usd"])) for r in rows] == [
        ("chat", Decimal("96.1")), ("busca", Decimal(62)), ("", Decimal("15.5")),
    ]  # fmt: skip


def test_page_and_twins_and_command_line_say_the_same(
    client, two_month_folder, monkeypatch, centavo
):
    monkeypatch.chdir(two_month_folder)
    page = client.get("/where?period=2026-10").text
    data = client.get("/where.json?period=2026-10").json()
    asked = ("costs", "--by", "application", "--since", "2026-10", "--until", "2026-11", "--json")
    said = centavo(*asked).json
    assert data["tiles"][0]["value"] == said["total"] == {"amount": "173.6", "currency": "USD"}
    assert "US$\xa0173.60" in page
    costs = [row["cost_usd"]["amount"] for row in data["tables"]["ranked"]]
    assert costs == [row["cost"]["amount"] for row in said["rows"]]


def test_a_month_is_compared_with_the_month_before(client):
    tiles = client.get("/where.json?period=2026-10").json()["tiles"]
    assert tiles[1]["value"] == {"amount": "5.6", "currency": "USD"}


def test_the_first_month_of_a_ledger_is_compared_with_nothing(client):
    tiles = client.get("/where.json?period=2026-09").json()["tiles"]
    assert "period before" not in str(tiles)


def test_what_nobody_answers_for_is_a_row_and_a_headline(client):
    data = client.get("/where.json?period=2026-10").json()
    assert data["tables"]["ranked"][-1]["application"] is None
    assert data["tiles"][-1]["value"]["amount"] == "15.5"


def test_every_link_of_a_page_leads_to_a_page(client):
    for name in NAMES:
        for link in set(re.findall(r'href="(/[^"]*)"', client.get(f"/{name}").text)):
            assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_the_address_holds_the_state(client):
    page = client.get("/where?period=2026-09&where=application%3Dchat&by=service&lang=pt-BR").text
    assert 'lang="pt-BR"' in page
    assert "Setembro de 2026" in page
    assert "application: <bdi>chat</bdi>" in page


def test_the_language_is_the_browsers_unless_the_address_says_so(client):
    heard = {"accept-language": "pt-BR,pt;q=0.9,en;q=0.5"}
    assert "Para onde vai?" in client.get("/where", headers=heard).text
    assert "Where does it go?" in client.get("/where?lang=en", headers=heard).text
    assert "Where does it go?" in client.get("/where", headers={"accept-language": "ja"}).text


def test_what_is_not_known_is_said_with_what_to_do(client):
    answer = client.get("/where?by=colour")
    assert answer.status_code == 400
    assert "&#39;colour&#39; is not a dimension" in answer.text
    assert client.get("/nothing").status_code == 404
    assert client.get("/finding/abc").status_code == 400


def test_a_month_without_spend_says_so_and_what_there_is(client):
    page = client.get("/where?period=2020-01").text
    assert "Nothing was spent in January 2020." in page
    assert "1 Sept 2026 to 31 Oct 2026" in page or "1 Sep 2026 to 31 Oct 2026" in page


def test_without_a_ledger_a_page_says_what_to_do(tmp_path):
    answer = client_over(desk_over(tmp_path)).get("/where")
    assert answer.status_code == 400
    assert "centavo ingest FILE" in answer.text


def test_hard_names_are_shown_whole_and_harmless(desk_of):
    names = ["x" * 200, "<script>alert(1)</script>", "נתונים בזמן אמת", "=SUM(A1)"]
    rows = [charge(date(2026, 10, 1), "1", application=name) for name in names]
    client = client_over(desk_of(rows))
    page = client.get("/where").text
    assert "<script>alert" not in page
    assert all(name in page for name in (names[0], names[2]))
    assert "'=SUM(A1)" in [row["application"] for row in table(client, "/where.csv")]


def test_one_day_and_one_charge_make_a_page(desk_of):
    page = (
        client_over(desk_of([charge(date(2026, 10, 1), "0.004", application="a")]))
        .get("/where")
        .text
    )
    assert "US$\xa00.00" in page
    assert "-0.00" not in page
    assert "\N{MINUS SIGN}0.00" not in page


def test_currencies_without_a_rate_are_told_apart(desk_of):
    day = date(2026, 10, 1)
    rows = [charge(day, "5", application="a"), charge(day, "7", application="a", currency="BRL")]
    data = client_over(desk_of(rows)).get("/where.json").json()
    amounts = {data["tiles"][0]["value"]["currency"]}
    assert amounts < {"USD", "BRL"}
    assert any("not added" in line for line in data["coverage"])


def test_five_thousand_applications_are_cut_on_the_page_and_whole_in_the_twin(desk_of):
    rows = [charge(date(2026, 10, 1), "1", application=f"app-{n}") for n in range(5000)]
    client = client_over(desk_of(rows))
    assert "4,950 more rows in the CSV." in client.get("/where").text
    assert len(table(client, "/where.csv")) == 5000


def test_a_finding_has_a_page_with_its_evidence(client):
    data = client.get("/actions.json").json()
    assert data["tables"]["findings"]
    links = re.findall(r'href="(/finding/\w+)', client.get("/actions").text)
    assert links
    page = client.get(f"{links[0]}.json").json()
    assert page["tables"]["evidence"]


def test_evidence_begins_with_what_differs_and_keeps_every_column():
    same_last = Evidence(
        "q",
        "",
        ("provider", "day", "cost"),
        (("a", "2026-10-01", "1"), ("a", "2026-10-02", "2")),
        2,
    )
    table = evidence_section(same_last, language("en")).table
    assert [column.key for column in table.columns] == ["day", "cost", "provider"]
    assert [[cell.value for cell in row.cells] for row in table.rows] == [
        ["2026-10-01", "1", "a"],
        ["2026-10-02", "2", "a"],
    ]


def test_a_new_commit_is_seen(desk_of, centavo, tmp_path):
    desk = desk_of(two_months())
    say = language("en")
    before = desk.page("where", Asked(period="2026-10"), say).tiles[0].figure.value
    more = write_bill(tmp_path / "more.csv", [charge(date(2026, 11, 1), "9", application="new")])
    assert centavo("ingest", more).exit_code == 0
    after = desk.page("where", Asked(period="2026-11"), say).tiles[0].figure.value
    assert after.amount == 9
    assert before.amount == Decimal("173.6")


def test_what_takes_long_holds_up_no_other_page(desk, monkeypatch):
    begun, free = Event(), Event()
    train = Reading._frontier

    def slow(reading):
        begun.set()
        assert free.wait(30)
        return train(reading)

    monkeypatch.setattr(Reading, "_frontier", slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(desk.page, "actions", Asked(), language("en"))
        assert begun.wait(30)
        assert desk.page("where", Asked(), language("en")).sections
        assert not waiting.done()
        free.set()
        assert waiting.result(30).sections


def test_no_page_asks_another_host_for_anything(client):
    for name in NAMES:
        answer = client.get(f"/{name}")
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        outside = re.findall(r'(?:src|href)="(https?:[^"]+)"', answer.text)
        assert outside == []


def test_without_the_token_nobody_comes_in(desk):
    client = client_over(desk, Door(token="s3cret"))
    assert client.get("/where").status_code == 401
    sent = client.get("/where", headers={"accept": "text/html"})
    assert (sent.status_code, sent.headers["location"]) == (303, "/sign-in")
    assert client.post("/sign-in", content="token=wrong").status_code == 403
    assert client.get("/where", headers={"authorization": "Bearer s3cret"}).status_code == 200
    assert client.post("/sign-in", content="token=s3cret").status_code == 303
    assert client.get("/where").status_code == 200
    assert "s3cret" not in str(dict(client.cookies))


def test_a_reverse_proxy_names_the_reader(desk):
    client = client_over(desk, Door(user_header="X-Forwarded-User"))
    assert client.get("/where").status_code == 401
    assert client.get("/where", headers={"X-Forwarded-User": "ana"}).status_code == 200


def test_a_name_that_is_not_this_machines_is_refused(desk):
    client = client_over(desk, Door(hosts=frozenset({"localhost"})))
    assert client.get("/where", headers={"host": "evil.example"}).status_code == 421
    assert client.get("/where", headers={"host": "localhost:8080"}).status_code == 200


def test_others_may_not_reach_it_without_proof(centavo):
    done = centavo("serve", "--listen", "0.0.0.0:0")
    assert done.exit_code == 2
    assert "--token-env" in done.err


@pytest.mark.parametrize("code", ["en", "pt-BR"])
def test_the_folder_opens_without_a_server(two_month_folder, tmp_path, code):
    desk = desk_over(two_month_folder)
    written = write_folder(desk, Asked(period="2026-10"), language(code), tmp_path / "out")
    assert len(written) == 3 * len(NAMES)
    page = (tmp_path / "out" / "where.html").read_text("utf-8")
    assert not re.findall(r'(?:href|src)="/', page)
    for link in re.findall(r'href="([\w-]+\.(?:html|json|csv))"', page):
        assert (tmp_path / "out" / link).exists(), link
    assert (
        json.loads((tmp_path / "out" / "where.json").read_text("utf-8"))["schema"]
        == "centavo.page/1"
    )


def test_a_folder_is_written_whole_or_not_at_all(two_month_folder, tmp_path, monkeypatch):
    desk, out = desk_over(two_month_folder), tmp_path / "out"
    write_folder(desk, Asked(period="2026-10"), language("en"), out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def fails(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("centavo.deliverables.dashboard.folder.page_csv", fails)
    with pytest.raises(ConfigError, match="No space left"):
        write_folder(desk, Asked(period="2026-09"), language("en"), out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_holds_something_else_is_left_alone(two_month_folder, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"notes\.txt"):
        write_folder(desk_over(two_month_folder), Asked(), language("en"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
