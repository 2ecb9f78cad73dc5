"""What a line of an Amazon Bedrock bill meters, read from its usage type and product.

A usage type is written by a grammar, in three spellings that live side by side:

    USE1-Claude4.6Sonnet-cache-write-input-token-count-cross-region-global
    USW2-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard
    USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units      (sold through AWS Marketplace)

The last one names no model: the product does, ``Claude Sonnet 4.5 (Amazon Bedrock Edition)``.
Nothing is guessed: an unknown word is kept as such, and then nothing is concluded from silence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import cache

from centavo.sources.aws.bedrock_model import ModelName, read_model
from centavo.sources.aws.bedrock_words import (
    MEASURE_WORDS,
    NON_MODEL_METER,
    REGION_PREFIX,
    STARTS_MEASURE,
)
from centavo.sources.sku_function import NamedSku
from centavo.sources.sku_meaning import SkuMeaning

__all__ = ["BEDROCK_OPERATIONS", "BedrockLine", "named_sku", "parse_line"]

# Operations that only calls of a model have, whoever sells it. Source: AWS's announcement of
# operation visibility for Bedrock in Cost and Usage Reports.
BEDROCK_OPERATIONS: tuple[str, ...] = (
    "InvokeModelInference", "InvokeModelStreamingInference", "InvokeModel",
    "InvokeModelWithResponseStream", "Converse", "ConverseStream",
)  # fmt: skip

_MODALITIES = frozenset({"text", "image", "video", "audio", "speech"})
_TIERS = frozenset({"batch", "flex", "priority"})
_UNIT = re.compile(
    r"(?:(1k|1,?000|k|thousand|1m|1,?000,?000|m|million)\s*)?(?:input |output )?tokens?"
)
_THOUSANDS = frozenset({"1k", "k", "1000", "1,000", "thousand"})
_STATED = re.compile(r"\b(million|1m|1,?000,?000|thousand|1k|1,?000)\b[^|]{0,24}tokens?\b")
# USD for a million tokens that no model of Bedrock was ever below or above, by kind of token.
_LEAST_USD_PER_MTOK = Decimal("0.005")
_MOST_USD_PER_MTOK = {"Read": Decimal(20), "Output": Decimal(600), "": Decimal(150)}


@dataclass(frozen=True)
class BedrockLine:
    """What a bill says about one kind of line; empty where it says nothing.

    Attributes:
        usage_type: ``lineItem/UsageType``.
        product: ``product/ProductName``.
        model: ``product/model``.
        provider: ``product/provider``.
        unit: ``pricing/unit``.
        description: ``lineItem/LineItemDescription``.
        rate: ``lineItem/UnblendedRate``.
        resource: The model or inference profile of ``lineItem/ResourceId``, without its ARN.
    """

    usage_type: str = ""
    product: str = ""
    model: str = ""
    provider: str = ""
    unit: str = ""
    description: str = ""
    rate: str = ""
    resource: str = ""


@cache
def parse_line(line: BedrockLine) -> SkuMeaning:
    """Return what a kind of line meters; a reserved or provisioned capacity counts no tokens.

    >>> found = parse_line(BedrockLine("USE1-Nova2.0Lite-cache-read-input-token-count"))
    >>> found.model, found.direction, found.cache_action
    ('nova-2-lite', 'Input', 'Read')
    """
    name, words = _split(line.usage_type)
    reading = _read(words)
    model = _model(line, name)
    has_measure = reading.direction is not None or reading.is_provisioned
    if not has_measure and NON_MODEL_METER.search(f"{line.usage_type} {line.model}"):
        return _named(model, SkuMeaning(is_known_meter=True))
    return _named(model, _measured(line, reading, is_model_known=model is not None))


@cache
def named_sku(*texts: str) -> NamedSku:
    """Return what a kind of line meters, as a function of SQL answers it.

    Args:
        texts: The members of a ``BedrockLine``, in their order.
    """
    line = BedrockLine(*texts)
    meaning = parse_line(line)
    per_unit = _tokens_per_unit(line, meaning) if meaning.counts_tokens else None
    is_dark = not meaning.is_understood or (meaning.counts_tokens and per_unit is None)
    shown = f"{line.product}: {line.usage_type}" if line.product else line.usage_type
    return NamedSku(
        meaning,
        tokens_per_unit=per_unit,
        service_category="AI and Machine Learning",
        service_subcategory="Generative AI",
        dark=shown if is_dark else None,
    )


@dataclass
class _Reading:
    """What the words of the measure said."""

    said: dict[str, str] = field(default_factory=dict[str, str])
    unknown: list[str] = field(default_factory=list[str])

    @property
    def direction(self) -> str | None:
        return self.said.get("direction") or ("Input" if self.cache_action else None)

    @property
    def cache_action(self) -> str | None:
        kind = self.said.get("cache_kind", "").partition(" ")[0]
        return (kind or self.said["cache"]) if "cache" in self.said else None

    @property
    def is_provisioned(self) -> bool:
        return self.said.get("tier") == "provisioned"

    @property
    def counts_tokens(self) -> bool:
        return "unit" in self.said and self.direction is not None and not self.is_provisioned


def _split(usage_type: str) -> tuple[str, list[str]]:
    """Return the model's part of a usage type, and the words of its measure."""
    text = (
        REGION_PREFIX.sub("", usage_type, count=1)
        if REGION_PREFIX.match(usage_type)
        else usage_type
    )
    if text.startswith("MP:"):
        text = REGION_PREFIX.sub("", text[3:], count=1)
    text = text.removesuffix("-Units")
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])", "-", text)
    words = [word for word in re.split(r"[-_ ]+", parted) if word]
    lower = [word.lower() for word in words]
    start = next((i for i in range(len(lower)) if _starts_measure(lower, i)), len(lower))
    return "-".join(words[:start]), lower[start:]


