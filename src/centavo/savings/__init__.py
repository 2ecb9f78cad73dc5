"""What the same work would have cost: levers replayed jointly on recorded traffic, and the register of savings."""

from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.simulate import simulate
from centavo.savings.simulation import Simulation, Step
from centavo.savings.traffic import Traffic

__all__ = [
    "Change",
    "Lever",
    "LeverKind",
    "LeverSettings",
    "Parameter",
    "Quality",
    "Simulation",
    "Step",
    "Traffic",
    "simulate",
]
