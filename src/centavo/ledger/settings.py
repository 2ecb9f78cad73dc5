"""The user's settings: ``centavo.toml`` beside their work, then the environment, then options."""

import os
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import cast

from centavo.errors import ConfigError
from centavo.ledger.location import LedgerLocation

__all__ = ["SETTINGS_FILE", "Settings"]

SETTINGS_FILE = "centavo.toml"
_DEFAULT_FOLDER = ".centavo"
_KNOWN: dict[str, set[str]] = {
    "ledger": {"folder", "catalog"},
    "bodies": {"keep", "retention_days"},
    "attribution": {"rules"},
    "prices": {"file", "second_opinion", "shutdowns", "contract", "cloud"},
    "currency": {"rates", "show"},
    "reconciliation": {"accounts", "models"},
    "policy": {"file"},
    "forecast": {"plans"},
    "plan": {"file", "scenario"},
    "consumption": {
        "floor", "floor_currency", "floor_share", "history_days", "late_days", "time_zone",
        "holidays", "office_hours",
    },
    "report": {"client", "logo", "colour"},
    # Any scope of a request: the source says which there are.
    "scopes": set(),
    # Any rule's code, then its thresholds: the rules themselves say which there are.
    "rules": set(),
}  # fmt: skip
_ANY_KEY = {"rules", "scopes"}


@dataclass(frozen=True)
class Settings:
    """Where the ledger stands and which files of the user's apply.

    Attributes:
        location: The ledger.
        rules: Attribution rules file, if any.
        prices: Price file, if any.
        second_opinion: LiteLLM's price map, if any.
        shutdowns: The user's own list of ending models, if any.
        contract: Commitments, minimums and taxes, if any.
        cloud: The user's own cloud prices, a file or a folder, if any.
        scopes: Where request logs carry a scope: scope column and dotted path or header name.
        rates: Exchange rates file, if any.
        currency: Currency to show, if set.
        accounts: Names of accounts in logs, and on the bill.
        models: Names of models in logs or on bills, and in the price book.
        policy: Budgets and quotas, if any.
        plans: Planned changes of cost, if any.
        plan: Plan of the stack, if any.
        plan_scenario: The plan's scenario that is being carried out; ``None`` is its first.
        consumption: What ``[consumption]`` says, as it stands.
        rule_limits: Thresholds by rule code and name, exact.
        file: The settings file that was read, if any.
        keep_bodies: Whether prompts and answers are kept.
        report: What ``[report]`` says: client, logo, colour.
        retention_days: Days after which a kept body is dropped; 0 keeps it until it is dropped.
    """

    location: LedgerLocation
    rules: Path | None = None
    prices: Path | None = None
    second_opinion: Path | None = None
    shutdowns: Path | None = None
    contract: Path | None = None
    cloud: Path | None = None
    scopes: dict[str, str] = field(default_factory=dict[str, str])
    rates: Path | None = None
    currency: str | None = None
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    models: dict[str, str] = field(default_factory=dict[str, str])
    policy: Path | None = None
    plans: Path | None = None
    plan: Path | None = None
    plan_scenario: str | None = None
    consumption: dict[str, object] = field(default_factory=dict[str, object])
    rule_limits: dict[str, dict[str, Decimal]] = field(
        default_factory=dict[str, dict[str, Decimal]]
    )
    file: Path | None = None
    keep_bodies: bool = False
    report: dict[str, str] = field(default_factory=dict[str, str])
    retention_days: int = 30

    @classmethod
    def load(cls, folder: Path, *, ledger: Path | None = None) -> "Settings":
        """Return the settings for work in ``folder``.

        Args:
            folder: ``centavo.toml`` is looked for here and in the folders above.
            ledger: The ledger's folder as given on the command line; wins over everything.

        Raises:
            ConfigError: The settings file cannot be read or has an unknown key.
        """
        file = _find(folder)
        tables = _tables(file) if file else {}
        home = file.parent if file else folder
        configured = _text(file, tables, "ledger", "folder")
        chosen = (
            ledger
            or _path(Path.cwd(), os.environ.get("CENTAVO_LEDGER"))
            or _path(home, configured)
            or folder / _DEFAULT_FOLDER
        )
        catalog = cast("dict[str, object]", tables.get("ledger", {}).get("catalog", {}))
        return cls(
            location=LedgerLocation(
                chosen.absolute(), {key: str(value) for key, value in catalog.items()}
            ),
            rules=_path(home, _text(file, tables, "attribution", "rules")),
            prices=_path(home, _text(file, tables, "prices", "file")),
            second_opinion=_path(home, _text(file, tables, "prices", "second_opinion")),
            shutdowns=_path(home, _text(file, tables, "prices", "shutdowns")),
            contract=_path(home, _text(file, tables, "prices", "contract")),
            cloud=_path(home, _text(file, tables, "prices", "cloud")),
            scopes=_scopes(file, tables),
            rates=_path(home, _text(file, tables, "currency", "rates")),
            currency=_text(file, tables, "currency", "show"),
            accounts=_names(file, tables, "reconciliation", "accounts"),
            models=_names(file, tables, "reconciliation", "models"),
            policy=_path(home, _text(file, tables, "policy", "file")),
            plans=_path(home, _text(file, tables, "forecast", "plans")),
            plan=_path(home, _text(file, tables, "plan", "file")),
            plan_scenario=_text(file, tables, "plan", "scenario"),
            consumption=dict(tables.get("consumption", {})),
            rule_limits=_limits(file, tables),
            file=file,
            keep_bodies=_keep_bodies(file, tables),
            report={
                key: text
                for key in sorted(_KNOWN["report"])
                if (text := _text(file, tables, "report", key)) is not None
            },
            retention_days=_retention_days(file, tables),
        )


