"""Secrets in the texts of LiteLLM's rows that are neither labels nor keys, on both ways of reading."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.sources.spend_logs import ROW

SECRET = "sk-" + "proj-" + "aB3dE5fG7hJ9kL1mN2pQ4rS6"


@pytest.mark.parametrize("name", ["spend.jsonl", "spend.json"])
def test_error_classes_and_model_names_keep_no_secret(
    centavo: Callable[..., Any], tmp_path: Path, name: str
) -> None:
    row = deepcopy(ROW)
    metadata: Any = row["metadata"]
    metadata["error_information"] = {"error_class": f"Auth({SECRET})", "error_code": "401"}
    row |= {"model_group": f"gpt-4o {SECRET}", "status": "failure"}
    records = [ROW, row | {"request_id": "chatcmpl-2"}]
    text = json.dumps(records) if name.endswith(".json") else "\n".join(map(json.dumps, records))
    (tmp_path / name).write_text(text)
    done = centavo("ingest", tmp_path / name, "--json")
    (warning,) = (w for w in done.json["sources"][0]["warnings"] if w["code"] == "secrets_redacted")
    assert warning["message"].startswith("2 secrets")
    stored = [path.read_bytes() for path in (tmp_path / ".centavo").rglob("*") if path.is_file()]
    assert SECRET.encode() not in b"".join(stored)
    shown = centavo("costs", "--basis", "metered", "--by", "model", "--json").out
    assert SECRET not in shown
