"""Anthropic's words for tiers, context windows and places, in the ledger's."""

from collections.abc import Mapping

from centavo.sources.record_values import text

__all__ = ["context_tier", "inference_geo", "processing_tier"]

_TIERS = {
    "priority_on_demand": "priority",
    "flex_discount": "flex",
}
_CONTEXTS = {"0-200k": "standard", "200k-1m": "long"}


def processing_tier(record: Mapping[str, object]) -> str | None:
    """Return the tier; fast mode, which Anthropic calls a speed, counts as one.

    >>> processing_tier({"service_tier": "standard", "speed": "fast"})
    'fast'
    """
    if text(record.get("speed")) == "fast":
        return "fast"
    stated = text(record.get("service_tier"))
    return _TIERS.get(stated, stated) if stated else None


def context_tier(record: Mapping[str, object]) -> str | None:
    """Return the price tier of the context window; a window that is not known stays as stated."""
    stated = text(record.get("context_window"))
    return _CONTEXTS.get(stated.lower(), stated) if stated else None


def inference_geo(record: Mapping[str, object]) -> str | None:
    """Return where inference ran: ``global``, or a place such as ``us``."""
    stated = text(record.get("inference_geo"))
    return None if stated == "not_available" else stated
