"""Findings in Portuguese: every rule's golden sentence is known, and no page keeps the register's English."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from centavo.deliverables.dashboard.app import Door, application
from centavo.deliverables.finding_sentences import finding_sentence
from centavo.deliverables.language import language, plain
from centavo.findings import load_register
from centavo.ledger.ledger import Ledger
from tests.deliverables.conftest import desk_over

PT, EN = language("pt-BR"), language("en")
TESTS = Path(__file__).parents[1]
# Its clients are counted in words that vary too much; pages name its title and place.
UNKNOWN = {"CON122"}
ENGLISH = re.compile(
    r"\b(the|of|and|requests?|costs?|is|are|was|were|with|days?|than|since|from)\b"
)


def golden() -> dict[str, str]:
    """Return the sentence of every golden finding, by the name of its file."""
    found = {}
    for module in ("consumption", "modelfit", "prompts"):
        for file in sorted((TESTS / module / "rules").glob("*.txt")):
            lines = file.read_text("utf-8").splitlines()
            if lines and not lines[0].startswith(("nothing", "blind")):
                is_head = re.fullmatch(r"[A-Z]{3}\d{3} \w{12}", lines[0])
                found[file.stem] = lines[1] if is_head else lines[0]
    return found


GOLDEN = golden()


@pytest.mark.parametrize("what", ["team", "cost centre", "application", "project"])
def test_how_an_owner_is_known(what):
    said = plain(finding_sentence(f"{what} of 94 % of the cost", PT))
    assert said.endswith("de 94 % do custo")


@pytest.mark.parametrize("name", sorted(name for name in GOLDEN if name[:6] not in UNKNOWN))
def test_every_rules_sentence_is_known_in_portuguese(name):
    told = finding_sentence(GOLDEN[name], PT)
    assert told is not None, GOLDEN[name]
    # Names of the user's and quoted texts are theirs.
    ours = re.sub(r"\(“[^”]*”\)|\('[^']*'\)|“[^”]*”", "", told)
    assert not ENGLISH.search(ours), told


def test_figures_are_written_as_the_reader_writes_them():
    told = finding_sentence(
        "gpt-4.1 of a,b cost USD 1,234.50 on 2026-06-18 where USD 10.00 were expected (spread of a day 0.00).", PT
    )  # fmt: skip
    assert plain(told) == (
        "gpt-4.1 de a,b custou USD 1.234,50 em 18 de jun. de 2026, quando se esperavam USD 10,00 "
        "(dispersão de um dia: 0,00)."
    )


def test_english_stays_as_the_rule_wrote_it_and_what_is_not_known_is_not_guessed():
    assert finding_sentence("anything", EN) == "anything"
    assert finding_sentence("A rule of somebody else's found 3 things.", PT) is None


def test_a_portuguese_page_holds_no_english_sentence_of_the_register(two_month_folder):
    desk = desk_over(two_month_folder)
    client = TestClient(application(desk, Door()))
    known = load_register(Ledger.open(desk.settings.location)).values()
    assert known
    for each in known:
        finding = each.finding
        page = client.get(f"/finding/{finding.id}?lang=pt-BR").text
        for text in (finding.sentence, finding.to_do, finding.wrong_when):
            assert text not in page
        assert "Quando está errado" in page
    desk.close()
