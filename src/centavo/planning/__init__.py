"""Planning: what a stack will cost before it exists, and how far it went from the plan afterwards."""

from centavo.planning.plan import Plan, Scenario
from centavo.planning.plan_file import read_plan

__all__ = ["Plan", "Scenario", "read_plan"]
