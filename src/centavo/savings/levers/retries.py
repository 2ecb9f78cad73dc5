"""Tries that cost money and gave nothing: failed ones, and the same request sent again after an answer."""

from importlib.resources import files

from centavo.message import N_
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    def apply(traffic: Traffic) -> Change:
        sql = files("centavo.savings.levers").joinpath("sql", "retries.sql").read_text("utf-8")
        return Change(dropped=sql.format(events=traffic.events, where=settings.where.sql))

    return Lever(
        kind=KIND.name,
        label="no failed tries, no sending again",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=True, change=None, basis=N_("one answered try is kept of each request")
        ),
    )


KIND = LeverKind(
    "retries",
    "Failed tries that were paid for, and tries of a request that an earlier try had answered, are not "
    "made. What a failure needs to become an answer is not known: the last try of each request stays.",
    (),
    _make,
    place=20,
    is_harmless=True,
)
