"""DuckDB as centavo uses it: in memory, UTC, spilling into a folder of its own."""

import os
import tempfile
from pathlib import Path

import duckdb

from centavo.ledger.macros import install_macros

__all__ = ["open_engine", "sql_text", "sql_texts"]


def open_engine() -> duckdb.DuckDBPyConnection:
    """Return a fresh in-memory engine with the dialect macros installed.

    ``CENTAVO_MEMORY_LIMIT`` (DuckDB syntax: ``2GB``) and ``CENTAVO_THREADS`` bound it.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(Path(tempfile.gettempdir()) / f"centavo-{os.getpid()}"),
        # Order within a bill means nothing, and keeping it costs memory on large files.
        "preserve_insertion_order": False,
    }
    for option, variable in (
        ("memory_limit", "CENTAVO_MEMORY_LIMIT"),
        ("threads", "CENTAVO_THREADS"),
    ):
        if variable in os.environ:
            settings[option] = os.environ[variable]
    engine = duckdb.connect(":memory:", config=settings)
    engine.execute("SET TimeZone = 'UTC'")
    # DuckDB would draw its own bar into whatever the output is.
    engine.execute("SET enable_progress_bar = false")
    install_macros(engine)
    return engine


def sql_text(text: str) -> str:
    """Return the text as an SQL literal.

    >>> sql_text("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def sql_texts(texts: list[str]) -> str:
    """Return the texts as an SQL list literal.

    >>> sql_texts(["a", "b"])
    "['a', 'b']"
    """
    return "[" + ", ".join(sql_text(text) for text in texts) + "]"
