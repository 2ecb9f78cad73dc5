"""Which model a name of Amazon Bedrock means, whichever of AWS's spellings it has.

    anthropic.claude-3-5-sonnet-20240620-v1:0     an id, as in ARNs and in newer usage types
    Claude3.5Sonnet, Nova2.0Lite, Llama3-1-70B     a usage type's own name
    Claude Opus 4.6 (Amazon Bedrock Edition)       a product's name on the bill

All of one model become one id: Bedrock's, without maker, release date, version suffix and
``-instruct``.
"""

import re
from dataclasses import dataclass
from functools import cache

from centavo.sources.aws.bedrock_words import BRANDS, TITAN_MODELS, VENDORS

__all__ = ["ModelName", "read_model"]

_EDITION = re.compile(r"\s*\((?:Amazon )?Bedrock Edition\)\s*$", re.IGNORECASE)
_PROFILE = re.compile(r"^(?:us-gov|us|eu|apac|ap|au|jp|ca|in|sa|me|af|global|regional)\.")
_ID = re.compile(r"^([a-z0-9]+)\.([a-z0-9][a-z0-9.:-]*)$")
_RELEASE = re.compile(r"-20\d{6}(?=$|-|:)")
_SUFFIX = re.compile(r"(?::\d+\w*)*$")
_REVISION = re.compile(r"(?:-v\d+|(?<=\db)-\d)?$")
_VERSION = re.compile(r"(?<!\d)(\d{1,2})(?:[.-](\d{1,2}))?(?![0-9a-z])")
_MAKERS = re.compile(
    r"^(?:meta|cohere|nvidia|openai|amazon|anthropic|google|writer|twelvelabs|luma|stability|xai|"
    r"moonshot|mistral ai|ai21(?: labs)?)(?: ai)?[ -]+(?=\w)",
    re.IGNORECASE,
)
_JURASSIC = re.compile(r"^jurassic-2-(mid|ultra)$")


@dataclass(frozen=True)
class ModelName:
    """A model of Bedrock.

    Attributes:
        developer: Who made it.
        family: ``Claude``, ``Nova`` …; ``None`` where only an id of an unknown brand is stated.
        model: ``claude-sonnet-4-5``, ``nova-2-lite``, ``llama3-1-70b``.
        version: The number in the name: ``4.5``.
    """

    developer: str
    family: str | None
    model: str
    version: str | None


@cache
def read_model(name: str, provider: str = "") -> ModelName | None:
    """Return the model that a name means; ``None`` when it names none that is known.

    Args:
        name: An id, a usage type's name, or a product's name.
        provider: The bill's own ``product/provider``, where it has one.

    >>> read_model("anthropic.claude-3-5-sonnet-20240620-v1:0").model
    'claude-3-5-sonnet'
    >>> read_model("Claude Opus 4.6 (Amazon Bedrock Edition)").model
    'claude-opus-4-6'
    >>> read_model("Nova2.0Lite").model
    'nova-2-lite'
    """
    text = _PROFILE.sub("", _EDITION.sub("", name).strip())
    found = _ID.match(text)
    if found and found.group(1) in VENDORS:
        return _from_id(found.group(1), found.group(2))
    text = _MAKERS.sub("", text)
    if provider.lower().startswith("deepseek") and re.fullmatch(r"[rv]\d[\d.]*", text.lower()):
        text = f"deepseek-{text}"
    return _from_words(text)


def _from_id(vendor: str, rest: str) -> ModelName:
    rest = _RELEASE.sub("", _SUFFIX.sub("", rest))
    if not rest.startswith(("embed-", "titan-embed", "titan-image", "rerank-", "v", "r")):
        rest = _REVISION.sub("", rest)
    if vendor == "deepseek" and not rest.startswith("deepseek"):
        rest = f"deepseek-{_REVISION.sub('', rest)}"
    model = rest.removesuffix("-instruct")
    brand = re.match(r"[a-z]+", model)
    family = BRANDS.get(brand.group() if brand else "", ("", None))[1]
    return ModelName(VENDORS[vendor], family, model, _version(model))


