"""The tables that rules ask: bills by day, requests by hour, all spend once, and traffic by client.

They are temporary tables of the ledger's engine, made once for a period: every rule asks for them
and the first one pays.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files

from centavo.consumption.dimensions import filter_sql
from centavo.findings import RuleSettings
from centavo.findings.pace import PACE_DAYS
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.money import EXACT
from centavo.period import Period
from centavo.reconciliation.names import provider_id

__all__ = ["SpendTables", "client_windows", "spend_tables", "unit_factors"]

_MADE = "centavo_spend_tables"


@dataclass(frozen=True)
class SpendTables:
    """What the tables hold.

    Attributes:
        since: First day of any spend or request; ``None`` when there is none.
        until: Day after the last.
        bill_rows: Rows of bills in the period.
        calls: Requests in the period.
    """

    since: date | None
    until: date | None
    bill_rows: int
    calls: int

    @property
    def days(self) -> int:
        """Days from the first to the last, both included."""
        return (self.until - self.since).days if self.since and self.until else 0

    def recent(self) -> date:
        """Return the first day of the last thirty."""
        if self.since is None or self.until is None:
            return date.min
        return max(self.since, self.until - timedelta(days=PACE_DAYS))


def spend_tables(ledger: Ledger, period: Period, settings: RuleSettings) -> SpendTables:
    """Make the tables for the period, if they are not there yet, and say what they hold."""
    key = f"{period.since} {period.until} {settings.late_days}"
    made = ledger.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_MADE])
    if not made or ledger.rows(f"SELECT key FROM {_MADE}") != [(key,)]:
        _make(ledger, period, settings)
        ledger.engine.execute(f"CREATE OR REPLACE TEMP TABLE {_MADE} AS SELECT ? AS key", [key])
    return _held(ledger)


def client_windows(ledger: Ledger, period: Period, settings: RuleSettings) -> int:
    """Make the table ``client_windows``, if it is not there yet, and return how many clients it has."""
    spend_tables(ledger, period, settings)
    if not ledger.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 'client_windows'"):
        select = _sql("client_windows").format(
            called=filter_sql(period, {}, at="started_at"),
            summed=filter_sql(period, {}, at="interval_start"),
        )
        ledger.rows(f"CREATE TEMP TABLE client_windows AS {select}")
    rows = ledger.rows("SELECT count(DISTINCT (place, kind, client)) FROM client_windows")
    return int(str(rows[0][0]))


def _make(ledger: Ledger, period: Period, settings: RuleSettings) -> None:
    ledger.engine.execute("DROP TABLE IF EXISTS client_windows")
    merge_meters(ledger, period)
    _name_providers(ledger)
    late = f"to_days({int(settings.late_days)})"
    # A bill without the time of its export may have been fetched on its last day.
    ledger.engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE settled AS
        SELECT x_Source AS source, BillingAccountId AS account,
               least(max(ChargePeriodStart)::DATE + INTERVAL 1 DAY,
                     coalesce(max(x_SourceExportTime)::DATE, max(ChargePeriodStart)::DATE
                     + INTERVAL 1 DAY) - {late}) AS settled_until
        FROM charges GROUP BY ALL"""
    )
    # The last day of a log is whole when it goes on into the day's last two hours.
    ledger.engine.execute(
        """CREATE OR REPLACE TEMP TABLE settled_calls AS
        SELECT (coalesce(max(started_at), TIMESTAMP '1970-01-01') + INTERVAL 2 HOUR)::DATE::TIMESTAMP
          AS settled_until FROM usage_events"""
    )
    _find_rates(ledger, settings)
    billed = filter_sql(period, {}, at="ChargePeriodStart")
    called = filter_sql(period, {}, at="started_at")
    unit = settings.floor_currency
    for name, condition in (("bill_days", billed), ("call_hours", called)):
        ledger.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {_sql(name).format(filter=condition)}")
    amounts = ("cost", "gross")
    if _is_foreign(ledger, unit):
        amounts = tuple(f"decimal_div({each}, coalesce(own_rate, 1))" for each in amounts)
    select = _sql("spend_days").format(
        unit=sql_text(unit), amount=amounts[0], gross_amount=amounts[1]
    )
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE spend_days AS {select}")


