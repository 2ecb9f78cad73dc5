"""The rules of model fit, in report order."""

from centavo.findings import Rule
from centavo.modelfit.rules import (
    bulk_embeddings,
    dearer_than_successor,
    fallback_storm,
    idle_capacity,
    idle_fine_tune,
    long_context,
    oversized_model,
    premium_tier,
    wasted_reasoning,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    oversized_model.RULE,
    premium_tier.RULE,
    long_context.RULE,
    wasted_reasoning.RULE,
    fallback_storm.RULE,
    dearer_than_successor.RULE,
    idle_capacity.RULE,
    bulk_embeddings.RULE,
    idle_fine_tune.RULE,
)
