"""What is to be proved: which scope, from when on, on which month's bill, and against what."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from centavo.errors import ConfigError
from centavo.period import Period
from centavo.savings.where import Where

__all__ = ["DRIVERS", "HELD_OUT", "REFERENCE_DAYS", "Driver", "ProofQuestion"]

Driver = Literal["requests", "days", "control"]
"""What the work of a day is counted by: its requests, the day itself, or the control's requests."""

DRIVERS: tuple[Driver, ...] = get_args(Driver)
REFERENCE_DAYS = 56
HELD_OUT = "lower(json_extract_string(labels, '$.holdout')) IN ('true', '1', 'yes')"
"""Requests that a router kept on the old policy: label ``holdout``."""


@dataclass(frozen=True)
class ProofQuestion:
    """What is asked.

    Attributes:
        scope: Of the saving.
        currency: Of the saving; requests in another one are no part of it.
        enforced: First day on which the new policy was live, UTC.
        month: First day of the month whose bill is read.
        now: The clock, aware.
        hold_out: Scope within the scope that stayed on the old policy; ``None`` for the requests with
            label ``holdout``.
        control: Scope that nothing was changed in; ``None`` for none.
        reference_days: Days before ``enforced`` that show the old policy.
        driver: What the work of a day is counted by.
        seed: Of the interval.
        accounts: The user's names of accounts, for the reconciliation.
        models: The same of models.

    Raises:
        ConfigError: The work is to be counted by a control, and none is named.
    """

    scope: Where
    currency: str
    enforced: date
    month: date
    now: datetime
    hold_out: Where | None = None
    control: Where | None = None
    reference_days: int = REFERENCE_DAYS
    driver: Driver = "requests"
    seed: int = 0
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    models: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if self.driver == "control" and self.control is None:
            raise ConfigError(
                "work cannot be counted by a control that is not named",
                hint="--control application=…",
            )

    @property
    def billing_month(self) -> Period:
        """The whole month."""
        return Period.month(self.month)

    @property
    def days(self) -> tuple[date, date]:
        """First day that is proved, and the end, excluded: the month, from the first live day on."""
        month = self.billing_month
        since, until = month.since, month.until
        return max(
            since.date(), self.enforced
        ) if since else self.enforced, until.date() if until else self.enforced

    @property
    def reference(self) -> tuple[date, date]:
        """First day that shows the old policy, and the end, excluded."""
        return self.enforced - timedelta(days=self.reference_days), self.enforced
