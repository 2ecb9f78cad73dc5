"""Keeping bodies by the command line: off, on, shown, dropped."""

import json
import signal
import subprocess
import sys
import time

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation

KEY = "sk-ant-" + "a1B2" * 8


def write_log(path):
    tools = [{"type": "function", "function": {"name": "find"}}]
    with path.open("w") as log:
        for number in range(3):
            body = {
                "model": "gpt-4o",
                "tools": tools,
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": f"Question {number}: {KEY}"},
                ],
            }
            answer = {
                "id": f"chatcmpl-{number}",
                "object": "chat.completion",
                "model": "gpt-4o",
                "created": 1_780_000_000 + number,
                "choices": [{"message": {"role": "assistant", "content": f"Answer {number}"}}],
                "usage": {"prompt_tokens": 50, "completion_tokens": 5},
            }
            log.write(json.dumps({"request": body, "response": answer}) + "\n")
    return path


def asked(folder, sql):
    return Ledger.open(LedgerLocation(folder / ".centavo")).rows(sql)


def test_bodies_are_not_kept_unless_asked_for(centavo, tmp_path):
    centavo("ingest", write_log(tmp_path / "log.jsonl"))
    assert not (tmp_path / ".centavo" / "bodies").exists()
    assert asked(tmp_path, "SELECT count(*) FROM event_parts") == [(0,)]


def test_a_file_read_without_bodies_is_read_again_with_them_and_not_the_other_way(
    centavo, tmp_path
):
    log = write_log(tmp_path / "log.jsonl")
    centavo("ingest", log)
    assert "Wrote 3 rows" in centavo("ingest", log, "--keep-bodies").err
    assert "unchanged" in centavo("ingest", log, "--keep-bodies").err
    assert "unchanged" in centavo("ingest", log).err
    assert asked(tmp_path, "SELECT count(*), count(body_hash) FROM usage_events") == [(3, 3)]


def test_what_is_kept_is_the_request_and_the_answer_without_secrets(centavo, tmp_path):
    centavo("ingest", write_log(tmp_path / "log.jsonl"), "--keep-bodies")
    kinds = asked(
        tmp_path,
        "SELECT kind, count(*), count(DISTINCT content_hash) FROM event_parts GROUP BY ALL ORDER BY ALL",
    )
    assert kinds == [
        ("message", 3, 3),
        ("output", 3, 3),
        ("settings", 3, 1),
        ("system", 3, 1),
        ("tools", 3, 1),
    ]
    everything = "".join(str(row[0]) for row in asked(tmp_path, "SELECT text FROM body_contents"))
    assert "Question 2: [redacted:anthropic_key]" in everything
    assert KEY not in everything


def test_the_setting_keeps_bodies_and_the_option_overrules_it(centavo, tmp_path):
    (tmp_path / "centavo.toml").write_text("[bodies]\nkeep = true\n")
    log = write_log(tmp_path / "log.jsonl")
    centavo("ingest", log, "--no-bodies")
    assert asked(tmp_path, "SELECT count(*) FROM event_parts") == [(0,)]
    centavo("ingest", log)
    assert asked(tmp_path, "SELECT count(*) FROM event_parts") == [(15,)]


def test_a_setting_that_is_no_setting_is_named(centavo, tmp_path):
    for line, named in (
        ("keep = 1", "bodies.keep"),
        ("retention_days = -1", "bodies.retention_days"),
    ):
        (tmp_path / "centavo.toml").write_text(f"[bodies]\n{line}\n")
        done = centavo("ledger")
        assert done.exit_code == 2
        assert named in done.err


def test_sizes_are_shown_and_bodies_dropped_and_figures_stay(centavo, tmp_path):
    centavo("ingest", write_log(tmp_path / "log.jsonl"), "--keep-bodies")
    assert "Prompts and answers beside it take" in centavo("ledger").err
    shown = centavo("bodies", "show", "--json").json
    assert (shown["bodies"], shown["retention_days"]) == (6, 30)
    assert "6 of 6 bodies would be dropped" in centavo("bodies", "drop", "--all").err
    assert asked(tmp_path, "SELECT count(*) FROM event_parts") == [(15,)]
    assert "0 bodies are dropped" in centavo("bodies", "drop", "--older-than", "1", "--yes").err
    centavo("bodies", "drop", "--all", "--yes")
    assert asked(tmp_path, "SELECT count(*) FROM event_parts") == [(0,)]
    assert asked(tmp_path, "SELECT count(body_hash), sum(output_tokens) FROM usage_events") == [
        (3, 15)
    ]
    assert centavo("bodies", "drop").exit_code == 2


def test_a_killed_reading_leaves_no_request_without_its_body(centavo, tmp_path):
    log = tmp_path / "log.jsonl"
    lines = write_log(log).read_text().splitlines()
    more = [
        line.replace("chatcmpl-", f"chatcmpl-{n}x").replace("Question", f"Ask {n}")
        for n in range(3000)
        for line in lines[:1]
    ]
    log.write_text("\n".join([*lines, *more]) + "\n")
    command = [sys.executable, "-m", "centavo", "ingest", str(log), "--keep-bodies"]
    for delay_s in (1.0, 2.0):
        process = subprocess.Popen(
            command, cwd=tmp_path, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert centavo("ingest", log, "--keep-bodies").exit_code == 0
    without = "SELECT count(*) FROM usage_events ANTI JOIN bodies USING (body_hash)"
    assert asked(tmp_path, without) == [(0,)]
    assert asked(tmp_path, "SELECT count(*) FROM usage_events") == [(3003,)]
    indexed = json.loads((tmp_path / ".centavo" / "bodies" / "index.json").read_text())
    names = {name for key in ("bodies", "body_parts", "body_contents") for name in indexed[key]}
    assert {path.name for path in (tmp_path / ".centavo" / "bodies").iterdir()} == names | {
        "index.json"
    }
