"""Every figure of the ground truth about recorded traffic, from the source's rows and tally."""

import json
import tarfile
from decimal import Decimal

import pytest

from centavo.sources.requests.tally import RequestTally
from tests.shared_data import ROOT, shared_data
from tests.sources.event_files import read_files


def truth(name):
    return json.loads((ROOT / "GROUND_TRUTH.json").read_text())[name]


def extracted(archive, folder, suffix):
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return sorted(folder.rglob(f"*.{suffix}"))


@pytest.fixture(scope="module")
def cassettes(tmp_path_factory):
    archive = shared_data("pydantic-ai-cassettes") / "cassettes.tar.xz"
    files = extracted(archive, tmp_path_factory.mktemp("cassettes"), "yaml")
    return files, read_files(files)


@pytest.fixture(scope="module")
def llama_stack(tmp_path_factory):
    archive = shared_data("llama-stack-recordings") / "recordings.tar.xz"
    files = extracted(archive, tmp_path_factory.mktemp("recordings"), "json")
    return files, read_files(files)


def by_host(read):
    """Rows and skipped requests of each host, added."""
    tally = read.tally
    assert isinstance(tally, RequestTally)
    found = {}
    for row in read.rows:
        if row["server_address"] is None:
            continue
        host = found.setdefault(row["server_address"], [0, 0, 0])
        host[0] += 1
        host[1] += row["request_bytes"] or 0
        host[2] += row["tools_hash"] is not None
    figures = {}
    for name in found.keys() | (tally.skipped_by_host.keys() - {""}):
        n, request_bytes, with_tools = found.get(name, (0, 0, 0))
        skipped = tally.skipped_by_host.get(name)
        figures[name] = {
            "n": n + (skipped.requests if skipped else 0),
            "request_bytes": request_bytes + (skipped.request_bytes if skipped else 0),
            "with_tools": with_tools + (skipped.with_tools if skipped else 0),
            "with_usage": tally.rows_with_usage[name] + (skipped.with_usage if skipped else 0),
        }
    return figures


def test_cassettes_match_the_ground_truth(cassettes):
    files, read = cassettes
    expected = truth("pydantic-ai-cassettes")
    figures = by_host(read)
    assert len(files) == expected["files"]
    assert sum(host["n"] for host in figures.values()) == expected["interactions"]
    assert sum(host["request_bytes"] for host in figures.values()) == expected["request_bytes"]
    assert {name: figures.get(name) for name in expected["by_host"]} == expected["by_host"]


def test_every_record_is_a_row_or_in_the_tally(cassettes, llama_stack):
    for _, read in (cassettes, llama_stack):
        assert sum(read.tally.read.values()) == len(read.rows) + sum(read.tally.skipped.values())


def test_no_two_rows_share_a_key(cassettes, llama_stack):
    for _, read in (cassettes, llama_stack):
        assert len({row["event_id"] for row in read.rows}) == len(read.rows)


def test_a_background_response_carries_the_usage_of_its_poll(cassettes):
    _, read = cassettes
    polls = [reason for reason in read.skipped if "a poll of a stored answer" in reason]
    assert polls
    late = [row for row in read.rows if row["operation"] == "responses" and not row["is_error"]]
    assert sum(row["output_tokens"] is None for row in late) <= 1


def test_llama_stack_recordings_match_the_ground_truth(llama_stack):
    files, read = llama_stack
    expected = truth("llama-stack-recordings")
    stated = [row for row in read.rows if row["output_tokens"] is not None]
    prompt = sum(row["input_uncached_tokens"] + (row["cache_read_tokens"] or 0) for row in stated)
    completion = sum(row["output_tokens"] for row in stated)
    usd = (prompt * Decimal("2.5") + completion * 10) / 1_000_000
    assert {
        "requests": len(read.rows),
        "request_bytes": sum(row["request_bytes"] for row in read.rows),
        "streamed": sum(row["streamed"] is True for row in read.rows),
        "with_tools": sum((row["tool_count"] or 0) > 0 for row in read.rows),
        "with_usage": len(stated),
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "usd_2_5_10_if_all_gpt4o": float(usd),
    } == expected
    assert len(files) == len(read.rows)


def test_reading_recordings_twice_gives_the_same_rows(llama_stack):
    files, read = llama_stack
    assert read_files(files).rows == read.rows
