"""Aider's chat transcripts and tables of their usage lines."""

import csv
import json
import tarfile
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.sources.aider_chat import AiderChatSource
from tests.shared_data import ROOT, shared_data
from tests.sources.event_files import probe, read_files

HEAD = """
# aider chat started at 2024-11-12 14:23:00

> Aider v0.62.0
> Main model: anthropic/claude-3-5-sonnet-20241022 with diff edit format, infinite output
> Weak model: anthropic/claude-3-5-haiku-20241022
> Git repo: .git with 69 files

#### fix it

Sure.
"""
EXACT = "> 33924 prompt tokens, 91 completion tokens, $0.170985 cost  \n"
ROUNDED = "> Tokens: 8.1k sent, 2.3k cache write, 5.6k cache hit, 390 received. Cost: $0.03 message, $0.04 session.  \n"


# The list price of gpt-4o until 2024-10-01, which the price list of today does not keep.
def read(*paths, **options):
    return read_files(paths, source=AiderChatSource(), **options)


def transcript(folder, text, name="task-1.md"):
    path = folder / name
    path.write_text(text)
    return path


def table(folder, *rows, name="usage.csv"):
    header = "instance_id,chat_started_at,model,prompt_tokens,completion_tokens,cost_usd"
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


@pytest.fixture(scope="session")
def transcripts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("transcripts")
    with tarfile.open(shared_data("aider-swe-bench") / "transcripts.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return sorted(folder.rglob("*.md"))


@pytest.fixture
def truth():
    shared_data("aider-swe-bench")
    return json.loads((ROOT / "GROUND_TRUTH.json").read_text())["aider-swe-bench"]


def summed(rows):
    models = defaultdict(lambda: [0, 0, 0, Decimal(0)])
    for row in rows:
        model = models[json.loads(row["labels"])["main_model"]]
        model[0] += 1
        model[1] += row["input_uncached_tokens"]
        model[2] += row["output_tokens"]
        model[3] += row["reported_cost"]
    return {name: tuple(model) for name, model in models.items()}


def expected(truth):
    return {
        row["model"]: (row["requests"], row["tin"], row["tout"], Decimal(str(row["usd"])))
        for row in truth["usage"]
    }


def test_the_benchmark_table_matches_the_ground_truth(truth):
    rows = read(shared_data("aider-swe-bench") / "usage.csv").rows
    assert summed(rows) == expected(truth)
    total = truth["total"]
    assert len(rows) == total["requests"]
    assert sum(row["reported_cost"] for row in rows) == Decimal(str(total["usd"]))
    tasks = defaultdict(lambda: [0, Decimal(0)])
    for row in rows:
        task = tasks[json.loads(row["labels"])["task"]]
        task[0] += 1
        task[1] += row["reported_cost"]
    assert len(tasks) == total["tasks"]
    top = sorted(tasks.items(), key=lambda item: -item[1][1])[:5]
    assert [(name, requests, cost) for name, (requests, cost) in top] == [
        (row["instance_id"], row["requests"], Decimal(str(row["usd"]))) for row in truth["top5"]
    ]


def test_the_transcripts_tell_the_same_messages_as_the_table(truth, transcripts):
    usage = shared_data("aider-swe-bench") / "usage.csv"
    told = read(*transcripts).rows
    assert summed(told) == expected(truth)
    listed = read(usage).rows
    assert Counter(row["event_id"] for row in told) == Counter(row["event_id"] for row in listed)
    both = read(usage, *transcripts)
    assert len(both.rows) == truth["total"]["requests"]
    assert both.skipped == {
        "message that another file of this reading tells too": truth["total"]["requests"]
    }


def test_every_line_costs_its_tokens_at_the_list_price_of_its_day(truth, centavo, tmp_path):
    assert centavo("ingest", shared_data("aider-swe-bench") / "usage.csv").exit_code == 0
    ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    found = ledger.rows(
        "SELECT count(*), sum(cost), count(*) FILTER (cost = reported_cost) FROM usage_events"
    )[0]
    requests, usd = truth["total"]["requests"], Decimal(str(truth["total"]["usd"]))
    assert found == (requests, usd, requests)


def test_attempts_are_the_chats_of_a_task(truth):
    path = shared_data("aider-swe-bench") / "usage.csv"
    chats = defaultdict(dict)
    with path.open(newline="") as stream:
        for line in csv.DictReader(stream):
            task = chats[line["instance_id"]]
            task.setdefault(line["chat_started_at"], len(task) + 1)
    attempts = Counter(row["attempt"] for row in read(path).rows)
    assert max(attempts) == max(len(task) for task in chats.values())
    assert len(chats) == truth["attempts"]["tasks"]


def test_exact_counts_of_an_old_transcript(tmp_path):
    row = read(transcript(tmp_path, HEAD + EXACT)).row
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (33924, 91)
    assert row["reported_cost"] == Decimal("0.170985")
    assert row["tokens_basis"] is None
    assert (row["meter"], row["application"]) == ("agent", "aider")
    assert (row["provider"], row["requested_model"]) == ("anthropic", "claude-3-5-sonnet-20241022")
    assert row["started_at"].isoformat() == "2024-11-12T14:23:00"
    assert row["started_at_basis"] == "session"


def test_rounded_counts_say_so_and_caches_are_parts_of_what_was_sent(tmp_path):
    row = read(transcript(tmp_path, HEAD + ROUNDED)).row
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (200, 390)
    assert (row["cache_write_tokens"], row["cache_read_tokens"]) == (2300, 5600)
    assert row["reported_cost"] == Decimal("0.03")
    assert row["tokens_basis"] == "rounded"


@pytest.mark.parametrize(
    ("line", "sent", "received", "cost"),
    [
        ("> Tokens: 850 sent, 12 received.", 850, 12, None),
        ("> Tokens: 34k sent, 1.2k received. Cost: $1,234.50 request, $2 session.", 34000, 1200, "1234.5"),
        ("> Tokens: 8.1k sent, 280 received. Cost: \\$0.0031 message, \\$0.0063 session.", 8100, 280, "0.0031"),
        ("> Tokens: 1.5M sent, 9 received.", 1_500_000, 9, None),
        ("> 1,234 prompt tokens, 5 completion tokens", 1234, 5, None),
    ],
)  # fmt: skip
def test_usage_lines_of_all_versions(tmp_path, line, sent, received, cost):
    row = read(transcript(tmp_path, f"{HEAD}{line}  \n")).row
    assert (row["input_uncached_tokens"], row["output_tokens"]) == (sent, received)
    assert row["reported_cost"] == (Decimal(cost) if cost else None)


def test_the_model_is_that_of_the_chat_and_of_the_latest_switch(tmp_path):
    switch = "> Model: gpt-4o with diff edit format  \n"
    other = HEAD.replace("14:23", "15:00").replace(
        "anthropic/claude-3-5-sonnet-20241022", "o1-mini"
    )
    rows = read(transcript(tmp_path, HEAD + EXACT + switch + EXACT + other + EXACT)).rows
    models = ["claude-3-5-sonnet-20241022", "gpt-4o", "o1-mini"]
    assert [row["requested_model"] for row in rows] == models


def test_the_same_line_twice_in_a_chat_is_two_messages(tmp_path):
    path = transcript(tmp_path, HEAD + EXACT + EXACT)
    assert len(read(path).rows) == 2
    longer = transcript(tmp_path, HEAD + EXACT * 3, name="copy.md")
    assert len(read(path, longer).rows) == 3
    assert len(read(longer, path).rows) == 3


def test_a_history_under_its_own_name_tells_the_project(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    row = read(transcript(folder, HEAD + EXACT, name=".aider.chat.history.md")).row
    assert row["project"] == "shop"
    assert "task" not in json.loads(row["labels"])


def test_a_message_outside_of_a_chat_has_the_time_of_the_file(tmp_path):
    found = read(transcript(tmp_path, EXACT))
    assert found.row["started_at_basis"] == "file"
    assert found.warned == {"time_not_stated": 1}
    assert read(transcript(tmp_path, HEAD + EXACT)).warned == {"times_without_zone": 1}


def test_a_usage_line_that_cannot_be_read_is_an_error(tmp_path):
    path = transcript(tmp_path, HEAD + EXACT + "> Tokens: many sent, 5 received.\n")
    with pytest.raises(BadValueError, match=r"task-1\.md, line 13: .*many sent"):
        read(path)
    assert read(path, skip_bad=True).skipped == {"malformed record": 1}


def test_a_transcript_without_usage_is_an_error(tmp_path):
    with pytest.raises(InputError, match="holds no usage line"):
        read(transcript(tmp_path, HEAD))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("t,2024-05-21 15:19:47,gpt-4o,-1,91,0.1", "prompt_tokens is negative"),
        ("t,2024-05-21 15:19:47,gpt-4o,,91,0.1", "prompt_tokens is missing"),
        ("t,today,gpt-4o,1,91,0.1", "chat_started_at is not a time"),
        ("t,2024-05-21 15:19:47,gpt-4o,1,91,free", "cost_usd is not a decimal number"),
        ("t,2024-05-21 15:19:47,gpt-4o,1", "has 4 values"),
    ],
)
def test_a_row_that_cannot_be_read_is_an_error(tmp_path, row, problem):
    path = table(tmp_path, "t,2024-05-21 15:19:47,gpt-4o,1,91,0.1", row)
    with pytest.raises(BadValueError, match=rf"line 3.*{problem}"):
        read(path)
    assert len(read(path, skip_bad=True).rows) == 1


def test_a_transcript_is_recognised_by_its_content(tmp_path):
    source = AiderChatSource()
    assert source.recognise(probe(transcript(tmp_path, HEAD + EXACT, name="a.txt"))) is not None
    assert source.recognise(probe(transcript(tmp_path, "# A page\n\nTokens: 8k\n"))) is None
