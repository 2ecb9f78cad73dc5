"""What is allowed, as data: budgets, quotas, and routes to cheaper models."""

from centavo.policy.limits import Budget, Match, Policy, Quota, covers
from centavo.policy.match_table import read_match
from centavo.policy.policy_file import read_policy
from centavo.policy.route import Certificate, Route, RouteScore
from centavo.policy.route_file import parse_route, read_route, route_text
from centavo.policy.route_score import RouteScorer

__all__ = [
    "Budget",
    "Certificate",
    "Match",
    "Policy",
    "Quota",
    "Route",
    "RouteScore",
    "RouteScorer",
    "covers",
    "parse_route",
    "read_match",
    "read_policy",
    "read_route",
    "route_text",
]
