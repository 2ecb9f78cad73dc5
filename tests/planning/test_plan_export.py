"""What a plan becomes as a file: FOCUS rows that say they are estimated, rows, workbook, charts."""

import csv
import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

LLAMAFLOW = Path(__file__).resolve().parents[2] / "examples" / "llamaflow" / "plan.yaml"


def test_focus_rows_keep_the_rules_and_are_graded_estimated(centavo, tmp_path):
    out = tmp_path / "plan.csv"
    done = centavo("plan", "export", LLAMAFLOW, "--scenario", "minimum", "--focus", "--out", out)
    assert done.exit_code == 0, done.err
    assert centavo("export", "check", out).exit_code == 0
    with out.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert sum(Decimal(row["BilledCost"]) for row in rows) == Decimal("1610.40")
    assert {row["x_CostBasis"] for row in rows} == {"estimated"}
    assert json.loads(rows[0]["Tags"])["price_evidence"] == "assumption"


def test_charges_of_two_scenarios_are_not_written_into_one_file(centavo, tmp_path):
    done = centavo("plan", "export", LLAMAFLOW, "--focus", "--out", tmp_path / "plan.csv")
    assert done.exit_code == 2
    assert "charges of two would add up" in done.err


def test_every_form_holds_every_component_and_month(centavo, tmp_path):
    for suffix in ("csv", "json", "xlsx"):
        out = tmp_path / f"plan.{suffix}"
        assert centavo("plan", "export", LLAMAFLOW, "--out", out).exit_code == 0
    with (tmp_path / "plan.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == (6 + 7 + 8) * 12
    cost = sum(Decimal(row["cost"]) for row in rows if row["scenario"] == "maximum")
    assert cost == Decimal("7347.60")
    scenarios = json.loads((tmp_path / "plan.json").read_text("utf-8"))["scenarios"]
    assert [it["month"]["amount"] for it in scenarios] == ["134.2", "272.3", "612.3"]
    assert "xl/worksheets/sheet2.xml" in ZipFile(tmp_path / "plan.xlsx").namelist()
    assert centavo("plan", "export", LLAMAFLOW, "--out", tmp_path / "plan.pdf").exit_code == 2


@pytest.mark.parametrize("kind", ["breakdown", "fan", "tornado"])
def test_charts_are_svg_with_words(centavo, tmp_path, kind):
    out = tmp_path / "chart.svg"
    done = centavo("plan", "chart", kind, LLAMAFLOW, "--scenario", "intermediate", "--out", out)
    assert done.exit_code == 0, done.err
    drawn = ET.fromstring(out.read_text("utf-8"))
    words = [it.text for it in drawn if it.tag.endswith(("title", "desc"))]
    assert "LlamaFlow, intermediate" in words[0]
    assert len(words[1]) > 40


def test_a_break_even_chart_marks_where_costs_cross(centavo, tmp_path):
    out = tmp_path / "chart.svg"
    asked = ("plan", "chart", "break-even", LLAMAFLOW, "--out", out)
    between = ("--driver", "always_on", "--between", "minimum", "intermediate", "--to", "10000")
    assert centavo(*asked, *between).exit_code == 0
    assert "5,333 h" in out.read_text("utf-8")
    assert centavo(*asked).exit_code == 2
