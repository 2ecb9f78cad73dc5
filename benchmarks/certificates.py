"""Certificates: is the promise kept on every pair, how much is certified, and is the saving foretold?

    python benchmarks/certificates.py [--calibrations 1000] [--limit 0.05]

For each pair a router is trained on 1,500 labels; all other rows are the traffic, whose true loss at every
threshold is known. A calibration draws labels from the traffic with replacement. A promise is broken when
the certified threshold loses more than the limit in the traffic. Ours are the exact test, for labels that
are counted once, and betting, which may be looked at all the time. Beside them, on the same labels, in fixed
sequence over the same thresholds: Hoeffding-Bentkus (Bates et al. 2021) and the normal approximation.

The saving is that of tokens read: the pairs have no prices, so a request costs what its prompt has tokens.
"""

import argparse
import itertools
import math
from dataclasses import dataclass

import numpy as np
from measuring import machine
from routing import GPT4, LABELS, MIXTRAL
from routing_data import models, pairs

from centavo.modelfit.routing.blocks import Blocks, read_blocks
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.modelfit.routing.router import block_scores, fold_numbers, train_router
from centavo.savings.certificate import first_thresholds, plan_certificate
from centavo.savings.certificate_exact import exact_test
from centavo.savings.certificate_projection import project_total

ALPHA = 0.05
OURS = ("exact", "betting")
SIZES = (300, 1000, 3000)
TARGETS = {1000: 0.55, 3000: 0.80}
# A pair is easy when so much of its traffic may move.
EASY = 0.70
ENOUGH = 0.03


@dataclass
class Traffic:
    """A pair's traffic: the first threshold of each row, and its loss as one of few values."""

    first: np.ndarray
    losses: np.ndarray
    bets: np.ndarray
    shares: np.ndarray
    true_loss: np.ndarray
    tokens: np.ndarray


def traffic(data: PairedOutcomes, blocks: Blocks, limit: float) -> Traffic:
    seen, held = np.arange(LABELS), np.arange(LABELS, len(data))
    trained = train_router("text", data.take(seen), blocks.take(seen), folds=fold_numbers(LABELS))
    plan = plan_certificate(trained.out_of_fold, data.losses[seen], limit=limit)
    scores, losses = block_scores(trained.score, blocks.take(held)), data.losses[held]
    moved = scores[:, None] <= np.array(plan.thresholds)[None, :]
    return Traffic(
        first=first_thresholds(scores, plan.thresholds),
        losses=losses,
        bets=np.array(plan.bets),
        shares=moved.mean(axis=0),
        true_loss=np.where(moved, losses[:, None], 0).mean(axis=0),
        tokens=np.array([len(data.texts[row]) / 4 for row in held]),
    )


def calibrate(each: Traffic, count: int, *, limit: float, times: int, seed: int) -> dict:
    """Return the certified step of every calibration, -1 for none, by method.

    Labels are counted by threshold and loss; a method needs no more than those counts.
    """
    rng = np.random.default_rng(seed)
    steps = len(each.bets)
    values, which = np.unique(np.round(each.losses, 2), return_inverse=True)
    cells = each.first * len(values) + which
    possible = np.bincount(cells, minlength=(steps + 1) * len(values))
    drawn = rng.multinomial(count, possible / possible.sum(), size=times)
    moved = drawn.reshape(times, steps + 1, len(values))[:, :steps].cumsum(axis=1)
    stayed = count - moved.sum(axis=2)
    won = np.log1p(each.bets[:, :, None] * (limit - values))
    capital = np.einsum("rtv,tbv->rtb", moved, won) + stayed[:, :, None] * np.log1p(
        each.bets * limit
    )
    betting = np.logaddexp.reduce(capital, axis=2) - math.log(each.bets.shape[1])
    mean = moved @ values / count
    spread = np.sqrt(np.maximum(moved @ values**2 / count - mean**2, 1e-12) / count)
    gained, lost = whole_counts(each, count, times, seed)
    exact = exact_test(count, limit=limit, alpha=ALPHA).p_values(gained, lost)
    return {
        "exact": certified(exact <= ALPHA),
        "betting": certified(betting >= math.log(1 / ALPHA)),
        "Hoeffding-Bentkus": certified(hoeffding_bentkus(mean, count, limit) <= ALPHA),
        "normal": certified(mean + 1.6449 * spread <= limit),
    }


def whole_counts(each: Traffic, count: int, times: int, seed: int) -> list[np.ndarray]:
    """Return how many labels gain and lose a whole point at each threshold, in every calibration."""
    steps = len(each.bets)
    chance, which = np.abs(each.losses), np.where(each.losses > 0, 2, 0)
    cells, size = each.first * 3, (steps + 1) * 3
    possible = np.bincount(cells + which, chance, size) + np.bincount(cells + 1, 1 - chance, size)
    drawn = np.random.default_rng(seed).multinomial(count, possible / possible.sum(), size=times)
    moved = drawn.reshape(times, steps + 1, 3)[:, :steps].cumsum(axis=1)
    return [moved[:, :, 0], moved[:, :, 2]]


def certified(passed: np.ndarray) -> np.ndarray:
    failed = ~passed
    return np.where(failed.any(axis=1), failed.argmax(axis=1), passed.shape[1]) - 1


def hoeffding_bentkus(mean: np.ndarray, count: int, limit: float) -> np.ndarray:
    """Return the p-value that the mean loss is at least the limit; losses taken to [0, 1]."""
    risk, bound = (1 + mean) / 2, (1 + limit) / 2
    low = np.minimum(risk, bound)
    entropy = low * np.log(np.maximum(low, 1e-300) / bound) + (1 - low) * np.log(
        (1 - low) / (1 - bound)
    )
    k = np.arange(count + 1)
    logs = np.array([math.lgamma(n + 1) for n in range(count + 1)])
    mass = np.exp(
        logs[count] - logs - logs[::-1] + k * math.log(bound) + (count - k) * math.log1p(-bound)
    )
    below = np.minimum(mass.cumsum(), 1)
    bentkus = math.e * below[np.minimum(np.ceil(count * risk - 1e-9).astype(int), count)]
    return np.minimum(np.exp(-count * entropy), bentkus)


