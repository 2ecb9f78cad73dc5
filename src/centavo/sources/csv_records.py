"""The records of a CSV file as dictionaries, one at a time, each with its line."""

from collections.abc import Iterator
from pathlib import Path

from centavo.errors import BadValueError
from centavo.sources.csv_diagnosis import numbered_records, read_header

__all__ = ["csv_records"]


def csv_records(path: Path, *, name: str) -> Iterator[tuple[int, dict[str, str] | BadValueError]]:
    """Yield each record after the header with the 1-based line that it begins on.

    A record that has not as many values as the header comes as the error that says so, for the
    caller to raise or to count.

    Args:
        path: A plain or gzip CSV file.
        name: The file as the user named it.

    Raises:
        InputError: The file cannot be read any further: its encoding, quotes or gzip stream.
    """
    columns = read_header(path, name=name).columns
    for line, cells in numbered_records(path, name=name):
        if len(cells) == len(columns):
            yield line, dict(zip(columns, cells, strict=True))
        else:
            yield (
                line,
                BadValueError(
                    f"has {len(cells)} values where the header names {len(columns)}",
                    file=name,
                    line=line,
                    column="the record",
                    value=",".join(cells),
                    hint="Put values that contain the separator in double quotes.",
                ),
            )
