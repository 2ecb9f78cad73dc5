"""The plan on *What will it cost?*: the command line's digits, deviations that add up, what is missing."""

from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Door, application
from tests.deliverables.conftest import PLAN, two_months, write_bill


@pytest.fixture
def page_of(desk_of, tmp_path):
    """Return a client over two months of bills and a plan."""

    def make(plan: str | None, settings: str = '[plan]\nfile = "plan.yaml"\n') -> TestClient:
        if plan is not None:
            (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
            (tmp_path / "centavo.toml").write_text(settings, encoding="utf-8")
        return TestClient(application(desk_of(two_months()), Door()))

    return make


@pytest.fixture
def client(desk) -> TestClient:
    return TestClient(application(desk, Door()))


def tables(client, query=""):
    return client.get(f"/outlook.json?{query}").json()["tables"]


def money(value) -> Decimal:
    return Decimal(value["amount"])


def test_the_page_says_what_the_command_line_says(client, two_month_folder, monkeypatch, centavo):
    monkeypatch.chdir(two_month_folder)
    said = centavo("plan", "show", "plan.yaml", "--json").json["scenarios"]
    shown = tables(client)
    assert [row["scenario"] for row in shown["plan"]] == ["base", "small"]
    for row, whole, scenario in zip(shown["plan"], shown["plan_horizon"], said, strict=True):
        drawn = scenario["simulated"]
        assert row["month_usd"] == scenario["month"]
        assert row["month_with_taxes_usd"] == scenario["month_with_taxes"]
        assert row["month_brl"] == scenario["shown_in"]["BRL"]["month_with_taxes"]
        assert row["month_p5_usd"] == drawn["month"]["p5"]
        assert row["month_p95_usd"] == drawn["month"]["p95"]
        assert f"{Decimal(row['odds_within']):.4f}" == drawn["odds_within_month"]
        assert whole["horizon_usd"] == scenario["horizon"]
        assert whole["horizon_p50_usd"] == drawn["horizon"]["p50"]
    assert [row["planned_usd"] for row in shown["plan_months"]] == said[0]["by_month"]
    lines = {row["component"]: row["base_usd"] for row in shown["plan_lines"]}
    assert lines["minio"] == "in gpu"
    assert lines["chat"] == said[0]["lines"][0]["month"]


def test_plan_against_actual_is_the_command_lines_and_adds_up(
    client, two_month_folder, monkeypatch, centavo
):
    monkeypatch.chdir(two_month_folder)
    said = centavo("plan", "actual", "plan.yaml", "--months", 2, "--json").json
    rows = {row["component"]: row for row in tables(client)["plan_actual"]}
    assert set(rows) == {"chat", "busca", "(unplanned) Amazon Bedrock"}
    for line in (*said["lines"], *said["unplanned"]):
        row = rows.get(line["name"]) or rows[f"(unplanned) {line['name']}"]
        parts = ("volume", "mix", "price", "exchange", "unsplit")
        assert all(row[f"{name}_usd"] == line[name] for name in (*parts, "planned", "actual"))
        assert sum(money(row[f"{name}_usd"]) for name in parts) == money(row["deviation_usd"])
    tile = client.get("/outlook.json").json()["tiles"][-1]
    assert tile["value"] == said["total"]["deviation"]


def test_the_address_names_the_scenario(client):
    page = client.get("/outlook?scenario=small&lang=en").text
    assert "In the plan, small costs US$\xa0137.00 in September 2026" in page
    answer = client.get("/outlook?scenario=huge")
    assert answer.status_code == 400
    assert "has no scenario &#39;huge&#39;" in answer.text


def test_settings_name_the_scenario_that_is_carried_out(page_of):
    client = page_of(PLAN, '[plan]\nfile = "plan.yaml"\nscenario = "small"\n')
    assert client.get("/outlook.json").json()["meta"]["scenario"] == "small"


def test_it_speaks_portuguese(client):
    page = client.get("/outlook?lang=pt-BR").text
    assert "Plano e realizado" in page
    assert "fora do plano: Amazon Bedrock" in page
    assert "No plano, base custa US$\xa0173,00 em setembro de 2026" in page


def test_without_a_plan_the_page_says_what_is_missing(page_of):
    page = page_of(None).get("/outlook").text
    assert "No plan is named" in page
    assert "centavo plan init" in page
    assert "Months past and to come" in page


def test_a_plan_that_cannot_be_read_leaves_the_forecast(page_of):
    client = page_of("plan: x\nstart: 2026-09\ncomponents: {a: {quantity: 1 parsec, price: b}}\n")
    page = client.get("/outlook").text
    assert "The plan cannot be used:" in page
    assert "line 3" in page
    assert "Months past and to come" in page


def test_a_plan_that_begins_later_is_not_compared_yet(page_of):
    later = PLAN.replace("start: 2026-09", "start: 2027-01")
    assert "No month of the plan is over: it begins in January 2027." in page_of(later).get(
        "/outlook"
    ).text  # fmt: skip


def test_without_a_meter_nothing_is_compared(page_of):
    text = "start: 2026-09\ncomponents: {n8n: {quantity: 1 month, price: llamaflow-n8n-cloud}}\n"
    page = page_of(text).get("/outlook").text
    assert "No component of plan has a meter" in page
    assert "Nothing in it has a range." in page


def test_a_changed_plan_is_seen(page_of, tmp_path):
    client = page_of(PLAN)
    before = tables(client)["plan"][0]["month_usd"]
    (tmp_path / "plan.yaml").write_text(PLAN.replace("gpus: 100 h", "gpus: 1000 h"))
    after = tables(client)["plan"][0]["month_usd"]
    assert (money(before), money(after)) == (173, 353)


def test_serve_takes_a_plan_by_name(tmp_path, centavo, monkeypatch):
    write_bill(tmp_path / "bill.csv", two_months())
    monkeypatch.chdir(tmp_path)
    assert centavo("ingest", "bill.csv").exit_code == 0
    (tmp_path / "other.yaml").write_text(PLAN)
    done = centavo("serve", "--plan", "other.yaml", "--export", "pages", "--lang", "pt-BR")
    assert done.exit_code == 0, done.err
    assert "O plano Assistants: os cenários" in (tmp_path / "pages" / "outlook.html").read_text()
    assert "(unplanned) Amazon Bedrock" in (tmp_path / "pages" / "outlook.csv").read_text()
