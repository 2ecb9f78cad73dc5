"""Tool schemas that no request of a scope ever calls, left out."""

from centavo.message import N_
from centavo.prompts.levers.retexting import retexted
from centavo.prompts.tools import used_by_scope, without_tools
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    def apply(traffic: Traffic) -> Change:
        used = used_by_scope(traffic.engine)

        def without(value: object, scope_no: int | None) -> object:
            # A scope that calls nothing at all may log no calls: then nobody knows what it uses.
            called = used.get(scope_no or 0)
            return without_tools(value, called) if called else value

        return retexted(traffic, settings.where.sql, without, kinds=("tools",), by_scope=True)

    return Lever(
        kind=KIND.name,
        label="without tools that are never called",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=False, change=None, basis=N_("a tool that is not sent cannot be called")
        ),
        needs_parts=True,
    )


KIND = LeverKind(
    "drop-tools",
    "Tool schemas that no recorded request of the same application, endpoint and model calls are not "
    "sent. Scopes in which no call at all was recorded stay as they are.",
    (),
    _make,
    place=42,
)
