"""Named questions to the ledger that several modules of prompts ask: the SQL files in ``sql/``."""

from functools import lru_cache
from importlib.resources import files

__all__ = ["question"]


@lru_cache(maxsize=32)
def question(name: str) -> str:
    """Return the SQL of a question; ``?`` stands for its parameters."""
    return files("centavo.prompts").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
