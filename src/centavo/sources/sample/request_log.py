"""Writes the request log: one gzip file of JSON lines per month, the same bytes for a seed."""

import gzip
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import msgspec

from centavo.sources.sample.call import Call
from centavo.sources.sample.exchanges import as_record

__all__ = ["write_request_log"]


def write_request_log(calls: Iterable[Call], folder: Path) -> list[Path]:
    """Write the logged calls, in order of time, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = msgspec.json.Encoder()
    written: list[Path] = []
    logged = (each for each in calls if each.is_logged)
    for (year, month), of_month in groupby(
        logged, key=lambda each: (each.day.year, each.day.month)
    ):
        path = folder / f"requests-{year}-{month:02}.jsonl.gz"
        # No file name and no time in the header: the same seed gives the same bytes.
        with path.open("wb") as raw, gzip.GzipFile("", "wb", 4, raw, mtime=0) as packed:
            packed.write(encoder.encode_lines(as_record(each) for each in of_month))
        written.append(path)
    return written
