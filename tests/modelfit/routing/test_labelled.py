"""Pairs of outcomes come with texts that nobody has graded: routers learn of them what requests are about."""

import json

from centavo.modelfit.routing.labelled import load_pair
from tests.prompts.rules.small_ledgers import ledger_of

SAID = [
    {"messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Asked {n}?"}]},
    {"messages": [
        {"role": "user", "content": [{"type": "text", "text": "Look at"}, {"type": "text", "text": "both"}]},
        {"role": "assistant", "content": "I see."}]},
]  # fmt: skip


def test_texts_without_outcomes_come_from_kept_requests_and_from_grades_of_others(tmp_path):
    lines = [
        {"id": f"r{n}", "at": "2026-07-01T09:00:00", "count": 2, "input": 9, "body": body}
        for n, body in enumerate(SAID)
    ]
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)))
    ledger = ledger_of(tmp_path / "lines.jsonl", tmp_path)
    ledger.engine.execute(
        "INSERT INTO outcomes BY NAME SELECT * FROM (VALUES"
        " ('a', 'large', 1.0, 'of both'), ('a', 'small', 0.0, 'of both'),"
        " ('b', 'large', 1.0, 'of one'), ('c', 'other', 1.0, 'of another'), ('d', 'other', 1.0, NULL)"
        ") AS given (item_id, model, score, prompt)"
    )
    found = load_pair(ledger, "large", "small")
    assert found.outcomes.texts == ["of both"]
    assert sorted(found.unlabelled) == [
        "Asked 0?", "Asked 1?", "Look at\nboth", "of another", "of one",
    ]  # fmt: skip
