"""Every rule of prompts against its golden pair, with the request that it would have had sent."""

from decimal import Decimal
from pathlib import Path

import pytest

from centavo.findings import Blind
from centavo.period import Period
from centavo.prompts.rewrites import example_of, parts_of, rewritten
from centavo.prompts.rules import RULES
from tests.golden_rules import GoldenRules
from tests.prompts.rules.small_ledgers import NOW, ledger_of


def rendered(ledger, answer) -> str:
    lines: list[str] = []
    for finding in answer:
        money = (
            "unknown"
            if finding.per_30d is None
            else (
                f"{finding.per_30d.amount.quantize(Decimal('0.0001'))} {finding.per_30d.currency}"
            )
        )
        since, until = finding.period.since, finding.period.until
        lines += [
            str(finding.sentence),
            f"  at {finding.scope_text}",
            f"  {money} in 30 days, {finding.grade}, {finding.money_kind}; {since:%Y-%m-%d} until {until:%Y-%m-%d}",
            *_rewrite_lines(ledger, finding),
        ]  # fmt: skip
    return "\n".join(lines) + "\n" if lines else ""


def _rewrite_lines(ledger, finding) -> list[str]:
    example = example_of(finding.evidence.columns, finding.evidence.rows)
    assert example, "a finding of prompts names a request to look at"
    before = parts_of(ledger, example)
    assert before
    after = rewritten(ledger, finding.code, example, before)
    if after is None:
        return []
    assert after != before
    sizes = (sum(len(part.text) for part in parts) for parts in (before, after))
    return ["  example: {} characters, {} as the rule would have it".format(*sizes)]


GOLDEN = GoldenRules(RULES, Path(__file__).parent, now=NOW, render=rendered)


@pytest.mark.parametrize("name", GOLDEN.cases)
def test_a_rule_finds_what_its_golden_pair_says(name, tmp_path):
    GOLDEN.check(name, ledger_of(GOLDEN.folder / f"{name}.jsonl", tmp_path))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_golden_pair_and_a_silent_one(rule):
    GOLDEN.check_pairs(rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_sections_and_sources(rule):
    GOLDEN.check_page(rule)


def test_codes_and_names_are_unique():
    GOLDEN.check_names()


def test_without_kept_prompts_rules_say_that_they_cannot_see(tmp_path):
    line = '{"at": "2026-07-01T09:00:00", "count": 3, "input": 10, "bodies": 0, "body": {}}'
    (tmp_path / "lines.jsonl").write_text(line)
    ledger = ledger_of(tmp_path / "lines.jsonl", tmp_path)
    for rule in RULES:
        answer = rule.find(ledger, Period(), GOLDEN.limits(rule))
        assert isinstance(answer, Blind), rule.code
