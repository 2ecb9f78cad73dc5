"""What the records of a Cloud Billing export are like: counts, warnings, and the SKUs they name."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files as package_files

import duckdb

from centavo.ledger.reading import QualityWarning
from centavo.sources.gcp.diagnosis import BAD_COLUMN
from centavo.sources.gcp.jsonl import unknown_keys
from centavo.sources.gcp.services import is_ai_service, pricing_category, service_category
from centavo.sources.gcp.sku import SkuMeaning, parse_sku, tokens_per_unit

__all__ = ["Kind", "survey", "survey_warnings", "write_skus"]

_COST_TYPES = frozenset({"", "regular", "tax", "adjustment", "rounding_error", "roundoff"})


@dataclass(frozen=True)
class Kind:
    """Records that are alike, and how many of them have which peculiarity.

    The fields are the columns of ``sql/gcp_survey.sql``.
    """

    batch_id: str
    bad: str | None
    service: str
    service_id: str
    sku: str
    unit: str
    consumption: str
    cost_type: str
    keys_hash: int
    source_keys: Sequence[Sequence[str] | None] | None
    records: int
    zoneless: int
    undated: int
    credit_objects: int
    rounded: int
    negative: int
    credits_differ: int
    repeats: int
    repeat_example: str | None
    project_repeat_example: str | None


def survey(connection: duckdb.DuckDBPyConnection, rows: str) -> list[Kind]:
    """Return the kinds of records of a relation; reads it once.

    Args:
        connection: With the macros of this source.
        rows: SQL of the records, every column as text.
    """
    sql = package_files("centavo.sources.gcp").joinpath("sql/gcp_survey.sql").read_text("utf-8")
    result = connection.execute(sql.replace("{rows}", rows).replace("{bad}", BAD_COLUMN))
    names = [str(column[0]) for column in result.description or ()]
    wanted = [field.name for field in fields(Kind)]
    if names != wanted:
        raise AssertionError(f"gcp_survey.sql answers {names}, wanted {wanted}")
    return [Kind(*row) for row in result.fetchall()]


def write_skus(connection: duckdb.DuckDBPyConnection, table: str, kinds: Iterable[Kind]) -> None:
    """Write the temporary table that says what each service and SKU is."""
    keys = sorted({(k.service, k.sku, k.unit, k.consumption, k.service_id) for k in kinds})
    rows = {key[:4]: _sku_row(*key) for key in keys}
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {table} (service VARCHAR, sku VARCHAR, unit VARCHAR, "
        "consumption VARCHAR, service_category VARCHAR, service_subcategory VARCHAR, "
        "pricing_category VARCHAR, developer VARCHAR, family VARCHAR, model VARCHAR, "
        "version VARCHAR, direction VARCHAR, cache_action VARCHAR, cache_retention VARCHAR, "
        "tier VARCHAR, context VARCHAR, modality VARCHAR, is_reasoning BOOLEAN, geo VARCHAR, "
        "tokens_per_unit INTEGER)"
    )
    if rows:
        marks = ", ".join("?" * 20)
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", list(rows.values()))


def _sku_row(service: str, sku: str, unit: str, consumption: str, service_id: str) -> list[object]:
    """Return the row of the table for one service, SKU, unit and consumption model."""
    is_ai = is_ai_service(service, service_id)
    meaning = parse_sku(sku, service) if is_ai else SkuMeaning()
    return [
        service,
        sku,
        unit,
        consumption,
        service_category(service, service_id),
        "Generative AI" if meaning.family is not None else None,
        pricing_category(consumption, sku),
        meaning.developer,
        meaning.family,
        meaning.model,
        meaning.version,
        meaning.direction,
        meaning.cache_action,
        meaning.cache_retention,
        meaning.tier,
        meaning.context,
        meaning.modality,
        meaning.is_reasoning,
        meaning.geo,
        tokens_per_unit(meaning, unit),
    ]


def survey_warnings(kinds: Sequence[Kind]) -> Iterator[QualityWarning]:
    """Yield what makes the figures of these records less trustworthy than they look."""
    for code, count, text in (
        ("times_without_zone", sum(k.zoneless for k in kinds),
         "records have times without zone; they are taken as UTC"),
        ("no_export_time", sum(k.undated for k in kinds),
         "records have no export_time; a restatement of them is recognised by the day of use"),
        ("credits_not_a_list", sum(k.credit_objects for k in kinds),
         "records write credits as one object where the export has a list; read as a list of one"),
        ("decimals_rounded", sum(k.rounded for k in kinds),
         "records have a cost or credit of more than 12 decimals; rounded half to even"),
        ("negative_quantity", sum(k.negative for k in kinds),
         "records have a negative usage amount (a correction); kept as it is"),
        ("flattened_credits_differ", sum(k.credits_differ for k in kinds),
         "records have a flattened credits_id that contradicts the JSON; the JSON counts"),
    ):  # fmt: skip
        if count:
            yield QualityWarning(code, f"{count:,} {text}.", count)
    yield from _label_warning(kinds)
    yield from _cost_type_warning(kinds)
    yield from _sku_warning(kinds)
    yield from _key_warning(kinds)


def _label_warning(kinds: Sequence[Kind]) -> Iterator[QualityWarning]:
    count = sum(kind.repeats for kind in kinds)
    if count:
        examples = (kind.repeat_example or kind.project_repeat_example for kind in kinds)
        example = next(filter(None, examples), "")[:120]
        yield QualityWarning(
            "duplicate_tag_keys",
            f"{count:,} records give a label key twice, such as {example}; the first value is the "
            "tag, the others are kept under key#2, key#3.",
            count,
        )


def _cost_type_warning(kinds: Sequence[Kind]) -> Iterator[QualityWarning]:
    unknown = _count([kind for kind in kinds if kind.cost_type not in _COST_TYPES], "cost_type")
    if unknown:
        yield QualityWarning(
            "unknown_cost_type",
            f"{unknown.total():,} records have a cost_type that is not known "
            f"({', '.join(sorted(unknown))}); they are counted as adjustments.",
            unknown.total(),
        )


def _sku_warning(kinds: Sequence[Kind]) -> Iterator[QualityWarning]:
    dark: Counter[str] = Counter()
    for kind in kinds:
        is_usage = kind.sku != "" and kind.cost_type in {"", "regular"}
        if not is_usage or not is_ai_service(kind.service, kind.service_id):
            continue
        if not parse_sku(kind.sku, kind.service).is_understood:
            dark[f"{kind.service}: {kind.sku}"] += kind.records
    if dark:
        name, _ = dark.most_common(1)[0]
        yield QualityWarning(
            "sku_not_understood",
            f"{dark.total():,} records of {len(dark):,} SKUs of AI services were not understood to "
            f"the last word, such as {name!r}; their model and token columns may be empty.",
            dark.total(),
        )


def _key_warning(kinds: Sequence[Kind]) -> Iterator[QualityWarning]:
    unknown: Counter[str] = Counter()
    for kind in kinds:
        for key in unknown_keys(kind.source_keys):
            unknown[key] += kind.records
    if unknown:
        yield QualityWarning(
            "unknown_columns",
            f"The export has columns that are not read: {', '.join(sorted(unknown))}.",
            max(unknown.values()),
        )


def _count(kinds: Iterable[Kind], name: str) -> Counter[str]:
    counter: Counter[str] = Counter()
    for kind in kinds:
        counter[str(getattr(kind, name))] += kind.records
    return counter
