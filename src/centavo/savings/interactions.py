"""How levers of a plan act on one another: exclusions, and an order that changes who gets what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from centavo.savings.lever import LeverKind
from centavo.savings.simulation import Simulation

__all__ = ["Interaction", "interactions"]


@dataclass(frozen=True)
class Interaction:
    """Two levers that touch the same requests.

    Attributes:
        earlier: Place of the one that comes first, from 0.
        later: Place of the other.
        requests: Requests that both touch.
        is_exclusive: Whether the two do the same thing, so that only one of them is to be chosen.
        is_unusual_order: Whether the usual order is the other one.
    """

    earlier: int
    later: int
    requests: int
    is_exclusive: bool
    is_unusual_order: bool


def interactions(simulation: Simulation, kinds: Sequence[LeverKind]) -> tuple[Interaction, ...]:
    """Return every pair of levers that touch the same requests, in the order of the plan."""
    by_name = {kind.name: kind for kind in kinds}
    return tuple(
        Interaction(
            earlier,
            later,
            requests,
            is_exclusive=_exclude(first, second, by_name),
            is_unusual_order=_places(first, by_name) > _places(second, by_name),
        )
        for later, step in enumerate(simulation.steps)
        for earlier, requests in step.shared_with.items()
        for first, second in [(simulation.steps[earlier].lever.kind, step.lever.kind)]
    )


def _exclude(first: str, second: str, kinds: Mapping[str, LeverKind]) -> bool:
    named = {name for one in (first, second) if one in kinds for name in kinds[one].excludes}
    return first == second or first in named or second in named


def _places(name: str, kinds: Mapping[str, LeverKind]) -> int:
    return kinds[name].place if name in kinds else 0
