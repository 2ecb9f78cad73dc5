"""A proof for people and machines: the sentence, its parts, what it rests on, what is missing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from centavo.cli.output import Column, Table, amount_text, print_table, say
from centavo.findings.evidence import plain
from centavo.savings.proof import Proof
from centavo.savings.saving import KnownSaving

__all__ = ["proof_json", "show_proof"]

_METHODS = {
    "hold-out": "{held_out:,} requests of the same days that stayed on the old policy",
    "difference-in-differences": "{reference:,} requests of the {days} days before, moved as the untouched scope"
    " moved",
    "before-after": "{reference:,} requests of the {days} days before",
}
_PARTS = {
    "volume": "fewer requests for the same work",
    "efficiency": "fewer tokens a request",
    "mix": "cheaper models, or tokens of a cheaper class",
    "price": "the same tokens for less",
}


def show_proof(
    group: Sequence[KnownSaving], proof: Proof, changed: Mapping[str, KnownSaving]
) -> None:
    """Print one proof: the answer, then how it is made up, then what it does to the register."""
    first, until = proof.question.days
    names = "; ".join(f"{each.saving.id} {each.saving.title}" for each in group)
    say(f"{names}, {proof.question.scope.text}, {first} until {until}:")
    say(_answer(proof))
    split, currency = proof.split, proof.question.currency
    if split is not None and proof.baseline:
        rows: list[list[str | None]] = [
            ["under the old policy", amount_text(proof.baseline), "the same work, repriced"],
            *([name, amount_text(-getattr(split, name)), words] for name, words in _PARTS.items()),
            ["on the bill", amount_text(proof.actual), f"{proof.requests:,} requests"],
        ]
        columns = [Column("part"), Column(currency, numeric=True), Column("what it is", drop=1)]
        print_table(Table(columns, rows))
    say(*(f"  {note}" for note in (*_basis(proof), *proof.notes)))
    if proof.missing:
        say(*(f"  Missing: {each}." for each in proof.missing))
    say(*(_moved(known, changed) for known in group))


def proof_json(
    group: Sequence[KnownSaving], proof: Proof, changed: Mapping[str, KnownSaving]
) -> dict[str, object]:
    """Return the same as JSON: amounts as text, unknown as null."""
    first, until = proof.question.days
    split = proof.split
    names = ("volume", "efficiency", "mix", "price")
    return {
        "savings": [
            {"id": each.saving.id, "state": changed.get(each.saving.id, each).state}
            for each in group
        ],
        "scope": {name: list(texts) for name, texts in proof.question.scope.conditions},
        "month": f"{proof.question.month:%Y-%m}",
        "since": first.isoformat(),
        "until": until.isoformat(),
        "currency": proof.question.currency,
        "method": proof.method,
        "driver": proof.question.driver,
        "requests": proof.requests,
        "held_out_requests": proof.held_out,
        "reference_requests": proof.reference_requests,
        "baseline": plain(proof.baseline),
        "actual": plain(proof.actual),
        "saving": plain(proof.saving),
        "split": None if split is None else {name: plain(getattr(split, name)) for name in names},
        "low": plain(proof.low),
        "high": plain(proof.high),
        "confidence": plain(proof.confidence),
        "saving_per_30d": _money(proof),
        "billed": plain(proof.bill.billed),
        "metered": plain(proof.bill.metered),
        "gap": {name: plain(amount) for name, amount in proof.bill.causes.items()},
        "missing": list(proof.missing),
        "notes": list(proof.notes),
    }


def _answer(proof: Proof) -> str:
    currency = proof.question.currency
    if proof.saving is None:
        return "  Nothing is proved: what the old policy would have cost is not known."
    amount = amount_text(abs(proof.saving))
    than = f"{amount} {currency} {'less' if proof.saving >= 0 else 'more'}"
    if proof.missing:
        return f"  Not proved; as far as it is known {than} than under the old policy."
    between = "" if proof.low is None else f" (saving {_ends(proof)}, nine in ten)"
    return f"  {than} on the bill than under the old policy{between}."


def _ends(proof: Proof) -> str:
    return f"{amount_text(proof.low or Decimal(0))} to {amount_text(proof.high or Decimal(0))}"


def _basis(proof: Proof) -> list[str]:
    lines: list[str] = []
    first, until = proof.reference
    if proof.method:
        basis = _METHODS[proof.method].format(
            held_out=proof.held_out,
            reference=proof.reference_requests,
            days=(until - first).days,
        )
        lines.append(f"How it is known ({proof.method}): {basis}.")
    bill = proof.bill
    if bill.billed is not None:
        causes = sorted(bill.causes.items(), key=lambda each: -abs(each[1]))
        named = ", ".join(
            f"{name.replace('_', ' ')} {amount_text(amount)}" for name, amount in causes
        )
        gap = f"; the gap: {named}" if named else "; no gap"
        lines.append(
            f"The bill of its providers: {amount_text(bill.billed)} {proof.question.currency}, metered"
            f" {amount_text(bill.metered)}{gap}."
        )
    return lines


def _moved(known: KnownSaving, changed: Mapping[str, KnownSaving]) -> str:
    after = changed.get(known.saving.id)
    if after is None:
        return f"  {known.saving.id} stays {known.state}."
    amount = after.history[-1].amount
    shown = "" if amount is None else f", {amount_text(amount)} {known.saving.currency} in 30 days"
    return f"  {known.saving.id} is {after.state}{shown}."


def _money(proof: Proof) -> dict[str, str] | None:
    money = proof.per_30d(proof.saving)
    return (
        None if money is None else {"amount": plain(money.amount) or "", "currency": money.currency}
    )
