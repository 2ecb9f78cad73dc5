"""The conformance suite on the sources for Azure cost exports, Oracle reports and FOCUS as JSON."""

import pytest

from tests.sources import azure_files, oci_files
from tests.sources.conformance import CHECKS, Case
from tests.sources.test_conformance import COST, changed, focus_row, summed, write_csv, write_jsonl

CASES = {
    "azure": Case(
        source="azure",
        suffix=".csv",
        write=write_csv,
        rows=[
            azure_files.row(Date="03/01/2026", CostInBillingCurrency="0.1"),
            azure_files.row(Date="03/02/2026", CostInBillingCurrency="0.2"),
        ],
        measure=COST,
        expected=summed("CostInBillingCurrency"),
        correct=changed("CostInBillingCurrency", value="0.15"),
        malformed={
            "1,50": azure_files.row(CostInBillingCurrency="1,50"),
            "yesterday": azure_files.row(Date="yesterday"),
        },
    ),
    "oci": Case(
        source="oci",
        suffix=".csv",
        write=write_csv,
        rows=[
            oci_files.row(intervalUsageStart="2026-03-01T00:00Z", myCost="0.1"),
            oci_files.row(intervalUsageStart="2026-03-02T00:00Z", myCost="0.2"),
        ],
        measure=COST,
        expected=summed("cost/myCost"),
        correct=changed("cost/myCost", value="0.15"),
        malformed={
            "1,50": oci_files.row(myCost="1,50"),
            "yesterday": oci_files.row(intervalUsageStart="yesterday"),
        },
    ),
    "focus as JSON lines": Case(
        source="focus",
        suffix=".jsonl",
        write=write_jsonl,
        rows=[focus_row("2026-03-01", "0.1"), focus_row("2026-03-02", "0.2")],
        measure=COST,
        expected=summed("BilledCost"),
        correct=changed("BilledCost", value="0.15"),
        malformed={
            "1,50": focus_row("2026-03-03", "1,50"),
            "yesterday": {**focus_row("2026-03-03", "1"), "ChargePeriodStart": "yesterday"},
        },
    ),
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", CASES)
def test_source(name, check, centavo, tmp_path):
    check(CASES[name], centavo, tmp_path)
