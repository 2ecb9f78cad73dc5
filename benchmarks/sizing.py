"""Sizing against published measurements: model families that the fit has not seen, one after the other.

    python benchmarks/sizing.py --serving silicon_sample.csv --training llm-foundry_benchmarking_README.md
    python benchmarks/sizing.py … --write        # writes the fits that centavo ships

Serving: every aggregated row. The form of the model and its corrections were chosen while looking at these same
held-out errors, and so were the corrections for fine-tuning; their coefficients and bands never saw them
(README.md says how many variants were tried, and what a choice within the training families alone gives).
"""

import argparse
import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np
from published_serving import read_published
from published_training import read_tables

from centavo.planning.sizing.calibration import fit_serving, held_out_ratios, judge_serving
from centavo.planning.sizing.training_fit import fit_training, judge_training

DATA = Path(__file__).resolve().parent.parent / "src/centavo/planning/sizing/data"


def verdict(name: str, reached: float, limit: float, *, low: float = 0.0) -> None:
    """Print what was reached against its limit, in percent."""
    holds = low <= reached <= limit
    asked = f"{low:g} to {limit:g}" if low else f"at most {limit:g}"
    print(f"{name}: {reached:.1f} %, {asked} %: {'holds' if holds else 'DOES NOT HOLD'}")


def serving(path: Path, *, write: bool) -> None:
    """Judge serving, and write the fit to everything if asked."""
    published = read_published(path)
    measurements = published.measurements
    families = Counter(it.serving.model.family for it in measurements)
    print(f"serving: {len(measurements)} measurements of {len(families)} families {dict(families)}")
    print(f"  left out: {dict(published.left_out)}")
    judged = judge_serving(measurements)
    errors = 100 * judged.errors
    engines = np.array([it.serving.engine for it in measurements])
    verdict("serving, median error", float(np.median(errors)), 18)
    verdict("serving on vLLM, median error", float(np.median(errors[engines == "vllm"])), 14)
    verdict("serving, held-out rows in the 90 % band", 100 * judged.covered, 92, low=88)
    names = np.array([it.serving.model.family for it in measurements])
    for family in sorted(families):
        print(f"  {family}: median error {np.median(errors[names == family]):.1f} %")
    large = np.array([it.serving.gpus > 8 for it in measurements])
    print(
        f"  replicas of more than 8 GPUs, {large.sum()} rows: {np.median(errors[large]):.0f} %; not sized"
    )
    seen = {(it.serving.model.name, it.token_s): place for place, it in enumerate(measurements)}
    once = np.array(sorted(seen.values()))
    on_vllm = errors[once][engines[once] == "vllm"]
    print(
        f"  each measurement once, {len(once)} of them: median error {np.median(errors[once]):.1f} %,"
        f" on vLLM {np.median(on_vllm):.1f} %"
    )
    if write:
        ratios = held_out_ratios(measurements)
        low, high = (float(np.quantile(ratios, share)) for share in (0.05, 0.95))
        fit = asdict(fit_serving(measurements, band=(low, high)))
        (DATA / "serving.json").write_text(json.dumps(fit, indent=1) + "\n", encoding="utf-8")


def training(path: Path, *, write: bool) -> None:
    """Judge fine-tuning, and write the fit to everything if asked."""
    rows = read_tables(path)
    judged = judge_training(rows)
    errors = 100 * judged.errors
    print(f"fine-tuning: {len(rows)} measurements of {len({it.model for it in rows})} models")
    verdict("fine-tuning, median error", float(np.median(errors)), 6)
    verdict("fine-tuning, 90th percentile of errors", float(np.quantile(errors, 0.9)), 18)
    verdict("fine-tuning, held-out rows in the 90 % band", 100 * judged.covered, 100)
    if write:
        fit = asdict(fit_training(rows))
        (DATA / "training.json").write_text(json.dumps(fit, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Judge what files are given for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--serving", type=Path)
    parser.add_argument("--training", type=Path)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if asked.training:
        training(asked.training, write=asked.write)
    if asked.serving:
        serving(asked.serving, write=asked.write)


if __name__ == "__main__":
    main()
