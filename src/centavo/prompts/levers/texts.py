"""Levers that say the same with fewer tokens: compact JSON and tables, repeated lines, whitespace."""

from centavo.message import N_
from centavo.prompts.levers.retexting import retexted
from centavo.prompts.payload import mapped
from centavo.prompts.transforms import Transform, distinct_chunks, transform_named
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Quality
from centavo.savings.traffic import Traffic

__all__ = ["COMPACT", "DISTINCT_CHUNKS", "ONCE", "WHITESPACE"]


def _lever(settings: LeverSettings, kind: str, label: str, *names: str) -> Lever:
    chosen = [transform_named(name) for name in names]

    def apply(traffic: Traffic) -> Change:
        return retexted(traffic, settings.where.sql, lambda value, _: _all(chosen, value))

    lossless = all(each.is_lossless for each in chosen)
    basis = (
        N_("each payload gives the old one back")
        if lossless
        else N_("the words stay, layout does not")
    )
    return Lever(
        kind=kind,
        label=label,
        apply=apply,
        where=settings.where,
        quality=Quality(is_lossless=lossless, change=None, basis=basis),
        needs_parts=True,
    )


def _distinct(settings: LeverSettings) -> Lever:
    def apply(traffic: Traffic) -> Change:
        return retexted(
            traffic,
            settings.where.sql,
            lambda value, _: mapped(value, distinct_chunks),
            kinds=("context", "tool_output"),
        )

    return Lever(
        kind="distinct-chunks",
        label="without passages that stand there already",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=False, change=None, basis=N_("near copies differ in what may matter")
        ),
        needs_parts=True,
    )


def _all(chosen: list[Transform], value: object) -> object:
    for transform in chosen:
        value = transform.apply(value)
    return value


COMPACT = LeverKind(
    "compact",
    "JSON in prompts without blanks, and lists of like objects as tables; lossless: a payload is changed only when it "
    "comes back value by value.",
    (),
    lambda settings: _lever(
        settings, "compact", "JSON compact and as tables", "compact-json", "tabular"
    ),
    place=44,
    is_harmless=True,
)
ONCE = LeverKind(
    "once",
    "Lines that stand in a text more than once are named where they stand again; lossless.",
    (),
    lambda settings: _lever(settings, "once", "repeated lines said once", "once"),
    place=45,
    is_harmless=True,
)
WHITESPACE = LeverKind(
    "whitespace",
    "Blanks at line ends, runs of blanks and of empty lines taken out. The words stay; what layout meant "
    "does not come back.",
    (),
    lambda settings: _lever(settings, "whitespace", "without idle whitespace", "whitespace"),
    place=46,
)
DISTINCT_CHUNKS = LeverKind(
    "distinct-chunks",
    "Passages of retrieved context and of tool results that stand before in the same message, exactly or "
    "nearly (MinHash), are left out. Lossy where near copies differ in what matters.",
    (),
    _distinct,
    place=43,
)
