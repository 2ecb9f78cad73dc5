"""Levers over kept prompts: what each takes off, what they are jointly, and what they leave alone."""

import json
from decimal import Decimal

import pytest

from centavo.cli.levers import body_parts, lever_kinds
from centavo.errors import ConfigError
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.savings import simulate
from centavo.savings.plan_file import levers_of_texts
from centavo.savings.recording import Question
from tests.prompts.rules.small_ledgers import ledger_of

TOOLS = [
    {"type": "function", "function": {"name": name, "description": "{words:40}"}}
    for name in ("find_order", "cancel_order", "print_label", "send_mail")
]
CALL = {"role": "assistant", "content": None, "tool_calls": [
    {"id": "c", "type": "function", "function": {"name": "find_order", "arguments": "{}"}}]}  # fmt: skip
ROWS = json.dumps([{"sku": f"A-{n}", "price": n * 1.5, "stock": n} for n in range(10)], indent=2)
AGENT = {
    "at": "2026-07-01T09:00:00", "count": 12, "every_s": 60, "input": 1500, "answer": CALL,
    "body": {"tools": TOOLS, "messages": [
        {"role": "system", "content": "{words:300}"},
        {"role": "user", "content": "Where is order {n}?"}, CALL,
        {"role": "tool", "tool_call_id": "c", "content": ROWS},
        {"role": "user", "content": "And the next, {n}?"}]},
}  # fmt: skip
CLAUDE = {
    "model": "claude-sonnet-4-6", "at": "2026-07-01T09:00:00", "count": 50, "every_s": 100,
    "input": 3100, "bodies": 5,
    "body": {"max_tokens": 9, "system": "{words:3000}", "messages": [{"role": "user", "content": "Q {n}"}]},
}  # fmt: skip


def simulated(tmp_path, line, *texts):
    (tmp_path / "lines.jsonl").write_text(json.dumps(line) + "\n")
    ledger = ledger_of(tmp_path / "lines.jsonl", tmp_path)
    levers = levers_of_texts(texts, lever_kinds())
    question = Question(Period())
    return simulate(ledger, levers, question, book=PriceBook.load(), parts=body_parts())


@pytest.mark.parametrize(
    ("text", "is_lossless"),
    [
        ("drop-tools", False),
        ("compact", True),
        ("history-window messages=1 loss=0.01 evidence=graded", False),
    ],
)
def test_a_lever_takes_tokens_off_every_request_that_has_them(tmp_path, text, is_lossless):
    found = simulated(tmp_path, AGENT, text)
    step = found.steps[0]
    assert step.lever.quality.is_lossless == is_lossless
    assert step.touched == AGENT["count"]
    assert 0 < step.amount("USD") < found.baseline_cost("USD")


def test_what_is_there_no_more_is_not_saved_again(tmp_path):
    found = simulated(tmp_path, AGENT, "compact", "compact", "drop-tools", "drop-tools")
    amounts = [step.amount("USD") for step in found.steps]
    assert amounts[0] > 0
    assert amounts[2] > 0
    assert amounts[1] == amounts[3] == 0


def test_tools_stay_where_no_call_was_recorded(tmp_path):
    body = {**AGENT["body"], "messages": AGENT["body"]["messages"][:2]}
    found = simulated(tmp_path, {**AGENT, "answer": "No idea.", "body": body}, "drop-tools")
    assert found.steps[0].touched == 0


def test_a_cache_is_read_by_requests_whose_prompts_were_not_kept_too(tmp_path):
    found = simulated(tmp_path, CLAUDE, "prompt-cache policy=everything")
    step = found.steps[0]
    assert step.touched == CLAUDE["count"]
    # Of 3,100 tokens about 3,000 are the same; a read costs a tenth, and one write a quarter more.
    share = step.amount("USD") / found.baseline_cost("USD")
    assert Decimal("0.75") < share < Decimal("0.9")


def test_the_best_policy_costs_no_more_than_no_cache(tmp_path):
    found = simulated(tmp_path, {**CLAUDE, "every_s": 4000, "bodies": 1}, "prompt-cache")
    assert found.saved("USD") == 0


@pytest.mark.parametrize(
    "text",
    ["history-window messages=0", "history-window messages=1 loss=2", "prompt-cache policy=magic"],
)
def test_a_setting_that_is_none_is_named(tmp_path, text):
    with pytest.raises(ConfigError):
        simulated(tmp_path, AGENT, text)
