"""Can I trust it?: metered against billed as the command line says it, the price book, and disputes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Door, application
from centavo.pricing import PriceBook
from centavo.pricing.list_age import newest_price_day
from tests.deliverables.conftest import NOW, desk_over

BILL = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodEnd,BillingPeriodStart,ChargeCategory,"
    "ChargeDescription,ChargePeriodEnd,ChargePeriodStart,PricingQuantity,PricingUnit,ProviderName,"
    "ServiceName,SkuId,SubAccountId,Tags\n"
)


@pytest.fixture
def client(centavo, tmp_path):
    """Ten days of a bill that no meter saw, and one request."""
    lines = [BILL]
    for number in range(10):
        day = datetime(2026, 5, 1, tzinfo=UTC) + timedelta(days=number)
        lines.append(
            f"3.5,acct,USD,2026-06-01T00:00:00Z,2026-05-01T00:00:00Z,Usage,gpt-4o input,"
            f"{day + timedelta(days=1):%F}T00:00:00Z,{day:%F}T00:00:00Z,1400,1000 Tokens,OpenAI,OpenAI API,"
            "gpt-4o-input,chat-prod,\n"
        )
    (tmp_path / "bill.csv").write_text("".join(lines), encoding="utf-8")
    assert centavo("ingest", tmp_path / "bill.csv").exit_code == 0
    desk = desk_over(tmp_path)
    yield TestClient(application(desk, Door()))
    desk.close()


def test_commands_stand_as_code_and_what_gives_the_figures_again_in_the_readers_language(client):
    page = client.get("/trust?lang=pt-BR").text
    assert "<code>centavo reconcile</code>" in page
    assert "`" not in page.split("<main")[1]
    assert "versão de charges" in page
    assert "snapshot charges" in client.get("/trust.json").text


def test_until_somebody_reconciles_the_page_says_how(client):
    assert "<code>centavo reconcile</code> does" in client.get("/trust").text


def test_the_gap_is_the_command_lines_to_the_digit(client, centavo):
    said = centavo("reconcile", "--by", "provider", "--json").json
    (row,) = client.get("/trust.json").json()["tables"]["reconciled"]
    (whole,) = said["totals"]
    assert Decimal(row["billed"]["amount"]) == Decimal(whole["billed_cost"]["amount"]) == 35
    assert Decimal(row["gap"]["amount"]) == Decimal(whole["gap"]["amount"])
    causes = client.get("/trust.json").json()["tables"]["causes"]
    assert sum(Decimal(cause["amount"]["amount"]) for cause in causes) == Decimal(row["gap"]["amount"])  # fmt: skip
    assert "are a gap that somebody must look at" in client.get("/trust").text
    assert "que alguém precisa examinar" in client.get("/trust?lang=pt-BR").text


def test_what_changed_since_is_said(client, centavo, tmp_path):
    assert centavo("reconcile").exit_code == 0
    assert "have changed since" not in client.get("/trust").text
    text = (tmp_path / "bill.csv").read_text().replace("acct", "other")
    (tmp_path / "more.csv").write_text(text)
    assert centavo("ingest", tmp_path / "more.csv").exit_code == 0
    assert "have changed since" in client.get("/trust").text


def test_the_price_list_is_as_old_as_its_newest_price():
    book = PriceBook.load(None)
    day = newest_price_day(book, today=NOW.date())
    assert day is not None
    assert day <= NOW.date()
    assert newest_price_day(book, today=day - timedelta(days=1)) < day
