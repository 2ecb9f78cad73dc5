"""Paths as DuckDB's readers take them."""

import re

from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile

__all__ = ["path_literal"]


def path_literal(file: InputFile) -> str:
    """Return the file's path as an SQL string that DuckDB does not take for a pattern."""
    return sql_text(re.sub(r"[\[*?]", lambda found: f"[{found.group()}]", str(file.path)))
