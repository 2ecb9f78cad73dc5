"""A window over the history: the newest messages, and what comes before them left out."""

from centavo.prompts.levers.proof import PROOF_PARAMETERS, Proof
from centavo.prompts.levers.retexting import sql_of
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    kept = settings.number("messages")
    if kept is None or kept < 1 or kept != int(kept):
        raise settings.fail("messages", "is not a whole number of 1 or more")
    most, proof = int(kept), Proof.of(settings)

    def apply(traffic: Traffic) -> Change:
        change = Change(
            parts=sql_of("newest_messages").format(
                parts=traffic.parts, events=traffic.events, where=settings.where.sql, most=most
            ),
            keeps_beginning=False,
            notes=("a window moves with every turn: the cached beginning ends where it begins",),
        )
        return proof.counted(traffic, change)

    return Lever(
        kind=KIND.name,
        label=f"the newest {most:,} messages of the history",
        apply=apply,
        where=settings.where,
        quality=proof.quality,
        needs_parts=True,
    )


KIND = LeverKind(
    "history-window",
    "Tools, system prompt and the newest messages only. Lossy: what was said before is forgotten; counted only "
    "where loss and evidence are stated.",
    (
        Parameter("messages", "how many messages stay, the present one included", is_required=True),
        *PROOF_PARAMETERS,
    ),
    _make,
    place=48,
)
