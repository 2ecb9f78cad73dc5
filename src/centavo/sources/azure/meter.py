"""What an Azure meter of a model counts, read from its name and the product's.

    gpt 4o 0806 cached Inp glbl Tokens       Azure OpenAI
    gpt-4o-mini-0718-Outp-regnl Tokens       Azure OpenAI
    5.5 ShortCo cd inp Dz 1M Tokens          Azure OpenAI GPT5
    V4 Pro Outp glbl Tokens                  Azure Deepseek Models
    Provisioned Managed Global Unit          Azure OpenAI

Words of closed lists are read first; what is left over is the model. Where neither the meter nor
the product names a model's maker, nothing is concluded.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from centavo.sources.azure.meter_words import (
    BRANDS,
    DATED_YEARS,
    GLUED,
    MODEL_SPELLINGS,
    NON_MODEL_METER,
    PRODUCTS,
    WORDS,
)
from centavo.sources.sku_meaning import SkuMeaning

__all__ = ["parse_meter", "tokens_per_unit"]

_BETWEEN_WORDS = re.compile(r"[\s\-_/,()]+")
_DATE = re.compile(r"(\d{2})(\d{2})(\d{4})?")
_NUMBER = re.compile(r"[vkr]?(\d+(?:\.\d+)*o?)")
_SIZE = re.compile(r"\d+k")
_UNIT = re.compile(
    r"(?P<count>\d[\d,]*)?\s*(?P<scale>k|m|thousand|million)?\s*(?:tokens?|tkns?)?", re.IGNORECASE
)
_SCALES = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
# Meters of these models count both sound or pictures and the text around them.
_MANY_MODES = frozenset({"realtime", "transcribe", "tts", "audio", "image"})
# Their context size is a way of pricing only in these names.
_SIZED = {("gpt", "4", "32k"), ("gpt", "35", "turbo", "16k")}
_RESERVED = re.compile(r"\b(provisioned|ptus?)\b")


@cache
def parse_meter(meter: str, product: str) -> SkuMeaning:
    """Return what a meter counts.

    Args:
        meter: ``meterName``, or ``x_SkuMeterName`` of a FOCUS export.
        product: ``meterSubCategory`` and the product's name, in any order.

    >>> meaning = parse_meter("gpt 4o 0806 cached Inp glbl Tokens", "Azure OpenAI")
    >>> meaning.model, meaning.version, meaning.direction, meaning.cache_action, meaning.geo
    ('gpt-4o', '2024-08-06', 'Input', 'Read', 'global')
    """
    if _RESERVED.search(f"{meter} {product}".lower()):
        said = _read(_words(f"{meter} {product}"), ()).said
        return SkuMeaning(tier="provisioned", geo=said.get("geo"), is_known_meter=True)
    prefix = _prefix(product)
    reading = _read(_words(meter), prefix)
    if not reading.model:
        # A publisher's meter is "paygo-inference-input-tokens"; the product names the model.
        reading.model = _named_in(product)
    return _meaning(reading, meter, prefix)


def tokens_per_unit(meaning: SkuMeaning, meter: str, unit: str) -> int | None:
    """Return how many tokens one unit of the quantity is; ``None`` when it counts none.

    Args:
        meaning: Of the meter.
        meter: Its name; it may carry the scale: ``… 1M Tokens``.
        unit: ``unitOfMeasure``: ``1K``, ``1M``, ``1000``.

    >>> tokens_per_unit(parse_meter("V3 Inp glbl Tokens", "Azure Deepseek Models"), "", "1K")
    1000
    """
    if not meaning.counts_tokens:
        return None
    match = _UNIT.fullmatch(unit.strip())
    if match and (match["count"] or match["scale"]):
        return int((match["count"] or "1").replace(",", "")) * _SCALES.get(
            (match["scale"] or "").lower(), 1
        )
    scales = [WORDS[word][1] for word in _words(meter) if WORDS.get(word, ("",))[0] == "scale"]
    return int(scales[0]) if scales else None


@dataclass
class _Reading:
    """What the words said so far."""

    model: list[str] = field(default_factory=list[str])
    said: dict[str, str] = field(default_factory=dict[str, str])
    date: str | None = None


def _words(text: str) -> list[str]:
    text = text.lower()
    for pattern, apart in GLUED:
        text = pattern.sub(apart, text)
    return [word for word in _BETWEEN_WORDS.split(text) if word]


def _prefix(product: str) -> tuple[str, ...]:
    """Return the word that the product's meters leave out; none where the product says none."""
    text = f" {' '.join(_words(product.replace('OpenAI', 'openai')))} "
    raw = product.lower()
    for name, word in PRODUCTS:
        if f" {name} " in text or (len(name) > 4 and name in raw):
            return (word,) if word else ()
    return ()


def _read(words: Sequence[str], prefix: tuple[str, ...]) -> _Reading:
    reading = _Reading()
    many = any(MODEL_SPELLINGS.get(word, word) in _MANY_MODES for word in words)
    for word in words:
        date = _DATE.fullmatch(word)
        if date and reading.model:
            reading.date = word
        elif _is_model_word(word, reading, prefix, many_modes=many):
            reading.model.append(MODEL_SPELLINGS.get(word, word))
        elif word in WORDS:
            what, value = WORDS[word]
            if what == "cache":
                # "cache write" is a write.
                reading.said.setdefault(what, value)
            elif what:
                reading.said[what] = reading.said.get(what, value) if what != "modality" else value
            if value == "Write":
                reading.said["cache"] = "Write"
        else:
            reading.model.append(MODEL_SPELLINGS.get(word, word))
    return reading


