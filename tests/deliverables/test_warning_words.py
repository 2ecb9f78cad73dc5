"""Warnings of sources are said in the reader's language by their codes."""

from centavo.cli.explain import topics
from centavo.deliverables.language import language
from centavo.deliverables.warning_words import WARNINGS, warning_text

_MARK = "Warning: "


def test_every_warning_has_the_words_that_explain_says():
    firsts = {code: text.partition("\n")[0] for code, text in topics().items()}
    said = {
        code: line.removeprefix(_MARK).lower()
        for code, line in firsts.items()
        if line.startswith(_MARK)
    }
    assert {code: text.lower() for code, text in WARNINGS.items()} == said


def test_a_warning_is_said_by_its_code_and_an_unknown_one_as_it_stands():
    portuguese = language("pt-BR")
    told = "unknown columns: a, b"
    assert warning_text("unknown_columns", told, language("en")) == told
    assert (
        warning_text("unknown_columns", told, portuguese)
        == "Um arquivo tem colunas que não são lidas."
    )
    assert warning_text("of_another", told, portuguese) == told
