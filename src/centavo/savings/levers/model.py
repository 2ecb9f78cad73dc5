"""Another model: the same input at its prices, and the output in the proportion that is known."""

from decimal import Decimal

from centavo.ledger.engine import sql_text
from centavo.message import N_
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]

_SAME = "the same tokens, counted as the recorded model counted them"


def _make(settings: LeverSettings) -> Lever:
    model = settings.text("to")
    source = settings.text("from")
    output = settings.number("verbosity") or Decimal(1)
    tokens = settings.number("tokens") or Decimal(1)

    def apply(traffic: Traffic) -> Change:
        notes = () if output != 1 or tokens != 1 else (_SAME,)
        return Change(_select(traffic, settings, output=output, tokens=tokens), notes=notes)

    quality = settings.number("loss")
    return Lever(
        kind=KIND.name,
        label=f"{model} instead of {source or 'the model'}",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=False,
            change=None if quality is None else -quality,
            basis=settings.text("evidence") or N_("not measured: see `centavo certify`"),
        ),
    )


def _select(traffic: Traffic, settings: LeverSettings, *, output: Decimal, tokens: Decimal) -> str:
    model, provider = settings.text("to"), settings.text("provider")
    replaced = [f"{sql_text(model)} AS answered_model", f"{sql_text(model)} AS requested_model"]
    if provider:
        replaced.append(f"{sql_text(provider)} AS provider")
    scaled = {"output_tokens": output, "reasoning_tokens": output}
    scaled |= dict.fromkeys(("output_text_tokens", "output_audio_tokens"), output)
    scaled |= dict.fromkeys(_INPUT, tokens)
    replaced += [
        f"floor({name} * {factor})::BIGINT AS {name}"
        for name, factor in scaled.items()
        if factor != 1
    ]
    source = settings.text("from")
    named = "coalesce(priced_model, answered_model, requested_model)"
    conditions = [settings.where.sql, f"{named} <> {sql_text(model)}"]
    if source:
        conditions.append(f"{named} = {sql_text(source)}")
    return (
        f"SELECT * REPLACE ({', '.join(replaced)}) FROM {traffic.events} "
        f"WHERE {' AND '.join(conditions)}"
    )


_INPUT = (
    "input_uncached_tokens", "cache_read_tokens", "cache_write_tokens", "cache_write_5m_tokens",
    "cache_write_1h_tokens", "input_text_tokens", "input_audio_tokens", "input_image_tokens",
    "input_video_tokens", "input_tool_tokens", "cache_read_text_tokens",
)  # fmt: skip

KIND = LeverKind(
    "model",
    "The same requests answered by another model: its prices on the recorded tokens. Answers of "
    "another model are longer or shorter, and its tokenizer counts otherwise; where these ratios are "
    "known, state them.",
    (
        Parameter("to", "the model, as in the price book", is_required=True),
        Parameter("from", "only requests answered by this model, as in the price book"),
        Parameter("provider", "who serves the new model, where it is another provider"),
        Parameter("verbosity", "output tokens of the new model for one of the old [default: 1]"),
        Parameter("tokens", "input tokens of the new model for one of the old [default: 1]"),
        Parameter("loss", "measured loss of quality, in points of 0 to 1"),
        Parameter("evidence", "where the loss comes from, e.g. a certificate"),
    ),
    _make,
    place=40,
)
