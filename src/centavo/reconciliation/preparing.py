"""The three sides of a reconciliation as small tables: meter, vendor and bill, under one vocabulary."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files

from centavo.ledger.exchange import Conversion, ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.reconciliation.accounts import SideAccount, match_accounts
from centavo.reconciliation.names import ModelNames, provider_id
from centavo.reconciliation.pacific_time import pacific_sql
from centavo.reconciliation.question import ReconcileQuestion

__all__ = ["fill_table", "gather", "read_sql"]

_TOKENS = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "web_searches",
)
_COSTS = ("cost", "input_cost", "output_cost", "cache_read_cost", "cache_write_cost")
_WRITES = _TOKENS[2:5]
# Class of tokens -> its count and its cost, of sums by those names.
_CLASSES: dict[str, tuple[str, str]] = {
    "input": ("input_uncached_tokens", "input_cost - cache_read_cost - cache_write_cost"),
    "cache_read": ("cache_read_tokens", "cache_read_cost"),
    "cache_write": (" + ".join(f"coalesce({name}, 0)" for name in _WRITES), "cache_write_cost"),
    "output": ("output_tokens", "output_cost"),
    "search": ("web_searches", "cost - input_cost - output_cost"),
}
_AMOUNT = "DECIMAL(38,12)"
# Tokens of a charge: as the source counted them, or as its unit says.
_COUNTED = """coalesce(x_TokenCount,
  CASE WHEN ConsumedUnit ILIKE 'token%' THEN ConsumedQuantity
    WHEN ConsumedUnit ILIKE '1000 token%' OR ConsumedUnit ILIKE '1K token%' THEN ConsumedQuantity * 1000
    WHEN ConsumedUnit ILIKE '1000000 token%' OR ConsumedUnit ILIKE '1M token%' THEN ConsumedQuantity * 1000000
    WHEN ConsumedUnit IS NULL AND PricingUnit ILIKE 'token%' THEN PricingQuantity
    WHEN ConsumedUnit IS NULL AND (PricingUnit ILIKE '1000 token%' OR PricingUnit ILIKE '1K token%') THEN PricingQuantity * 1000
    WHEN ConsumedUnit IS NULL AND (PricingUnit ILIKE '1000000 token%' OR PricingUnit ILIKE '1M token%') THEN PricingQuantity * 1000000
  END)::DECIMAL(38,12)"""


@dataclass(frozen=True)
class Prepared:
    """What was found on the way: notes for the reader."""

    notes: tuple[str, ...]


def gather(ledger: Ledger, question: ReconcileQuestion, rates: ExchangeRates | None) -> Prepared:
    """Sum up meter, vendor and bill, and put names, accounts and currency in order.

    Needs the view ``metered_events``. Makes the temporary tables ``reconcile_meter_rows``,
    ``reconcile_vendor_rows``, ``reconcile_bill_rows`` and ``reconcile_accounts``.
    """
    _sum_up(ledger, question)
    _name(ledger, ModelNames(question.models))
    _currencies(ledger)
    notes = _rates(ledger, rates)
    ledger.rows(read_sql("bill_rows"))
    classes = ",\n    ".join(
        f"{{'token_class': '{name}', 'quantity': ({tokens})::{_AMOUNT}, 'cost': ({cost})::{_AMOUNT}, "
        f"'squares': {name}_squares}}"
        for name, (tokens, cost) in _CLASSES.items()
    )
    ledger.rows(read_sql("meter_rows").format(classes=classes))
    ledger.rows(read_sql("vendor_rows").format())
    _accounts(ledger, question)
    return Prepared(tuple(notes))


def read_sql(name: str) -> str:
    """Return one of the package's SQL files."""
    folder = files("centavo.reconciliation").joinpath("sql")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")


