"""What centavo wrote into the register is read in the reader's language; what people wrote stays."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest

import centavo
from centavo.consumption.rules import RULES
from centavo.deliverables.language import language, plain
from centavo.deliverables.register_words import (
    QUALITIES,
    driver_text,
    evidence_text,
    guardrail_text,
    quality_text,
    risk_text,
)

PT = language("pt-BR")
LEVERS = [
    file
    for module in ("savings", "prompts")
    for file in (Path(centavo.__file__).parent / module / "levers").glob("*.py")
]


def stated_bases():
    """Return every text that a lever states for its quality: ``basis=…``, ``basis = … if … else …``."""
    for file in LEVERS:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            named = getattr(node, "arg", None) == "basis" or (
                isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "basis"
            )
            if named and hasattr(node, "value"):
                yield from (
                    part.value
                    for part in ast.walk(node.value)
                    if isinstance(part, ast.Constant) and " " in str(part.value)
                )


def test_every_lever_says_its_quality_in_portuguese():
    stated = set(stated_bases())
    assert len(stated) > 8
    assert stated <= QUALITIES
    assert all(quality_text(text, PT) != text for text in stated)


def test_evidence_is_told_with_its_figures():
    told = evidence_text("replay of 68,488 recorded requests, 8,632 touched, seed 0", PT)
    assert plain(told) == "reprodução de 68.488 requisições registradas; 8.632 afetadas; semente 0"
    assert evidence_text("finding 3e59dcad6660: query lost_credit, 12 rows", PT) == (
        "achado 3e59dcad6660: consulta lost_credit, linhas: 12"
    )


def test_a_bound_on_false_hits_is_told_with_its_figures():
    told = quality_text(
        "at most 0.5 % false hits (95 % confidence): 3 of 1,200 labelled pairs differ, likeness from 0.85",
        PT,
    )
    assert plain(told).startswith(
        "no máximo 0,5 % de acertos falsos (confiança de 95 %): 3 de 1.200"
    )
    assert plain(told).endswith("semelhança a partir de 0,85")


@pytest.mark.parametrize("key", ["123456789012", "12345e678901"])
def test_an_id_that_looks_like_a_number_stays(key):
    told = evidence_text(f"finding {key}: query error_tax, 1200 rows", PT)
    assert plain(told) == f"achado {key}: consulta error_tax, linhas: 1.200"


def test_the_risk_of_a_findings_line_is_when_its_rule_is_wrong():
    wrong = next(rule.doc.section("When it is wrong") for rule in RULES if rule.code == "CON107")
    assert risk_text(wrong, PT) not in {wrong, ""}
    assert risk_text(None, PT) == ""


def test_what_people_wrote_stays():
    for text in ("meeting of 12 May", ""):
        assert evidence_text(text, PT) == quality_text(text, PT) == guardrail_text(text, PT) == text
    assert driver_text(Decimal(3), "chats", PT) == "3,0 chats"


def test_one_request_is_singular():
    assert driver_text(Decimal(1), "requests touched", PT) == "1,0 requisição afetada"
    assert driver_text(Decimal(2), "requests touched", PT) == "2,0 requisições afetadas"