def _starts_measure(words: Sequence[str], position: int) -> bool:
    """Say whether the measure begins here: at its first word, or at what stands before it."""
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else ""
    if word in STARTS_MEASURE:
        return True
    if words[0] == "titan":  # TitanEmbeddingV2-Text: here the modality is part of the name
        return False
    return word in _MODALITIES | _TIERS and following in {"input", "output"}


def _read(words: Sequence[str]) -> _Reading:
    reading = _Reading()
    for word in words:
        if word not in MEASURE_WORDS:
            reading.unknown.append(word)
            continue
        what, value = MEASURE_WORDS[word]
        # Of two tiers the special one counts: "provisioned ... standard", "global-standard-batch".
        if what == "tier" and reading.said.get("tier", "standard") == "standard":
            reading.said["tier"] = value
        elif what:
            reading.said.setdefault(what, value)
    return reading


def _model(line: BedrockLine, name: str) -> ModelName | None:
    """Return the model by the best evidence: an id in the resource, the usage type, the product."""
    resource = line.resource.rpartition("/")[2] or line.resource
    for candidate in (resource if "." in resource else "", name, line.model, line.product):
        found = read_model(candidate, line.provider) if candidate else None
        if found is not None:
            return found
    return None


def _measured(line: BedrockLine, reading: _Reading, *, is_model_known: bool) -> SkuMeaning:
    said = reading.said
    # Only a usage type that was read to its last word says something by silence.
    is_whole = is_model_known and not reading.unknown and reading.direction is not None
    tokens = is_whole and reading.counts_tokens
    embeds = "embed" in f"{line.usage_type} {line.product}".lower()
    action = None if reading.is_provisioned else reading.cache_action
    if action is None and tokens and reading.direction == "Input" and not embeds:
        action = "Uncached"
    retention = said.get("retention") or said.get("cache_kind", "").partition(" ")[2] or None
    return SkuMeaning(
        direction=None if reading.is_provisioned else reading.direction,
        cache_action=action,
        cache_retention=retention if action else None,
        tier=said.get("tier") or ("standard" if tokens else None),
        context=said.get("context") or ("standard" if tokens else None),
        modality=said.get("modality"),
        geo=said.get("geo") or ("regional" if tokens else None),
        counts_tokens=reading.counts_tokens,
        unknown_words=tuple(reading.unknown if is_model_known else ["model", *reading.unknown]),
    )


def _named(model: ModelName | None, meaning: SkuMeaning) -> SkuMeaning:
    return meaning if model is None else replace(meaning, **vars(model))


def _tokens_per_unit(line: BedrockLine, meaning: SkuMeaning) -> int | None:
    """Return how many tokens one unit is, from the unit, else from the description and the rate.

    Marketplace lines count in "Units". Their description mostly says million or thousand, and some
    say thousand where the rate is that of a million; so a statement that would make the price
    absurd is not believed, and what both sizes allow for stays unknown.
    """
    unit = _UNIT.fullmatch(line.unit.strip().lower())
    if unit is not None:
        return _size(unit.group(1))
    if line.unit.strip().lower() not in {"", "units", "unit"}:
        return None
    stated = _STATED.search(line.description.lower())
    wanted = _size(stated.group(1)) if stated else None
    possible = [size for size in (1_000_000, 1_000) if _is_possible(line.rate, size, meaning)]
    if wanted in possible or not possible:
        return wanted
    return possible[0] if len(possible) == 1 else None


def _size(scale: str | None) -> int:
    if scale is None:
        return 1
    return 1_000 if scale in _THOUSANDS else 1_000_000


def _is_possible(rate: str, size: int, meaning: SkuMeaning) -> bool:
    try:
        per_mtok = Decimal(rate) * 1_000_000 / size
    except InvalidOperation:
        return False
    kind = "Read" if meaning.cache_action == "Read" else meaning.direction
    most = _MOST_USD_PER_MTOK.get(kind or "", _MOST_USD_PER_MTOK[""])
    return _LEAST_USD_PER_MTOK <= per_mtok <= most
