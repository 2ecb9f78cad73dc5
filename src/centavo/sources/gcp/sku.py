"""What a Gemini or Vertex AI SKU meters, read from its description.

The description is the only place where the bill names the model. It is written by a grammar:

    Gemini 2.5 Pro Text Input Caching (Long)
    Gemini 3.8 Flash Global Text Input Priority - Predictions
    Gemini 2.5 Flash GA Thinking Text Output - Batch Predictions
    Generate content cached input token count gemini 2.5 flash short input text
    Cloud Vertex AI Model Garden Model as a Service Llama 4 Maverick Batch Input Token

The parser reads words and phrases of closed lists. It never guesses: an unknown word is kept as
such, and then nothing is concluded from what the description does not say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from centavo.sources.gcp.sku_words import BRANDS, MODEL_WORDS, NON_MODEL_METER, PHRASES, VERSION
from centavo.sources.sku_meaning import SkuMeaning

__all__ = ["SkuMeaning", "parse_sku", "tokens_per_unit"]

_LONGEST_PHRASE = max(map(len, PHRASES))
_WORD = re.compile(r"[a-z0-9.]+|/")
_GLUED = re.compile(rf"({'|'.join(sorted(BRANDS))})([\d.]+)")
# The bill has columns of its own for the location; a region in the text says nothing new.
_REGION = re.compile(
    r"\b(?:africa|asia|australia|europe|me|northamerica|southamerica|us)-[a-z]+\d+\b"
)
_UNIT = re.compile(
    r"(?:(1|1,?000|1?k|thousand|1,?000,?000|1?m|million)\s*)?\{?(?:tokens?|counts?)\}?"
)
_SCALES = {
    **dict.fromkeys(("1000", "k", "1k", "thousand"), 1_000),
    **dict.fromkeys(("1000000", "m", "1m", "million"), 1_000_000),
}


@cache
def parse_sku(description: str, service: str = "") -> SkuMeaning:
    """Return what a SKU of an AI service meters.

    Args:
        description: ``sku.description``.
        service: ``service.description``; partners' models are billed under a service of the
            model's name, and then the SKU need not repeat it.

    >>> meaning = parse_sku("Gemini 2.5 Pro Text Input Caching (Long)")
    >>> meaning.model, meaning.direction, meaning.cache_action, meaning.context
    ('gemini-2.5-pro', 'Input', 'Read', 'long')
    """
    reading = _read(_words(description))
    if not reading.model:
        reading.model = _read(_words(service)).model
    return _meaning(reading, description)


def tokens_per_unit(meaning: SkuMeaning, unit: str) -> int | None:
    """Return how many tokens one unit of ``usage.amount`` is; ``None`` when it counts none.

    Token SKUs carry the unit ``requests`` or ``count`` in real exports, and the amount is tokens.

    >>> tokens_per_unit(parse_sku("Gemini 2.5 Pro Text Input - Predictions"), "requests")
    1
    """
    if not meaning.counts_tokens:
        return None
    text = unit.strip().lower()
    if text in {"request", "requests", "unit", "units"}:
        return 1
    match = _UNIT.fullmatch(text)
    if match is None:
        return None
    return _SCALES.get((match.group(1) or "").replace(",", ""), 1)


@dataclass
class _Reading:
    """What the words said so far."""

    model: list[str] = field(default_factory=list[str])
    said: dict[str, str] = field(default_factory=dict[str, str])
    units: set[str] = field(default_factory=set[str])
    unknown: list[str] = field(default_factory=list[str])

    def say(self, what: str, value: str) -> None:
        """Keep a phrase's meaning; of directions and modalities the first counts."""
        if what == "unit":
            self.units.add(value)
        elif what:
            self.said.setdefault(what, value)


def _words(text: str) -> list[str]:
    """Return the words in lower case; hyphens separate, ``Llama3.1`` is two words."""
    spaced = _GLUED.sub(r"\1 \2", _REGION.sub(" ", text.lower()))
    return [word.strip(".") for word in _WORD.findall(spaced) if word.strip(".")]


def _read(words: Sequence[str]) -> _Reading:
    reading = _Reading()
    position = 0
    while position < len(words):
        if words[position] in BRANDS and not reading.model:
            end = _end_of_model(words, position, reading)
            reading.model = list(words[position:end])
            position = end
            continue
        length = _phrase_length(words, position)
        if length == 0:
            reading.unknown.append(words[position])
            position += 1
            continue
        what, value = PHRASES[tuple(words[position : position + length])]
        if what == "modality":
            _say_modality(reading, words, position)
        else:
            reading.say(what, value)
        position += length
    return reading


def _phrase_length(words: Sequence[str], position: int) -> int:
    """Return how many words the longest known phrase has that begins here; 0 for none."""
    for length in range(min(_LONGEST_PHRASE, len(words) - position), 0, -1):
        if tuple(words[position : position + length]) in PHRASES:
            return length
    return 0


