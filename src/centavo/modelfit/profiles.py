"""What callers ask of models: one profile for each application, endpoint, feature, model and tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Literal, cast

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql

__all__ = ["KEYS", "Profile", "TaskKind", "profile_tables", "profiles"]

KEYS = (
    "provider", "model", "project", "application", "environment", "endpoint", "feature", "tier",
)  # fmt: skip
TaskKind = Literal["embedding", "label", "agent", "reasoning", "extraction", "chat", "generation"]
_MADE = "centavo_task_profiles"

# A label is a word or a few: a class, a verdict in JSON.
LABEL_TOKENS = 16
_MOSTLY = Decimal("0.5")
_READS_MORE = 20
_LONG_INPUT = 4_000


@dataclass(frozen=True)
class Profile:
    """One caller's task at one model. Token counts are per request; shares are 0 to 1.

    Attributes:
        scope: Value by key; unknown ones are left out.
        currency: Of ``cost``; ``None`` where nothing has a price.
        row: Every figure, by the columns of ``sql/task_profiles.sql``.
    """

    scope: Mapping[str, str]
    currency: str | None
    row: Mapping[str, object]

    @property
    def requests(self) -> int:
        """Requests with a price."""
        return int(str(self.row["requests"]))

    @property
    def cost(self) -> Decimal:
        """What they cost."""
        return self.number("cost") or Decimal(0)

    @property
    def days(self) -> int:
        """Days from the first to the last request."""
        return (self.until - self.first_day).days

    @property
    def first_day(self) -> date:
        """Day of the first request, UTC."""
        return cast("date", self.row["first_day"])

    @property
    def until(self) -> date:
        """Day after the last request."""
        return cast("date", self.row["last_day"]) + timedelta(days=1)

    @property
    def model(self) -> str:
        """Model as priced."""
        return self.scope.get("model", "")

    @property
    def place(self) -> str:
        """The caller as a person names it."""
        named = [self.scope[k] for k in ("application", "endpoint") if k in self.scope]
        return " ".join(named) or self.scope.get("project", "") or self.scope.get("provider", "all")

    @property
    def condition(self) -> str:
        """The SQL condition of exactly these requests, on ``metered_events``."""
        columns = {
            "model": "coalesce(priced_model, answered_model, requested_model)",
            "tier": "coalesce(processing_tier, 'standard')",
        }
        parts = [
            f"{columns.get(key, key)} = {sql_text(self.scope[key])}"
            if key in self.scope
            else f"{columns.get(key, key)} IS NULL"
            for key in KEYS
        ]
        return " AND ".join(parts)

    def number(self, name: str) -> Decimal | None:
        """Return a figure; ``None`` where it is not known."""
        value = self.row[name]
        return None if value is None else Decimal(str(value))

    def share(self, name: str) -> Decimal:
        """Return a share; 0 where nothing states it."""
        return self.number(name) or Decimal(0)

    @property
    def kind(self) -> TaskKind:
        """What the task looks like from outside: its sizes, tools and reasoning; not its text."""
        visible, read = self.number("visible_p95"), self.number("input_p50") or Decimal(0)
        wrote = self.number("output_p50") or Decimal(0)
        waits = self.share("streamed_share") + self.share("customer_share")
        # The first that holds; what is left writes.
        signs: tuple[tuple[TaskKind, bool], ...] = (
            ("embedding", self.row["operation"] == "embeddings"),
            ("label", visible is not None and 0 < visible <= LABEL_TOKENS),
            ("agent", self.share("tool_share") >= _MOSTLY),
            ("reasoning", self.share("reasoning_share") >= _MOSTLY),
            ("extraction", read >= _LONG_INPUT and read >= _READS_MORE * wrote),
            ("chat", waits >= _MOSTLY),
        )
        for kind, holds in signs:
            if holds:
                return kind
        return "generation"


def profile_tables(ledger: Ledger, period: Period) -> int:
    """Make the tables of the period, if they are not there yet; return how many profiles there are."""
    key = f"{period.since} {period.until}"
    made = ledger.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_MADE])
    if not made or ledger.rows(f"SELECT key FROM {_MADE}") != [(key,)]:
        merge_meters(ledger, period)
        sql = files("centavo.modelfit").joinpath("sql", "task_profiles.sql").read_text("utf-8")
        ledger.rows(sql.format(filter=period_sql(period)))
        ledger.engine.execute(f"CREATE OR REPLACE TEMP TABLE {_MADE} AS SELECT ? AS key", [key])
    return int(str(ledger.rows("SELECT count(*) FROM task_profiles")[0][0]))


def profiles(ledger: Ledger, period: Period) -> list[Profile]:
    """Return every profile of the period, the costliest first."""
    profile_tables(ledger, period)
    result = ledger.engine.execute(
        f"SELECT * FROM task_profiles ORDER BY cost DESC NULLS LAST, {', '.join(KEYS)}"
    )
    names = [str(column[0]) for column in result.description]
    found: list[Profile] = []
    for values in result.fetchall():
        row = dict(zip(names, values, strict=True))
        scope = {key: str(row[key]) for key in KEYS if row[key] is not None}
        currency = None if row["currency"] is None else str(row["currency"])
        found.append(Profile(scope, currency, row))
    return found
