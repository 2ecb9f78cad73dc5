"""What each Azure export is like: how it writes numbers and days, and whether it is amortised.

Azure exports the cost of one month in two ways. *Actual*: a reservation costs on the day it is
bought, and the use that it covers costs nothing. *Amortised*: the purchase is left out, and its
price is spread over the covered use and what went unused. Nothing in the columns tells the two
apart; the rows of reservations and savings plans do.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.resources import files as package_files

import duckdb

from centavo.ledger.reading import InputFile, QualityWarning
from centavo.sources.azure.columns import FIELDS
from centavo.sources.azure.export_files import BLANK, ExportGroup
from centavo.wording import counted

__all__ = ["FileStyle", "Seen", "file_styles", "survey", "survey_warnings"]


@dataclass(frozen=True)
class Seen:
    """One file, in numbers. The fields are the columns of ``sql/azure_survey.sql``."""

    batch_id: str
    records: int
    blank: int
    commas: bool
    points: bool
    largest_first: int | None
    largest_second: int | None
    unused: int
    purchases: int
    amortised_use: int
    covered_use: int
    without_currency: int
    dark_tags: int
    dark_tag_example: str | None
    rounded: int
    fingerprint: int

    @property
    def says_amortised(self) -> bool | None:
        """Whether its commitments' rows are amortised ones; ``None`` where it has none."""
        if self.unused:
            return True
        if self.purchases:
            return False
        if self.amortised_use:
            return True
        return False if self.covered_use else None


@dataclass(frozen=True)
class FileStyle:
    """How the values of one file are to be read.

    Attributes:
        is_amortised: Whether it is an amortised export.
        comma: Whether its decimals follow a comma.
        day_first: Whether ``5/3/2026`` is the fifth of March.
        copy_of: Name of a file before it that has the same charges; then its rows are left out.
    """

    is_amortised: bool = False
    comma: bool = False
    day_first: bool = False
    copy_of: str | None = None


def survey(connection: duckdb.DuckDBPyConnection, rows: str) -> dict[str, Seen]:
    """Return what each file is like, by batch; reads the relation once."""
    sql = package_files("centavo.sources.azure").joinpath("sql/azure_survey.sql").read_text("utf-8")
    for mark, kind in (("amounts", "amount"), ("days", "day")):
        names = ", ".join(field.name for field in FIELDS if field.kind == kind)
        sql = sql.replace(f"{{{mark}}}", f"[{names}]")
    result = connection.execute(sql.replace("{rows}", rows).replace("{blank}", BLANK))
    names = [str(column[0]) for column in result.description or ()]
    wanted = [field.name for field in fields(Seen)]
    if names != wanted:
        raise AssertionError(f"azure_survey.sql answers {names}, wanted {wanted}")
    return {row[0]: Seen(*row) for row in result.fetchall()}


def file_styles(groups: Sequence[ExportGroup], seen: Mapping[str, Seen]) -> dict[str, FileStyle]:
    """Return how each file that has records is to be read, by batch."""
    found: dict[str, FileStyle] = {}
    kinds = _kinds(groups, seen)
    for group in groups:
        # Both exports of one scope have the same columns.
        first_with: dict[tuple[int, int], str] = {}
        for file in group.files:
            one = seen.get(file.batch_id)
            if one is None:
                continue
            amortised = kinds[file.batch_id]
            charges = (one.records - one.blank, one.fingerprint)
            copy_of = file.name
            if one.says_amortised is None and charges[0]:
                copy_of = first_with.setdefault(charges, file.name)
            found[file.batch_id] = FileStyle(
                is_amortised=amortised,
                comma=group.may_use_commas and one.commas and not one.points,
                day_first=(one.largest_first or 0) > 12 and (one.largest_second or 0) <= 12,
                copy_of=None if copy_of == file.name else copy_of,
            )
    return found


