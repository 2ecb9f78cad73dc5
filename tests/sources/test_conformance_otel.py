"""The conformance suite on OTLP JSON files."""

import json
from decimal import Decimal

import pytest

from tests.sources.conformance import CHECKS, Case
from tests.sources.otel_spans import chat, request


def turned(value):
    if isinstance(value, dict):
        return {key: turned(value[key]) for key in reversed(value)}
    return [turned(item) for item in value] if isinstance(value, list) else value


def write(path, rows, *, shuffled=False):
    rows = [turned(row) for row in rows] if shuffled else rows
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def output_tokens(row):
    (bundle,) = row["resourceSpans"]
    (span,) = bundle["scopeSpans"][0]["spans"]
    values = {entry["key"]: entry["value"] for entry in span["attributes"]}
    return int(values["gen_ai.usage.output_tokens"]["intValue"])


def row(number, tokens):
    return request(chat(number, tokens=(100, tokens)))


CASE = Case(
    source="otel",
    suffix=".jsonl",
    write=write,
    rows=[row(1, 10), row(2, 20)],
    measure="SELECT sum(output_tokens)::DECIMAL(38,0) FROM usage_events",
    expected=lambda rows: Decimal(sum(output_tokens(row) for row in rows)),
    correct=lambda _: row(1, 15),
    malformed={
        "-5": row(3, -5),
        "yesterday": request(chat(3, startTimeUnixNano="yesterday")),
    },
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_source(check, centavo, tmp_path):
    check(CASE, centavo, tmp_path)
