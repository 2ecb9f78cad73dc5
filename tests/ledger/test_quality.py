"""What is doubtful about rows that were just written is said, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from centavo.ledger.engine import open_engine
from centavo.ledger.quality import check_quality


def _codes(tmp_path: Path, select: str) -> dict[str, int]:
    engine, path = open_engine(), tmp_path / "new.parquet"
    engine.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return {
        w.code: w.rows
        for w in check_quality(
            engine, "charges", [str(path)], now=datetime(2026, 12, 1, tzinfo=UTC)
        )
    }


_ROWS = """
SELECT {provider} AS ServiceProviderName, {effective}::DECIMAL(38,12) AS EffectiveCost,
  (i + 0.25)::DECIMAL(38,12) AS BilledCost, 'USD' AS BillingCurrency
FROM range(250000) t(i)"""


@pytest.mark.parametrize(
    ("provider", "effective", "rows"),
    [
        ("'A'", "i", 250_000),
        ("'A'", "i + 0.25", None),
        # One of two providers rounds; the other's fractions do not acquit it.
        ("CASE WHEN i % 2 = 0 THEN 'A' ELSE 'B' END", "CASE WHEN i % 2 = 0 THEN i ELSE i + 0.25 END", 125_000),
        # The only fraction stands where the first look does not reach.
        ("'A'", "CASE WHEN i = 249999 THEN 0.5 ELSE i END", None),
        # A provider that the first rows do not name.
        ("CASE WHEN i < 200000 THEN 'A' ELSE 'B' END", "CASE WHEN i < 200000 THEN i + 0.25 ELSE i END", 50_000),
        ("NULL::VARCHAR", "i", None),
    ],
)  # fmt: skip
def test_effective_cost_rounded(tmp_path: Path, provider: str, effective: str, rows: int | None):
    found = _codes(tmp_path, _ROWS.format(provider=provider, effective=effective))
    assert found.get("effective_cost_rounded") == rows
