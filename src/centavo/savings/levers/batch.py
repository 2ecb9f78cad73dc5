"""Work that nobody waits for, sent as a batch: the same tokens at the batch price."""

from centavo.message import N_
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Quality
from centavo.savings.levers.tier import change_of_tier
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    def apply(traffic: Traffic) -> Change:
        # A streamed answer has somebody who reads it as it comes.
        return change_of_tier(
            traffic,
            tier="batch",
            condition=f"{settings.where.sql} AND streamed IS DISTINCT FROM true",
        )

    return Lever(
        kind=KIND.name,
        label="batch instead of real time",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=True, change=None, basis=N_("same model and prompt; answers come late")
        ),
    )


KIND = LeverKind(
    "batch",
    "Send work that nobody waits for as a batch. Streamed requests stay: somebody reads along. Of the "
    "rest the scope decides; `centavo modelfit` and `centavo consumption` find what is eligible.",
    (),
    _make,
    place=60,
    excludes=frozenset({"tier"}),
)
