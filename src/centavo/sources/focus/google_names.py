"""What the names in a row of Google's FOCUS export say of its service, model and tokens."""

import re
from functools import cache

from centavo.sources.gcp.services import is_ai_service, pricing_category, service_category
from centavo.sources.gcp.sku import parse_sku, tokens_per_unit
from centavo.sources.sku_function import NamedSku

__all__ = ["named_sku"]


@cache
def named_sku(
    service: str, service_id: str, description: str, unit: str, consumption: str
) -> NamedSku:
    """Return what the names of one row say; the grammar is the Cloud Billing export's."""
    category = service_category(service, service_id)
    pricing = pricing_category(consumption, description)
    if not is_ai_service(service, service_id):
        return NamedSku(service_category=category, pricing_category=pricing)
    meaning = parse_sku(description, service)
    is_dark = not meaning.is_understood and re.search(r"\w", description) is not None
    return NamedSku(
        meaning,
        tokens_per_unit=tokens_per_unit(meaning, unit),
        service_category=category,
        service_subcategory="Generative AI" if meaning.family is not None else None,
        pricing_category=pricing,
        dark=f"{service}: {description}" if is_dark else None,
    )
