"""Unlabelled calls of the sample company: is the right application named, or none where none fits?

    python benchmarks/cluster_owners.py [seed ...]

Three questions a seed, without prompts. The planted unlabelled application is like no labelled one:
nothing may be named. Then each application in turn: the calls of every other day lose their labels, and
it must be named again; all of its calls lose them, and nothing may be named.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from consumption_findings import SEEDS, sample_ledger

from centavo.consumption.clusters.grouping import group_calls
from centavo.consumption.clusters.owners import load_owners
from centavo.consumption.clusters.suggestions import Suggestion, suggest_applications
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.period import Period

_HIDDEN = "proj-hidden"


@dataclass(frozen=True)
class Answer:
    """What was said of calls without labels, and what should have been."""

    question: str
    wanted: str | None
    suggestion: Suggestion

    @property
    def is_right(self) -> bool:
        return self.suggestion.application == self.wanted


def answers(ledger: Ledger) -> Iterator[Answer]:
    """Ask the three questions of a sample ledger; every group of too few calls is left out."""
    group_calls(ledger, Period())
    for each in suggest_applications(load_owners(ledger)):
        yield Answer("planted", None, each)
    ledger.engine.execute("CREATE OR REPLACE TEMP TABLE all_calls AS FROM grouped_calls")
    names = ledger.rows("SELECT DISTINCT application FROM all_calls WHERE application IS NOT NULL")
    for name in sorted(str(row[0]) for row in names):
        for question, wanted, days in (
            ("every other day", name, " AND day(started_at) % 2 = 0"),
            ("all", None, ""),
        ):
            _hide(ledger, f"application = {sql_text(name)}{days}")
            yield from (
                Answer(f"{question} of {name}", wanted, each)
                for each in suggest_applications(load_owners(ledger))
                if each.owner.where.get("project") == _HIDDEN and each.basis != "too few"
            )


def _hide(ledger: Ledger, condition: str) -> None:
    ledger.engine.execute(
        f"""CREATE OR REPLACE TEMP TABLE grouped_calls AS SELECT * REPLACE (
          CASE WHEN NOT coalesce({condition}, false) THEN application END AS application,
          CASE WHEN coalesce({condition}, false) THEN '{_HIDDEN}' ELSE project END AS project
        ) FROM all_calls"""
    )


def run(seed: int) -> list[Answer]:
    """Print and return the answers of one seed."""
    with tempfile.TemporaryDirectory() as folder:
        settings, _, _ = sample_ledger(Path(folder), seed)
        found = list(answers(Ledger.open(settings.location)))
    print(f"\nseed {seed}: {sum(each.is_right for each in found)} of {len(found)} right")
    for each in found:
        if each.question == "planted" or not each.is_right:
            mark = "right" if each.is_right else "WRONG"
            said = each.suggestion.application or "none"
            print(f"  {mark}: {each.question}, {each.suggestion.owner.where.get('model')}: {said}")
            print(f"    {each.suggestion.reason}")
    return found


def main(seeds: Sequence[int] = SEEDS) -> None:
    """Ask about every seed and print the sums."""
    found = [each for seed in seeds for each in run(seed)]
    for kind in ("planted", "every other day", "all"):
        of_kind = [each for each in found if each.question.startswith(kind)]
        right = sum(each.is_right for each in of_kind)
        verdict = "holds" if right == len(of_kind) else "DOES NOT HOLD"
        print(f"{kind}: {right} of {len(of_kind)} right: {verdict}")


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or SEEDS)
