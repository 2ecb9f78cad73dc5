"""Which column of a FOCUS file goes where, and the SQL that converts its values exactly.

Columns are found by name, whatever their order and case. Money never passes through a double:
text and decimals are cast to ``DECIMAL(38,12)``, and a column that the file itself stores as
floating point is cast from its shortest text form. Times go through ``TIMESTAMPTZ``, because a
direct cast to ``TIMESTAMP`` drops an offset in silence.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from centavo.errors import InputError
from centavo.ledger.column import Column, SqlType
from centavo.ledger.schema import CHARGES
from centavo.sources.csv_diagnosis import ValueKind
from centavo.sources.focus.columns import REPLACES
from centavo.sources.focus.enrichment import RawColumn
from centavo.sources.focus.enrichments import columns_read, derive, filled_gaps

__all__ = [
    "REQUIRED",
    "FocusLayout",
    "bad_condition",
    "csv_types",
    "is_label_list",
    "kind_of",
    "lay_out",
    "quoted",
    "select",
]

REQUIRED: tuple[str, ...] = (
    "BilledCost",
    "BillingAccountId",
    "BillingCurrency",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargePeriodStart",
)
# The reading itself says what these are, also for a file that centavo exported.
_SET_BY_READING = frozenset({"x_Source", "x_IngestionBatchId", "x_RestatementDate"})
# Google's preview export, which has the content under names of its own.
_GOOGLE = {"x_ExportTime": "x_SourceExportTime", "x_CurrencyConversionRate": "x_FxRate"}
# Text that the scope of a charge is taken from, so it must be right; other JSON is kept as it is.
_JSON_OBJECTS = frozenset({"AllocatedTags", "Tags"})
_JSON_COLUMNS = _JSON_OBJECTS | {
    "AllocatedMethodDetails",
    "CommitmentProgramEligibilityDetails",
    "ContractApplied",
    "SkuPriceDetails",
    "x_Credits",
}
_KINDS: dict[SqlType, ValueKind] = {
    "VARCHAR": "text",
    "DECIMAL(38,12)": "decimal",
    "DECIMAL(18,12)": "decimal",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "instant",
    "DATE": "date",
}
# FOCUS 1.5 is expected to carry these as keys of SkuPriceDetails, with or without our prefix.
_DETAIL_KEYS: tuple[str, ...] = (
    "ModelDeveloper",
    "ModelFamily",
    "ModelId",
    "ModelVersion",
    "TokenDirection",
    "TokenCacheAction",
    "CacheRetention",
    "ProcessingTier",
    "ContextTier",
    "TokenModality",
    "InferenceGeo",
)
_BY_NAME: dict[str, Column] = {column.name: column for column in CHARGES}


@dataclass(frozen=True)
class FocusLayout:
    """What is read from one header, and what is not.

    Attributes:
        sources: Positions in the header, by ledger column; a column of today before the one that
            it replaced.
        kept_out: Columns of the file that the ledger has no place for, as the file names them.
        header: Positions of all columns, by lower-case name.
    """

    sources: Mapping[str, tuple[int, ...]]
    kept_out: tuple[str, ...]
    header: Mapping[str, int]


def kind_of(ledger_name: str) -> ValueKind:
    """Return what the values of a ledger column must be in a file."""
    return "json_object" if ledger_name in _JSON_OBJECTS else _KINDS[_BY_NAME[ledger_name].type]


def lay_out(columns: Sequence[str], *, name: str) -> FocusLayout:
    """Return where each column of a header goes.

    Args:
        columns: Names as in the file.
        name: The file as the user named it; used in messages.

    Raises:
        InputError: A column that no charge can do without is missing, or stands there twice.
    """
    known = {column.name.lower(): column.name for column in CHARGES}
    older = {old.lower(): new for old, new in (REPLACES | _GOOGLE).items()}
    sources: dict[str, tuple[int, ...]] = {}
    replaced: dict[str, tuple[int, ...]] = {}
    kept_out: list[str] = []
    for position, spelled in enumerate(columns):
        key = spelled.strip().lower()
        if key in older:
            replaced[older[key]] = (position,)
        elif key in known and known[key] not in _SET_BY_READING:
            ledger_name = known[key]
            if ledger_name in sources:
                raise InputError(
                    f"{name}, line 1: the header names {ledger_name} twice, as "
                    f"{columns[sources[ledger_name][0]]!r} and {spelled!r}",
                    hint="Rename or remove one of the two columns.",
                )
            sources[ledger_name] = (position,)
        elif key not in known:
            kept_out.append(spelled)
    for ledger_name, position in replaced.items():
        sources[ledger_name] = (*sources.get(ledger_name, ()), *position)
    _refuse_missing(sources, columns, name)
    read = columns_read(columns, sources.keys())
    return FocusLayout(
        sources,
        tuple(column for column in kept_out if column.strip().lower() not in read),
        {column.strip().lower(): position for position, column in enumerate(columns)},
    )


def _refuse_missing(sources: Mapping[str, object], columns: Sequence[str], name: str) -> None:
    missing = [column for column in REQUIRED if column not in sources]
    if not missing:
        return
    near = {column: get_close_matches(column, columns, n=1, cutoff=0.75) for column in missing}
    renames = [f"{found[0]!r} to {column}" for column, found in near.items() if found]
    shown = ", ".join(columns[:12]) + (
        f" and {len(columns) - 12} more" if len(columns) > 12 else ""
    )
    raise InputError(
        f"{name} has no column {' and no column '.join(missing)}; it has {shown}",
        hint=(
            f"Rename {', '.join(renames)}."
            if renames
            else "Export it with the columns that FOCUS makes mandatory."
        ),
    )


# --- SQL ----------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """Return the text as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def csv_types(layout: FocusLayout, references: Sequence[str]) -> list[str]:
    """Return the DuckDB type that a CSV reader gives each column: amounts and times at once.

    The reader converts as a cast does, value for value, without keeping the texts: that saves a
    seventh of the time of a reading. Text stays where a provider's enrichment reads it.

    Args:
        layout: From ``lay_out``.
        references: SQL reference of each column of the header, in its order.
    """
    raw = {column: RawColumn(references[position]) for column, position in layout.header.items()}
    read = " ".join(derive(raw, layout.sources.keys()).inner.values())
    types = ["VARCHAR"] * len(references)
    for ledger_name, positions in layout.sources.items():
        kind = kind_of(ledger_name)
        for position in positions:
            if re.search(rf"\b{references[position]}\b", read):
                continue
            if kind == "decimal":
                types[position] = _BY_NAME[ledger_name].type
            elif kind == "instant":
                types[position] = "TIMESTAMPTZ"
    return types


