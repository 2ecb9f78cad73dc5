"""The questions of detection: the named SQL files beside it."""

from functools import partial
from importlib.resources import files

from centavo.findings.question import ask as ask_package

__all__ = ["ask", "select_of"]

_PACKAGE = "centavo.consumption.detection"

ask = partial(ask_package, _PACKAGE)


def select_of(name: str) -> str:
    """Return the text of ``sql/<name>.sql``."""
    return files(_PACKAGE).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
