"""Replaying one lever: ask it, price what it touched, and make the traffic of the next one.

Only touched requests are written and priced, so a plan costs what its levers touch and not the whole
ledger once a lever. Untouched requests keep the cost that they had, to the last digit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from centavo.ledger.engine import sql_text
from centavo.ledger.schema import COST_COLUMNS as LEDGER_COST_COLUMNS
from centavo.pricing import PriceBook
from centavo.savings.asking import Asked, ask
from centavo.savings.lever import Lever, Quality, next_name
from centavo.savings.recording import scope_columns
from centavo.savings.traffic import COST_COLUMNS, WORKING_FILE, Traffic

__all__ = ["CostRow", "Replayed", "cost_rows", "replay"]

CostRow = tuple[object, ...]
"""Dimensions, day, currency, requests, cost."""

# What the price book answers and no lever reads.
_UNUSED = [name for name in LEDGER_COST_COLUMNS if name not in COST_COLUMNS]


@dataclass(frozen=True)
class Replayed:
    """What a lever made of its traffic.

    Attributes:
        after: The traffic of the next lever.
        touched: Temporary table of the ``request_no`` that it changed or dropped.
        before_rows: Cost of the touched requests before it, by scope and day.
        after_rows: The same after it; its requests are counted as often as they would be made.
        not_simulated: Requests that stayed as they were although in scope, by reason.
        notes: What the lever says about its run.
        quality: What it does to the answers of this traffic.
    """

    after: Traffic
    touched: str
    before_rows: list[CostRow]
    after_rows: list[CostRow]
    not_simulated: Mapping[str, int]
    notes: tuple[str, ...]
    quality: Quality


def replay(
    lever: Lever, traffic: Traffic, *, book: PriceBook, folder: Path, by: tuple[str, ...]
) -> Replayed:
    """Return the traffic after a lever, and what it changed.

    Args:
        lever: With its settings.
        traffic: What the levers before it left.
        book: Prices of each request's own day.
        folder: Where the file of touched requests is written.
        by: Dimensions of the sums.
    """
    asked = ask(lever, traffic)
    change = asked.change
    run = _Run(traffic, asked, book, folder)
    touched = run.touched()
    after = run.after(touched)
    return Replayed(
        after=after,
        touched=touched,
        before_rows=cost_rows(traffic, run.before(touched, after), by),
        after_rows=cost_rows(replace(traffic, has_copies=False), run.fresh, by)
        if run.fresh
        else [],
        not_simulated={**change.not_simulated, **run.refused},
        notes=change.notes,
        quality=change.quality or lever.quality,
    )


def cost_rows(traffic: Traffic, relation: str, by: tuple[str, ...]) -> list[CostRow]:
    """Return requests and cost of a relation of events by scope, day and currency.

    As recorded, a request is one row; a lever may have made several of it. Counting distinct ones of
    millions takes as long as pricing them, so that is done only where there may be such.
    """
    requests = "count(DISTINCT request_no)" if traffic.has_copies else "count(*)"
    sql = files("centavo.savings").joinpath("sql", "cost_by_day.sql").read_text("utf-8")
    query = sql.format(scope=scope_columns(by), relation=relation, requests=requests)
    return traffic.engine.execute(query).fetchall()


class _Run:
    """The state of one lever's replay."""

    def __init__(self, traffic: Traffic, asked: Asked, book: PriceBook, folder: Path) -> None:
        self._traffic = traffic
        self._engine = traffic.engine
        self._change = asked.change
        self._rewritten = asked.rewritten
        self._new_parts = asked.new_parts
        self.refused: dict[str, int] = {}
        self.fresh = self._priced(book, folder)

    def touched(self) -> str:
        """Make the table of the requests that are other than before, and return its name."""
        name = next_name("touched")
        sources = [f"SELECT request_no FROM {self.fresh}"] if self.fresh else []
        if self._change.dropped:
            # What has no cost leaves nothing behind that could be saved, and may go as well.
            sources.append(f"SELECT request_no FROM ({self._change.dropped})")
        select = " UNION ".join(sources) or "SELECT NULL::BIGINT AS request_no WHERE false"
        self._engine.execute(f"CREATE TEMP TABLE {name} AS {select}")
        return name

    def after(self, touched: str) -> Traffic:
        """Return the traffic of the next lever."""
        before = self._traffic
        events = next_name("events")
        fresh = f"UNION ALL BY NAME SELECT * FROM {self.fresh}" if self.fresh else ""
        self._engine.execute(
            f"CREATE TEMP VIEW {events} AS SELECT * FROM {before.events} "
            f"ANTI JOIN {touched} USING (request_no) {fresh}"
        )
        return replace(
            before,
            events=events,
            parts=self._parts_after(events),
            has_copies=before.has_copies or self._makes_copies(touched),
        )

    def before(self, touched: str, after: Traffic) -> str:
        """Return the relation of the touched requests as they were.

        What was rewritten row for row carries its cost with it: that saves a scan of all requests.
        """
        if self.fresh and not after.has_copies:
            return f"{self.fresh}_before"
        return f"{self._traffic.events} SEMI JOIN {touched} USING (request_no)"

    def _makes_copies(self, touched: str) -> bool:
        """Say whether a touched request may have become several rows."""
        if not self.fresh:
            return False
        rows = f"(SELECT count(*) FROM {self.fresh}) > (SELECT count(*) FROM {touched})"
        found = self._engine.execute(f"SELECT {rows}").fetchone()
        # Dropped requests are touched too: beside them copies would not show.
        return bool(self._change.dropped) or found is None or bool(found[0])

    def _parts_after(self, events: str) -> str | None:
        old = self._traffic.parts
        if old is None or not (self._new_parts or self._change.dropped):
            return old
        name = next_name("all_parts")
        fresh = f"ANTI JOIN {self._new_parts} USING (request_no)" if self._new_parts else ""
        more = f"UNION ALL BY NAME SELECT * FROM {self._new_parts}" if self._new_parts else ""
        self._engine.execute(
            f"CREATE TEMP VIEW {name} AS SELECT * FROM (SELECT * FROM {old} {fresh} {more}) "
            f"SEMI JOIN {events} USING (request_no)"
        )
        return name

    def _priced(self, book: PriceBook, folder: Path) -> str:
        """Price the touched requests; return the relation of those that have a price as changed."""
        if not self._rewritten:
            return ""
        name = next_name("fresh")
        path = sql_text(str(folder / f"{name}.parquet"))
        priced = book.select(self._engine, self._rewritten)
        unused = ", ".join((*_UNUSED, *self._traffic.empty))
        self._engine.execute(
            f"COPY (SELECT * EXCLUDE ({unused}) FROM ({priced})) TO {path} {WORKING_FILE}"
        )
        self._refuse(name, path)
        condition = f"ANTI JOIN {name}_refused USING (request_no)" if self.refused else ""
        self._engine.execute(
            f"CREATE TEMP VIEW {name} AS SELECT * EXCLUDE (was_cost, was_currency) "
            f"FROM read_parquet({path}) {condition}"
        )
        self._engine.execute(
            f"CREATE TEMP VIEW {name}_before AS SELECT * EXCLUDE (cost, cost_currency, was_cost, was_currency), "
            f"was_cost AS cost, was_currency AS cost_currency FROM read_parquet({path}) {condition}"
        )
        return name

    def _refuse(self, name: str, path: str) -> None:
        """Find the requests that cannot be priced as changed: they stay as they were."""
        sql = files("centavo.savings").joinpath("sql", "refused.sql").read_text("utf-8")
        self._engine.execute(f"CREATE TEMP TABLE {name}_refused AS {sql.format(path=path)}")
        rows: list[tuple[str, int]] = self._engine.execute(
            f"SELECT reason, count(*) FROM {name}_refused GROUP BY reason ORDER BY reason"
        ).fetchall()
        self.refused = dict(rows)