def all_pairs() -> list[tuple[str, PairedOutcomes, Blocks]]:
    name = "llmrouter_9nim"
    known = models(name)
    order = np.random.default_rng(0).permutation(len(pairs(name, *known[:2])))
    blocks = read_blocks(pairs(name, *known[:2]).take(order), standard_rows=LABELS)
    found = []
    for keep, candidate in itertools.permutations(known, 2):
        data = pairs(name, keep, candidate).take(order)
        if data.losses.mean() >= ENOUGH:
            found.append((f"{keep[:20]} to {candidate[:20]}", data, blocks))
    data = pairs("routellm_mmlu", GPT4, MIXTRAL)
    data = data.take(np.random.default_rng(0).permutation(len(data)))
    found.append(("MMLU gpt-4 to mixtral", data, read_blocks(data, standard_rows=LABELS)))
    return found


def promises(times: int, limit: float) -> None:
    print(f"Loss of at most {100 * limit:g} points at 95 %, {times} calibrations a pair and size")
    print(
        "  of the possible share: certified with 300, 1,000 and 3,000 labels by the exact test and by"
        " betting; broken promises in %"
    )
    worst = dict.fromkeys((*OURS, "Hoeffding-Bentkus", "normal"), 0.0)
    parts: dict[tuple[str, int], list[float]] = {}
    for title, data, blocks in all_pairs():
        each = traffic(data, blocks, limit)
        good = each.true_loss <= limit
        possible = float(each.shares[good].max()) if good.any() else 0.0
        line = f"  {title:44s} gap {100 * data.losses.mean():5.1f} possible {possible:.2f}"
        for number, size in enumerate(SIZES):
            for method, step in calibrate(
                each, size, limit=limit, times=times, seed=number
            ).items():
                some = step >= 0
                broken = float(np.mean(some & (each.true_loss[step] > limit)))
                worst[method] = max(worst[method], broken)
                part = float(np.where(some, each.shares[step], 0).mean()) / max(possible, 1e-9)
                if possible >= EASY:
                    parts.setdefault((method, size), []).append(part)
                if method in OURS:
                    line += f"  {100 * part:3.0f} % ({100 * broken:.1f})"
        print(line, flush=True)
    for method, broken in worst.items():
        verdict = (
            ("holds" if broken <= ALPHA else "DOES NOT HOLD") if method in OURS else "baseline"
        )
        print(
            f"  {method:20s} worst pair breaks {100 * broken:.1f} % of promises  target 5 %: {verdict}"
        )
    for (method, size), values in sorted(parts.items()):
        target = TARGETS.get(size) if method in OURS else None
        verdict = ""
        if target is not None:
            verdict = f"  target {100 * target:.0f} %: {'holds' if np.mean(values) >= target else 'DOES NOT HOLD'}"
            verdict += f" ({sum(v >= target for v in values)} of {len(values)} pairs)"
        print(
            f"  {method:20s} {size:5,d} labels certify {100 * np.mean(values):3.0f} % of the possible share"
            f" on easy pairs (possible 70 % or more), least {100 * min(values):.0f} %{verdict}"
        )
    print(flush=True)


def projections(times: int) -> None:
    print(f"Saving foretold from 1,000 labels for 2,000 and 20,000 requests, {times} times a pair")
    errors, covered, naive = [], {2000: [], 20000: []}, {2000: [], 20000: []}
    for _, data, blocks in all_pairs()[::4]:
        each = traffic(data, blocks, 0.05)
        good = np.flatnonzero(each.true_loss <= 0.05)
        if not len(good) or each.shares[good[-1]] < 0.1:
            continue
        saved = np.where(each.first <= good[-1], each.tokens, 0.0)
        rng = np.random.default_rng(1)
        wrong = []
        for requests in (2000, 20000):
            for _ in range(times):
                sample = saved[rng.integers(0, len(saved), 1000)]
                total = float(saved[rng.integers(0, len(saved), requests)].sum())
                seen = project_total(sample, requests=requests)
                covered[requests].append(seen.low <= total <= seen.high)
                half = 1.96 * sample.std() / math.sqrt(1000) * requests
                naive[requests].append(abs(total - seen.expected) <= half)
                wrong.append(abs(total - seen.expected) / total)
        errors.append((float(each.shares[good[-1]]), float(np.median(wrong))))
    for requests, values in covered.items():
        rate = float(np.mean(values))
        verdict = "holds" if 0.93 <= rate <= 0.97 else "DOES NOT HOLD"
        print(
            f"  {requests:6,d} requests: covered {100 * rate:.1f} %, an interval for the mean"
            f" {100 * np.mean(naive[requests]):.1f} %  target 93 to 97 %: {verdict}"
        )
    median = float(np.median([error for _, error in errors]))
    verdict = "holds" if median <= 0.05 else "DOES NOT HOLD"
    told = ", ".join(f"{100 * e:.1f} % at share {s:.2f}" for s, e in sorted(errors))
    print(f"  median error {100 * median:.1f} % ({told})  target 5 %: {verdict}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calibrations", type=int, default=1000)
    asked.add_argument("--limit", type=float, action="append")
    given = asked.parse_args()
    print(machine())
    for limit in given.limit or [0.02, 0.05]:
        promises(given.calibrations, limit)
    projections(max(100, given.calibrations // 2))


if __name__ == "__main__":
    main()
