"""Numbers, money, dates and plurals in both languages; and that no message is missing."""

import importlib
import re
from datetime import date
from decimal import Decimal

import pytest

from centavo.cli.modules import MODULES
from centavo.deliverables.finding_words import FINDING_WORDS
from centavo.deliverables.language import LANGUAGES, language, plain
from centavo.errors import ConfigError
from centavo.money import Money
from tests.deliverables.messages import catalogue, used

EN, PT = language("en"), language("pt-BR")
FIELD = re.compile(r"\{\w+\}")


def texts(message):
    return message if isinstance(message, tuple | list) else (message,)


def test_every_message_is_translated_and_none_is_left_over():
    known = {m.id for m in catalogue() if m.id and all(texts(m.string))}
    assert {m if isinstance(m, str) else tuple(m[:2]) for m in used()} == known


def test_a_translation_has_the_values_of_its_message():
    said = [(m.id, text) for m in catalogue() if m.id for text in texts(m.string)]
    assert said
    for identity, text in said:
        wanted = {field for each in texts(identity) for field in FIELD.findall(each)}
        given = set(FIELD.findall(text))
        # "one" may say the number in words.
        assert given <= wanted <= given | {"{number}"}, identity


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_rule_has_words(module):
    rules = importlib.import_module(f"centavo.{module}.rules").RULES
    assert rules
    assert {rule.code for rule in rules} <= FINDING_WORDS.keys()


def test_money_in_both_languages():
    amount = Money(Decimal("-1234.565"), "BRL")
    assert plain(EN.money(amount)) == "-R$ 1,234.56"
    assert plain(PT.money(amount)) == "-R$ 1.234,56"


def test_nothing_is_minus_zero():
    assert plain(PT.money(Money(Decimal("-0.004"), "USD"))) == "US$ 0,00"
    assert plain(EN.percent(Decimal("-0.0001"))) == "0.0 %"


def test_unknown_is_a_dash_and_not_zero():
    assert PT.money(None) == PT.number(None) == PT.percent(None) == "—"


def test_an_export_has_no_no_break_space():
    assert plain(PT.money(Money(Decimal(1), "BRL"))).isascii()


def test_dates_in_both_languages():
    day = date(2026, 10, 1)
    assert (EN.day(day), PT.day(day)) == ("1 Oct 2026", "1 de out. de 2026")
    assert (EN.month(day), PT.month(day)) == ("October 2026", "outubro de 2026")


@pytest.mark.parametrize("code", ["pt", "pt_BR", "PT-br"])
def test_portuguese_by_any_of_its_names(code):
    assert language(code).code == "pt-BR"


def test_a_language_that_is_not_there_is_an_error():
    with pytest.raises(ConfigError, match="'de'") as caught:
        language("de")
    assert all(name in caught.value.hint for name in LANGUAGES)
