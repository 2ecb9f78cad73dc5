"""The rules of consumption on the sample company: planted incidents found, missed, and false findings.

    python benchmarks/consumption_findings.py [seed ...]

Each seed is another history of the same story. No threshold is set for them: the rules run with their
defaults. Incidents of other modules are listed for what they are. Scores follow
docs/sample-company.md ("Scoring a module against it").
"""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planted import Score, score

from centavo.cli.rule_settings import history_days, rule_settings
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.consumption.findings_report import consumption_findings
from centavo.findings.report import FindingsReport, default_period
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.sources.sample import generate

SEEDS = (7, 11, 23, 42)


def sample_ledger(folder: Path, seed: int) -> tuple[Settings, dict, datetime]:
    """Write the sample company of a seed, ingest it, and return settings and truth."""
    report = generate(folder / "sample", seed=seed)
    text = f'[ledger]\nfolder = "ledger"\n[attribution]\nrules = "sample/{report.rules.name}"\n'
    (folder / "centavo.toml").write_text(
        text + f'[currency]\nrates = "sample/{report.rates.name}"\n'
    )
    settings = Settings.load(folder)
    recognised, _ = recognise_all(find_files([str(path) for path in report.inputs]))
    now = datetime.combine(report.until, datetime.min.time(), UTC) + timedelta(days=3)
    for _ in ingest(settings, recognised, IngestOptions(now=now)):
        pass
    return settings, json.loads(report.truth.read_text()), now


def findings_of(settings: Settings, now: datetime) -> FindingsReport:
    """Return the report of the rules, with their defaults."""
    ledger = Ledger.open(settings.location)
    rules = rule_settings(settings, now=now)
    return consumption_findings(ledger, default_period(ledger, history_days(settings)), rules)


def run(seed: int) -> Score:
    """Print and return the score of one seed."""
    with tempfile.TemporaryDirectory() as folder:
        settings, truth, now = sample_ledger(Path(folder), seed)
        begun = time.perf_counter()
        report = findings_of(settings, now)
        took = time.perf_counter() - begun
    result = score(report.run.findings, truth)
    elsewhere = score(report.run.findings, truth, module=None).found
    print(f"\nseed {seed}: {len(report.run.findings)} findings in {took:.1f} s")
    amounts = {each["id"]: each["extra"]["usd"]["total"]["amount"] for each in truth["incidents"]}
    for name in (*result.found, *result.missed):
        codes = ", ".join(result.found.get(name, [])) or "MISSED"
        print(f"  {name:<24} {float(amounts[name]):>9,.2f} USD  {codes}")
    for name, codes in elsewhere.items():
        if name not in result.found:
            print(f"  {name:<24} (another module's) {', '.join(codes)}")
    for code, decoy in result.false:
        print(f"  FALSE {code} on the decoy {decoy}")
    for code, sentence in result.others:
        print(f"  neither planted nor a decoy: {code} {sentence}")
    return result


def main(seeds: Sequence[int] = SEEDS) -> None:
    """Score every seed and print the sums."""
    scores = [run(seed) for seed in seeds]
    found = Counter(name for each in scores for name in each.found)
    missed = Counter(name for each in scores for name in each.missed)
    print(
        f"\n{len(scores)} seeds: {found.total()} of {found.total() + missed.total()} planted found",
        end="",
    )
    print(f", missed {dict(missed)}" if missed else "", end="")
    print(f"; false findings {sum(len(s.false) for s in scores)}; ", end="")
    print(f"neither {sum(len(s.others) for s in scores)}; general {sum(s.general for s in scores)}")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or SEEDS)