def bad_condition(ledger_name: str, reference: str, stored: str, *, required: bool) -> str | None:
    """Return the SQL that is true where a Parquet value cannot be read; None where all can."""
    empty = f"{reference} IS NULL"
    text = stored.startswith("VARCHAR")
    if text:
        reference = f"nullif(nullif({reference}, ''), 'NULL')"
        empty = f"{reference} IS NULL"
    kind = kind_of(ledger_name)
    conditions = [empty] if required else []
    if text and kind == "json_object":
        conditions.append(
            f"({reference} IS NOT NULL AND (TRY_CAST({reference} AS JSON) IS NULL"
            f" OR NOT prefix(ltrim({reference}), '{{')))"
        )
    elif kind == "instant":
        time = f"TRY_CAST({reference} AS TIMESTAMPTZ)"
        conditions.append(f"({reference} IS NOT NULL AND NOT coalesce(isfinite({time}), false))")
    elif text and kind != "text":
        target = _BY_NAME[ledger_name].type
        conditions.append(
            f"({reference} IS NOT NULL AND TRY_CAST({reference} AS {target}) IS NULL)"
        )
    elif kind == "decimal":
        conditions.append(
            f"({reference} IS NOT NULL AND TRY_CAST({reference} AS {_BY_NAME[ledger_name].type})"
            " IS NULL)"
        )
    return " OR ".join(conditions) or None


def select(
    layout: FocusLayout,
    *,
    relation: str,
    batch: str,
    references: Sequence[str],
    types: Sequence[str] | None = None,
) -> str:
    """Return the SELECT that turns the rows of a relation into charges.

    Args:
        layout: From ``lay_out``.
        relation: What stands after FROM.
        batch: SQL of the batch id.
        references: SQL reference of each column of the header, in its order.
        types: DuckDB type of each column; ``None`` for text whose NULLs are already NULL.
    """
    converted = {
        ledger_name: _first_value(
            ledger_name,
            [
                _converted(
                    _BY_NAME[ledger_name],
                    references[position],
                    None if types is None else types[position],
                )
                for position in positions
            ],
        )
        for ledger_name, positions in layout.sources.items()
    }
    inner = ", ".join(f"{text} AS {column}" for column, text in converted.items())
    if "SkuPriceDetails" in converted:
        inner += f", {_details(converted['SkuPriceDetails'])} AS focus_details"
    raw = {
        column: RawColumn(references[position], "VARCHAR" if types is None else types[position])
        for column, position in layout.header.items()
    }
    added = derive(raw, converted.keys())
    inner += "".join(f", {text} AS {alias}" for alias, text in added.inner.items())
    derived = filled_gaps(added, own=converted, settled=_derived(converted.keys()))
    own = [column for column in converted if column not in derived]
    outer = ", ".join([*own, *(f"{text} AS {column}" for column, text in derived.items())])
    return f"SELECT {outer} FROM (SELECT {inner}, {batch} AS x_IngestionBatchId FROM {relation})"


def _first_value(ledger_name: str, parts: Sequence[str]) -> str:
    text = parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    if ledger_name in REQUIRED:
        return f"coalesce({text}, error({quoted(f'{ledger_name} must have a value')}))"
    return text


