"""The rules of consumption, in report order."""

from centavo.consumption.rules import (
    batchable,
    cache_hits,
    client_growth,
    data_gaps,
    dominant_client,
    error_tax,
    failed_work,
    lost_credit,
    model_ending,
    near_copies,
    new_spend,
    no_limit,
    no_quota,
    off_hours,
    over_budget,
    spike,
    step_change,
    test_env_spend,
    unattributed,
    unit_price,
    unwatched_growth,
    zombie,
)
from centavo.findings import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    spike.RULE,
    step_change.RULE,
    unwatched_growth.RULE,
    unit_price.RULE,
    lost_credit.RULE,
    cache_hits.RULE,
    error_tax.RULE,
    test_env_spend.RULE,
    no_limit.RULE,
    no_quota.RULE,
    dominant_client.RULE,
    near_copies.RULE,
    new_spend.RULE,
    zombie.RULE,
    unattributed.RULE,
    off_hours.RULE,
    batchable.RULE,
    data_gaps.RULE,
    failed_work.RULE,
    over_budget.RULE,
    model_ending.RULE,
    client_growth.RULE,
)
