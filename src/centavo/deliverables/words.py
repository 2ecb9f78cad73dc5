"""Names of grades, dimensions and bases as readers know them, in the reader's language."""

from collections.abc import Callable

from centavo.consumption.cost_cells import Basis
from centavo.deliverables.language import Language

__all__ = ["basis_name", "dimension_name", "grade_name", "lower", "nobody"]

# Marks a message for the catalogue where it is listed, and translates it where it is used.
N_: Callable[[str], str] = str

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


def nobody(dimension: str, say: Language) -> str:
    """Return the name of the row that has no value of a dimension."""
    return say("without {dimension}", dimension=lower(dimension_name(dimension, say)))
