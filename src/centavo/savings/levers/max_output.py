"""A limit on the length of answers: a guard against the next runaway answer, not a saving to count on."""

from centavo.message import N_
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    tokens = settings.number("tokens")
    if tokens is None or tokens < 1 or tokens != int(tokens):
        raise settings.fail("tokens", "is not a whole number of 1 or more")
    most = int(tokens)

    def apply(traffic: Traffic) -> Change:
        cut = [
            f"least({name}, {most}) AS {name}"
            for name in (
                "output_tokens",
                "reasoning_tokens",
                "output_text_tokens",
                "output_audio_tokens",
            )
        ]
        return Change(
            f"SELECT * REPLACE ({', '.join(cut)}) FROM {traffic.events} "
            f"WHERE {settings.where.sql} AND output_tokens > {most}",
            notes=("answers beyond the limit are cut off: their readers lose the rest",),
        )

    return Lever(
        kind=KIND.name,
        label=f"at most {most:,} output tokens",
        apply=apply,
        where=settings.where,
        quality=Quality(is_lossless=False, change=None, basis=N_("longer answers are cut off")),
        saving="avoidance",
    )


KIND = LeverKind(
    "max-output",
    "Answers cut at a number of tokens. A guard: what it takes off the past is what runaway answers "
    "cost, and it is avoidance, never added to reductions.",
    (Parameter("tokens", "the most output tokens, reasoning included", is_required=True),),
    _make,
    place=70,
)
