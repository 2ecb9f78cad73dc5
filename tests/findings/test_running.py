"""Rules run with their limits; small findings go, the rest sort by money."""

from dataclasses import replace
from decimal import Decimal

import pytest

from centavo.errors import ConfigError
from centavo.findings import Blind, Rule, RuleDoc, RuleSettings, Threshold, run_rules
from centavo.money import Money
from centavo.period import Period
from tests.findings.test_register import NOW, finding

TEXT = """Title.

What it finds:
    This.

Why it costs:
    That.

How it is measured:
    So.

When it is wrong:
    Then.

Example:
    One.
"""


def money(amount, **changes):
    subject = {"model": str(amount)}
    return finding(subject=subject, per_30d=Money(Decimal(amount), "USD"), **changes)


def run(*found, settings=None, spend=1000, thresholds=()):
    rule = Rule("CON104", "a", lambda *_: found, TEXT, thresholds)
    return run_rules(
        (rule,), None, period=Period(), settings=settings or RuleSettings(NOW),
        spend_per_30d=Decimal(spend), worth=lambda amount: amount.amount,
    )  # fmt: skip


def amounts(result):
    return [None if f.per_30d is None else int(f.per_30d.amount) for f in result.findings]


def test_the_most_money_comes_first_and_exposed_money_last():
    found = (money(30), money(9000, money_kind="exposed"), money(80), money(-50))
    assert amounts(run(*found)) == [80, 30, -50, 9000]


def test_unknown_money_is_kept_and_never_zero():
    assert amounts(run(finding(per_30d=None), money(80))) == [80, None]


@pytest.mark.parametrize(
    ("amount", "spend", "kept"),
    [
        (19, 100_000, False),
        (101, 100_000, True),
        (99, 100_000, False),
        (19, 1000, True),
        (1, 50, True),
    ],
)
def test_a_floor_of_money_and_of_share(amount, spend, kept):
    assert bool(run(money(amount), spend=spend).findings) is kept


def test_what_is_below_the_floor_is_counted():
    assert run(money(1), spend=100_000).small == {"CON104": 1}


def test_severity_follows_the_money_and_the_ledger():
    found = run(money(2000), money(150), money(30), spend=100_000, settings=replace(
        RuleSettings(NOW), floor_share=Decimal(0)))  # fmt: skip
    assert [f.severity for f in found.findings] == ["high", "medium", "low"]


def test_a_rule_that_cannot_see_says_so():
    rule = Rule("CON104", "a", lambda *_: Blind("no requests"), TEXT)
    result = run_rules(
        (rule,), None, period=Period(), settings=RuleSettings(NOW),
        spend_per_30d=Decimal(1), worth=lambda amount: amount.amount,
    )  # fmt: skip
    assert result.blind == {"CON104": "no requests"}


def test_the_users_threshold_comes_before_the_default():
    seen = []
    rule = Rule(
        "CON104", "a", lambda _l, _p, settings: seen.append(settings.limits) or (), TEXT,
        (Threshold("x", Decimal(1), "", ""), Threshold("y", Decimal(2), "", "")),
    )  # fmt: skip
    settings = RuleSettings(NOW, overrides={"CON104": {"x": Decimal(9)}})
    run_rules((rule,), None, period=Period(), settings=settings, spend_per_30d=Decimal(1),
              worth=lambda amount: amount.amount)  # fmt: skip
    assert seen == [{"x": Decimal(9), "y": Decimal(2)}]


@pytest.mark.parametrize(
    ("overrides", "message"),
    [({"CON999": {}}, "names no rule"), ({"CON104": {"z": Decimal(1)}}, "not a threshold")],
)
def test_a_threshold_of_no_rule_is_an_error(overrides, message):
    with pytest.raises(ConfigError, match=message):
        run(settings=RuleSettings(NOW, overrides=overrides))


def test_a_docstring_without_its_sections_is_a_defect():
    with pytest.raises(ValueError, match="CON104"):
        RuleDoc.parse("Title.\n\nWhat it finds:\n    This.\n", code="CON104")
