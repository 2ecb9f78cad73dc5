"""The savings plan: its lines, what may be added, the workbook's formulas, and the month for accounting."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from centavo.charts import PAPER, Frame
from centavo.deliverables.language import language, plain
from centavo.deliverables.prepare.proof import proof_page, realised, verified_total
from centavo.deliverables.prepare.savings import in_order, roadmap_section, savings_section
from centavo.deliverables.saving_words import saving_title
from centavo.savings.saving import STATES, KnownSaving, Saving, StateStep

EN, PT = language("en"), language("pt-BR")
AT = datetime(2026, 11, 1)  # noqa: DTZ001 -- as the ledger keeps it


def known(
    lever="retries", *, state="validated", plan="q4", place=1, amount="10", **fields
) -> KnownSaving:
    saving = Saving(
        title="t", saving_kind="reduction", scope={"application": "chat"}, evidence="e", method="replay",
        lever=lever, plan=plan, place=place, currency="USD", expected_per_30d=Decimal(amount),
        low_per_30d=Decimal(amount) - 2, high_per_30d=Decimal(amount) + 2, **fields,
    )  # fmt: skip
    return KnownSaving(saving, state, AT, (StateStep(AT, "ana", state, Decimal(amount)),))


def test_a_lever_is_named_in_the_readers_language():
    saving = known("model to=small application=chat").saving
    assert saving_title(saving, EN) == "small instead of the model of today"
    assert saving_title(saving, PT) == "small no lugar do modelo de hoje"


def test_every_lever_has_a_name():
    from centavo.cli.levers import lever_kinds
    from centavo.deliverables.saving_words import _LEVERS

    assert {kind.name for kind in lever_kinds()} <= _LEVERS.keys()


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word(state):
    from centavo.deliverables.saving_words import state_name

    assert state_name(state, PT)


def test_lines_of_one_plan_are_said_together_and_of_two_are_not():
    one = savings_section([known(place=1), known("duplicates", place=2, amount="5")], EN)
    assert [plain(s) for s in one.sentences] == [
        "q4: 2 lines, validated, together US$ 15.00 in 30 days."
    ]
    two = savings_section([known(plan="a"), known("duplicates", plan="b", amount="5")], EN)
    assert two.sentences == ()
    assert two.chart is None


def test_what_is_rejected_or_lapsed_is_not_in_the_plan():
    lines = [known(state="rejected"), known("duplicates", state="lapsed"), known("batch")]
    assert [each.saving.lever for each in in_order(lines)] == ["batch"]


def test_the_roadmap_ends_with_the_due_day_and_the_closed_bill():
    line = known(state="approved", due=date(2026, 12, 15))
    section = roadmap_section([line], EN, today=date(2026, 12, 1))
    assert "9 weeks" in section.sentences[0]
    assert "carry out" in section.chart.draw(Frame(PAPER, "r", "t", "d"))


def test_a_plan_that_is_all_verified_has_no_roadmap():
    assert roadmap_section([known(state="sustained")], EN, today=date(2026, 12, 1)) is None


def test_what_was_seen_on_the_bill_is_the_last_step_that_saw_it():
    line = known(state="verified", amount="7")
    assert realised(line) == 7
    assert realised(known(state="enforced")) is None
    assert [str(t.amount) for t in verified_total([line, line])] == ["14"]


@pytest.fixture
def _planned(centavo, two_month_folder, tmp_path, monkeypatch):
    """A copy of the ledger of two months with one finding in the plan."""
    import shutil

    folder = tmp_path / "planned"
    shutil.copytree(two_month_folder, folder)
    monkeypatch.chdir(folder)
    moved = centavo("findings", "list", "--json")
    key = moved.json["findings"][0]["id"]
    done = centavo("savings", "add", key)
    assert done.exit_code == 0, done.err
    return folder


@pytest.mark.usefixtures("_planned")
def test_documents_of_the_plan_say_the_same(centavo, tmp_path):
    line = centavo("savings", "list", "--json").json["savings"][0]
    for form in ("md", "html", "pdf", "xlsx"):
        out = tmp_path / f"plan.{form}"
        done = centavo("report", "savings-plan", "--lang", "pt-BR", "--out", out)
        assert done.exit_code == 0, done.err
    text = (tmp_path / "plan.md").read_text("utf-8")
    assert f"achado {line['finding_id']}: consulta " in text
    assert "Assinaturas" in text
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>IF(AND(ISNUMBER(" in sheet
        assert 'state="frozen"' in sheet
        amount = line["expected_per_30d"]
        assert amount is None or f"<v>{float(amount):.16g}</v>" in sheet


def test_an_empty_register_says_what_to_do(centavo, two_month_folder, monkeypatch, tmp_path):
    monkeypatch.chdir(two_month_folder)
    done = centavo("report", "savings-plan", "--out", tmp_path / "plan.pdf")
    assert done.exit_code == 2
    assert "centavo savings add" in done.err


def test_the_month_for_accounting_adds_up_and_leaves_unknown_empty(
    centavo, two_month_folder, monkeypatch
):
    monkeypatch.chdir(two_month_folder)
    done = centavo("report", "monthly-csv", "--period", "2026-10")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(r["cost_center"], r["cost_brl"], r["cost_usd"]) for r in rows] == [("", "", "173.60")]
    assert done.out.isascii()


def test_the_proof_shows_projected_simulated_and_realised_and_how_the_bill_shows_it():
    proof = {
        "method": "hold-out", "since": "2026-10-01", "until": "2026-11-01", "days": "31", "joint": "1",
        "baseline": "40", "actual": "31.5", "volume": "0", "efficiency": "3", "mix": "5.5", "price": "0",
        "low": "7.10", "high": "9.90",
    }  # fmt: skip
    live = known(state="enforced")
    steps = (
        StateStep(AT, "ana", "identified", Decimal(12)),
        StateStep(AT, "ana", "validated", Decimal(10)),
        StateStep(AT, "ana", "verified", Decimal("8.25"), "bill of 2026-10", proof),
    )
    seen = replace(live, state="verified", history=steps)
    reading = SimpleNamespace(savings={"a": seen}, now=AT)
    page = proof_page(reading, None, PT)
    held, made = (
        next(each.table for each in page.sections if each.id == name) for name in ("held", "made")
    )
    values = [cell.value for cell in held.rows[0].cells[1:5]]
    assert [money.amount for money in values] == [12, 10, Decimal("8.25"), Decimal("-1.75")]
    assert held.rows[0].cells[5].text == "requisições mantidas na política antiga"
    exact = {column.key: cell.value for column, cell in zip(made.columns, made.rows[0].cells, strict=True)}  # fmt: skip
    steps_of_it = [exact[name].amount for name in ("volume", "efficiency", "mix", "price")]
    assert exact["baseline"].amount + sum(steps_of_it) == exact["actual"].amount


def test_a_saving_that_was_entered_by_hand_has_no_parts():
    step = StateStep(AT, "ana", "verified", Decimal(8), "invoice 7")
    seen = replace(known(state="verified"), history=(step,))
    page = proof_page(SimpleNamespace(savings={"a": seen}, now=AT), None, EN)
    assert [each.id for each in page.sections] == ["held", "stages"]
