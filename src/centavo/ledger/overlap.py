"""One row for each call, also where two meters saw it: the view ``metered_events``.

A gateway and an application may both log one call. Their rows share the provider's own id of the
answer (``call_id``). Tokens, price, time and outcome are then the gateway's; scope is that of the
application's log. Nothing is stored: both rows stay in the ledger, and the view merges them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files

from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import EVENT_SCOPE, TOKEN_COLUMNS
from centavo.period import Period

__all__ = ["Overlap", "merge_meters"]

_NAME = "metered_events"
_VIEW = "CREATE OR REPLACE TEMP VIEW metered_events AS SELECT * FROM usage_events"
_MERGED_VIEW = """CREATE OR REPLACE TEMP VIEW metered_events AS
SELECT usage_events.* FROM usage_events ANTI JOIN merged_calls USING (call_id)
UNION ALL BY NAME
SELECT * EXCLUDE (meter_count, repeated_cost) FROM merged_calls"""
# What the application's log knows best, and what the gateway does; the other fills the gaps.
_SCOPE = (
    *(column.name for column in EVENT_SCOPE if not column.name.startswith("attribution_")),
    "template_id",
    "labels",
)
_OTHERS_KNOW = ("account_id", "api_key_id")
# A bit for each source; more sources than bits cannot be told apart, and none has so many.
_MAX_SOURCES = 60


@dataclass(frozen=True)
class Overlap:
    """What several meters saw.

    Attributes:
        calls: Calls that more than one meter recorded.
        cost: What their further records cost, which no total counts a second time; by currency.
    """

    calls: int = 0
    cost: dict[str, Decimal] | None = None


@dataclass(frozen=True)
class _Made:
    """The view that an engine has: what it merges, and of which period; ``None`` holds for any."""

    overlap: Overlap
    period: Period | None


def merge_meters(ledger: Ledger, period: Period = Period()) -> Overlap:
    """Create the view ``metered_events`` and return how much several meters saw.

    Where the ledger's requests come from one source the view is ``usage_events`` itself and costs
    nothing; the diary tells. Otherwise only rows of the calls seen twice are held in memory.

    Args:
        ledger: Opened at the moment to answer from.
        period: Calls of this period; a call near its ends may be in it for one meter only, so a
            day on either side is looked at as well.
    """
    made = ledger.made.get(_NAME)
    if isinstance(made, _Made) and made.period in {None, period}:
        return made.overlap
    sources = _sources(ledger)
    if len(sources) < 2:
        ledger.engine.execute(_VIEW)
        found = _Made(Overlap(), None)
    else:
        found = _Made(_merged(ledger, sources, period), period)
    ledger.made[_NAME] = found
    return found.overlap


def _merged(ledger: Ledger, sources: Sequence[str], period: Period) -> Overlap:
    within = _near(period)
    numbers = " ".join(
        f"WHEN {sql_text(name)} THEN {place % _MAX_SOURCES}" for place, name in enumerate(sources)
    )
    ledger.rows(
        _sql("repeated_calls").format(
            filter=within, meter_number=f"(CASE source {numbers} ELSE 60 END)::UBIGINT"
        )
    )
    if ledger.rows("SELECT 1 FROM repeated_calls LIMIT 1") == []:
        ledger.engine.execute(_VIEW)
        return Overlap()
    ledger.rows(_merge_sql(within))
    ledger.engine.execute(_MERGED_VIEW)
    return _overlap(ledger)


def _sources(ledger: Ledger) -> list[str]:
    """Return the sources of requests, from the diary; a source whose rows are gone may be among them."""
    rows = ledger.rows(
        "SELECT DISTINCT source FROM batches WHERE fact_table = 'usage_events' ORDER BY source"
    )
    return [str(row[0]) for row in rows]


def _merge_sql(within: str) -> str:
    names = (*_SCOPE, *_OTHERS_KNOW)
    ranks = dict.fromkeys(_SCOPE, "scope_rank") | dict.fromkeys(_OTHERS_KNOW, "token_rank")
    methods = ("attribution_method", "attribution_confidence")
    found = [f"arg_min({name}, {ranks[name]}) AS best_{name}" for name in names]
    # How the scope is known goes with the log that knows most of it.
    found += [
        f"arg_min({name}, scope_rank) FILTER (attribution_method IS NOT NULL) AS best_{name}"
        for name in methods
    ]
    return _sql("merged_calls").format(
        filter=within,
        token_columns=", ".join(column.name for column in TOKEN_COLUMNS),
        scope_columns=", ".join(found),
        scope_names=", ".join((*names, *methods)),
        scope_picked=", ".join(f"scopes.best_{name} AS {name}" for name in (*names, *methods)),
    )


def _overlap(ledger: Ledger) -> Overlap:
    rows = ledger.rows(
        "SELECT count(*), cost_currency, coalesce(sum(repeated_cost), 0) FROM merged_calls "
        "GROUP BY cost_currency"
    )
    return Overlap(
        calls=sum(int(str(row[0])) for row in rows),
        cost={str(row[1]): Decimal(str(row[2])) for row in rows if row[1] is not None},
    )


def _near(period: Period) -> str:
    conditions = ["true"]
    if period.since:
        conditions.append(f"started_at >= TIMESTAMP '{period.since:%F %T}' - INTERVAL 1 DAY")
    if period.until:
        conditions.append(f"started_at < TIMESTAMP '{period.until:%F %T}' + INTERVAL 1 DAY")
    return " AND ".join(conditions)


def _sql(name: str) -> str:
    folder = files("centavo.ledger").joinpath("sql", "overlap")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")
