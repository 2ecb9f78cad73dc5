"""The hourly token profile of what the ledger metered: what a replica of one's own would have to carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.period import Period
from centavo.planning.measuring import condition, ledger_rows, named_sql, within_sql

__all__ = ["TokenProfile", "token_profile"]


@dataclass(frozen=True)
class TokenProfile:
    """Output tokens of every hour from the first to the last with requests, quiet hours as zero.

    Attributes:
        first: Start of the first hour, naive UTC.
        output_tokens: By hour.
        input_tokens: Of all hours.
        cost: What the requests cost where they were sent.
        requests: How many.
    """

    first: datetime
    output_tokens: tuple[Decimal, ...]
    input_tokens: Decimal
    cost: Money
    requests: int

    @property
    def total(self) -> Decimal:
        """Output tokens of all hours."""
        return sum(self.output_tokens, Decimal(0))


def token_profile(ledger: Ledger, *, period: Period, where: Mapping[str, str]) -> TokenProfile:
    """Return the profile of the metered requests that fit.

    Raises:
        ConfigError: None fits, or they are priced in several currencies.
    """
    sql = named_sql("hourly_tokens").format(
        rows=ledger_rows(ledger, "metered", period),
        within=f"{within_sql(period)} AND {condition(where) if where else 'true'}",
    )
    by_hour: dict[datetime, Decimal] = {}
    inputs, cost, requests = Decimal(0), Decimal(0), 0
    currencies: set[str] = set()
    for hour, currency, output, given, paid, count in ledger.rows(sql):
        assert isinstance(hour, datetime)
        currencies.add(str(currency))
        by_hour[hour] = by_hour.get(hour, Decimal(0)) + _amount(output)
        inputs, cost, requests = (
            inputs + _amount(given),
            cost + _amount(paid),
            requests + int(str(count)),
        )
    if not by_hour:
        raise ConfigError(
            "the ledger has no metered request with output tokens here",
            hint="`centavo units` shows what it has; see --where, --since and --until.",
        )
    if len(currencies) > 1:
        raise ConfigError(f"the requests are priced in {' and '.join(sorted(currencies))}")
    first, last = min(by_hour), max(by_hour)
    hours = int((last - first) / timedelta(hours=1)) + 1
    tokens = tuple(by_hour.get(first + timedelta(hours=it), Decimal(0)) for it in range(hours))
    return TokenProfile(first, tokens, inputs, Money(cost, currencies.pop()), requests)


def _amount(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(0)
