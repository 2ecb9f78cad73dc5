"""``centavo doctor``: what is installed, configured and readable."""

import importlib.metadata
import importlib.util
import os
import platform
import shutil
from collections.abc import Callable
from pathlib import Path

import click

import centavo
from centavo.cli.output import Column, Table, print_json, print_table, say
from centavo.errors import CentavoError, GateError
from centavo.ledger.settings import SETTINGS_FILE, Settings

__all__ = ["command"]

Check = tuple[str, str, str]
_PARTS = ("duckdb", "pyiceberg", "pyarrow", "genai-prices")


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(ledger: Path | None, *, as_json: bool) -> None:
    """Check what is installed, configured and readable; exit 1 when something is broken."""
    checks: list[Check] = [
        ("ok", "centavo", f"{centavo.__version__} on Python {platform.python_version()}"),
        *(("ok", name, importlib.metadata.version(name)) for name in _PARTS),
        _extra("gcp", "google.cloud.bigquery", "the live BigQuery reader"),
        _extra("receive", "uvicorn", "centavo receive"),
        _admin_key("OPENAI_ADMIN_KEY", "centavo fetch openai"),
        _admin_key("ANTHROPIC_ADMIN_KEY", "centavo fetch anthropic"),
    ]
    try:
        settings = Settings.load(Path.cwd(), ledger=ledger)
    except CentavoError as error:
        checks.append(("broken", "settings", error.message))
    else:
        checks.append(("ok", "settings", str(settings.file or f"no {SETTINGS_FILE}: defaults")))
        checks += _settings_checks(settings)
    broken = sum(state == "broken" for state, _, _ in checks)
    if as_json:
        print_json(
            {
                "schema": "centavo.doctor/1",
                "checks": [{"state": s, "part": p, "finding": f} for s, p, f in checks],
            }
        )
    else:
        say("Everything that is set up can be used." if not broken else f"{broken} broken:")
        columns = [Column("state"), Column("part"), Column("finding")]
        print_table(Table(columns, [list(check) for check in checks]))
    if broken:
        raise GateError(f"{broken} of {len(checks)} checks found something broken")


def _settings_checks(settings: Settings) -> list[Check]:
    folder = settings.location.folder
    found = [
        _tried("ledger", lambda: _ledger(settings)),
        _tried("rules", lambda: _rules(settings)),
        _tried("prices", lambda: _prices(settings)),
        _tried("rates", lambda: _rates(settings)),
    ]
    parent = folder if folder.exists() else folder.parent
    writable = parent.exists() and os.access(parent, os.W_OK)
    found.append(
        (
            "ok" if writable else "broken",
            "writing",
            f"{parent} is {'' if writable else 'not '}writable",
        )
    )
    if parent.exists():
        free_gb = shutil.disk_usage(parent).free / 1e9
        found.append(("ok" if free_gb > 1 else "broken", "space", f"{free_gb:,.1f} GB free"))
    return found


def _tried(part: str, check: Callable[[], str]) -> Check:
    try:
        return ("ok", part, check())
    except CentavoError as error:
        return ("broken", part, f"{error.message} {error.hint}".strip())


def _ledger(settings: Settings) -> str:
    if settings.location.is_default_catalog and not settings.location.catalog_file.exists():
        return f"none yet in {settings.location.folder}; `centavo ingest FILE` makes it"
    from centavo.ledger.plan import plan_table
    from centavo.ledger.schema import TABLES

    plans = {name: plan_table(settings.location, name) for name in TABLES}
    missing = [
        file.local
        for plan in plans.values()
        for file in plan.files
        if file.path.startswith("file://") and not Path(file.local).exists()
    ]
    if missing:
        from centavo.errors import LedgerError

        raise LedgerError(f"{len(missing)} data files are missing, the first {missing[0]}")
    counts = ", ".join(f"{n} {sum(f.rows for f in p.files):,}" for n, p in plans.items())
    return f"{settings.location.folder}: {counts} rows; every data file is there"


def _rules(settings: Settings) -> str:
    from centavo.ledger.attribution import Attribution

    Attribution.load(settings.rules)
    return str(settings.rules or "none: only labels attribute")


def _prices(settings: Settings) -> str:
    from centavo.pricing import PriceBook

    book = PriceBook.load(settings.prices)
    return f"{settings.prices or 'genai-prices only'}; snapshot {book.snapshot_id}"


def _rates(settings: Settings) -> str:
    if settings.rates is None:
        return "none: --currency uses only the rates that bills carry"
    from centavo.ledger.exchange import ExchangeRates

    ExchangeRates.load(settings.rates)
    return str(settings.rates)


def _admin_key(variable: str, command: str) -> Check:
    """Say whether the key is set; never what it is."""
    is_set = bool(os.environ.get(variable, "").strip())
    return ("ok" if is_set else "absent", variable, f"{'set' if is_set else 'not set'}: {command}")


def _extra(name: str, module: str, purpose: str) -> Check:
    top = module.split(".", 1)[0]
    there = importlib.util.find_spec(top) is not None and _importable(module)
    state = (
        f"installed: {purpose}"
        if there
        else f"not installed: {purpose} (pip install 'centavo[{name}]')"
    )
    return ("ok" if there else "absent", f"extra {name}", state)


def _importable(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False
