"""Findings are said in the reader's language from their messages, and no page keeps the register's English."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Door, application
from centavo.deliverables.finding_words import finding_remedy, finding_sentence
from centavo.deliverables.language import language, plain
from centavo.findings import Evidence, Finding, load_register
from centavo.ledger.ledger import Ledger
from centavo.message import joined, message, numbered, percent
from centavo.money import Money
from centavo.period import Period
from tests.deliverables.conftest import desk_over

PT, EN = language("pt-BR"), language("en")
NOTHING = Evidence("q", "", (), (), 0)
SPIKE = message(
    "{place} cost {cost} on {date} where {expected} were expected (spread of a day {spread}).",
    place=message("{item} of {place}", item="gpt-4.1", place="a,b"),
    cost=Money(Decimal("1234.50"), "USD"),
    date=date(2026, 6, 18),
    expected=Money(Decimal("10.00"), "USD"),
    spread=Decimal("0.00"),
)


def finding(sentence, to_do="Do it.", code="XYZ101"):
    return Finding(code, {"model": "m"}, sentence, Period(), None, "billed", NOTHING, to_do, "")


def test_every_reader_writes_values_its_own_way():
    assert str(SPIKE) == (
        "gpt-4.1 of a,b cost 1,234.50 USD on 2026-06-18 where 10.00 USD were expected "
        "(spread of a day 0.00)."
    )
    assert plain(EN.told(SPIKE)) == (
        "gpt-4.1 of a,b cost US$ 1,234.50 on 18 Jun 2026 where US$ 10.00 were expected "
        "(spread of a day 0.00)."
    )
    assert plain(PT.told(SPIKE)) == (
        "gpt-4.1 de a,b custou US$ 1.234,50 em 18 de jun. de 2026, quando se esperavam US$ 10,00 "
        "(dispersão de um dia: 0,00)."
    )


def test_a_number_decides_between_one_and_many_in_each_language():
    days = [numbered("in {number} day", "in {number} days", number) for number in (0, 1, 1200)]
    assert [str(each) for each in days] == ["in 0 days", "in 1 day", "in 1,200 days"]
    assert [PT.told(each) for each in days] == ["em 0 dia", "em 1 dia", "em 1.200 dias"]


def test_how_an_owner_is_known():
    basis = message("team of {share} of the cost", share=percent(Decimal("0.94")))
    assert (str(basis), plain(PT.told(basis))) == (
        "team of 94 % of the cost",
        "equipe de 94 % do custo",
    )


def test_what_no_message_says_is_not_guessed():
    old = finding("gpt-4.1 cost USD 12.00 on 2026-06-18.")
    assert finding_sentence(old, EN) == old.sentence
    assert finding_sentence(old, PT) == "XYZ101: m."
    half = finding(joined(SPIKE, "Somebody else's words."))
    assert finding_sentence(half, PT) == "XYZ101: m."
    assert finding_remedy(half, PT) == "Do it."
    assert finding_remedy(replace(half, code="CON101"), PT).startswith("Descubra o que rodou")


def test_a_portuguese_page_holds_no_english_sentence_of_the_register(two_month_folder):
    desk = desk_over(two_month_folder)
    client = TestClient(application(desk, Door()))
    known = load_register(Ledger.open(desk.settings.location)).values()
    assert known
    for each in known:
        finding = each.finding
        page = client.get(f"/finding/{finding.id}?lang=pt-BR").text
        for words in (finding.sentence, finding.to_do, finding.wrong_when):
            assert PT.knows(words)
            assert str(words) not in page
        assert "Quando está errado" in page
    desk.close()
