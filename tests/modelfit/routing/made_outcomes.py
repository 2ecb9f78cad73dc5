"""Outcomes made for tests: what each request loses depends on its category, its text, or neither."""

import numpy as np

from centavo.modelfit.routing.paired import PairedOutcomes

_EASY = [f"{each}{number}" for number in range(8) for each in ("river", "stone", "cloud")]
_HARD = ["integral", "proof", "theorem", "lemma", "modulo", "matrix"]


def words(text):
    """Return a number for each word, as a tokenizer would."""
    return [sum(word.encode()) * 7 for word in text.split()]


def outcomes(count, *, by, seed=1, categories=True, texts=True):
    """Return outcomes of two models whose loss depends on ``by``: category, text, agreement, none."""
    rng = np.random.default_rng(seed)
    category = rng.integers(0, 4, count)
    hard = rng.random((count, len(_HARD))) < 0.4
    agreement = np.where(rng.random(count) < 0.5, 1.0, rng.random(count) * 0.5)
    chance = {
        "category": category / 4,
        "text": hard.sum(axis=1) * 0.16,
        "agreement": np.where(agreement == 1, 0.03, 0.6),
        "none": np.full(count, 0.3),
    }[by]
    losses = (rng.random(count) < chance) * 1.0
    prompts = [
        " ".join(
            word if there else easy for word, there, easy in zip(_HARD, row, fill, strict=True)
        )
        for row, fill in zip(hard, rng.choice(_EASY, hard.shape), strict=True)
    ]
    return PairedOutcomes(
        keep="large",
        candidate="small",
        losses=losses,
        texts=prompts if texts else None,
        categories=[f"c{number}" if categories else "" for number in category],
        dimension="feature" if categories else None,
        agreements=agreement if by == "agreement" else None,
        keep_score=0.9,
        candidate_score=0.9 - float(losses.mean()),
    )
