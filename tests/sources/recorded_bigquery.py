"""BigQuery from recorded answers of its REST interface: the wire shapes of jobs.query.

The wire writes every value as text inside ``{"f": [{"v": …}]}``; source:
cloud.google.com/bigquery/docs/reference/rest/v2/jobs/query and jobs/getQueryResults. The
recordings are written by hand in those shapes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

RECORDINGS = Path(__file__).resolve().parent.parent / "recordings" / "gcp_bigquery"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RecordedBigQuery:
    """Answers with recordings, and keeps the queries that it was asked.

    Args:
        partitions: Recording of the answer to the change tokens' query.
    """

    def __init__(self, partitions: str = "partitions.json") -> None:
        self._partitions = partitions
        self.asked: list[tuple[str, dict[str, date], int]] = []

    def columns(self, table: str) -> Sequence[str]:
        assert table.count(".") == 2
        return [field["name"] for field in load("table.json")["schema"]["fields"]]

    def query(
        self, sql: str, *, parameters: Mapping[str, date], max_bytes_billed: int
    ) -> Iterator[Sequence[Mapping[str, object]]]:
        self.asked.append((sql, dict(parameters), max_bytes_billed))
        if "day" not in parameters:
            names = [self._partitions]
        else:
            names = sorted(p.name for p in RECORDINGS.glob(f"{parameters['day']}-*.json"))
        return self._pages(names)

    def _pages(self, names: Sequence[str]) -> Iterator[Sequence[Mapping[str, object]]]:
        for position, name in enumerate(names):
            answer = load(name)
            if not answer["jobComplete"]:
                continue  # the client asks again, and the next recording is the answer
            assert ("pageToken" in answer) == (position + 1 < len(names)), name
            yield decode_rows(answer["schema"]["fields"], answer.get("rows", []))


def load(name: str):
    return json.loads((RECORDINGS / name).read_text(encoding="utf-8"))


def decode_rows(fields, rows) -> list[dict[str, object]]:
    """Return rows of the wire as JSON objects; numbers keep their text."""
    return [record(fields, row) for row in rows]


def record(fields, row) -> dict[str, object]:
    return {f["name"]: value(f, cell["v"]) for f, cell in zip(fields, row["f"], strict=True)}


def value(field, found):
    if found is None:
        return None
    if field.get("mode") == "REPEATED":
        return [value({**field, "mode": "NULLABLE"}, item["v"]) for item in found]
    if field["type"] == "RECORD":
        return record(field["fields"], found)
    if field["type"] == "TIMESTAMP":
        micros = int(Decimal(found) * 1_000_000)
        return (EPOCH + timedelta(microseconds=micros)).isoformat().replace("+00:00", "Z")
    return found == "true" if field["type"] == "BOOLEAN" else found