def _find(folder: Path) -> Path | None:
    for place in (folder, *folder.absolute().parents):
        if (place / SETTINGS_FILE).is_file():
            return place / SETTINGS_FILE
    return None


def _tables(file: Path) -> dict[str, dict[str, object]]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            f"{file} cannot be read: {error}", hint="It is TOML, saved as UTF-8."
        ) from error
    for table, values in tables.items():
        if table not in _KNOWN or not isinstance(values, dict):
            raise ConfigError(
                f"{file}: unknown table [{table}]", hint=f"Known: {', '.join(sorted(_KNOWN))}."
            )
        for key in cast("dict[str, object]", values):
            if key not in _KNOWN[table] and table not in _ANY_KEY:
                known = ", ".join(sorted(_KNOWN[table]))
                raise ConfigError(
                    f"{file}: unknown key {key!r} in [{table}]", hint=f"Known: {known}."
                )
    return tables


def _text(
    file: Path | None, tables: dict[str, dict[str, object]], table: str, key: str
) -> str | None:
    value = tables.get(table, {}).get(key)
    if value is not None and not isinstance(value, str):
        raise ConfigError(f"{file}: {table}.{key} must be text, not {value!r}")
    return value


def _names(
    file: Path | None, tables: dict[str, dict[str, object]], table: str, key: str
) -> dict[str, str]:
    value = tables.get(table, {}).get(key, {})
    if not isinstance(value, dict):
        raise ConfigError(f"{file}: {table}.{key} must be a table of names, not {value!r}")
    names = cast("dict[str, object]", value)
    for name, meant in names.items():
        if not isinstance(meant, str):
            raise ConfigError(f"{file}: {table}.{key}.{name} must be text, not {meant!r}")
    return cast("dict[str, str]", names)


def _scopes(file: Path | None, tables: dict[str, dict[str, object]]) -> dict[str, str]:
    return {
        name: path
        for name in tables.get("scopes", {})
        if (path := _text(file, tables, "scopes", name))
    }


def _keep_bodies(file: Path | None, tables: dict[str, dict[str, object]]) -> bool:
    value = tables.get("bodies", {}).get("keep", False)
    if not isinstance(value, bool):
        raise ConfigError(f"{file}: bodies.keep must be true or false, not {value!r}")
    return value


def _retention_days(file: Path | None, tables: dict[str, dict[str, object]]) -> int:
    value = tables.get("bodies", {}).get("retention_days", 30)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ConfigError(
            f"{file}: bodies.retention_days must be a whole number of days, not {value!r}",
            hint="0 keeps bodies until `centavo bodies drop`.",
        )
    return value


def _limits(
    file: Path | None, tables: dict[str, dict[str, object]]
) -> dict[str, dict[str, Decimal]]:
    found: dict[str, dict[str, Decimal]] = {}
    for code, values in tables.get("rules", {}).items():
        if not isinstance(values, dict):
            raise ConfigError(f"{file}: rules.{code} must be a table of thresholds, not {values!r}")
        for name, value in cast("dict[str, object]", values).items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ConfigError(f"{file}: rules.{code}.{name} must be a number, not {value!r}")
            # The shortest text of a float is what stands in the file.
            found.setdefault(code, {})[name] = Decimal(str(value))
    return found


def _path(home: Path, text: str | None) -> Path | None:
    return home / Path(text).expanduser() if text else None