def _kinds(groups: Sequence[ExportGroup], seen: Mapping[str, Seen]) -> dict[str, bool]:
    """Return whether each file is amortised.

    A part of a partitioned export may have no commitment's row in it: it is what the other parts
    in its folder are, else what its path says, else actual, where the two exports agree on it.
    """
    files = [file for group in groups for file in group.files if file.batch_id in seen]
    said = {file.batch_id: seen[file.batch_id].says_amortised for file in files}
    found: dict[str, bool] = {}
    for file in files:
        own = said[file.batch_id]
        if own is None:
            beside = {
                said[other.batch_id]
                for other in files
                if other.path.parent == file.path.parent and said[other.batch_id] is not None
            }
            own = next(iter(beside)) if len(beside) == 1 else _path_says_amortised(file)
        found[file.batch_id] = own is True
    return found


def _path_says_amortised(file: InputFile) -> bool:
    parts = "/".join(file.path.absolute().parts[-4:]).lower()
    return "amortized" in parts or "amortised" in parts


def survey_warnings(
    groups: Sequence[ExportGroup], seen: Mapping[str, Seen], styles: Mapping[str, FileStyle]
) -> Iterator[QualityWarning]:
    """Yield what makes the figures of these files less trustworthy than they look."""
    everything = list(seen.values())
    for code, count, text in (
        ("currency_not_stated", sum(one.without_currency for one in everything),
         "charges state no currency; they stand under XXX and are added to no other"),
        ("tags_not_understood", sum(one.dark_tags for one in everything),
         'charges have tags that are neither JSON nor "key": "value" pairs, such as '
         + repr(next((one.dark_tag_example for one in everything if one.dark_tag_example), "")[:80])),
        ("decimals_rounded", sum(one.rounded for one in everything),
         "charges have a cost of more than 12 decimals; rounded to 12"),
    ):  # fmt: skip
        if count:
            yield QualityWarning(code, f"{count:,} {text}.", count)
    yield from _commitment_warnings(seen, styles)
    yield from _shape_warnings(groups, seen, styles)


def _commitment_warnings(
    seen: Mapping[str, Seen], styles: Mapping[str, FileStyle]
) -> Iterator[QualityWarning]:
    amortised = [seen[batch] for batch, style in styles.items() if style.is_amortised]
    actual = [seen[batch] for batch, style in styles.items() if not style.is_amortised]
    covered = sum(one.covered_use for one in actual)
    if amortised and not actual:
        rows = sum(one.amortised_use + one.unused for one in amortised)
        yield QualityWarning(
            "amortised_without_actual",
            f"{counted(len(amortised), 'amortised export')} without the actual one: what reservations and"
            f" savings plans cost when bought is not in BilledCost; their {rows:,} rows of use are"
            " in EffectiveCost only.",
            rows,
        )
    elif covered and not amortised:
        yield QualityWarning(
            "effective_cost_unknown",
            f"{covered:,} rows are use that a reservation or savings plan covers: an actual export"
            " does not say what it is worth, so their EffectiveCost is empty.",
            covered,
        )


def _shape_warnings(
    groups: Sequence[ExportGroup], seen: Mapping[str, Seen], styles: Mapping[str, FileStyle]
) -> Iterator[QualityWarning]:
    unknown = sorted({column for group in groups for column in group.layout.unknown})
    if unknown:
        yield QualityWarning(
            "unknown_columns", f"columns that are not read: {', '.join(unknown)}.", 0
        )
    for group in groups:
        if group.missing:
            rows = sum(seen[f.batch_id].records for f in group.files if f.batch_id in seen)
            yield QualityWarning(
                "short_rows",
                f"records of {group.files[0].name} have {len(group.columns)} values where the header"
                f" names {len(group.columns) + len(group.missing)}; unknown:"
                f" {', '.join(group.missing)}.",
                rows,
            )
    day_first = sum(seen[batch].records for batch, style in styles.items() if style.day_first)
    if day_first:
        yield QualityWarning(
            "day_before_month",
            f"days of {day_first:,} records are read as day/month/year, because some have a first"
            " number above 12.",
            day_first,
        )
    empty = [f.name for group in groups for f in group.files if f.batch_id not in seen]
    if empty:
        yield QualityWarning("no_rows", f"no rows after the header in {', '.join(empty[:3])}", 0)
