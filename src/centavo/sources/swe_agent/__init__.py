"""Trajectories of SWE-agent, which tell sums of a run, and of mini-swe-agent, which tell each call."""

from centavo.sources.swe_agent.mini import MiniSweAgentSource
from centavo.sources.swe_agent.source import SweAgentSource

__all__ = ["MiniSweAgentSource", "SweAgentSource"]
