"""Anatomy and all rules of prompts over recorded bodies: megabytes of prompts a second and core.

    python benchmarks/prompt_rules_speed.py [bodies]

Target: 10 MB/s per core over 100,000 bodies. The bound in the same run is decoding every distinct text as
JSON and counting its tokens once, and nothing else.
"""

import sys
import tempfile
import time
from pathlib import Path

from measuring import machine
from prompt_bodies import START, ledger_with_bodies

from centavo.findings import RuleSettings
from centavo.period import Period
from centavo.prompts.anatomy import PartCounter, prompt_tables
from centavo.prompts.payload import decoded
from centavo.prompts.rules import RULES

TARGET_MB_S = 10


def main(bodies: int = 100_000) -> None:
    """Measure and say whether the target holds."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        ledger, sent, _ = ledger_with_bodies(Path(folder), bodies)
        kept = ledger.rows("SELECT sum(strlen(text)) FROM body_contents")[0][0]
        begun = time.process_time()
        counter = PartCounter("gpt-4o")
        for (text,) in ledger.engine.execute("SELECT text FROM body_contents").fetchall():
            counter.count(decoded(text))
        bound = time.process_time() - begun
        begun = time.process_time()
        prompt_tables(ledger, Period())
        anatomy = time.process_time() - begun
        settings = RuleSettings(START)
        found = 0
        for rule in RULES:
            limits = {each.name: each.default for each in rule.thresholds}
            answer = rule.find(ledger, Period(), settings.with_limits(rule.code, limits))
            found += len(answer) if isinstance(answer, list) else 0
        cpu = time.process_time() - begun
    rate = sent / 1e6 / cpu
    print(
        f"{bodies:,} bodies, {sent / 1e6:,.0f} MB as sent, {kept / 1e6:,.0f} MB of distinct text;"
        f" {found} findings"
    )
    print(
        f"anatomy {anatomy:.1f} s CPU, with all {len(RULES)} rules {cpu:.1f} s CPU; bound {bound:.1f} s CPU"
    )
    print(
        f"{rate:.1f} MB/s of prompts as sent and core, {kept / 1e6 / cpu:.1f} MB/s of distinct text;"
        f" target {TARGET_MB_S}: {'holds' if rate >= TARGET_MB_S else 'DOES NOT HOLD'}"
    )


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
