"""What is allowed, as data: budgets and quotas."""

from centavo.policy.limits import Budget, Policy, Quota
from centavo.policy.policy_file import read_policy

__all__ = ["Budget", "Policy", "Quota", "read_policy"]