def _end_of_model(words: Sequence[str], start: int, reading: _Reading) -> int:
    """Return the position after the last word of the model's name."""
    end = start + 1
    while end < len(words):
        word = words[end]
        is_number = VERSION.fullmatch(word) is not None and (word,) not in PHRASES
        if not (
            word == "/"
            or word in MODEL_WORDS
            or is_number
            or _names_model(words, end, start, reading)
        ):
            break
        end += 1
    return end


def _names_model(words: Sequence[str], position: int, start: int, reading: _Reading) -> bool:
    """Say whether a word that is also grammar belongs to the model's name here.

    ``image`` in *Gemini 3.1 Flash Image Text Input* does, in *Gemini 3 Flash Image Input* not;
    ``audio`` does after ``native``; ``thinking`` and ``fast`` name models of other makers.
    """
    word = words[position]
    following = words[position + 1] if position + 1 < len(words) else ""
    if word == "image":
        said = reading.said
        return following not in {"input", "output"} and not (
            "direction" in said and "modality" not in said
        )
    if word == "audio":
        return words[position - 1] == "native"
    if word == "fast":
        return following != "mode" and words[start] not in {"gemini", "claude"}
    return word == "thinking" and words[start] in {"qwen", "kimi", "deepseek", "glm"}


def _say_modality(reading: _Reading, words: Sequence[str], position: int) -> None:
    """Keep a modality, unless it stands beside the other direction.

    *Output token count gemini 2.5 flash short input text* is about output tokens; the text is the
    input's.
    """
    near = [*words[max(0, position - 1) : position], *words[position + 1 : position + 2]]
    beside = {PHRASES[(word,)][1] for word in near if word in {"input", "output"}}
    direction = reading.said.get("direction")
    if direction is None or not beside or direction in beside:
        reading.say("modality", words[position])


def _meaning(reading: _Reading, description: str) -> SkuMeaning:
    said = reading.said
    developer, family, by_token = BRANDS[reading.model[0]] if reading.model else (None, None, False)
    embeds = "embedding" in reading.model or "embeddings" in reading.model
    is_meter = NON_MODEL_METER.search(description) is not None and "direction" not in said
    cache_word = said.get("cache")
    direction = said.get("direction") or ("Input" if cache_word and family else None)
    # Only a description that was read to its last word says something by silence.
    is_whole = family is not None and direction is not None and not reading.unknown
    stores = cache_word == "Storage"
    action = "Other" if stores else cache_word
    if action is None and is_whole and direction == "Input" and not embeds:
        action = "Uncached"
    default = "standard" if is_whole else None
    return SkuMeaning(
        developer=developer,
        family=family,
        model=_model_id(reading.model),
        version=_version(reading.model),
        direction=direction,
        cache_action=action,
        cache_retention="storage" if stores else said.get("retention"),
        tier=said.get("tier") or default,
        context=said.get("context") or (default if by_token else None),
        modality=said.get("modality"),
        is_reasoning={"yes": True, "no": False}.get(said.get("reasoning", "")),
        geo=said.get("geo"),
        counts_tokens=direction is not None and not stores and _counts_tokens(reading),
        unknown_words=tuple(reading.unknown),
        is_known_meter=is_meter or said.get("tier") == "provisioned",
    )


def _counts_tokens(reading: _Reading) -> bool:
    """Say whether the amounts are tokens: stated, or the way this model is billed.

    Gemini 1.x on Vertex AI is billed by characters, images and seconds, and embedding models by
    characters, unless the description says tokens.
    """
    if "token" in reading.units:
        return True
    if reading.units or not reading.model or not BRANDS[reading.model[0]][2]:
        return False
    if "embedding" in reading.model:
        return False
    version = _version(reading.model) or ""
    return reading.model[0] != "gemini" or not version.startswith("1.")


def _version(model: Sequence[str]) -> str | None:
    """Return the first number of a model's name: ``2.5``; ``3/3.1`` where it names two."""
    numbers: list[str] = []
    for word in model[1:]:
        if re.fullmatch(r"[vkmr]?\d+(\.\d+)*", word):
            if numbers and numbers[-1] != "/":
                break
            numbers.append(_number(word))
        elif word == "/" and numbers:
            numbers.append(word)
        elif numbers:
            break
    return "".join(numbers).strip("/") or None


def _model_id(model: Sequence[str]) -> str | None:
    """Return the model's id, its words joined by hyphens; ``None`` where it names no model."""
    if len(model) < 2 or (len(model) == 2 and model[0] == "gemini"):
        return None
    if not BRANDS[model[0]][2] and _version(model) is None:
        return None
    joined = "-".join(_number(word) for word in model).replace("-/-", "/").strip("-/")
    # Anthropic writes versions with hyphens: claude-sonnet-4-5.
    return joined.replace(".", "-") if model[0] == "claude" else joined


def _number(word: str) -> str:
    """Return a version as the API spells it: ``3.0`` is ``3`` from Gemini 3 on."""
    match = re.fullmatch(r"(\d+)\.0", word)
    return match.group(1) if match and int(match.group(1)) >= 3 else word
