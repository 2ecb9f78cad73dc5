"""The rules of prompts on the sample company: planted wastes found, their money, and false alarms.

    python benchmarks/prompt_findings.py [seed ...]

Targets: every planted waste of prompts found, at least 95 % of the planted money, false alarms at most
2 % of what is reported. No threshold is set for them: the rules run with their defaults. A guard (exposed
money) claims no saving and is listed apart.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from planted import score

from centavo.cli.rule_settings import history_days, rule_settings
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.findings import Finding
from centavo.findings.report import default_period
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.prompts.findings_report import prompts_findings
from centavo.sources.sample import generate

SEEDS = (7, 11, 23)


def report_of(seed: int) -> tuple[Sequence[Finding], dict]:
    """Return the findings of the rules on the sample of a seed, and what was planted."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = generate(folder / "sample", seed=seed)
        (folder / "centavo.toml").write_text('[ledger]\nfolder = "ledger"\n')
        settings = Settings.load(folder)
        requests = [str(path) for path in made.inputs if "requests" in str(path)]
        recognised, _ = recognise_all(find_files(requests))
        now = datetime.combine(made.until, datetime.min.time(), UTC) + timedelta(days=3)
        for _ in ingest(settings, recognised, IngestOptions(now=now, keep_bodies=True)):
            pass
        ledger = Ledger.open(settings.location)
        period = default_period(ledger, history_days(settings))
        report = prompts_findings(ledger, period, rule_settings(settings, now=now))
        return report.run.findings, json.loads(made.truth.read_text())


def main(seeds: Sequence[int] = SEEDS) -> None:
    """Score every seed and say whether the targets hold."""
    planted = claimed = Decimal(0)
    missed: list[str] = []
    alarms = reported = 0
    for seed in seeds:
        findings, truth = report_of(seed)
        result = score(findings, truth, module="prompts")
        missed += [f"{name} (seed {seed})" for name in result.missed]
        guards = [f for f in findings if f.money_kind == "exposed"]
        told = {str(f.sentence) for f in guards}
        others = [each for each in result.others if each[1] not in told]
        false = [each for each in result.false if each[0] not in {g.code for g in guards}]
        alarms += len(others) + len(false)
        reported += len(findings) - len(guards)
        for incident in truth["incidents"]:
            if incident["id"] not in result.found:
                continue
            money = Decimal(incident["extra"]["usd"]["total"]["amount"])
            best = max(_over(f, incident) for f in findings)
            planted += money
            claimed += min(best, money)
            print(
                f"seed {seed}: {incident['id']:<16} planted {money:>9.2f} USD, claimed {best:>9.2f}"
                f" by {', '.join(result.found[incident['id']])}"
            )
        for code, sentence in others:
            print(f"seed {seed}: neither planted nor a decoy: {code} {sentence}")
        for code, decoy in false:
            print(f"seed {seed}: FALSE {code} on {decoy}")
        print(f"seed {seed}: guards, no money: {', '.join(g.code for g in guards) or 'none'}")
    share = claimed / planted if planted else Decimal(0)
    rate = alarms / reported if reported else 0
    print(f"missed: {', '.join(missed) or 'none'}: {'DOES NOT HOLD' if missed else 'holds'}")
    print(
        f"money found {share:.1%} of planted, target 95 %: {'holds' if share >= Decimal('0.95') else 'DOES NOT HOLD'}"
    )
    print(
        f"false alarms {alarms} of {reported}, target 2 %: {'holds' if rate <= 0.02 else 'DOES NOT HOLD'}"
    )


def _over(finding: Finding, incident: dict) -> Decimal:
    """Return what the finding claims over the days of an incident; 0 where it is about another place."""
    scope = incident["scope"]
    same = all(finding.subject.get(key) == scope[key] for key in ("application", "endpoint"))
    if not same or finding.per_30d is None or finding.period.since is None:
        return Decimal(0)
    length = (finding.period.until - finding.period.since).days
    return finding.per_30d.amount * length / 30


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or SEEDS)
