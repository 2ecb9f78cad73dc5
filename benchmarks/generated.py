"""A generated year of charges as FOCUS 1.2 CSV.gz, in time order like a real bill.

Thirty applications, each with its team, project and three services, in three environments.
"""

import os
from pathlib import Path

import duckdb
from measuring import DATA

ROWS = int(os.environ.get("BENCH_ROWS", "10000000"))
DAYS = 365

_SELECT = """
SELECT
  ((hash(i) % 100000) / 7919)::DECIMAL(18,9) AS BilledCost,
  'acct-' || (i % 3) AS BillingAccountId,
  'USD' AS BillingCurrency,
  strftime(date_trunc('month', day), '%Y-%m-%dT00:00:00Z') AS BillingPeriodStart,
  strftime(date_trunc('month', day) + INTERVAL 1 MONTH, '%Y-%m-%dT00:00:00Z') AS BillingPeriodEnd,
  'Usage' AS ChargeCategory,
  'Usage-Based' AS ChargeFrequency,
  'Tokens of model ' || (hash(i, 1) % 40) AS ChargeDescription,
  strftime(hour, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
  strftime(hour + INTERVAL 1 HOUR, '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
  (hash(i, 2) % 1000000)::DECIMAL(18,3) AS ConsumedQuantity,
  'Tokens' AS ConsumedUnit,
  ((hash(i) % 100000) / 7919)::DECIMAL(18,9) AS ContractedCost,
  ((hash(i) % 100000) / 7919)::DECIMAL(18,9) AS EffectiveCost,
  ((hash(i) % 100000) / 7000)::DECIMAL(18,9) AS ListCost,
  'Vendor' AS InvoiceIssuerName,
  'Standard' AS PricingCategory,
  (hash(i, 2) % 1000000)::DECIMAL(18,3) AS PricingQuantity,
  'Tokens' AS PricingUnit,
  'Vendor ' || (i % 4) AS ProviderName,
  'region-' || (hash(i, 3) % 9) AS RegionId,
  'resource-' || (hash(i, 4) % 20000) AS ResourceId,
  'AI and Machine Learning' AS ServiceCategory,
  'Service ' || (app % 10 + hash(i, 5) % 3) AS ServiceName,
  'sku-' || (hash(i, 6) % 400) AS SkuId,
  'project-' || (app % 25) AS SubAccountId,
  '{"application":"app-' || app || '","env":"' || ['prod','test','dev'][1 + (hash(i, 9) % 3)::INT]
    || '","team":"team-' || (app % 8) || '"}' AS Tags
FROM (
  SELECT i, hash(i, 8) % 30 AS app, DATE '2025-01-01' + (i * {days} // {rows})::INT AS day,
    (DATE '2025-01-01')::TIMESTAMP + INTERVAL (i * {days} * 24 // {rows}) HOUR AS hour
  FROM range({first}, {last}) t(i)
)
"""


def focus_csv() -> Path:
    """Return the whole year as one file, generated at the first call."""
    path = DATA / f"focus-{ROWS}.csv.gz"
    if not path.exists():
        _write(path, 0, ROWS)
    return path


def focus_days() -> Path:
    """Return a folder with one file for each day of the year."""
    folder = DATA / f"focus-days-{ROWS}"
    if not folder.exists():
        draft = folder.with_suffix(".draft")
        draft.mkdir(parents=True, exist_ok=True)
        for day in range(DAYS):
            first, last = -(-day * ROWS // DAYS), -(-(day + 1) * ROWS // DAYS)
            _write(draft / f"day-{day:03}.csv.gz", first, last)
        draft.rename(folder)
    return folder


def _write(path: Path, first: int, last: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    select = _SELECT.replace("{days}", str(DAYS)).replace("{rows}", str(ROWS))
    select = select.replace("{first}", str(first)).replace("{last}", str(last))
    draft = path.with_suffix(".draft")
    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    engine.execute(f"COPY ({select}) TO '{draft}' (FORMAT csv, HEADER, COMPRESSION gzip)")
    draft.rename(path)
