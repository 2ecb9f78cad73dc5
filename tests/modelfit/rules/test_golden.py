"""Every rule of model fit against its golden pair: rows in, findings out.

``CENTAVO_GOLDEN=write`` writes the expected files anew: read the difference before you commit it.
"""

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.findings import Blind, RuleSettings
from centavo.modelfit.rules import RULES
from centavo.period import Period
from tests.consumption.rules.small_ledgers import ledger_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)
HERE = Path(__file__).parent


def rendered(rule, name: str) -> str:
    settings = RuleSettings(NOW)
    limits = settings.with_limits(rule.code, {each.name: each.default for each in rule.thresholds})
    answer = rule.find(ledger_of(HERE / f"{name}.jsonl"), Period(), limits)
    if isinstance(answer, Blind):
        return f"blind: {answer.reason}\n"
    blocks = [_block(finding) for finding in sorted(answer, key=lambda finding: finding.id)]
    return "\n".join(blocks) or "nothing\n"


def _block(finding) -> str:
    money = finding.per_30d
    shown = "unknown" if money is None else f"{money.as_json()['amount']} {money.currency}"
    period = finding.period
    lines = [
        f"{finding.code} {finding.id}",
        finding.sentence,
        f"where: {', '.join(f'{k}={v}' for k, v in finding.subject.items()) or 'everything'}",
        f"when: {period.since:%Y-%m-%d} until {period.until:%Y-%m-%d}",
        f"money: {shown} in 30 days, {finding.grade}, {finding.money_kind}",
        f"evidence: {finding.evidence.query}, {finding.evidence.row_count} rows",
    ]
    return "\n".join(lines) + "\n"


CASES = sorted(path.stem for path in HERE.glob("FIT*.jsonl"))


@pytest.mark.parametrize("name", CASES)
def test_a_rule_finds_what_its_golden_pair_says(name):
    rule = next(rule for rule in RULES if rule.code == name.partition("-")[0])
    text = rendered(rule, name)
    golden = HERE / f"{name}.txt"
    if os.environ.get("CENTAVO_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_golden_pair_and_a_silent_one(rule):
    mine = [name for name in CASES if name.partition("-")[0] == rule.code]
    texts = [(HERE / f"{name}.txt").read_text(encoding="utf-8") for name in mine]
    assert any(text.startswith(rule.code) for text in texts)
    assert any(text.startswith(("nothing", "blind")) for text in texts)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_sections_and_sources(rule):
    assert rule.doc.title
    assert all(rule.doc.sections.values())
    assert all(
        each.source and each.unit and isinstance(each.default, Decimal) for each in rule.thresholds
    )


def test_codes_and_names_are_unique():
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
