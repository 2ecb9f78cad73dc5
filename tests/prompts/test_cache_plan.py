"""The cache plan: what each shared beginning gains, and that it never loses."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.findings import RuleSettings
from centavo.period import Period
from centavo.prompts.cache_plan import cache_plan
from centavo.prompts.request_diff import can_diff, request_diff
from centavo.prompts.rules import RULES
from tests.prompts.rules.small_ledgers import NOW, ledger_of

LINE = {
    "at": "2026-07-01T09:00:00", "count": 40, "every_s": 120, "input": 3100, "model": "claude-sonnet-4-6",
    "app": "copilot", "endpoint": "/ask",
    "body": {"max_tokens": 100, "system": "{words:3000}",
             "messages": [{"role": "user", "content": "Question {n}: {words:60}"}]},
}  # fmt: skip


def plan(folder, *lines):
    path = folder / "lines.jsonl"
    path.write_text("".join(json.dumps({**LINE, "id": str(n), **line}) + "\n" for n, line in enumerate(lines)))  # fmt: skip
    return cache_plan(ledger_of(path, folder), Period())


def test_a_beginning_that_is_paid_in_full_is_marked(tmp_path):
    found = plan(tmp_path, {})
    (each,) = found.prefixes
    assert (each.policy, each.reason, each.lifetime_s) == ("mark", "pays", 300)
    # One write at 1.25 and 39 reads at 0.1 of 3 USD a million, on about 3,000 tokens.
    exact = Decimal(each.tokens) * 3 / 10**6 * (Decimal(39) * Decimal("0.9") - Decimal("0.25"))
    assert each.saved
    assert abs(each.saved.amount - exact) < Decimal("0.001")
    assert each.bound
    assert each.bound.amount >= each.saved.amount
    assert (found.requests, found.with_prompts) == (40, 40)


def test_what_never_comes_again_in_time_is_left_alone(tmp_path):
    (each,) = plan(tmp_path, {"every_s": 7200, "count": 12}).prefixes
    assert (each.policy, each.reason) == ("none", "does-not-pay")
    assert each.saved
    assert each.saved.amount == 0
    assert all(money.amount < 0 for money in each.tried.values())


@pytest.mark.parametrize(
    ("line", "policy", "reason"),
    [
        ({"cache_read": 3000, "input": 100}, "keep", "is-cached"),
        ({"model": "gpt-4o", "body": {"messages": [
            {"role": "system", "content": "{words:3000}"}, {"role": "user", "content": "{n}"}]}},
         "automatic", "by-itself"),
        ({"body": {**LINE["body"], "system": "{words:50}"}}, "none", "too-short"),
    ],
)  # fmt: skip
def test_reasons(tmp_path, line, policy, reason):
    (each,) = plan(tmp_path, line).prefixes
    assert (each.policy, each.reason) == (policy, reason)
    assert each.saved is None or each.saved.amount == 0


def test_reads_that_save_already_are_taken_off(tmp_path):
    (whole,) = plan(tmp_path, {}).prefixes
    (partly,) = plan(tmp_path, {"cache_read": 1000, "input": 2100}).prefixes
    assert whole.saved
    assert partly.saved
    assert partly.policy == "mark"
    assert 0 < partly.saved.amount < whole.saved.amount


def test_without_prompts_the_plan_is_empty(tmp_path):
    found = plan(tmp_path, {"bodies": 0, "body": {}})
    assert found.prefixes == ()
    assert found.with_prompts == 0


def test_a_difference_tells_lines_and_tokens(tmp_path):
    rule = next(rule for rule in RULES if rule.code == "PRM304")
    ledger = ledger_of(Path(__file__).parent / "rules" / "PRM304.jsonl", tmp_path)
    limits = {each.name: each.default for each in rule.thresholds}
    found = rule.find(ledger, Period(), RuleSettings(NOW).with_limits(rule.code, limits))
    assert isinstance(found, list)
    assert can_diff(found[0])
    diff = request_diff(ledger, found[0], Period())
    assert diff
    assert diff.tokens_after < diff.tokens_before
    assert {line.kind for line in diff.lines} >= {"removed", "same"}
    sent = "".join(line.text for line in diff.lines if line.kind == "removed")
    assert "name" in sent, "the schemas that go are in it"
