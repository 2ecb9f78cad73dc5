"""Cost by day and the dimensions of pages, summed once for each state of the ledger.

A page asks several questions of the same months; from the facts each costs a scan. The rollup is a file
beside the ledger, named for the snapshots that it was made from: another state has another name, so that
it is never out of date. It is a cache: whoever deletes it loses time and nothing else. A small ledger has
no file: its sums are a table of the engine.
"""

import hashlib
import os
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import duckdb

from centavo.consumption.cost_rows import BASES, Basis, CostQuestion, Metric, cost_rows_sql
from centavo.consumption.dimensions import filter_sql, key_columns
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.overlap import merge_meters
from centavo.ledger.schema import REGISTERS

__all__ = ["LARGE_ROWS", "ROLLED", "rollup_file", "rollup_sql", "use_rollup", "write_rollup"]

# Below this a ledger is summed in memory when it is asked; above, once, into the file.
LARGE_ROWS = 200_000

ROLLED: tuple[str, ...] = (
    "project", "model", "endpoint", "feature", "application", "team", "environment", "cost_center",
    "customer", "provider", "service",
)  # fmt: skip
_VIEW = "cost_rollup"
# Of columns or of meaning: another number makes old files strange.
_VERSION = 1


def rollup_file(ledger: Ledger) -> Path:
    """Return where the rollup of the ledger's state stands, whether or not it is there."""
    # Who acts on a finding changes no cost.
    costs = {name: at for name, at in ledger.snapshot_ids().items() if name not in REGISTERS}
    state = repr([_VERSION, *sorted(costs.items())])
    digest = hashlib.sha256(state.encode()).hexdigest()[:16]
    return ledger.location.folder / "rollups" / f"cost-{digest}.parquet"


def write_rollup(location: LedgerLocation) -> Path | None:
    """Write the rollup of the ledger's present state and return its file.

    Older ones go. A folder that cannot be written has none, and questions go to the facts.
    """
    ledger = Ledger.open(location)
    target = rollup_file(ledger)
    if target.exists():
        ledger.engine.close()
        return target
    select = _rollup_select(ledger)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        ledger.engine.execute(f"COPY ({select}) TO {sql_text(str(draft))} (FORMAT parquet)")
        draft.replace(target)
        for older in target.parent.glob("cost-*.parquet"):
            if older != target:
                older.unlink(missing_ok=True)
    except (OSError, duckdb.IOException):
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        return None
    finally:
        ledger.engine.close()
    return target


def use_rollup(ledger: Ledger) -> bool:
    """Let questions of the ledger be answered from its rollup: its file, or, of a small ledger, a table made now.

    Returns:
        Whether there is one: a large ledger has none before it is written.
    """
    if _VIEW in ledger.made:
        return True
    path = rollup_file(ledger)
    if path.exists():
        source = sql_text(str(path))
        ledger.engine.execute(f"CREATE OR REPLACE TEMP VIEW {_VIEW} AS FROM read_parquet({source})")
    elif ledger.cost_rows < LARGE_ROWS:
        ledger.rows(f"CREATE OR REPLACE TEMP TABLE {_VIEW} AS {_rollup_select(ledger)}")
    else:
        return False
    ledger.made[_VIEW] = path
    return True


def _rollup_select(ledger: Ledger) -> str:
    merge_meters(ledger)
    rows = "\nUNION ALL BY NAME\n".join(cost_rows_sql(basis, "billed") for basis in BASES)
    return _sql("rollup").format(keys=", ".join(ROLLED), rows=rows)


def rollup_sql(
    ledger: Ledger, question: CostQuestion, *, basis: Basis, metric: Metric
) -> str | None:
    """Return the SQL that answers a question from the rollup; ``None`` where only the facts can."""
    asked = {*question.by, *question.where}
    period = question.period
    ends = [end for end in (period.since, period.until) if end is not None]
    whole_days = all(f"{end:%H%M%S%f}" == "000000000000" for end in ends)
    if metric != "billed" or not asked <= set(ROLLED) or not whole_days or _VIEW not in ledger.made:
        return None
    return _sql("cost_by_rollup").format(
        keys=key_columns(question.by, grain=question.grain),
        rates=", fx_rate, fx_currency, charged_at::DATE AS fx_day" if question.currency else "",
        basis=basis,
        filter=filter_sql(period, question.where),
    )


def _sql(name: str) -> str:
    return files("centavo.consumption").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
