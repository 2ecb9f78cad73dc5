"""The conformance suite on Cost and Usage Reports: legacy and CUR 2.0."""

from decimal import Decimal

import pytest

from tests.sources.aws_files import line, modern, write_csv
from tests.sources.conformance import CHECKS, Case


def write(path, rows, *, shuffled=False):
    names = list(rows[0])[:: -1 if shuffled else 1]
    write_csv(path, [{name: row[name] for name in names} for row in rows])


def case(form, column):
    return Case(
        source="aws",
        suffix=".csv",
        write=write,
        rows=[
            form(line(UnblendedCost="0.1", UsageStartDate="2026-03-01T00:00:00Z")),
            form(line(UnblendedCost="2.0E-7", UsageStartDate="2026-03-02T00:00:00Z")),
        ],
        measure="SELECT sum(BilledCost)::DECIMAL(38,12) FROM charges",
        expected=lambda rows: sum((Decimal(str(row[column])) for row in rows), Decimal(0)),
        correct=lambda row: {**row, column: "0.15"},
        malformed={
            "1,50": form(line(UnblendedCost="1,50")),
            "yesterday": form(line(UsageStartDate="yesterday")),
        },
    )


CASES = {
    "legacy": case(dict, "lineItem/UnblendedCost"),
    "cur2": case(modern, "line_item_unblended_cost"),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_report(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
