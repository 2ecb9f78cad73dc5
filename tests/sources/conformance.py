"""What every source must do, whatever its format. Run it on your own source too.

A ``Case`` says how to write files of the format; the suite reads them through the whole way in:
recognition, reading, attribution, prices, ledger.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

Row = Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """One format.

    Attributes:
        source: Name of the source that must recognise it.
        suffix: Of the files.
        write: ``(path, rows, *, shuffled=False)`` writes rows; ``shuffled`` writes the same rows with columns or keys in
            another order.
        rows: Good rows of the format.
        measure: SQL of an exact total over the source's table, as text.
        expected: The same total computed from ``rows`` in Python.
        correct: Returns a row with its measured value changed, and all else the same.
        malformed: Rows that must end the reading, by what the error must name.
    """

    source: str
    suffix: str
    write: Callable[..., None]
    rows: list[Row]
    measure: str
    expected: Callable[[list[Row]], Decimal]
    correct: Callable[[Row], Row]
    malformed: Mapping[str, Row]


def check_recognised(case: Case, centavo, folder: Path) -> None:
    path = _written(case, folder)
    done = centavo("ingest", path, "--dry-run")
    assert f": {case.source} (" in done.err, done.err


def check_header_by_name(case: Case, centavo, folder: Path) -> None:
    path = folder / f"shuffled{case.suffix}"
    case.write(path, case.rows, shuffled=True)
    assert centavo("ingest", path).exit_code == 0
    assert _measured(case, folder) == case.expected(case.rows)


def check_a_file_through_its_life(case: Case, centavo, folder: Path) -> None:
    """A file is read in full, read again, read with bad rows, and corrected: one ledger for all."""
    path = _written(case, folder)
    _total_and_exact(case, centavo("ingest", path, "--json").json["sources"][0], folder)
    _idempotent(case, centavo, path)
    _malformed_input_loses_nothing(case, centavo, folder)
    _corrected_file_takes_the_place_of_the_first(case, centavo, path)


def _total_and_exact(case: Case, report: Mapping, folder: Path) -> None:
    assert report["rows_read"] == report["rows_written"] + sum(report["rows_skipped"].values())
    assert report["rows_written"] == len(case.rows)
    assert _measured(case, folder) == case.expected(case.rows)


def _idempotent(case: Case, centavo, path: Path) -> None:
    before = centavo("ledger", "--json").json
    copy = path.with_name(f"copy{case.suffix}")
    copy.write_bytes(path.read_bytes())
    for again in (path, copy):
        assert "unchanged" in centavo("ingest", again).err
    assert centavo("ledger", "--json").json == before


def _malformed_input_loses_nothing(case: Case, centavo, folder: Path) -> None:
    before = _measured(case, folder)
    for named, row in case.malformed.items():
        path = folder / f"bad{case.suffix}"
        case.write(path, [*case.rows, row])
        done = centavo("ingest", path)
        assert done.exit_code == 2, (named, done.err)
        assert path.name in done.err
        assert "line" in done.err, done.err
        assert named in done.err
        assert _measured(case, folder) == before
        path.unlink()


def _corrected_file_takes_the_place_of_the_first(case: Case, centavo, path: Path) -> None:
    corrected = [case.correct(case.rows[0]), *case.rows[1:]]
    assert case.expected(corrected) != case.expected(case.rows)
    case.write(path, corrected)
    assert centavo("ingest", path).exit_code == 0
    assert _measured(case, path.parent) == case.expected(corrected)


CHECKS = (check_recognised, check_header_by_name, check_a_file_through_its_life)


def _written(case: Case, folder: Path) -> Path:
    path = folder / f"good{case.suffix}"
    case.write(path, case.rows)
    return path


def _measured(case: Case, folder: Path) -> Decimal:
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    ledger = Ledger.open(LedgerLocation(folder / ".centavo"))
    value = ledger.rows(case.measure)[0][0]
    assert isinstance(value, Decimal)
    return value
