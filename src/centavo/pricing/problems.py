"""Why a request has no cost: a closed set of reasons, each with its explanation."""

from typing import Literal, get_args

__all__ = ["EXPLANATIONS", "PROBLEMS", "PriceProblem"]

PriceProblem = Literal[
    "failed_without_usage",
    "no_model",
    "unknown_provider",
    "unknown_model",
    "no_price_for_tier",
    "no_price_at_date",
    "no_usage",
    "inconsistent_usage",
    "incomplete_usage",
    "unit_without_price",
    "cost_too_large",
]

PROBLEMS: tuple[PriceProblem, ...] = get_args(PriceProblem)

EXPLANATIONS: dict[PriceProblem, str] = {
    "failed_without_usage": "the request failed and reports no usage",
    "no_model": "the log names no model, neither asked for nor answering",
    "unknown_provider": "the price book does not know the provider",
    "unknown_model": "the price book does not know the model at this provider",
    "no_price_for_tier": "the model has no price for this processing tier",
    "no_price_at_date": "no price of the model, in its processing tier, is valid at the time of the request",
    "no_usage": "the request reports no tokens and no searches",
    "inconsistent_usage": "a count is negative or absurd, or parts exceed their whole",
    "incomplete_usage": "a count that the price depends on is missing beside its parts",
    "unit_without_price": "the request used a unit that the model has no price for",
    "cost_too_large": "the cost exceeds 999,999.99 for one request",
}
