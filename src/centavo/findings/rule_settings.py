"""What every rule is given beside the ledger and the period: clock, limits, rates, working hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from centavo.findings.event import Event
from centavo.ledger.exchange import ExchangeRates

__all__ = ["RuleSettings"]

# Below 20 USD in 30 days nobody's hour is paid for; in a small ledger 1 % of the whole is enough,
# and in a large one less than 0.1 % is noise. AWS Cost Anomaly Detection's default subscription
# alerts at 100 USD and 40 %, and is the reference for "an alert needs an amount and a share".
FLOOR = Decimal(20)
SMALL_LEDGER_SHARE = Decimal("0.01")
FLOOR_SHARE = Decimal("0.001")


@dataclass(frozen=True)
class RuleSettings:
    """Settings of a run of rules.

    Attributes:
        now: The clock, aware.
        limits: The present rule's thresholds by name, the user's before the defaults.
        overrides: The user's thresholds: by code, then by name.
        floor: Findings of less money in 30 days are not reported, in ``floor_currency`` …
        floor_currency: … to which other currencies are converted where a rate is known.
        floor_share: … and findings of less than this share of the ledger's spend.
        late_days: Newest days of a bill that may still change: they raise nothing.
        time_zone: Where people work: hours and days of work are local to it.
        holidays: Country (ISO 3166) of the holidays; empty for none.
        office_hours: First hour of work, and the first hour after it.
        policy: File of budgets and quotas.
        shutdowns: The user's list of models that end.
        rates: Exchange rates.
        expected: Events that people said they expect.
    """

    now: datetime
    limits: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])
    overrides: Mapping[str, Mapping[str, Decimal]] = field(
        default_factory=dict[str, Mapping[str, Decimal]]
    )
    floor: Decimal = FLOOR
    floor_currency: str = "USD"
    floor_share: Decimal = FLOOR_SHARE
    late_days: int = 2
    time_zone: str = "America/Sao_Paulo"
    holidays: str = "BR"
    office_hours: tuple[int, int] = (8, 20)
    policy: Path | None = None
    shutdowns: Path | None = None
    rates: ExchangeRates | None = None
    expected: tuple[Event, ...] = ()

    def with_limits(self, code: str, defaults: Mapping[str, Decimal]) -> "RuleSettings":
        """Return the settings as the rule of that code sees them."""
        return replace(self, limits={**defaults, **self.overrides.get(code, {})})
