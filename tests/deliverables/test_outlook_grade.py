"""What will it cost?: the past is drawn in the grade of the history, and the headline says the same."""

import json
from datetime import datetime, timedelta

import pytest

from centavo.charts import PAGE, Frame
from centavo.deliverables.asked import Asked
from centavo.deliverables.language import language
from centavo.deliverables.prepare import outlook
from tests.deliverables.conftest import desk_over, two_months, write_bill


def metered(folder):
    """Write two months of requests that nobody has billed yet."""
    first = datetime(2026, 9, 1, 9)  # noqa: DTZ001 -- written as UTC below
    path = folder / "requests.jsonl"
    with path.open("w") as out:
        for number in range(61 * 4):
            at = first + timedelta(hours=6 * number)
            out.write(
                json.dumps(
                    {
                        "timestamp": f"{at.isoformat()}Z",
                        "id": f"r{number}",
                        "provider": "openai",
                        "model": "gpt-4o",
                        "usage": {"prompt_tokens": 400_000 + number, "completion_tokens": 100},
                    }
                )
                + "\n"
            )
    return path


@pytest.mark.parametrize("grade", ["billed", "metered"])
def test_the_past_carries_the_grade_of_the_history(centavo, tmp_path, monkeypatch, grade):
    bill = grade == "billed"
    path = write_bill(tmp_path / "bill.csv", two_months()) if bill else metered(tmp_path)
    done = centavo("ingest", path)
    assert done.exit_code == 0, done.err
    drawn = []
    real = outlook.time_series_chart
    monkeypatch.setattr(
        outlook, "time_series_chart", lambda chart, frame: drawn.append(chart) or real(chart, frame)
    )
    desk = desk_over(tmp_path)
    page = desk.page("outlook", Asked(), language("en"))
    for section in page.sections:
        if section.chart:
            section.chart.draw(Frame(PAGE, "c", "t", "d", 700))
    desk.close()
    layers = [layer for chart in drawn for layer in chart.layers if layer.name == "Past"]
    assert [layer.grade for layer in layers] == [grade]
    assert {tile.grade for tile in page.tiles if tile.grade} >= {grade}