def _derived(columns: Collection[str]) -> dict[str, str]:
    """Return the SQL of what follows from the file's own columns, over their ledger names."""
    found = {
        "x_CostBasis": "coalesce(x_CostBasis, 'billed')"
        if "x_CostBasis" in columns
        else "'billed'",
        "x_Source": "'focus'",
        "x_IngestionBatchId": "x_IngestionBatchId",
        "x_RestatementDate": "CAST(ChargePeriodStart AS DATE)",
    }
    if "x_FxRate" in columns and "x_FxSource" not in columns:
        found["x_FxSource"] = "CASE WHEN x_FxRate IS NOT NULL THEN 'bill' END"
        found["x_FxDate"] = (
            "CASE WHEN x_FxRate IS NOT NULL THEN CAST(ChargePeriodStart AS DATE) END"
        )
    if "SkuPriceDetails" in columns:
        found |= {
            f"x_{key}": f"coalesce(focus_details[{2 * index + 1}], focus_details[{2 * index + 2}])"
            for index, key in enumerate(_DETAIL_KEYS)
            if f"x_{key}" not in columns
        }
    return found


def _details(reference: str) -> str:
    """Return the SQL of the values of ``_DETAIL_KEYS``, each with our prefix and without.

    The guard keeps JSON work away from the rows that are not about a model.
    """
    paths = ", ".join(f"'$.x_{key}', '$.{key}'" for key in _DETAIL_KEYS)
    return (
        f"CASE WHEN (contains({reference}, 'Model') OR contains({reference}, 'Token'))"
        f" AND json_valid({reference}) THEN json_extract_string({reference}, [{paths}]) END"
    )


def _converted(column: Column, reference: str, stored: str | None) -> str:
    """Return the SQL of one value, cast strictly: a value that cannot be cast is an error."""
    kind = kind_of(column.name)
    if column.name in _JSON_COLUMNS:
        return _json(reference, stored, column.name)
    if stored is not None and stored.startswith("VARCHAR"):
        reference = f"nullif(nullif({reference}, ''), 'NULL')"
    if kind == "instant":
        return _instant(column.name, reference, stored)
    if column.name == "x_Project" and stored is not None and stored.startswith("STRUCT"):
        return f"CAST({reference}.id AS VARCHAR)"
    if kind == "decimal" and stored in {"DOUBLE", "FLOAT"}:
        return f"CAST(CAST({reference} AS VARCHAR) AS {column.type})"
    if kind == "text" and (stored is None or stored.startswith("VARCHAR")):
        return reference
    return f"CAST({reference} AS {column.type})"


def _instant(ledger_name: str, reference: str, stored: str | None) -> str:
    """Return the SQL of a naive time in UTC, or an error where the file says infinity."""
    if stored is not None and not stored.startswith("VARCHAR"):
        time = f"CAST({reference} AS TIMESTAMP)"
        time = f"CASE WHEN isfinite({time}) THEN {time} END"
    else:
        # A cast to TIMESTAMP would look the session's zone up for each row. No microsecond is
        # infinite, so that an infinite time is NULL here.
        time = f"make_timestamp(epoch_us(CAST({reference} AS TIMESTAMPTZ)))"
    problem = quoted(f"{ledger_name} is not a date and time")
    return f"coalesce({time}, CASE WHEN {reference} IS NOT NULL THEN error({problem}) END)"


def _json(reference: str, stored: str | None, ledger_name: str) -> str:
    """Return JSON text as the file wrote it, or an error when it is not of the right shape."""
    if stored is not None and is_label_list(stored):
        return _object_of(reference)
    if stored is not None and not stored.startswith(("VARCHAR", "JSON")):
        return f"CAST(to_json({reference}) AS VARCHAR)"
    if stored is not None:
        reference = f"nullif(nullif(CAST({reference} AS VARCHAR), ''), 'NULL')"
    if ledger_name not in _JSON_OBJECTS:
        return reference
    problem = quoted(f"{ledger_name} is not a JSON object")
    # Trimming is a quarter of the time of this check, and hardly any text needs it.
    return (
        f"CASE WHEN {reference} IS NULL THEN NULL"
        f" WHEN (prefix({reference}, '{{') OR prefix(ltrim({reference}), '{{'))"
        f" AND json_valid({reference}) THEN {reference} ELSE error({problem}) END"
    )


def is_label_list(stored: str) -> bool:
    """Return whether a DuckDB type is a list of key and value, as Google writes labels."""
    return stored.endswith("[]") and stored.lower().startswith(
        ('struct("key" varchar, "value" varchar', "struct(key varchar, value varchar")
    )


def _object_of(reference: str) -> str:
    """Return a list of key and value as one JSON object; a key that stands twice is kept twice."""
    pair = "CAST(to_json(l.key) AS VARCHAR) || ':' || coalesce(CAST(to_json(l.value) AS VARCHAR), 'null')"
    return (
        f"CASE WHEN len({reference}) > 0 THEN '{{' || array_to_string("
        f"list_transform({reference}, lambda l: {pair}), ',') || '}}' END"
    )
