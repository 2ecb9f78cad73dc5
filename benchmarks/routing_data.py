"""Paired outcomes that others published, as the benchmarks of routing read them."""

from functools import cache
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from centavo.modelfit.routing.paired import PairedOutcomes

__all__ = ["DATA", "models", "pairs"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "routing"


@cache
def _tables(name: str) -> tuple[list[dict[str, object]], list[str], np.ndarray]:
    prompts = pq.read_table(DATA / name / "prompts.parquet").to_pylist()
    prompts = [row for row in prompts if not row.get("contaminated")]
    answers = pq.read_table(DATA / name / "responses.parquet").to_pylist()
    place = {row["prompt_id"]: number for number, row in enumerate(prompts)}
    known = sorted({row["model"] for row in answers})
    scores = np.full((len(prompts), len(known)), np.nan)
    for row in answers:
        if row["prompt_id"] in place:
            scores[place[row["prompt_id"]], known.index(row["model"])] = row["score"]
    assert not np.isnan(scores).any()
    return prompts, known, scores


def models(name: str) -> list[str]:
    return _tables(name)[1]


def pairs(name: str, keep: str, candidate: str) -> PairedOutcomes:
    prompts, known, scores = _tables(name)
    dear, cheap = scores[:, known.index(keep)], scores[:, known.index(candidate)]
    return PairedOutcomes(
        keep=keep,
        candidate=candidate,
        losses=dear - cheap,
        texts=[str(row["prompt"]) for row in prompts],
        categories=[str(row["category"]) for row in prompts],
        dimension="use_case",
        agreements=None,
        keep_score=float(dear.mean()),
        candidate_score=float(cheap.mean()),
    )
