"""Values that no provider should write and some do: a reading goes on, and the row counts."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.sources.spend_logs import ROW

_SPAN = {
    "traceId": "0af7651916cd43dd8448eb211c80319c",
    "spanId": "b7ad6b7169203331",
    "name": "chat gpt-4o",
    "startTimeUnixNano": "1772700000000000000",
    "endTimeUnixNano": "1772700001000000000",
}


def _span(address: str) -> dict[str, object]:
    said = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
    said |= {"gen_ai.system": "openai", "server.address": address}
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in said.items()]
    counts = {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "10"}}
    span = {**_SPAN, "attributes": [*attributes, counts]}
    return {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}


def _written(centavo: Callable[..., Any], path: Path, *records: object) -> int:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    done = centavo("ingest", path, "--json")
    assert done.exit_code == 0, done.err
    return done.json["sources"][0]["rows_written"]


@pytest.mark.parametrize("address", ["[redacted:password]", "https://[::x", "https://a\u2100b/v1"])
def test_an_address_that_is_none_ends_no_reading(
    centavo: Callable[..., Any], tmp_path: Path, address: str
) -> None:
    assert _written(centavo, tmp_path / "spans.jsonl", _span(address)) == 1


@pytest.mark.parametrize("empty", [{}, None])
def test_spend_logs_metadata_without_a_member(
    centavo: Callable[..., Any], tmp_path: Path, empty: object
) -> None:
    first, second = deepcopy(ROW), deepcopy(ROW)
    metadata: Any = second["metadata"]
    second["request_id"] = "chatcmpl-2"
    metadata: Any = second["metadata"]
    second["request_id"] = "chatcmpl-2"
    # A secret sends the file the careful way.
    second["user"] = "sk-" + "proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6"
    metadata["spend_logs_metadata"] = empty
    assert _written(centavo, tmp_path / "spend.json", {"data": [first, second]}) == 2
