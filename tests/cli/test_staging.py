"""Rows on their way in: by the quick way where it reads exactly, else by the careful one."""

import json
from datetime import UTC, datetime

import pytest

from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.errors import BadValueError
from centavo.ledger.location import LedgerLocation
from centavo.ledger.settings import Settings
from tests.sources.event_files import write_lines
from tests.sources.spend_logs import row


def written(folder, *rows):
    path = write_lines(folder / "spend.jsonl", *rows)
    recognised, _ = recognise_all(find_files([str(path)]))
    options = IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC))
    (done,) = ingest(Settings(LedgerLocation(folder / "ledger")), recognised, options)
    return done.report


def test_a_copy_of_a_row_is_left_out_and_counted_on_the_quick_way(tmp_path):
    report = written(tmp_path, row(1), row(2), row(2))
    assert (report.rows_read, report.rows_written) == (3, 2)
    assert report.rows_skipped == {"the same again in this reading": 1}


def test_what_the_quick_way_refuses_is_read_with_care(tmp_path):
    report = written(tmp_path, row(1), row(2, metadata=json.dumps(row(2)["metadata"])))
    assert (report.rows_read, report.rows_written) == (2, 2)


def test_what_is_wrong_is_said_by_the_careful_way(tmp_path):
    with pytest.raises(BadValueError, match=r"spend\.jsonl.*line 2.*prompt_tokens"):
        written(tmp_path, row(1), row(2, prompt_tokens=12.5))
