"""Pairs of outcomes from the ledger, in an order that is random and always the same."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.ledger.outcomes_table import OUTCOME_SCOPES
from centavo.modelfit.question import ask
from centavo.modelfit.routing.near import MOST_TEXTS
from centavo.modelfit.routing.paired import PairedOutcomes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["LabelledPair", "load_pair"]


@dataclass(frozen=True)
class LabelledPair:
    """Outcomes of a pair, and what their answers cost.

    Attributes:
        outcomes: In random order.
        items: Id of each prompt, in the same order.
        keep_costs: By prompt; ``None`` when not all are known, or not in one currency.
        candidate_costs: The same of the cheaper model.
        currency: Of both.
        without_prompt: Prompts whose text is not known, of all.
        unlabelled: Texts of the same traffic that nobody has graded; empty where no prompt's text is known.
    """

    outcomes: PairedOutcomes
    items: tuple[str, ...]
    keep_costs: "Floats | None"
    candidate_costs: "Floats | None"
    currency: str | None
    without_prompt: int
    unlabelled: tuple[str, ...] = ()


def load_pair(
    ledger: Ledger,
    keep: str,
    candidate: str,
    *,
    score_kind: str | None = None,
    dimension: str | None = None,
) -> LabelledPair:
    """Return the prompts that both models answered.

    Args:
        ledger: With outcomes.
        keep: Model that answers now.
        candidate: Model that may answer instead.
        score_kind: Kind of score that both have.
        dimension: Scope that tells categories apart; ``None`` takes the first that has several.

    Raises:
        ConfigError: They have no prompt in common.
    """
    import numpy as np

    rows = ask(ledger, "paired_outcomes", [keep, candidate, score_kind])
    if not rows:
        raise ConfigError(
            f"{keep} and {candidate} have no graded prompt in common",
            hint="`centavo outcomes list` shows models and pairs; names must be as they stand there.",
        )
    # By a hash of the item: random beside any order of the file, and the same in every run.
    rows.sort(key=lambda row: hashlib.sha256(str(row[0]).encode()).digest())
    scores = np.array([[row[1], row[2]] for row in rows], dtype=np.float64)
    prompts = [row[3] for row in rows]
    agreements = [row[4] for row in rows]
    chosen, categories = _categories(rows, dimension)
    outcomes = PairedOutcomes(
        keep=keep,
        candidate=candidate,
        losses=scores[:, 0] - scores[:, 1],
        texts=None if None in prompts else [str(prompt) for prompt in prompts],
        categories=categories,
        dimension=chosen,
        agreements=None if None in agreements else np.array(agreements, dtype=np.float64),
        keep_score=float(scores[:, 0].mean()),
        candidate_score=float(scores[:, 1].mean()),
    )
    first = 5 + len(OUTCOME_SCOPES)
    costs = [row[first : first + 2] for row in rows]
    currencies = {currency for row in rows for currency in row[first + 2 :]}
    known = len(currencies) == 1 and not any(None in pair for pair in costs)
    amounts = np.array(costs, dtype=np.float64) if known else None
    return LabelledPair(
        outcomes,
        tuple(str(row[0]) for row in rows),
        None if amounts is None else amounts[:, 0],
        None if amounts is None else amounts[:, 1],
        str(next(iter(currencies))) if known else None,
        prompts.count(None),
        () if outcomes.texts is None else _unlabelled(ledger, keep, candidate),
    )


def _unlabelled(ledger: Ledger, keep: str, candidate: str) -> tuple[str, ...]:
    rows = ask(ledger, "unlabelled_texts", [keep, candidate, MOST_TEXTS])
    return tuple(str(text) for (text,) in rows)


def _categories(
    rows: list[tuple[object, ...]], dimension: str | None
) -> tuple[str | None, list[str]]:
    if dimension is not None and dimension not in OUTCOME_SCOPES:
        raise ConfigError(
            f"{dimension!r} is not a scope of outcomes", hint=f"Known: {', '.join(OUTCOME_SCOPES)}."
        )
    for place, name in enumerate(OUTCOME_SCOPES, start=5):
        values = ["" if row[place] is None else str(row[place]) for row in rows]
        several = len({value for value in values if value}) > 1
        if name == dimension or (dimension is None and several):
            return name, values
    return None, [""] * len(rows)
