"""Which generations tell the same call: an outer one that wraps another, seen before any is read.

Two instrumentations of one call make a generation inside a generation; adding both counts the call
twice. The inner one saw the provider, so it counts. What lies below a tool or an agent is a call of
its own.
"""

from collections.abc import Iterable
from hashlib import blake2b

from centavo.sources.langfuse.observations import Observation

__all__ = ["CALLS", "Nesting"]

CALLS = frozenset(("GENERATION", "EMBEDDING"))
_OWN_CALLS_BELOW = frozenset(("TOOL", "AGENT", "RETRIEVER", "EVALUATOR", "GUARDRAIL"))
_DEEPEST = 1000


class Nesting:
    """What is inside of what, in 64 bits for each observation.

    Two passes: ``see`` every observation, ``settle``, then ask.
    """

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._barrier: set[int] = set()
        self._calls: dict[int, bool] = {}
        self._call_id: dict[int, str] = {}
        self._wrappers: set[int] = set()
        self._empty_inside: set[int] = set()
        self._of_wrapper: dict[int, int | None] = {}

    def see(
        self, observation: Observation, *, has_usage: bool = False, call_id: str | None = None
    ) -> None:
        """Note an observation; ``has_usage`` and ``call_id`` of calls only."""
        if (key := _key(observation.id)) is None:
            return
        if (parent := _key(observation.parent_id)) is not None:
            self._parent[key] = parent
        if observation.kind in CALLS:
            self._calls[key] = has_usage
            if call_id is not None:
                self._call_id[key] = call_id
        elif observation.kind in _OWN_CALLS_BELOW:
            self._barrier.add(key)

    def settle(self) -> None:
        """Find the wrappers, once everything was seen."""
        for call, has_usage in self._calls.items():
            for outer in self._calls_around(call):
                if has_usage:
                    self._wrappers.add(outer)
                    # None once there is a second: then the outer id belongs to neither.
                    self._of_wrapper[outer] = None if outer in self._of_wrapper else call
                elif self._calls[outer]:
                    self._empty_inside.add(call)
        self._wrappers -= self._empty_inside

    def is_wrapper(self, observation: Observation) -> bool:
        """Whether the generation is told by another one inside of it."""
        return _key(observation.id) in self._wrappers

    def is_told_outside(self, observation: Observation) -> bool:
        """Whether the generation has no usage, and one around it has."""
        return _key(observation.id) in self._empty_inside

    def call_id_around(self, observation: Observation) -> str | None:
        """Return the provider's id that a wrapper states for this call alone."""
        key = _key(observation.id)
        if key is None:
            return None
        for outer in self._calls_around(key):
            if self._of_wrapper.get(outer) == key and outer in self._call_id:
                return self._call_id[outer]
        return None

    def _calls_around(self, key: int) -> Iterable[int]:
        """Yield the calls that a call lies in, the nearest first, up to a tool or an agent."""
        here = key
        for _ in range(_DEEPEST):
            outer = self._parent.get(here)
            if outer is None or outer in self._barrier or outer == key:
                return
            if outer in self._calls:
                yield outer
            here = outer


def _key(identity: str | None) -> int | None:
    if identity is None:
        return None
    return int.from_bytes(
        blake2b(identity.encode(errors="surrogatepass"), digest_size=8).digest(), "big"
    )
