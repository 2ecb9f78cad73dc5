"""The user's settings: ``centavo.toml`` beside their work, then the environment, then options."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from centavo.errors import ConfigError
from centavo.ledger.location import LedgerLocation

__all__ = ["SETTINGS_FILE", "Settings"]

SETTINGS_FILE = "centavo.toml"
_DEFAULT_FOLDER = ".centavo"
_KNOWN: dict[str, set[str]] = {
    "ledger": {"folder", "catalog"},
    "attribution": {"rules"},
    "prices": {"file"},
    "currency": {"rates", "show"},
}


@dataclass(frozen=True)
class Settings:
    """Where the ledger stands and which files of the user's apply.

    Attributes:
        location: The ledger.
        rules: Attribution rules file, if any.
        prices: Price file, if any.
        rates: Exchange rates file, if any.
        currency: Currency to show, if set.
        file: The settings file that was read, if any.
    """

    location: LedgerLocation
    rules: Path | None = None
    prices: Path | None = None
    rates: Path | None = None
    currency: str | None = None
    file: Path | None = None

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
            rates=_path(home, _text(file, tables, "currency", "rates")),
            currency=_text(file, tables, "currency", "show"),
            file=file,
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
            if key not in _KNOWN[table]:
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


def _path(home: Path, text: str | None) -> Path | None:
    return home / Path(text).expanduser() if text else None
