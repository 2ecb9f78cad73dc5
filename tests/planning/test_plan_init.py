"""A first plan: from options, from answers, or not at all when there is nobody to ask."""

import io
from decimal import Decimal

import pytest


def test_components_as_options(centavo):
    done = centavo(
        "plan", "init", "--name", "My stack", "--start", "2027-01", "--component",
        "gpu=100 h@llamaflow-gpu-instance", "--component", "llm=2 Mtoken@0.15 USD/Mtoken",
    )  # fmt: skip
    assert done.exit_code == 0, done.err
    shown = centavo("plan", "show", "plan.yaml", "--json").json["scenarios"][0]
    assert Decimal(shown["month"]["amount"]) == Decimal("100.30")
    assert shown["start"] == "2027-01-01"


def test_what_it_writes_is_checked_and_not_left_behind(centavo, tmp_path):
    done = centavo("plan", "init", "--component", "gpu=100 GB@llamaflow-gpu-instance")
    assert done.exit_code == 2
    assert "is in GB, and the price" in done.err
    assert not (tmp_path / "plan.yaml").exists()


@pytest.mark.parametrize("text", ["gpu", "gpu=3 h", "gpu@x", "=3 h@x"])
def test_a_component_that_is_not_one_is_refused(centavo, text):
    assert centavo("plan", "init", "--component", text).exit_code == 2


def test_nobody_to_ask(centavo):
    done = centavo("plan", "init")
    assert done.exit_code == 2
    assert "nobody to ask" in done.err


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self):
        return True


def test_an_answer_that_cannot_be_used_is_asked_again(centavo, monkeypatch):
    wrong = "reais\nBRL\n900\n6\ngpu\n10 h\n1.20 USD/h\ngpu\n10 h\n6.20 BRL/h\n"
    monkeypatch.setattr("sys.stdin", Terminal(f"Stack\n{wrong}disk\n1 GB\n0.1 BRL/h\n\n"))
    done = centavo("plan", "init", "--out", "asked.yaml")
    assert done.exit_code == 0, done.err
    assert "Not taken: gpu is in USD, and the plan in BRL" in done.err
    assert "Not taken: quantity is in GB, and the price disk is for one h" in done.err
    assert "Wrote asked.yaml: 1 component, 6 months" in done.err
    shown = centavo("plan", "show", "asked.yaml", "--json").json["scenarios"][0]
    assert shown["month"] == {"amount": "62", "currency": "BRL"}


def test_answers(centavo, monkeypatch):
    answers = "Stack\nUSD\n6\ngpu\n10 h\n1.20 USD/h\n\n"
    monkeypatch.setattr("sys.stdin", Terminal(answers))
    done = centavo("plan", "init", "--out", "asked.yaml")
    assert done.exit_code == 0, done.err
    shown = centavo("plan", "show", "asked.yaml", "--json").json["scenarios"][0]
    assert (shown["month"]["amount"], shown["months"]) == ("12", 6)
