"""A promise held against a bill that may still change is no shortfall yet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_BILL = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,"
    "ChargePeriodStart,ServiceProviderName,InvoiceIssuerName\n"
    "40,a,USD,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,Usage,2026-01-03T00:00:00Z,OpenAI,OpenAI\n"
)
_PERIODS = (
    "BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,InvoiceIssuerName\n"
    "2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,{},OpenAI\n"
)
_CONTRACT = """[[commitment]]
name = "OpenAI"
provider = "openai*"
amount = 100
per = "month"
valid_from = 2026-01-01
valid_to = 2026-02-01

[[tax]]
name = "ISS"
percent = 5
"""


def _ask(centavo: Callable[..., Any], folder: Path, status: str, *options: str) -> Any:
    (folder / "centavo.toml").write_text('[prices]\ncontract = "contract.toml"\n')
    (folder / "contract.toml").write_text(_CONTRACT)
    (folder / "bill.csv").write_text(_BILL)
    (folder / "periods.csv").write_text(_PERIODS.format(status))
    assert centavo("ingest", folder / "bill.csv", folder / "periods.csv").exit_code == 0
    return centavo("prices", "contract", "--at", "2026-03-01", "--fail-on-shortfall", *options)


@pytest.mark.parametrize(("status", "code"), [("Open", 0), ("Closed", 1)])
def test_only_a_final_shortfall_trips_the_gate(
    centavo: Callable[..., Any], tmp_path: Path, status: str, code: int
) -> None:
    done = _ask(centavo, tmp_path, status)
    assert done.exit_code == code
    assert ("shortfall, preliminary" in done.out) is (status == "Open")
    assert ("taxes of OpenAI" in done.err) is (status == "Open")
    assert ("short by 60" in done.err) is (status == "Closed")


def test_json_and_an_export_say_so(centavo: Callable[..., Any], tmp_path: Path) -> None:
    (promise,) = _ask(centavo, tmp_path, "Open", "--json").json["promises"]
    assert (promise["state"], promise["is_preliminary"]) == ("shortfall", True)
    done = centavo("export", "focus", "--out", tmp_path / "out.csv")
    assert "Preliminary: OpenAI 2026-01; its bill may still change." in done.err
    after = centavo("export", "focus", "--out", tmp_path / "b.csv", "--since", "2026-02", "--json")
    assert after.json["preliminary"] == []
