"""Small bills written straight into a ledger, for tests of the ledger itself."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from centavo.errors import CentavoError
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TABLES
from centavo.ledger.writer import WriteReport, writing

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def explain(error: duckdb.Error) -> CentavoError:
    raise error


def input_file(path: Path) -> InputFile:
    path.touch()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return InputFile(path, path.name, digest, digest[:16], path.stat().st_size)


def charges_select(batch: str, rows: list[tuple[str, str, str]], *, account: str = "A") -> str:
    """Rows of (day, cost, service); the billing month is the day's."""
    given = {
        "BilledCost": "cost::DECIMAL(38,12)",
        "BillingAccountId": f"'{account}'",
        "BillingCurrency": "'USD'",
        "BillingPeriodStart": "date_trunc('month', day)::TIMESTAMP",
        "ChargeCategory": "'Usage'",
        "ChargePeriodStart": "day::TIMESTAMP",
        "ServiceName": "service",
        "x_CostBasis": "'billed'",
        "x_Source": "'focus'",
        "x_IngestionBatchId": f"'{batch}'",
        "x_RestatementDate": "day",
    }
    shown = ", ".join(
        f'{given.get(c.name, f"NULL::{c.type}")} AS "{c.name}"' for c in TABLES["charges"]
    )
    values = ", ".join(f"(DATE '{day}', {cost}, '{service}')" for day, cost, service in rows)
    return f"SELECT {shown} FROM (VALUES {values}) AS t(day, cost, service)"


def write_bill(
    location: LedgerLocation,
    path: Path,
    rows: list[tuple[str, str, str]],
    *,
    account: str = "A",
    add_only: bool = False,
) -> WriteReport:
    """Write rows as if they had been read from ``path``."""
    path.write_text(repr((rows, account)))
    file = input_file(path)
    select = charges_select(file.batch_id, rows, account=account)
    request = WriteRequest(
        source="focus",
        reading=Reading("charges", select, Tally(), explain),
        files=[file],
        add_only=add_only,
    )
    with writing(location, open_engine(), now=NOW) as writer:
        return writer.write(request)


def total(location: LedgerLocation, **options) -> str:
    """Sum of BilledCost, as plain text."""
    ledger = Ledger.open(location, **options)
    return str(ledger.rows("SELECT coalesce(sum(BilledCost), 0)::DECIMAL(18,2) FROM charges")[0][0])
