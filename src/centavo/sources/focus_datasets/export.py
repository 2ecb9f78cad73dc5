"""The ledger's invoices, billing periods or contract commitments as one FOCUS 1.4 file.

Nothing is invented: what is not known stays null, and the report says how often the model demands
it. Mandatory columns are always written, others where a row has a value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from centavo.ledger.schema import TABLES
from centavo.sources.focus.written_file import FocusFile
from centavo.sources.focus_datasets.dataset import DATASETS
from centavo.sources.focus_datasets.model import DatasetId, dataset_columns

__all__ = ["DatasetReport", "export_dataset"]


@dataclass(frozen=True)
class DatasetReport:
    """What an export wrote, and what it could not say.

    Attributes:
        path: The file.
        dataset: What it holds.
        rows: Rows written.
        columns: Columns written, in order.
        null_violations: Rows without a value that the model demands, by column.
    """

    path: Path
    dataset: DatasetId
    rows: int
    columns: tuple[str, ...]
    null_violations: Mapping[str, int]


def export_dataset(
    connection: duckdb.DuckDBPyConnection, *, relation: str, dataset: DatasetId, out: Path
) -> DatasetReport:
    """Write the rows of a relation as one file of a dataset, and report what it lacks.

    Args:
        connection: Where the relation is known; ``TimeZone`` UTC.
        relation: Rows with the columns of the dataset's table.
        dataset: Which.
        out: File to write; its suffix says the format. It appears when it is complete.

    Raises:
        ConfigError: The suffix says no format, or the file cannot be written.
    """
    target = FocusFile(out)
    described = next(each for each in DATASETS if each.dataset == dataset)
    stored = {column.name: column for column in TABLES[described.table]}
    model = dataset_columns(dataset)
    counts = ", ".join(f'count("{column.name}")' for column in model)
    row = connection.execute(f"SELECT count(*), {counts} FROM {relation}").fetchone()
    assert row is not None
    rows = int(row[0])
    filled = {column.name: int(n) for column, n in zip(model, row[1:], strict=True)}
    written = [c for c in model if c.level == "mandatory" or filled[c.name]]
    shown = ", ".join(f'{target.value(stored[c.name])} AS "{c.name}"' for c in written)
    order = ", ".join(f'"{name}"' for name in described.identity)
    target.write(connection, f"SELECT {shown} FROM {relation} ORDER BY {order}")
    return DatasetReport(
        path=out,
        dataset=dataset,
        rows=rows,
        columns=tuple(c.name for c in written),
        null_violations={
            c.name: rows - filled[c.name]
            for c in written
            if not c.nullable and filled[c.name] < rows
        },
    )
