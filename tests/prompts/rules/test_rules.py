"""Every rule of prompts against its golden pair: requests in, findings out.

``CENTAVO_GOLDEN=write`` writes the expected files anew: read the difference before you commit it.
"""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.findings import Blind, RuleSettings
from centavo.period import Period
from centavo.prompts.rewrites import example_of, parts_of, rewritten
from centavo.prompts.rules import RULES
from tests.prompts.rules.small_ledgers import NOW, ledger_of

HERE = Path(__file__).parent
PAIRS = sorted(path.stem for path in HERE.glob("*.jsonl"))


def rendered(rule, name: str, folder: Path) -> str:
    limits = RuleSettings(NOW).with_limits(
        rule.code, {each.name: each.default for each in rule.thresholds}
    )
    ledger = ledger_of(HERE / f"{name}.jsonl", folder)
    answer = rule.find(ledger, Period(), limits)
    if isinstance(answer, Blind):
        return f"blind: {answer.reason}\n"
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
            finding.sentence,
            f"  at {finding.scope_text}",
            f"  {money} in 30 days, {finding.grade}, {finding.money_kind}; {since:%Y-%m-%d} until {until:%Y-%m-%d}",
            *_rewrite_lines(ledger, finding),
        ]  # fmt: skip
    return "\n".join(lines) + "\n" if lines else "nothing\n"


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


@pytest.mark.parametrize("name", PAIRS)
def test_golden(name, tmp_path):
    rule = next(rule for rule in RULES if rule.code == name.partition("-")[0])
    expected = HERE / f"{name}.txt"
    found = rendered(rule, name, tmp_path)
    if os.environ.get("CENTAVO_GOLDEN") == "write":
        expected.write_text(found)
    assert found == expected.read_text()


def test_every_rule_has_a_pair_that_finds_and_one_that_does_not():
    for rule in RULES:
        texts = [(HERE / f"{name}.txt").read_text() for name in PAIRS if name.startswith(rule.code)]
        assert any(text == "nothing\n" for text in texts), rule.code
        assert any(text not in ("nothing\n",) and "blind" not in text for text in texts), rule.code


def test_every_page_is_whole():
    for rule in RULES:
        assert rule.doc.title
        assert all(each.source for each in rule.thresholds)


def test_without_kept_prompts_rules_say_that_they_cannot_see(tmp_path):
    line = '{"at": "2026-07-01T09:00:00", "count": 3, "input": 10, "bodies": 0, "body": {}}'
    (tmp_path / "lines.jsonl").write_text(line)
    ledger = ledger_of(tmp_path / "lines.jsonl", tmp_path)
    for rule in RULES:
        limits = RuleSettings(NOW).with_limits(
            rule.code, {each.name: each.default for each in rule.thresholds}
        )
        answer = rule.find(ledger, Period(), limits)
        assert isinstance(answer, Blind), rule.code
