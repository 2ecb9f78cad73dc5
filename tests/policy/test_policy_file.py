"""Budgets and quotas are read as data, and an error names file, line, key and value."""

from decimal import Decimal

import pytest

from centavo.errors import ConfigError
from centavo.money import Money
from centavo.policy import Budget, Quota, read_policy

FILE = """\
# limits
[[budget]]
name = "chat"
match = { application = ["chat-*", "chat"], environment = "production" }
amount = "500.50"
currency = "BRL"
per = "month"

[[quota]]
match = { endpoint = "/v1/chat" }
of = "tokens"
limit = 100000
per = "hour"
"""


@pytest.fixture
def policy(tmp_path):
    def read(text):
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return read_policy(path)

    return read


def test_a_file_becomes_budgets_and_quotas(policy):
    read = policy(FILE)
    match = (("application", ("chat-*", "chat")), ("environment", ("production",)))
    assert read.budgets == (Budget("chat", match, Money(Decimal("500.50"), "BRL"), "month"),)
    assert read.quotas == (
        Quota(
            "endpoint /v1/chat", (("endpoint", ("/v1/chat",)),), "tokens", Decimal(100000), "hour"
        ),
    )


def test_the_first_that_covers_a_scope_counts(policy):
    read = policy(FILE)
    scope = {"application": "chat-web", "environment": "production", "endpoint": "/v1/chat"}
    assert read.budget_of(scope) == read.budgets[0]
    assert read.budget_of({**scope, "environment": None}) is None
    assert read.quota_of(scope) == read.quotas[0]
    assert read.quota_of({"endpoint": None}) is None


def test_a_budget_without_match_covers_everything(policy):
    assert policy('[[budget]]\namount = "1"\n').budget_of({"application": None}) is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("500.50", "lots"), r"policy.toml, line 5: amount is not a number: 'lots'"),
        (('"500.50"', '"-1"'), r"line 5: amount is not above zero"),
        (('amount = "500.50"\n', ""), r"has no amount"),
        (("BRL", "reais"), r"line 6: currency is not a currency code: 'reais'"),
        (('"month"', '"year"'), r"line 7: per is not known: 'year'"),
        (("application =", "aplication ="), r"line 4: match.aplication is not a scope"),
        (('"tokens"', '"words"'), r"line 11: of is not known"),
        (("limit =", "limits ="), r"line 12: limits is not known"),
        (('per = "hour"', 'currency = "USD"'), r"line 13: currency is for a quota of cost only"),
        (("[[quota]]", "[[quotas]]"), r"quotas is not known"),
        (("[[budget]]", "[budget"), r"line 2"),
    ],
)
def test_an_error_names_file_line_key_and_value(policy, change, message):
    with pytest.raises(ConfigError, match=message):
        policy(FILE.replace(*change))
