"""The rules of model fit on the sample company: planted waste found, its money, and false findings.

    python benchmarks/modelfit_findings.py [seed ...]

Each seed is another history of the same story; the rules run with their defaults. Money is that of the
findings that name the incident against what was planted, both in 30 days. FIT206 speaks of prices that are on
the list, which nobody planted: such a finding counts as true when the generator's own price list, asked
apart, has the successor at least a tenth cheaper for the tokens of its first caller, and as false when not.
Every other finding that is neither planted nor named by that list is false.
"""

import re
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from consumption_findings import SEEDS, sample_ledger
from planted import names_incident, score

from centavo.cli.rule_settings import history_days, rule_settings
from centavo.findings import Finding
from centavo.findings.report import default_period
from centavo.ledger.ledger import Ledger
from centavo.modelfit.findings_report import modelfit_findings
from centavo.sources.sample.call import Tokens
from centavo.sources.sample.pricelist import PriceList

LEAST_MONEY, MOST_FALSE = Decimal("0.95"), Decimal("0.02")


def run(seed: int) -> tuple[int, int, Decimal, int, int]:
    """Print one seed; return planted, found, least share of planted money, false and all findings."""
    with tempfile.TemporaryDirectory() as folder:
        settings, truth, now = sample_ledger(Path(folder), seed)
        ledger = Ledger.open(settings.location)
        period = default_period(ledger, history_days(settings))
        found = modelfit_findings(ledger, period, rule_settings(settings, now=now)).run.findings
    return judge(seed, found, truth)


def judge(seed: int, found: Sequence[Finding], truth: dict) -> tuple[int, int, Decimal, int, int]:
    """Print how the findings of a seed stand to what was planted, and return the counts of ``run``."""
    # A move to a successor is of a model over all its callers: it claims no incident of one caller.
    moves = [each for each in found if each.code == "FIT206"]
    callers = [each for each in found if each.code != "FIT206"]
    result = score(callers, truth, module="modelfit")
    mine = [each for each in truth["incidents"] if each["module"] == "modelfit"]
    shares = [_share(each, callers) for each in mine]
    for incident, share in zip(mine, shares, strict=True):
        codes = ", ".join(result.found.get(incident["id"], [])) or "MISSED"
        print(f"seed {seed}: {incident['id']} {codes}, {100 * share:.1f} % of the planted money")
    for code, decoy in result.false:
        print(f"  FALSE {code} on the decoy {decoy}")
    for code, sentence in result.others:
        print(f"  FALSE {code} {sentence}")
    told = [_is_on_the_list(each) for each in moves]
    for each, is_true in zip(moves, told, strict=True):
        print(f"  {'not planted, and true' if is_true else 'FALSE'}: {each.code} {each.sentence}")
    false = len(result.false) + len(result.others) + told.count(False)
    return len(mine), len(result.found), min(shares), false, len(found)


def _is_on_the_list(finding: Finding) -> bool:
    """Say whether the generator's prices have the successor a tenth cheaper on the finding's tokens."""
    successor = re.search(r": (\S+) is newer", str(finding.sentence))
    row = dict(zip(finding.evidence.columns, finding.evidence.rows[0], strict=True))
    read, wrote = int(Decimal(str(row["input_p50"]))), int(Decimal(str(row["output_p50"])))
    tokens = Tokens(uncached=read, output=wrote)
    day = finding.period.until.date() - timedelta(days=1)
    old, new = (
        PriceList()
        .unit(finding.subject["provider"], model, day=day, input_tokens=read)
        .cost(tokens)
        for model in (finding.subject["model"], successor[1])
    )
    return 10 * new <= 9 * old


def _share(incident: dict, found: Sequence[Finding]) -> Decimal:
    planted = Decimal(incident["extra"]["usd"]["mean_per_day"]["amount"]) * 30
    named = [f for f in found if f.per_30d and names_incident(f, incident)]
    # Findings about the same place are alternatives: the best one counts, never their sum.
    return max((f.per_30d.amount for f in named if f.per_30d), default=Decimal(0)) / planted


def main(seeds: Sequence[int] = SEEDS) -> None:
    """Print every seed and the verdict."""
    rows = [run(seed) for seed in seeds]
    planted, hit = sum(row[0] for row in rows), sum(row[1] for row in rows)
    least = min(row[2] for row in rows)
    false, findings = sum(row[3] for row in rows), sum(row[4] for row in rows)
    holds = hit == planted and least >= LEAST_MONEY and false <= MOST_FALSE * findings
    print(
        f"model fit, {len(rows)} seeds: {hit} of {planted} planted found, at least {100 * least:.1f} % of "
        f"the planted money (limit 95), {false} of {findings} findings false (limit 2 %): "
        f"{'holds' if holds else 'DOES NOT HOLD'}"
    )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or SEEDS)
