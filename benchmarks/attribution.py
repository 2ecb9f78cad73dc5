"""Cost of attribution per row: the same COPY to Parquet without and with it, in one run.

    python benchmarks/attribution.py [rows]

CPU time, one thread, the better of three; charges carry five tags, requests two labels.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Literal

from centavo.ledger.attribution import Attribution
from centavo.ledger.engine import open_engine
from centavo.ledger.schema import TABLES

_TAGS = (
    """'{"application": "app' || (i % 37) || '", "environment": "' || (['prod', 'dev'])[1 + i % 2]"""
    """ || '", "business_unit": "Data' || (i % 11) || '", "goog-resource-type": "vm", "team": "t'"""
    """ || (i % 9) || '"}'"""
)
_GIVEN: dict[Literal["charges", "usage_events"], dict[str, str]] = {
    "charges": {
        "BilledCost": "((i % 1000003) * 0.000137)::DECIMAL(38,12)",
        "BillingAccountId": "'0123-ABCD-' || (i % 3)",
        "BillingCurrency": "'USD'",
        "ChargePeriodStart": "TIMESTAMP '2026-10-01' + to_hours((i % 720)::BIGINT)",
        "SubAccountId": "'shop-' || (['chat', 'search', 'data', 'web'])[1 + i % 4] || '-' || (i % 40)",
        "ServiceName": "(['Vertex AI', 'Compute Engine', 'BigQuery'])[1 + i % 3]",
        "SkuMeter": "'Gemini 2.5 Pro Text Input ' || (i % 700)",
        "ResourceId": "'//compute/projects/x/zones/y/instances/' || (i % 9000)",
        "Tags": _TAGS,
    },
    "usage_events": {
        "event_id": "'req-' || i",
        "started_at": "TIMESTAMP '2026-10-01' + to_seconds(i)",
        "answered_model": "(['gpt-4o', 'gpt-4o-mini', 'o4-mini'])[1 + i % 3]",
        "api_key_id": "'key-' || (i % 20)",
        "application": "'app' || (i % 37)",
        "input_uncached_tokens": "(i % 5000)::BIGINT",
        "output_tokens": "(i % 700)::BIGINT",
        "labels": """'{"app": "app' || (i % 37) || '", "user": "u' || (i % 1000) || '"}'""",
    },
}


def rules(count: int) -> str:
    """A rules file of so many rules, each with two conditions and four values."""
    return "".join(
        f'[[rule]]\nmatch = {{ project = "shop-*-{n}", "tag.team" = ["t{n % 9}", "u*"] }}\n'
        f'set = {{ application = "a{n}", team = "x", cost_center = "C{n}", environment = "p" }}\n'
        for n in range(count)
    )


def main(rows: int) -> None:
    engine = open_engine()
    engine.execute("SET threads = 1")
    cases = {"none": None, "built-in labels": "", "10 rules": rules(10), "100 rules": rules(100)}
    for table, given in _GIVEN.items():
        made = ", ".join(f"{value} AS {name}" for name, value in given.items())
        engine.execute(f"CREATE OR REPLACE TABLE made AS SELECT {made} FROM range({rows}) AS r(i)")
        filled = ", ".join(
            column.name if column.name in given else f"NULL::{column.type} AS {column.name}"
            for column in TABLES[table]
        )
        bare = 0.0
        for name, text in cases.items():
            with tempfile.TemporaryDirectory() as folder:
                select = f"SELECT {filled} FROM made"
                if text is not None:
                    file = Path(folder) / "rules.toml"
                    file.write_text(text)
                    select = Attribution.load(file).select(select, table=table)
                copy = f"COPY ({select}) TO '{folder}/out.parquet' (COMPRESSION zstd)"
                times: list[float] = []
                for _ in range(3):
                    start = time.process_time()
                    engine.execute(copy)
                    times.append(time.process_time() - start)
            took = min(times) / rows * 1e9
            bare = bare or took
            print(f"{table:13} {name:16} {took:6.0f} ns a row, {took - bare:+6.0f} against none")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
