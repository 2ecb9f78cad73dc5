"""What one line of a price list meters, as far as its name says: model, tokens, tier, place.

Google's SKU descriptions, Azure's meter names, AWS usage types and Oracle's products each have a
grammar of their own; all of them answer with this.
"""

from dataclasses import dataclass

__all__ = ["SkuMeaning"]


@dataclass(frozen=True)
class SkuMeaning:
    """What one SKU meters; ``None`` is what the description does not say.

    Attributes:
        developer: ``Google``, ``Anthropic`` …
        family: ``Gemini``, ``Claude`` …
        model: Model in the spelling of its API where the description allows it:
            ``gemini-2.5-flash-lite``, ``claude-sonnet-4-5``.
        version: The number in the model's name: ``2.5``.
        direction: ``Input`` or ``Output``.
        cache_action: ``Uncached``, ``Read``, ``Write`` or ``Other`` (storage).
        cache_retention: ``5m``, ``1h`` or ``storage``.
        tier: ``standard``, ``batch``, ``flex``, ``priority``, ``fast`` or ``provisioned``.
        context: ``standard`` or ``long``.
        modality: ``text``, ``image``, ``audio`` or ``video``.
        is_reasoning: Whether all its tokens are thinking tokens, or none.
        geo: ``global`` or ``regional``.
        counts_tokens: Whether the usage amount is a number of tokens.
        unknown_words: Words of the description that the grammar does not know.
        is_known_meter: Whether it is a known thing that is no model: a machine, a search …
    """

    developer: str | None = None
    family: str | None = None
    model: str | None = None
    version: str | None = None
    direction: str | None = None
    cache_action: str | None = None
    cache_retention: str | None = None
    tier: str | None = None
    context: str | None = None
    modality: str | None = None
    is_reasoning: bool | None = None
    geo: str | None = None
    counts_tokens: bool = False
    unknown_words: tuple[str, ...] = ()
    is_known_meter: bool = False

    @property
    def is_understood(self) -> bool:
        """Whether every word was read, or the SKU is a known meter without a model."""
        return self.is_known_meter or (self.family is not None and not self.unknown_words)
