"""The policy for a traffic: the one that would have cost least, and never more than no cache."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from centavo.prompts.cache.bill import CachePrices
from centavo.prompts.cache.policies import LearningPolicy, everything, nothing, oracle
from centavo.prompts.cache.replay import CacheUse, Lifetime, Policy, replay
from centavo.prompts.cache.request import CacheRequest

__all__ = ["POLICIES", "PolicyResult", "choose_policy", "run_policy"]

_Make = Callable[[CachePrices, Lifetime], Policy]

POLICIES: Mapping[str, _Make] = {
    "none": lambda prices, lifetime: nothing,  # noqa: ARG005 -- made alike
    "everything": lambda prices, lifetime: everything,  # noqa: ARG005 -- made alike
    "learning": LearningPolicy,
}
"""In order of preference: of two that cost the same, the simpler one is chosen."""


@dataclass(frozen=True)
class PolicyResult:
    """What one policy would have cost.

    Attributes:
        name: Of the policy.
        use: Tokens by how they are charged.
        cost: In the prices' currency.
        cost_without: Of the same requests without a cache.
    """

    name: str
    use: CacheUse
    cost: Decimal
    cost_without: Decimal

    @property
    def saving(self) -> Decimal:
        """What is saved; below zero where the policy costs more than no cache."""
        return self.cost_without - self.cost

    @property
    def share(self) -> Decimal:
        """The saving as a share of the cost without a cache; 0 of nothing."""
        return self.saving / self.cost_without if self.cost_without else Decimal(0)


def choose_policy(
    requests: Sequence[CacheRequest], lifetime: Lifetime, prices: CachePrices
) -> tuple[PolicyResult, dict[str, PolicyResult]]:
    """Return the best policy and all that were tried, the oracle's bound among them.

    Each policy decides request by request from what came before; the choice among them is made on
    this traffic as a whole, and ``none`` is always among them, so the chosen one never costs more.

    Args:
        requests: In the order of time.
        lifetime: Of the provider's terms.
        prices: Of the model.
    """
    tried = {
        name: run_policy(name, requests, lifetime, prices, policy=make(prices, lifetime))
        for name, make in POLICIES.items()
    }
    best = min(tried.values(), key=lambda result: result.cost)
    bound = run_policy("oracle", requests, lifetime, prices, policy=oracle(requests, lifetime))
    return best, {**tried, "oracle": bound}


def run_policy(
    name: str,
    requests: Sequence[CacheRequest],
    lifetime: Lifetime,
    prices: CachePrices,
    *,
    policy: Policy,
) -> PolicyResult:
    """Return what a policy would have cost."""
    total = CacheUse()
    for use in replay(requests, lifetime, policy):
        total.add(use)
    return PolicyResult(name, total, prices.cost(total), prices.cost_without(total))
