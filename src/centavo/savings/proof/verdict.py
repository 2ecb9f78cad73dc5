"""What a proof does to the register: enforced becomes verified, verified sustained or lapsed, or nothing does."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from centavo.money import EXACT, LEDGER_DECIMALS
from centavo.savings.proof.verify import Proof
from centavo.savings.register import move
from centavo.savings.saving import KnownSaving, State, StateStep

__all__ = ["ProofOutcome", "outcome", "proved_register"]

ProofOutcome = State | None


def outcome(known: KnownSaving, proof: Proof) -> ProofOutcome:
    """Return the state that the proof leads to; ``None`` where it leads to none.

    The bill shows a saving when the whole interval lies above zero. A saving that was seen and of which
    the whole interval lies at or below zero has lapsed; in between nothing is known and nothing changes.
    A month counts once: only a later one sustains what an earlier one has shown.
    """
    if proof.missing or proof.low is None or proof.high is None:
        return None
    if _has_counted(known, proof):
        return None
    if known.state == "enforced":
        return "verified" if proof.low > 0 else None
    if known.state in ("verified", "sustained"):
        if proof.low > 0:
            return "sustained"
        return "lapsed" if proof.high <= 0 else None
    return None


def _has_counted(known: KnownSaving, proof: Proof) -> bool:
    """Say whether the last bill that moved the saving covers these days, or later ones."""
    counted = [step.proof["until"] for step in known.history if step.proof]
    return bool(counted) and proof.question.days[0].isoformat() < counted[-1]


def proved_register(
    group: Sequence[KnownSaving], proof: Proof, step: StateStep
) -> dict[str, KnownSaving]:
    """Return the savings of one scope with what the bill has shown.

    Savings of the same scope are seen on the bill as one; each takes the share that its expected
    amount has in all of them, so that the parts add up to the whole.

    Args:
        group: Of one scope and currency, each enforced, verified or sustained.
        proof: Of that scope.
        step: When and by whom.
    """
    changed: dict[str, KnownSaving] = {}
    shares = _shares(group)
    money = proof.per_30d(proof.saving)
    amounts = _parts(money.amount if money else None, shares)
    for known, share, amount in zip(group, shares, amounts, strict=True):
        state = outcome(known, proof)
        if state is None:
            continue
        shown = _shown(proof, share, joint=len(group))
        noted = replace(
            step,
            amount=amount,
            note=step.note or _note(proof),
            proof=shown,
        )
        changed[known.saving.id] = move(known, state, noted)
    return changed


def _shares(group: Sequence[KnownSaving]) -> list[Decimal]:
    expected = [max(each.saving.expected_per_30d or Decimal(0), Decimal(0)) for each in group]
    total = sum(expected, Decimal(0))
    if not total:
        return [EXACT.divide(Decimal(1), Decimal(len(group)))] * len(group)
    parts = [EXACT.divide(each, total) for each in expected[:-1]]
    return [*parts, EXACT.subtract(Decimal(1), sum(parts, Decimal(0)))]


def _parts(amount: Decimal | None, shares: Sequence[Decimal]) -> list[Decimal | None]:
    """Return the amount by shares; the last part is what the others leave of it."""
    if amount is None:
        return [None] * len(shares)
    parts = [EXACT.multiply(amount, each).quantize(LEDGER_DECIMALS) for each in shares[:-1]]
    return [*parts, EXACT.subtract(amount, sum(parts, Decimal(0)))]


def _shown(proof: Proof, share: Decimal, *, joint: int) -> Mapping[str, str]:
    split = proof.split
    first, until = proof.question.days
    amounts = {
        "baseline": proof.baseline, "actual": proof.actual, "low": proof.low, "high": proof.high,
        **({} if split is None else {
            "volume": split.volume, "efficiency": split.efficiency, "mix": split.mix, "price": split.price,
        }),
    }  # fmt: skip
    return {
        "method": str(proof.method),
        "since": first.isoformat(),
        "until": until.isoformat(),
        "days": str(proof.days),
        "joint": str(joint),
        "share": f"{share:f}"[:14],
        "confidence": str(proof.confidence),
        **{name: f"{amount:f}" for name, amount in amounts.items() if amount is not None},
    }


def _note(proof: Proof) -> str:
    first, until = proof.question.days
    return f"bill of {proof.question.month:%Y-%m}, {first} until {until}, by {proof.method}"
