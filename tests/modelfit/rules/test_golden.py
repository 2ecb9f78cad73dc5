"""Every rule of model fit against its golden pair."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from centavo.modelfit.rules import RULES
from tests.consumption.rules.small_ledgers import ledger_of
from tests.golden_rules import GoldenRules

GOLDEN = GoldenRules(RULES, Path(__file__).parent, now=datetime(2026, 11, 30, tzinfo=UTC))


@pytest.mark.parametrize("name", GOLDEN.cases)
def test_a_rule_finds_what_its_golden_pair_says(name):
    GOLDEN.check(name, ledger_of(GOLDEN.folder / f"{name}.jsonl"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_golden_pair_and_a_silent_one(rule):
    GOLDEN.check_pairs(rule)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_sections_and_sources(rule):
    GOLDEN.check_page(rule)


def test_codes_and_names_are_unique():
    GOLDEN.check_names()