def unit_factors(ledger: Ledger, settings: RuleSettings) -> dict[str, Decimal]:
    """Return what one unit of each currency is worth in that of the floor, which is among them."""
    rows = ledger.rows("SELECT currency, unit_rate FROM unit_rates")
    found = {str(name): EXACT.divide(Decimal(1), Decimal(str(rate))) for name, rate in rows}
    return found | {settings.floor_currency: Decimal(1)}


def _find_rates(ledger: Ledger, settings: RuleSettings) -> None:
    """Make ``unit_rates``: units of each currency for one of the floor's.

    A row's own rate comes before it; here the user's rates come first, then the bill's mean rate.
    """
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP TABLE unit_rates (currency VARCHAR, unit_rate DECIMAL(38,12))"
    )
    rates = _bill_rates(ledger, settings.floor_currency) | _user_rates(ledger, settings)
    for currency, rate in rates.items():
        ledger.engine.execute("INSERT INTO unit_rates VALUES (?, ?)", [currency, rate])


def _bill_rates(ledger: Ledger, unit: str) -> dict[str, Decimal]:
    rows = ledger.rows(
        """SELECT BillingCurrency, x_FxRate, sum(BilledCost) FROM charges
        WHERE x_FxRate > 0 AND BilledCost > 0 AND PricingCurrency = ? AND BillingCurrency <> ?
        GROUP BY ALL""",
        [unit, unit],
    )
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for currency, rate, cost in rows:
        own, worth = sums.get(str(currency), (Decimal(0), Decimal(0)))
        amount = Decimal(str(cost))
        sums[str(currency)] = (own + amount, worth + EXACT.divide(amount, Decimal(str(rate))))
    return {name: round(EXACT.divide(own, worth), 12) for name, (own, worth) in sums.items()}


def _user_rates(ledger: Ledger, settings: RuleSettings) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    if settings.rates is None:
        return found
    rows = ledger.rows(
        "SELECT BillingCurrency, max(ChargePeriodStart)::DATE FROM charges GROUP BY ALL "
        "UNION ALL SELECT cost_currency, max(started_at)::DATE FROM usage_events "
        "WHERE cost_currency IS NOT NULL GROUP BY ALL"
    )
    for currency, day in rows:
        if not isinstance(day, date) or currency == settings.floor_currency:
            continue
        way = settings.rates.find(str(currency), settings.floor_currency, day)
        if way is not None:
            found[str(currency)] = round(EXACT.divide(way.divide, way.multiply), 12)
    return found


def _is_foreign(ledger: Ledger, unit: str) -> bool:
    """Say whether any amount is in another currency: dividing all of them is dear, and seldom needed."""
    rows = ledger.rows(
        "SELECT 1 FROM (SELECT DISTINCT currency FROM bill_days UNION ALL "
        "SELECT DISTINCT currency FROM call_hours) WHERE currency <> ? LIMIT 1",
        [unit],
    )
    return bool(rows)


def _name_providers(ledger: Ledger) -> None:
    rows = ledger.rows(
        "SELECT DISTINCT ServiceProviderName FROM charges "
        "UNION SELECT DISTINCT provider FROM usage_events"
    )
    names = [str(row[0]) for row in rows if row[0] is not None]
    values = ", ".join(f"({sql_text(name)}, {sql_text(provider_id(name))})" for name in names)
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP TABLE provider_names AS SELECT * FROM "
        f"(VALUES {values or '(NULL, NULL)'}) AS t(name, provider)"
    )


def _held(ledger: Ledger) -> SpendTables:
    first, last, bill_rows, calls = ledger.rows(
        """SELECT min(day), max(day), (SELECT coalesce(sum(row_count), 0) FROM bill_days),
                  (SELECT coalesce(sum(requests), 0) FROM call_hours)
        FROM (SELECT day FROM bill_days UNION ALL SELECT day FROM call_hours)"""
    )[0]
    return SpendTables(
        since=first if isinstance(first, date) else None,
        until=last + timedelta(days=1) if isinstance(last, date) else None,
        bill_rows=int(str(bill_rows)),
        calls=int(str(calls)),
    )


def _sql(name: str) -> str:
    folder = files("centavo.consumption").joinpath("sql", "spend")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
