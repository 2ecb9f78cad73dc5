"""Small ledgers for pages: bills of two months with applications, endpoints and nobody's cost."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from centavo.cli.rule_settings import rule_settings
from centavo.deliverables.dashboard.desk import Desk
from centavo.ledger.settings import Settings

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
COLUMNS = [
    "BilledCost",
    "EffectiveCost",
    "ListCost",
    "ContractedCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "BillingPeriodEnd",
    "ChargeCategory",
    "ChargePeriodStart",
    "ChargePeriodEnd",
    "ProviderName",
    "PublisherName",
    "InvoiceIssuerName",
    "ServiceName",
    "ServiceCategory",
    "Tags",
]
# What two_months() below was planned to cost; the 0.50 of nobody a day is not in it.
PLAN = """plan: Assistants
start: 2026-09
months: 12
show: [BRL]
drivers:
  chat: {value: 60 day, range: [40, 90], growth: 2 %}
  busca: {value: 30 day, range: [20, 50]}
  gpus: 100 h
prices:
  chat: {price: 1.50 USD/day, as_of: 2026-03-01, source: a page, range: [1.4, 1.7]}
  busca: {price: 2.10 USD/day, as_of: 2026-09-01, source: contract 47, evidence: contract}
  gpu: {price: 0.2 USD/h, as_of: 2026-09-01, source: a quote, evidence: quote}
exchange:
  - {from: USD, to: BRL, rate: 5.35, range: [5.05, 5.85], as_of: 2026-11-20, source: PTAX}
taxes:
  IOF: {rate: 3.5 %, on: [chat], as_of: 2026-11-20, source: decree}
components:
  chat: {quantity: chat, price: chat, group: a, meter: {measure: hours, where: {application: chat}}}
  busca: {quantity: busca, price: busca, group: a, meter: {measure: hours, where: {application: busca}}}
  gpu: {quantity: gpus, price: gpu}
  minio: {carried_by: gpu}
scenarios:
  base: {budget: 180 USD, confidence: 80 %}
  small: {set: {gpus: 10 h}, prices: {chat: {price: 1.2, range: [1.1, 1.3]}}, off: [minio]}
"""


def charge(day: date, cost: str, *, application: str | None, currency: str = "USD") -> list[str]:
    """Return one FOCUS row of a day."""
    month = day.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    tags = "{}" if application is None else f'{{"application": "{application}"}}'
    return [
        cost, cost, cost, cost, "acct", currency, f"{month}T00:00:00Z", f"{after}T00:00:00Z", "Usage",
        f"{day}T00:00:00Z", f"{day + timedelta(days=1)}T00:00:00Z", "AWS", "AWS", "AWS", "Amazon Bedrock",
        "AI and Machine Learning", tags,
    ]  # fmt: skip


def write_bill(path: Path, rows: list[list[str]]) -> Path:
    """Write rows as a FOCUS 1.0 file."""
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([COLUMNS, *rows])
    return path


def two_months() -> list[list[str]]:
    """Return September and October: chat 3.10 and busca 2.00 a day, 0.50 of nobody."""
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(61)]
    return [
        row
        for day in days
        for row in (
            charge(day, "3.10", application="chat"),
            charge(day, "2.00", application="busca"),
            charge(day, "0.50", application=None),
        )
    ]


@pytest.fixture(scope="session")
def two_month_folder(tmp_path_factory) -> Path:
    """A folder with a ledger of two months, its findings and a plan; nobody writes to it again."""
    folder = tmp_path_factory.mktemp("two-months")
    (folder / "plan.yaml").write_text(PLAN)
    (folder / "centavo.toml").write_text('[plan]\nfile = "plan.yaml"\n')
    write_bill(folder / "bill.csv", two_months())
    for command in (["ingest", "bill.csv"], ["audit"]):
        subprocess.run(
            [sys.executable, "-m", "centavo", *command], cwd=folder, check=True, capture_output=True
        )
    return folder


def desk_over(folder: Path) -> Desk:
    """Return a desk over the ledger of a folder."""
    settings = Settings.load(folder, ledger=folder / ".centavo")
    return Desk(settings, lambda now: rule_settings(settings, now=now), lambda: NOW)


@pytest.fixture
def desk(two_month_folder) -> Iterator[Desk]:
    """A desk over two months."""
    made = desk_over(two_month_folder)
    yield made
    made.close()


@pytest.fixture
def desk_of(centavo, tmp_path):
    """Ingest rows and return a desk over the ledger."""

    made: list[Desk] = []

    def make(rows: list[list[str]]) -> Desk:
        done = centavo("ingest", write_bill(tmp_path / "bill.csv", rows))
        assert done.exit_code == 0, done.err
        made.append(desk_over(tmp_path))
        return made[-1]

    yield make
    for each in made:
        each.close()
