"""What spans say of prompts, by four conventions, and that it is kept only where it is asked for."""

import json
from datetime import UTC, date, datetime

import pytest

from centavo.ledger.bodies import BodyShelf, body_views
from centavo.ledger.engine import open_engine
from centavo.ledger.reading import InputFile
from centavo.sources.otel import OtelSource
from centavo.sources.source import ReadOptions
from tests.sources.otel_spans import chat, request, write_requests

NOW = datetime(2026, 4, 1, tzinfo=UTC)
MESSAGES = [{"role": "user", "parts": [{"type": "text", "content": "Hello"}]}]
CONVENTIONS = {
    "gen_ai": {
        "gen_ai.system_instructions": json.dumps([{"type": "text", "content": "Be brief."}]),
        "gen_ai.input.messages": json.dumps(MESSAGES),
        "gen_ai.output.messages": json.dumps([{"role": "assistant", "parts": []}]),
    },
    "openllmetry": {
        "gen_ai.prompt.0.role": "system",
        "gen_ai.prompt.0.content": "Be brief.",
        "gen_ai.prompt.1.role": "user",
        "gen_ai.prompt.1.content": "Hello",
        "gen_ai.completion.0.content": "Hi",
    },
    "openinference": {
        "llm.input_messages.0.message.role": "system",
        "llm.input_messages.0.message.content": "Be brief.",
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.content": "Hello",
        "llm.output_messages.0.message.content": "Hi",
    },
    "vercel": {
        "ai.prompt.messages": json.dumps(
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
        ),
        "ai.response.text": "Hi",
    },
}


def kinds(tmp_path, attributes, *, keep=True):
    path = write_requests(tmp_path / "spans.jsonl", request(chat(1, attributes=attributes)))
    engine = open_engine()
    shelf = BodyShelf(tmp_path / "bodies", redact=lambda text: (text, 0), today=date(2026, 4, 1))
    files = [InputFile(path, path.name, "", "b", path.stat().st_size)]
    options = ReadOptions(NOW, bodies=shelf if keep else None)
    reading = OtelSource().read(engine, files, options)
    engine.execute(f"CREATE TABLE usage_events AS {reading.select}")
    shelf.commit()
    for name, select in body_views(tmp_path / "bodies"):
        engine.execute(f"CREATE VIEW {name} AS {select}")
    rows = engine.execute("SELECT kind FROM event_parts ORDER BY kind").fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize("name", CONVENTIONS)
def test_content_is_kept_part_by_part(tmp_path, name):
    found = kinds(tmp_path, CONVENTIONS[name])
    assert found == ["message", "output", "settings", "system"]


def test_content_is_not_kept_unless_asked_for(tmp_path):
    assert kinds(tmp_path, CONVENTIONS["gen_ai"], keep=False) == []


def test_a_span_without_content_has_no_body(tmp_path):
    assert kinds(tmp_path, {}) == []