def _from_words(text: str) -> ModelName | None:
    # NovaLite -> Nova-Lite, Claude3.5Sonnet -> Claude3.5-Sonnet; 70B and 8x7B stay whole.
    text = re.sub(
        r"(Deep|Mini)-?(Seek|Max)", lambda found: (found[1] + found[2]).capitalize(), text
    )
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=\d)(?=[A-Z][a-z])", "-", text)
    slug = re.sub(r"[^a-z0-9.]+", "-", parted.replace("+", " plus").lower()).strip("-.")
    brand = next((b for b in _brands_of(slug) if b in BRANDS), None)
    if brand is None:
        return None
    developer, family = BRANDS[brand]
    model = _spelled(brand, slug)
    return None if model is None else ModelName(developer, family, model, _version(model))


def _brands_of(slug: str) -> list[str]:
    """Return the letters that the name begins with; for ``generate-model-command`` all its words."""
    words = [match.group() for match in re.finditer(r"(?<![a-z0-9.])[a-z]+", slug)]
    return words if words[:1] in (["generate"], ["model"], ["meta"]) else words[:1]


def _spelled(brand: str, slug: str) -> str | None:
    """Return the model id in Bedrock's spelling."""
    slug = slug[slug.index(brand) :]
    if brand == "claude":
        return _claude(slug)
    if brand == "nova":
        return _nova(slug)
    if brand == "titan":
        letters = re.sub(r"[^a-z0-9]", "", slug)
        names = (name for name in TITAN_MODELS if letters.startswith(name))
        return next((TITAN_MODELS[name] for name in sorted(names, key=len, reverse=True)), slug)
    slug = re.sub(r"(?<=[a-z])(?=\d{4})", "-", slug).removesuffix("-instruct")
    if brand == "llama":
        return re.sub(r"^llama-(?=\d)", "llama", slug).replace(".", "-")
    if brand in {"mistral", "mixtral", "jamba"}:
        slug = re.sub(r"^([a-z]+)(?=\d)", r"\1-", slug)
    if brand == "jamba":
        return slug.replace(".", "-")
    return _JURASSIC.sub(r"j2-\1", slug)


def _claude(slug: str) -> str:
    """Return Anthropic's id: up to version 3 ``claude-3-5-haiku``, from 4 on ``claude-opus-4-6``."""
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)*", slug)
    names = [word for word in words[1:] if word.isalpha() and word != "v"]
    numbers = [
        word for word, before in zip(words[1:], words, strict=False) if _counts(word, before)
    ]
    version = ".".join(numbers[:2]).removesuffix(".0")
    if not names:
        return f"claude-{version}".strip("-")
    parts = ["claude", *names]
    if version:
        parts.insert(
            len(parts) if int(version.split(".")[0]) >= 4 else 1, version.replace(".", "-")
        )
    return "-".join(parts)


def _counts(word: str, before: str) -> bool:
    """Say whether a number is the model's version, and not that of a revision: ``v2``."""
    return word[0].isdigit() and before != "v" and len(word) < 8


def _nova(slug: str) -> str:
    words = re.findall(r"[a-z]+|\d+(?:\.\d+)*", slug)
    names = [word for word in words[1:] if word.isalpha() and word != "v"]
    numbers = [word.removesuffix(".0").replace(".", "-") for word in words if word[0].isdigit()]
    return "-".join(["nova", *numbers[:1], *names])


def _version(model: str) -> str | None:
    """Return the first number of an id: ``4.5`` of ``claude-sonnet-4-5``; not sizes, not dates."""
    found = _VERSION.search(model)
    if found is None:
        return None
    return found.group(1) + (f".{found.group(2)}" if found.group(2) else "")
