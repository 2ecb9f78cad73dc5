"""Every rule of consumption against its golden pair."""

from pathlib import Path

import pytest

from centavo.consumption.rules import RULES
from tests.consumption.rules.small_ledgers import NOW, ledger_of
from tests.golden_rules import GoldenRules

GOLDEN = GoldenRules(RULES, Path(__file__).parent, now=NOW)


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