def _is_model_word(
    word: str, reading: _Reading, prefix: tuple[str, ...], *, many_modes: bool
) -> bool:
    """Say whether a word that is also vocabulary belongs to the model's name here.

    The first ``image`` of *gpt image 1 inp image* does, and ``audio`` in *gpt 4o audio*, which
    says besides that what is counted is sound unless ``text`` follows.
    """
    spelled = MODEL_SPELLINGS.get(word, word)
    named = reading.model
    if spelled == "image":
        return named in ([], ["gpt"]) and (bool(named) or prefix in {("mai",), ("gpt",)})
    if spelled == "audio":
        other = _MANY_MODES - {"audio"}
        is_name = named[:1] == ["gpt"] and "audio" not in named and not other & set(named)
        if is_name and many_modes:
            reading.said["modality"] = "audio"
        return is_name
    return word == "flex" and prefix == ("flux",)


def _named_in(product: str) -> list[str]:
    """Return the words of a model's name inside a product's name, from its maker's word on."""
    words = _words(product)
    start = next((i for i, word in enumerate(words) if word in BRANDS and word != "model"), None)
    if start is None:
        return []
    named = [words[start]]
    for word in words[start + 1 :]:
        if word in WORDS or word in {"models", "offer", "saas", "service"}:
            break
        named.append(word)
    return named if len(named) > 1 else []


def _meaning(reading: _Reading, meter: str, prefix: tuple[str, ...]) -> SkuMeaning:
    said = reading.said
    name = _model_words(reading, prefix)
    embeds = any(word.startswith("embed") for word in name)
    is_other = said.get("unit") == "other" or "training" in said
    # Of what is no token the product's word does not tell the model: a session, an image.
    brand = _brand(reading.model if is_other else name)
    if brand is None or is_other:
        known = is_other or NON_MODEL_METER.search(meter.lower()) is not None
        return SkuMeaning(
            developer=brand[0] if brand else None,
            family=brand[1] if brand else None,
            model=_model_id(name, said) if brand else None,
            geo=said.get("geo"),
            is_known_meter=known,
            unknown_words=() if known else tuple(_words(meter)),
        )
    cache_word = said.get("cache")
    direction = said.get("direction") or ("Input" if cache_word or embeds else None)
    action = cache_word
    if action is None and direction == "Input" and not embeds:
        action = "Uncached"
    return SkuMeaning(
        developer=brand[0],
        family=brand[1],
        model=_model_id(name, said),
        version=_version(reading, name),
        direction=direction,
        cache_action=action,
        cache_retention=said.get("retention"),
        tier=said.get("tier") or ("standard" if direction else None),
        context=said.get("context") or ("standard" if direction else None),
        modality="text" if embeds else said.get("modality"),
        geo=said.get("geo"),
        counts_tokens=direction is not None and said.get("unit") == "token",
        unknown_words=() if direction else tuple(_words(meter)),
    )


def _brand(name: Sequence[str]) -> tuple[str, str] | None:
    if not name:
        return None
    if name[0] == "text" or "embedding" in name:
        return "OpenAI", "Text Embedding"
    if name[0] == "dall":
        return "OpenAI", "DALL-E"
    return BRANDS.get(name[0])


def _model_words(reading: _Reading, prefix: tuple[str, ...]) -> list[str]:
    """Return the words of the model's name, beginning with its maker's word where one is known."""
    name = list(reading.model)
    if name and any(word.startswith("embedding") for word in name):
        return _embedding(name)
    if name and _brand(name) is None and prefix:
        name = [*prefix, *name]
    if name[:2] == ["gpt", "35"] and reading.date in {"0125", "1106"}:
        name = [word for word in name if word != "16k"]
    if name[:1] == ["gpt"] and tuple(name) not in _SIZED:
        name = [word for word in name if not _SIZE.fullmatch(word)]
    return name


def _embedding(name: Sequence[str]) -> list[str]:
    rest = [word for word in name if word not in {"text", "embedding", "embeddings"}]
    if rest[:1] == ["ada"]:
        rest = ["ada", "002"]
    return ["text", "embedding", *rest]


def _model_id(name: Sequence[str], said: dict[str, str]) -> str | None:
    """Return the model's id in the spelling of its API: ``gpt-4o-mini``, ``claude-sonnet-4-5``."""
    if len(name) < 2 and name[:1] not in (["o1"], ["o3"], ["whisper"], ["tts"]):
        return "-".join(name) if name and name[0] not in {"gpt", "model"} else None
    joined = "-".join(name)
    joined = joined.replace("gpt-35-turbo", "gpt-3.5-turbo")
    if name[0] == "claude":
        joined = joined.replace(".", "-")
    if joined in {"gpt-4o-audio", "gpt-4o-realtime", "gpt-4o-mini-audio", "gpt-4o-mini-realtime"}:
        joined += "-preview"
    return f"ft:{joined}" if "tuned" in said else joined


def _version(reading: _Reading, name: Sequence[str]) -> str | None:
    """Return the date of the model, else the first number of its name."""
    date = _DATE.fullmatch(reading.date or "")
    if date:
        month, day, year = date.groups()
        is_dated = name[:1] in (["gpt"], ["o1"], ["o3"], ["o4"])
        year = year or (DATED_YEARS.get(date.group()) if is_dated else None)
        return f"{year}-{month}-{day}" if year else date.group()
    numbers = (_NUMBER.fullmatch(word) for word in name[1:])
    first = next((number.group(1) for number in numbers if number), None)
    return "3.5" if first == "35" else first
