"""A grammar of SKU names as a function of SQL: called for whole columns, parsed once per name.

The select of a reading runs once, and its text names the function; so a grammar written in Python
reaches the rows of a bill without a second pass over the file.
"""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from centavo.ledger.reading import QualityWarning
from centavo.sources.sku_meaning import SkuMeaning

__all__ = ["MODEL_COLUMNS", "NamedSku", "SkuNotices", "define_sku_function", "sku_call"]

# Member of the function's answer, by the ledger column that it fills.
MODEL_COLUMNS: dict[str, str] = {
    "x_ModelDeveloper": "developer",
    "x_ModelFamily": "family",
    "x_ModelId": "model",
    "x_ModelVersion": "version",
    "x_TokenDirection": "direction",
    "x_TokenCacheAction": "cache_action",
    "x_CacheRetention": "cache_retention",
    "x_ProcessingTier": "tier",
    "x_ContextTier": "context",
    "x_TokenModality": "modality",
    "x_IsReasoning": "is_reasoning",
    "x_InferenceGeo": "geo",
    "ServiceCategory": "service_category",
    "ServiceSubcategory": "service_subcategory",
    "PricingCategory": "pricing_category",
}
# DuckDB counts the arguments of a Python function and knows no *arguments: one text carries all.
_BETWEEN = "\x1f"
_TEXTS = tuple(member for member in MODEL_COLUMNS.values() if member != "is_reasoning")


@dataclass(frozen=True)
class NamedSku:
    """What a grammar makes of the names of one line of a bill.

    Attributes:
        meaning: What it meters.
        tokens_per_unit: Tokens that one unit of the line's quantity is; ``None`` when it counts
            none, or when nothing says.
        service_category: FOCUS ServiceCategory, where the names tell.
        service_subcategory: FOCUS ServiceSubcategory, where the names tell.
        pricing_category: FOCUS PricingCategory, where the names tell.
        dark: Name to show when an AI service's line was not understood to the last word.
    """

    meaning: SkuMeaning = field(default_factory=SkuMeaning)
    tokens_per_unit: int | None = None
    service_category: str | None = None
    service_subcategory: str | None = None
    pricing_category: str | None = None
    dark: str | None = None


@dataclass
class SkuNotices:
    """Keeps one warning about names that were not understood, while the rows pass.

    Attributes:
        warnings: The reading's list of warnings; the notice stands in it once and grows.
    """

    warnings: list[QualityWarning]
    _seen: Counter[str] = field(default_factory=Counter[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: QualityWarning | None = None

    def see(self, names: Counter[str]) -> None:
        """Count rows by the name that was not understood."""
        with self._lock:
            self._seen += names
            name, _ = min(self._seen.items(), key=lambda item: (-item[1], item[0]))
            rows = self._seen.total()
            notice = QualityWarning(
                "sku_not_understood",
                f"{rows:,} records of {len(self._seen):,} SKUs of AI services were not understood"
                f" to the last word, such as {name!r}; their model and token columns may be empty.",
                rows,
            )
            if self._current in self.warnings:
                self.warnings[self.warnings.index(self._current)] = notice
            else:
                self.warnings.append(notice)
            self._current = notice


def define_sku_function(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    *,
    parse: Callable[..., NamedSku],
    notices: SkuNotices,
) -> None:
    """Make ``name`` a function of the connection that answers with a STRUCT; see ``sku_call``.

    Its members are the values of ``MODEL_COLUMNS`` and ``tokens_per_unit``. It replaces what had
    the name before.

    Args:
        connection: Where the function will stand.
        name: Begins with the source's own name.
        parse: The grammar; called once for every different line of a chunk of rows, so it should
            remember its answers.
        notices: Told of the names that were not understood.
    """
    # Not a plain import: pyarrow carries no types, and takes 60 ms that a --help has no use for.
    arrow = import_module("pyarrow")
    fields = [(member, arrow.string()) for member in _TEXTS]
    structure = arrow.struct(
        [*fields, ("is_reasoning", arrow.bool_()), ("tokens_per_unit", arrow.int64())]
    )

    def answer(column: Any) -> Any:  # noqa: ANN401 -- Arrow arrays carry no types
        if isinstance(column, arrow.ChunkedArray):
            column = column.combine_chunks()
        coded = column.dictionary_encode()
        found = [parse(*(key or "").split(_BETWEEN)) for key in coded.dictionary.to_pylist()]
        counts: Counter[int] = Counter(coded.indices.to_pylist())
        dark = Counter({sku.dark: counts[at] for at, sku in enumerate(found) if sku.dark})
        if dark:
            notices.see(dark)
        return arrow.array([_row(sku) for sku in found], structure).take(coded.indices)

    members = ", ".join(f"{member} VARCHAR" for member in _TEXTS)
    taken = connection.execute(
        "SELECT 1 FROM duckdb_functions() WHERE function_name = ?", [name]
    ).fetchall()
    if taken:
        connection.remove_function(name)
    connection.create_function(  # pyright: ignore[reportUnknownMemberType] -- the stub has no arrow columns
        name,
        answer,
        ["varchar"],
        f"STRUCT({members}, is_reasoning BOOLEAN, tokens_per_unit BIGINT)",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
        # Told to be free of side effects, DuckDB might call it for rows that it drops later.
        side_effects=True,
    )


def sku_call(name: str, *texts: str) -> str:
    """Return the SQL that calls a function made by ``define_sku_function``.

    Args:
        name: Of the function.
        texts: SQL of each text that its grammar takes; NULL is the empty text.
    """
    parts = ", ".join(f"coalesce({text}, '')" for text in texts)
    return f"{name}(concat_ws(chr({ord(_BETWEEN)}), {parts}))"


def _row(sku: NamedSku) -> dict[str, object]:
    own = {"service_category", "service_subcategory", "pricing_category"}
    return {
        **{name: getattr(sku if name in own else sku.meaning, name) for name in _TEXTS},
        "is_reasoning": sku.meaning.is_reasoning,
        "tokens_per_unit": sku.tokens_per_unit,
    }
