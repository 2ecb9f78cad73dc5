"""Kept prompts for benchmarks: agents' conversations, each request carrying all that was said before."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa

from centavo.ledger.batches import BATCH_COLUMNS
from centavo.ledger.bodies import BodyShelf, body_views
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.schema import TABLES
from centavo.sources.body_parts import answer_parts, request_parts

TURNS = 16
START = datetime(2026, 6, 1, tzinfo=UTC)
_WORDS = [f"{a}{b}" for a in ("order", "pay", "ship", "track", "refund", "label", "cost", "price", "item")
          for b in ("", "s", "ed", "ing", " id", " list", " date")]  # fmt: skip


def words(rng: random.Random, count: int) -> str:
    """Return so many words."""
    return " ".join(rng.choices(_WORDS, k=count))


def conversations(requests: int, seed: int = 1) -> Iterator[tuple[dict, dict, datetime]]:
    """Yield request, answer and time; every question, result and answer is a text of its own."""
    rng = random.Random(seed)
    tools = [
        {"type": "function", "function": {"name": f"tool_{n}", "description": words(rng, 60)}}
        for n in range(14)
    ]
    system = {"role": "system", "content": words(rng, 900)}
    made = 0
    while made < requests:
        said: list[dict] = [system]
        at = START + timedelta(seconds=rng.random() * 86_400 * 60)
        for _ in range(TURNS):
            rows = [{"id": rng.randint(1, 10**6), "price": round(rng.random() * 99, 2),
                     "state": rng.choice(_WORDS)} for _ in range(8)]  # fmt: skip
            said += [
                {"role": "user", "content": words(rng, 40)},
                {"role": "assistant", "content": None, "tool_calls": [
                    {"id": "c", "type": "function",
                     "function": {"name": f"tool_{rng.randint(0, 4)}", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": json.dumps(rows, indent=1)},
            ]  # fmt: skip
            answer = {"role": "assistant", "content": words(rng, 60)}
            yield {"model": "gpt-4o", "tools": tools, "messages": list(said)}, answer, at
            said.append(answer)
            at += timedelta(seconds=30)
            made += 1


def ledger_with_bodies(folder: Path, requests: int) -> tuple[Ledger, int, int]:
    """Return a ledger with so many requests and their prompts, and bytes as sent and as kept once."""
    shelf = BodyShelf(folder / "bodies", redact=lambda text: (text, 0), today=date(2026, 6, 1))
    rows: list[dict] = []
    sent = 0
    known: dict[int, int] = {}
    for number, (body, answer, at) in enumerate(conversations(requests)):
        parts = request_parts(body)
        sizes = [len(part.text) for part in parts]
        sent += sum(sizes)
        known.update((hash(part.text), len(part.text)) for part in parts[-4:])
        tokens = sum(sizes) // 4
        rows.append(
            {"event_id": f"e{number}", "source": "requests", "batch_id": "b",
             "started_at": at.replace(tzinfo=None), "provider": "openai", "requested_model": "gpt-4o",
             "application": "agent", "endpoint": "/v1", "input_uncached_tokens": tokens,
             "output_tokens": 80, "cost": str(tokens * 2.5e-6), "input_cost": str(tokens * 2.4e-6),
             "cost_currency": "USD", "body_hash": shelf.keep(parts),
             "answer_hash": shelf.keep(answer_parts(answer))}
        )  # fmt: skip
    shelf.commit()
    engine = open_engine()
    for name, columns in {**TABLES, "batches": BATCH_COLUMNS}.items():
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        engine.execute(f"CREATE TABLE {name} ({typed})")
    engine.register("made", pa.Table.from_pylist(rows))
    engine.execute("INSERT INTO usage_events BY NAME SELECT * FROM made")
    for name, select in body_views(folder / "bodies"):
        engine.execute(f"CREATE VIEW {name} AS {select}")
    return Ledger(LedgerLocation(folder), {}, engine), sent, sum(known.values())
