"""A ledger in memory with kept prompts, from a few lines that each stand for many requests.

``at`` is the first request's time, ``every_s`` the gap to the next of ``count``. In every text ``{n}`` is the
request's number and ``{words:50}`` fifty words that are always the same. ``input`` and ``output`` are the tokens that the
provider stated; ``bodies`` keeps the prompt of every how many-th request, 0 of none.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.bodies import BodyShelf, body_views
from centavo.ledger.engine import open_engine
from centavo.ledger.layout import filled_select
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.schema import TABLES
from centavo.pricing import PriceBook
from centavo.sources import ReadOptions
from centavo.sources.requests.source import RequestLogSource
from tests.sources.event_files import input_file

NOW = datetime(2026, 8, 1, tzinfo=UTC)
_WORDS = [
    "order",
    "invoice",
    "refund",
    "carrier",
    "window",
    "policy",
    "customer",
    "item",
    "payment",
    "account",
    "delivery",
    "damaged",
    "label",
    "warehouse",
    "address",
    "return",
    "ticket",
    "agent",
    "manager",
    "discount",
    "coupon",
    "shipment",
    "tracking",
    "weight",
    "color",
]
_FILLED = re.compile(r"\{words:(\d+)(?::(\w+))?\}")


def ledger_of(path: Path, folder: Path) -> Ledger:
    """Return a ledger with the requests of a file of JSON lines, written to a folder on the way."""
    log = folder / "log.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines() if line]
    log.write_text("".join(json.dumps(each) + "\n" for line in lines for each in _records(line)))
    engine = open_engine()
    shelf = BodyShelf(folder / "bodies", redact=lambda text: (text, 0), today=NOW.date())
    options = ReadOptions(NOW, bodies=shelf)
    reading = RequestLogSource().read(engine, [input_file(log)], options)
    given = filled_select(engine, reading.select, "usage_events")
    engine.execute(f"CREATE TABLE read_events AS {given}")
    shelf.commit()
    for name, columns in {**TABLES, "batches": BATCH_COLUMNS}.items():
        if name != "usage_events":
            typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
            engine.execute(f"CREATE TABLE {name} ({typed})")
    priced = PriceBook.load().select(engine, "SELECT * FROM read_events")
    engine.execute(f"CREATE TABLE usage_events AS {priced}")
    for name, select in body_views(folder / "bodies"):
        engine.execute(f"CREATE VIEW {name} AS {select}")
    return Ledger(LedgerLocation(folder), {}, engine)


def _records(line: dict):
    line = {"model": "gpt-4o", "count": 1, "every_s": 60, "output": 20, "bodies": 1, **line}
    start = datetime.fromisoformat(line["at"]).replace(tzinfo=UTC)
    for number in range(line["count"]):
        body = _fill(line["body"], number)
        record = {
            "request_id": f"{line.get('id', 'r')}-{line['at']}-{number}",
            "started_at": (start + timedelta(seconds=line["every_s"] * number)).isoformat(),
            "status": line.get("status", 200),
            "attempt": line.get("attempt", 1),
            "model": line["model"],
            "request": {"method": "POST", "url": _url(line)},
            "response": {"body": _answer(line, number)},
            "metadata": {"application": line.get("app", "shop"), "endpoint": line.get("endpoint", "/v1")},
        }  # fmt: skip
        if line["bodies"] and number % line["bodies"] == 0:
            record["request"]["body"] = {"model": line["model"], **body}
        yield record


def _url(line: dict) -> str:
    claude = line["model"].startswith("claude")
    host = "api.anthropic.com/v1/messages" if claude else "api.openai.com/v1/chat/completions"
    return f"https://{host}"


def _answer(line: dict, number: int) -> dict:
    said = _fill(line.get("answer", "Done."), number)
    told = line["input"] if isinstance(line["input"], int) else line["input"][number]
    if line["model"].startswith("claude"):
        usage = {"input_tokens": told, "output_tokens": line["output"],
                 "cache_read_input_tokens": line.get("cache_read", 0),
                 "cache_creation_input_tokens": line.get("cache_write", 0)}  # fmt: skip
        blocks = said if isinstance(said, list) else [{"type": "text", "text": said}]
        return {"id": f"msg_{line.get('id', 'r')}{line['at']}{number}", "type": "message",
                "role": "assistant", "model": line["model"], "content": blocks, "usage": usage}  # fmt: skip
    message = said if isinstance(said, dict) else {"role": "assistant", "content": said}
    usage = {"prompt_tokens": told, "completion_tokens": line["output"],
             "prompt_tokens_details": {"cached_tokens": line.get("cache_read", 0)}}  # fmt: skip
    return {"id": f"chatcmpl-{line.get('id', 'r')}{line['at']}{number}", "object": "chat.completion",
            "model": line["model"], "choices": [{"message": message}], "usage": usage}  # fmt: skip


def _fill(value, number: int):
    if isinstance(value, str):
        text = _FILLED.sub(lambda found: _words(int(found[1]), found[2] or ""), value)
        return text.replace("{n}", str(number))
    if isinstance(value, list):
        return [_fill(item, number) for item in value]
    if isinstance(value, dict):
        return {key: _fill(inner, number) for key, inner in value.items()}
    return value


def _words(count: int, seed: str) -> str:
    shift = sum(map(ord, seed))
    return " ".join(f"{_WORDS[(n * 7 + n // 5 + shift) % len(_WORDS)]}" for n in range(count))
