"""What tells one vendor report from another: its hallmarks, its dimensions and its rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from centavo.ledger.schema import TableName
from centavo.sources.secrets import RedactionCount
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.pages import ReportLine

__all__ = ["LineNotes", "NotRead", "Report", "TableRow"]

# Values by column name; a column that is absent is NULL.
TableRow = Mapping[str, object]


class NotRead(Exception):
    """A line that becomes no row; its text is the reason that is counted."""


@dataclass
class LineNotes:
    """What is noticed while lines become rows.

    Attributes:
        rounded: Amounts with more than 12 decimals.
        unknown_keys: Keys of results that are not read, and how often.
        not_understood: Texts whose grammar is not known, and how often.
        redacted: Secrets taken out of labels.
    """

    rounded: int = 0
    unknown_keys: Counter[str] = field(default_factory=Counter[str])
    not_understood: Counter[str] = field(default_factory=Counter[str])
    redacted: RedactionCount = field(default_factory=RedactionCount)


@dataclass(frozen=True)
class Report:
    """One report of one vendor.

    Attributes:
        name: Name of its source: ``openai-costs``.
        table: Fact table of its rows.
        hallmark: Says why the beginning of a file is this report, or ``None``.
        kind: What a line is about; lines of two kinds never restate each other.
        dimensions: Keys that identify a line in its bucket; dotted where they are nested.
        known: All keys that are read or deliberately left.
        columns: Columns that ``rows`` may fill.
        rows: Turns a line into rows, mostly one. ``identity`` is a hash of organization, bucket,
            kind and dimensions. Raises ``NotRead`` or ``RecordError``.
    """

    name: str
    table: TableName
    hallmark: Callable[[Probe], str | None]
    kind: Callable[[Mapping[str, object]], str]
    dimensions: tuple[str, ...]
    known: frozenset[str]
    columns: tuple[str, ...]
    rows: Callable[[ReportLine, str, LineNotes], Iterable[TableRow]]
