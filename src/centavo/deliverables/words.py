"""Names of grades, dimensions, bases and steps as readers know them, in the reader's language."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from centavo.consumption.cost_cells import Basis
from centavo.deliverables.language import N_, Language

__all__ = [
    "basis_name", "dimension_name", "grade_name", "lower", "meta_words", "note_words", "signed",
    "step_name", "value_name",
]  # fmt: skip


_DIMENSIONS: dict[str, str] = {
    "project": N_("Project"),
    "model": N_("Model"),
    "endpoint": N_("Endpoint"),
    "feature": N_("Feature"),
    "use_case": N_("Use case"),
    "application": N_("Application"),
    "team": N_("Team"),
    "environment": N_("Environment"),
    "cost_center": N_("Cost centre"),
    "customer": N_("Customer"),
    "provider": N_("Provider"),
    "service": N_("Service"),
    "service_category": N_("Service category"),
    "sku": N_("SKU"),
    "account": N_("Account"),
    "sub_account": N_("Sub-account"),
    "region": N_("Region"),
    "resource": N_("Resource"),
    "charge_category": N_("Kind of charge"),
    "cost_type": N_("Cost type"),
    "billing_month": N_("Invoice month"),
    "source": N_("Source"),
    "attribution": N_("Attribution"),
    "token_class": N_("Token class"),
    "tier": N_("Processing tier"),
    "api_key": N_("API key"),
    "status": N_("Status"),
}
_CHARGES: dict[str, str] = {
    "Usage": N_("Usage"),
    "Purchase": N_("Purchase"),
    "Tax": N_("Tax"),
    "Credit": N_("Credit"),
    "Adjustment": N_("Adjustment"),
}
_BASES: dict[str, str] = {
    "billed": N_("billed"),
    "metered": N_("metered"),
    "vendor_reported": N_("reported by the vendor"),
    "simulated": N_("simulated"),
    "estimated": N_("estimated"),
}
_BASIS_MEANS: dict[str, str] = {
    "billed": N_("on the providers' bills"),
    "metered": N_("counted from requests, at the prices of their day; not a bill"),
    "vendor_reported": N_("stated by the vendor's own report; not a bill"),
    "simulated": N_("recomputed on recorded traffic"),
    "estimated": N_("a rule of thumb; not a measurement"),
}

# What histories of findings and savings say, beside the names of states.
_STEPS: dict[str, str] = {
    "found": N_("found"),
    "opened": N_("opened again"),
    "assigned": N_("assigned"),
    "changed": N_("changed"),
    "acknowledged": N_("acknowledged"),
    "ignored": N_("ignored"),
    "expected": N_("expected"),
    "reopened": N_("opened once more"),
    "snoozed": N_("put to sleep"),
    "resolved": N_("resolved"),
    "identified": N_("identified"),
    "validated": N_("validated"),
    "approved": N_("approved"),
    "enforced": N_("enforced"),
    "verified": N_("verified"),
    "sustained": N_("sustained"),
    "lapsed": N_("lapsed"),
    "rejected": N_("rejected"),
}
# What gives the same figures again; a snapshot's name is that of its table.
_SNAPSHOT = "snapshot "
_META: dict[str, str] = {
    "now": N_("clock"),
    "period": N_("period"),
    "basis": N_("evidence"),
    "finding": N_("finding"),
    "saving": N_("saving"),
    "plan": N_("plan"),
    "scenario": N_("scenario"),
    "seed": N_("random seed"),
    "complete until": N_("complete until"),
}
# Notes that runs write; those of people stay as they are.
_NOTES = frozenset(
    {
        N_("not found any more"),
        N_("found again"),
        N_("the snooze is over"),
        N_("newer data shows it again"),
        N_("another event"),
    }
)


def dimension_name(name: str, say: Language) -> str:
    """Return the name of a dimension; of a tag, its key."""
    return say(_DIMENSIONS[name]) if name in _DIMENSIONS else name.removeprefix("tag:")


def lower(name: str) -> str:
    """Return a name as it stands inside a sentence; initials stay what they are.

    >>> lower("Cost centre"), lower("SKU"), lower("API key")
    ('cost centre', 'SKU', 'API key')
    """
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def basis_name(basis: Basis | str, say: Language) -> str:
    """Return the word for an evidence level."""
    return say(_BASES[basis])


def grade_name(grade: str, say: Language) -> str:
    """Return what a grade means, as a phrase."""
    return say(_BASIS_MEANS[grade])


def value_name(dimension: str, value: str | None, say: Language) -> str:
    """Return the name of a dimension's value; FOCUS's kinds of charge are translated, nothing is "without"."""
    if not value:
        return say("without {dimension}", dimension=lower(dimension_name(dimension, say)))
    return say(_CHARGES[value]) if dimension == "charge_category" and value in _CHARGES else value


def step_name(action: str, say: Language) -> str:
    """Return what was done, as a history tells it; an action of another version as it stands."""
    return say(_STEPS[action]) if action in _STEPS else action


def note_words(note: str | None, say: Language) -> str:
    """Return the note of a step: what a run wrote in the reader's language, a moment as its day."""
    if note is not None and note in _NOTES:
        return say(note)
    with suppress(ValueError, TypeError):
        return say("until {day}", day=say.day(datetime.fromisoformat(note or "").date()))
    return note or "—"


def meta_words(name: str, value: str, say: Language) -> str:
    """Return one of the values that give a page's figures again, with its name."""
    if name == "basis":
        value = lower(basis_name(value, say))
    if name.startswith(_SNAPSHOT):
        return say("snapshot of {table} {id}", table=name.removeprefix(_SNAPSHOT), id=value)
    return f"{say(_META.get(name, name))} {value}"


def signed(value: Decimal | None, shown: str) -> str:
    """Return a change as it is shown, with a plus where it is more.

    >>> signed(Decimal(2), "2.00"), signed(Decimal(-2), "-2.00"), signed(Decimal("0.001"), "0.00")
    ('+2.00', '-2.00', '0.00')
    """
    is_more = value is not None and value > 0 and any(digit in shown for digit in "123456789")
    return f"+{shown}" if is_more else shown
