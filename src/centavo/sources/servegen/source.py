"""The source of ServeGen's traces: one usage aggregate for each client and window.

A trace has no header: start of the window in seconds, requests per second, coefficient of variation
of the times between requests, their distribution, and its two parameters. Tokens of a window are its
requests times the mean length of the hours it begins in.
Source: github.com/alibaba/ServeGen.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import duckdb

from centavo.errors import BadValueError
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import USAGE_AGGREGATES, TableName
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.json_records import top_level_keys
from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import labels_json
from centavo.sources.servegen.lengths import ClientLengths, LengthBucket, read_lengths
from centavo.sources.servegen.windows import Window, is_window, read_windows
from centavo.sources.source import Beside, Probe, ReadOptions, Recognition

__all__ = ["ServeGenSource"]

_TRACE_NAME = re.compile(r"\Achunk-(\d+)-trace\.csv(?:\.gz)?\Z")
_LENGTHS_NAME = re.compile(r"\Achunk-(\d+)-dataset\.json\Z")
_MALFORMED = "malformed record"
_ORPHAN = "lengths without a trace beside them"
_TWICE = "same client and model in another file of this reading"
_STEP = Decimal("0.000000000001")
# A trace counts from its own start and does not say when that was.
_START = datetime(1970, 1, 1)  # noqa: DTZ001 -- the ledger's times are naive UTC
_MOST_NAMED = 8
_PARTS = {
    "text_tokens": "input_text_tokens",
    "image_tokens": "input_image_tokens",
    "audio_tokens": "input_audio_tokens",
    "video_tokens": "input_video_tokens",
}
_NAMES = (
    "aggregate_id",
    "source",
    "batch_id",
    "basis",
    "interval_start",
    "interval_end",
    "model",
    "customer_id",
    "attribution_method",
    "attribution_confidence",
    "request_count",
    "input_uncached_tokens",
    "output_tokens",
    *_PARTS.values(),
    "input_tokens_low",
    "output_tokens_low",
    "labels",
)
_TYPES = {column.name: column.type for column in USAGE_AGGREGATES if column.name in _NAMES}


class ServeGenSource:
    """Reads ``chunk-N-trace.csv`` with the ``chunk-N-dataset.json`` beside it into usage aggregates."""

    name = "servegen"
    table: TableName = "usage_aggregates"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds windows, or the lengths beside them, and why."""
        head = probe.head.lstrip()
        if head.startswith("{"):
            keys = top_level_keys(head)
            if keys and all(key.isdecimal() for key in keys) and '_tokens": "{' in head:
                return Recognition(0.8, "it holds histograms of lengths by hour")
        elif is_window(head.partition("\n")[0].rstrip("\r")):
            return Recognition(0.7, "its lines are windows with rates, without a header")
        return None

    def beside(self, path: Path) -> Beside:
        """Return the lengths of a trace's client, and the model and client that its place names."""
        found = _TRACE_NAME.match(path.name)
        if not found:
            return Beside()
        lengths = path.with_name(f"chunk-{found[1]}-dataset.json")
        # Two clients without traffic have files of the same bytes.
        folder = path.resolve().parent
        says = f"{folder.parent.name} {folder.name} {found[1]}"
        return Beside((lengths,) if lengths.is_file() else (), says)

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each window of each client."""
        tally = Tally()
        reader = _Reader(tally, skip_bad=options.skip_bad)
        name = f"servegen_{files[0].batch_id}"
        batches = reader.batches(files, self)
        explain = register_columns(connection, name, types=_TYPES, batches=batches)
        return Reading(self.table, f'SELECT * FROM "{name}"', tally, explain)


class _Reader:
    """The state of one reading."""

    def __init__(self, tally: Tally, *, skip_bad: bool) -> None:
        self._tally = tally
        self._skip_bad = skip_bad
        self._unknown: dict[str, int] = {}
        self._unknown_windows = 0
        self._windows = 0
        self._clients: set[str] = set()

    def batches(self, files: Sequence[InputFile], source: ServeGenSource) -> Iterator[Columns]:
        """Yield the aggregates, client by client; lengths without a trace are counted as skipped.

        Raises:
            BadValueError: A window or a histogram is malformed.
            InputError: A file is damaged.
        """
        for file in files:
            if _LENGTHS_NAME.match(file.path.name):
                self._skip(file, _ORPHAN)
                continue
            beside = source.beside(file.path).files
            lengths = read_lengths(beside[0]) if beside else ClientLengths([])
            windows = read_windows(file, on_bad=lambda error, file=file: self._bad(error, file))
            if windows and (columns := self._columns(file, windows, lengths=lengths)):
                yield columns
        self._tally.warnings += self._warnings()

    def _columns(
        self, file: InputFile, windows: Sequence[Window], *, lengths: ClientLengths
    ) -> Columns:
        client = _Client(file)
        self._tally.read[file.batch_id] += len(windows)
        if client.identity in self._clients:
            self._tally.skipped[file.batch_id, _TWICE] += len(windows)
            return {}
        self._clients.add(client.identity)
        self._windows += len(windows)
        buckets = [lengths.at(window.start_s) for window in windows]
        for window, bucket in zip(windows, buckets, strict=True):
            if window.requests and None in (bucket.input_tokens, bucket.output_tokens):
                self._unknown[client.name] = self._unknown.get(client.name, 0) + window.requests
                self._unknown_windows += 1
        return {**client.columns(windows), **_token_columns(windows, buckets)}

    def _bad(self, error: BadValueError, file: InputFile) -> None:
        if not self._skip_bad:
            raise error
        self._skip(file, _MALFORMED)

    def _skip(self, file: InputFile, reason: str) -> None:
        self._tally.read[file.batch_id] += 1
        self._tally.skipped[file.batch_id, reason] += 1

    def _warnings(self) -> Iterator[QualityWarning]:
        if self._windows:
            message = (
                f"{self._windows:,} intervals count from the start of their trace, which no file"
                " states: they stand at 1970-01-01 and after"
            )
            yield QualityWarning("times_relative", message, self._windows)
        if self._unknown:
            names = sorted(self._unknown)
            shown = ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
            message = (
                f"{sum(self._unknown.values()):,} requests of {len(names)} clients ({shown}) have no"
                " token lengths: their tokens are unknown, at least 0 and without an upper bound"
            )
            yield QualityWarning("lengths_unknown", message, self._unknown_windows)


class _Client:
    """Who sent the traffic of one trace, as the file's place and name say."""

    def __init__(self, file: InputFile) -> None:
        found = _TRACE_NAME.match(file.path.name)
        folder = file.path.resolve().parent
        self._file = file
        self._client = found[1] if found else None
        self._model = folder.name if found else None
        self._category = folder.parent.name if found else None
        self.name = f"{folder.name}/{found[1]}" if found else file.name
        # Without the name, only the content tells one client from another.
        self.identity = content_hash(
            [self._category, self._model, self._client] if found else file.sha256, digits=32
        )

    def columns(self, windows: Sequence[Window]) -> dict[str, Sequence[object]]:
        """Return who, when and how many, for each window."""
        rows = len(windows)
        begins = [_START + timedelta(seconds=float(window.start_s)) for window in windows]
        width = timedelta(seconds=float(windows[0].width_s))
        named = self._client is not None
        return {
            "aggregate_id": [self._id(window) for window in windows],
            "source": [ServeGenSource.name] * rows,
            "batch_id": [self._file.batch_id] * rows,
            "basis": ["metered"] * rows,
            "interval_start": begins,
            "interval_end": [start + width for start in begins],
            "model": [self._model] * rows,
            "customer_id": [self._client] * rows,
            "attribution_method": ["label" if named else None] * rows,
            "attribution_confidence": [1.0 if named else None] * rows,
            "request_count": [window.requests for window in windows],
            "labels": [self._labels(window) for window in windows],
        }

    def _id(self, window: Window) -> str:
        identity = content_hash([self.identity, str(window.start_s)], digits=32)
        return f"{ServeGenSource.name}:{identity}"

    def _labels(self, window: Window) -> str:
        labels = {
            "client": self._client,
            "category": self._category,
            "interarrival_cv": window.variation,
            "interarrival_distribution": window.distribution,
            "tokens": "requests times mean length of the hours",
        }
        return labels_json({key: value for key, value in labels.items() if value})


def _token_columns(
    windows: Sequence[Window], buckets: Sequence[LengthBucket]
) -> dict[str, Sequence[object]]:
    pairs = list(zip(windows, buckets, strict=True))
    inputs = [_times(window, bucket.input_tokens) for window, bucket in pairs]
    outputs = [_times(window, bucket.output_tokens) for window, bucket in pairs]
    columns: dict[str, Sequence[object]] = {
        "input_uncached_tokens": inputs,
        "output_tokens": outputs,
        # What is unknown is at least nothing, and has no bound above: the trace states no limit.
        "input_tokens_low": [Decimal(0) if tokens is None else None for tokens in inputs],
        "output_tokens_low": [Decimal(0) if tokens is None else None for tokens in outputs],
    }
    for part, column in _PARTS.items():
        if any(part in bucket.parts for bucket in buckets):
            columns[column] = [_times(window, bucket.parts.get(part)) for window, bucket in pairs]
    return columns


def _times(window: Window, mean: Decimal | None) -> Decimal | None:
    """Return requests times mean; no request has no tokens, whatever its length."""
    if not window.requests:
        return Decimal(0)
    if mean is None:
        return None
    return (window.requests * mean).quantize(_STEP, rounding=ROUND_HALF_EVEN)