def fill_table(ledger: Ledger, name: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    """Make a small temporary table of rows that Python decided; one statement, not one for each row."""
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    if rows:
        text = json.dumps(
            [[None if value is None else str(value) for value in row] for row in rows]
        )
        kinds = [column.split(" ", 1) for column in columns.split(", ")]
        shown = ", ".join(f"r[{place}]::{kind}" for place, (_, kind) in enumerate(kinds, start=1))
        ledger.rows(
            f"INSERT INTO {name} SELECT {shown} "
            "FROM (SELECT unnest(from_json($1::JSON, '[[\"VARCHAR\"]]')) AS r)",
            [text],
        )


def _sum_up(ledger: Ledger, question: ReconcileQuestion) -> None:
    within = question.wide(1, column="started_at")
    span = ledger.rows(
        f"SELECT year(min(started_at)), year(max(started_at)) FROM metered_events WHERE {within}"
    )[0]
    years = [] if span[0] is None else list(range(int(str(span[0])), int(str(span[1])) + 1))
    ledger.rows(
        read_sql("metered").format(
            pacific=pacific_sql("started_at", years),
            within=within,
            all_tokens=", ".join(_TOKENS),
            sums=",\n  ".join(_sums(has_lost=_has_lost(ledger, within))),
        )
    )
    day = "BillingPeriodStart" if question.by_invoice else "ChargePeriodStart"
    ledger.rows(read_sql("charged").format(counted=_COUNTED, within=question.wide(column=day)))
    ledger.rows(read_sql("reported").format(within=question.wide(column="interval_start")))


def _sums(*, has_lost: bool) -> Iterator[str]:
    """Yield what is summed over requests.

    How much calls differ in size (the sum of squares) only matters where some were lost.
    """
    for name in (*_TOKENS, *_COSTS):
        yield f"sum({name})::{_AMOUNT} AS {name}"
    for name, (tokens, _) in _CLASSES.items():
        squares = f"sum(({tokens})::DOUBLE ** 2)" if has_lost else "NULL::DOUBLE"
        yield f"{squares} AS {name}_squares"


def _has_lost(ledger: Ledger, within: str) -> bool:
    found = ledger.rows(
        f"SELECT 1 FROM metered_events WHERE {within} AND (is_error OR attempt > 1) LIMIT 1"
    )
    return found != []


def _name(ledger: Ledger, names: ModelNames) -> None:
    found = ledger.rows(
        "SELECT DISTINCT raw_provider, raw_model FROM reconcile_metered UNION "
        "SELECT DISTINCT raw_provider, raw_model FROM reconcile_charged UNION "
        "SELECT DISTINCT raw_provider, raw_model FROM reconcile_reported UNION "
        # Billing periods are told of issuers, whom charges may not name as their provider.
        "SELECT DISTINCT InvoiceIssuerName, NULL FROM billing_periods"
    )
    rows: list[tuple[object, ...]] = []
    for provider, model in found:
        known = provider_id(None if provider is None else str(provider))
        named = names.model(known, None if model is None else str(model))
        rows.append((provider, model, known, named))
    fill_table(
        ledger,
        "reconcile_names",
        "spelled_provider VARCHAR, spelled_model VARCHAR, provider VARCHAR, model VARCHAR",
        rows,
    )


def _currencies(ledger: Ledger) -> None:
    """Decide in which currency each provider is compared: the meter's, or the bill's without one."""
    ledger.rows(
        """CREATE OR REPLACE TEMP TABLE reconcile_currencies AS
        SELECT provider, coalesce(
          mode(currency) FILTER (side = 'meter'), mode(currency) FILTER (side = 'bill'), 'USD') AS to_currency
        FROM (
          SELECT raw_provider, currency, 'meter' AS side FROM reconcile_metered WHERE currency IS NOT NULL
          UNION ALL SELECT raw_provider, NULL, 'meter' FROM reconcile_metered WHERE currency IS NULL
          UNION ALL SELECT raw_provider, NULL, 'vendor' FROM reconcile_reported
          UNION ALL SELECT raw_provider, currency, 'bill' FROM reconcile_charged
        ) AS sides
        JOIN (SELECT DISTINCT spelled_provider, provider FROM reconcile_names) AS names
          ON names.spelled_provider IS NOT DISTINCT FROM sides.raw_provider
        GROUP BY provider"""
    )


def _rates(ledger: Ledger, rates: ExchangeRates | None) -> list[str]:
    """Fill ``reconcile_rates`` and return what could not be converted, as sentences."""
    found = ledger.rows(
        """SELECT DISTINCT names.provider, charged.currency, to_currency, day, fx_rate, fx_currency
        FROM reconcile_charged AS charged
        JOIN (SELECT DISTINCT spelled_provider, provider FROM reconcile_names) AS names
          ON names.spelled_provider IS NOT DISTINCT FROM charged.raw_provider
        JOIN reconcile_currencies USING (provider)
        WHERE charged.currency <> to_currency"""
    )
    rows: list[tuple[object, ...]] = []
    missing: set[tuple[str, str, str]] = set()
    for provider, base, target, day, fx_rate, fx_currency in found:
        way = _way((str(base), str(target)), day, (fx_rate, str(fx_currency)), rates)
        if way is None:
            missing.add((str(provider), str(base), str(target)))
        else:
            rows.append(
                (provider, base, day, fx_rate, fx_currency, target, way.multiply, way.divide)
            )
    fill_table(
        ledger,
        "reconcile_rates",
        "provider VARCHAR, from_currency VARCHAR, day DATE, fx_rate DECIMAL(38,12), "
        "fx_currency VARCHAR, to_currency VARCHAR, multiply DECIMAL(38,12), divide DECIMAL(38,12)",
        rows,
    )
    return [
        f"The bill of {provider} is in {base} and has no known rate to {target}: its lines stand "
        "apart from the meter's. Name a file of dated rates under [currency] in centavo.toml."
        for provider, base, target in sorted(missing)
    ]


def _way(
    pair: tuple[str, str], day: object, own: tuple[object, str], rates: ExchangeRates | None
) -> Conversion | None:
    """Return how an amount becomes the meter's currency: at the bill's own rate, or the user's."""
    base, target = pair
    rate, rate_currency = own
    if isinstance(rate, Decimal) and rate_currency == target:
        return Conversion(target, Decimal(1), rate, "bill")
    if rates is None or not isinstance(day, date):
        return None
    return rates.find(base, target, day)


def _accounts(ledger: Ledger, question: ReconcileQuestion) -> None:
    sides = {"bill": "reconcile_bill_rows WHERE is_in_scope", "meter": "reconcile_meter_rows"}
    sides["vendor"] = "reconcile_vendor_rows"
    rows = [
        SideAccount(
            side, str(provider), *(None if x is None else str(x) for x in (project, account))
        )
        for side, table in sides.items()
        for provider, project, account in ledger.rows(
            f"SELECT DISTINCT provider, raw_project, raw_account FROM {table}"
        )
    ]
    names = match_accounts(rows, question.accounts)
    fill_table(
        ledger,
        "reconcile_accounts",
        "side VARCHAR, provider VARCHAR, spelled_project VARCHAR, spelled_account VARCHAR, account VARCHAR",
        [
            (each.side, each.provider, each.project, each.account, name)
            for each, name in names.items()
        ],
    )
