"""What an Oracle Generative AI product meters, read from its description.

    OCI Generative AI - xAI - Grok 4.3 - Input Tokens              1,000,000 Tokens
    OCI Generative AI - Google - Gemini 2.5 Pro - Cached Input Tokens
    Oracle Cloud Infrastructure Generative AI - Large Cohere       10,000 Transactions
    OCI Generative AI - Large Cohere - Dedicated                   AI Unit Hour

A transaction is one character of prompt or answer, so it is no token, and its product names a
class of models, not one.

Source: "Paying for On-Demand Inferencing", docs.oracle.com/iaas/Content/generative-ai.
"""

import re
from functools import cache

from centavo.sources.sku_function import NamedSku
from centavo.sources.sku_meaning import SkuMeaning

__all__ = ["named_product", "service_category"]

_PREFIX = re.compile(
    r"^\s*(oracle cloud infrastructure|oci)?\s*[-:]?\s*generative ai\s*[-:]*\s*", re.I
)
_IS_GENERATIVE = re.compile(r"generative[ _-]?ai", re.IGNORECASE)
_SIDE = re.compile(
    r"\b(cached input|cache read|cache write|input|output)\s+tokens?\b", re.IGNORECASE
)
_LONG = re.compile(r"\b(greater than|more than|over|above|long)\b|>", re.IGNORECASE)
_SHORT = re.compile(r"\b(less than|up to|under|below|within)\b|<", re.IGNORECASE)
_DEDICATED = re.compile(r"\bdedicated|\bcluster\b|\bmodel import\b|unit hour", re.IGNORECASE)
_ADD_ON = re.compile(
    r"search|memory|vector|knowledge base|retrieval|agents?\b|data ingestion|code execution|"
    r"guardrail|rerank|fine.?tun",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?P<count>\d[\d,]*)?\s*(?P<scale>million|thousand|[mk])?\s*tokens?", re.IGNORECASE
)
_SCALES = {"million": 1_000_000, "m": 1_000_000, "thousand": 1_000, "k": 1_000}
# Makers as Oracle writes them, each with the brands of its models: developer, family.
_MAKERS: tuple[tuple[str, str, str], ...] = (
    ("grok", "xAI", "Grok"),
    ("gemini", "Google", "Gemini"),
    ("gpt", "OpenAI", "GPT"),
    ("llama", "Meta", "Llama"),
    ("command", "Cohere", "Command"),
    ("embed", "Cohere", "Embed"),
    ("cohere", "Cohere", "Command"),
    ("meta", "Meta", "Llama"),
    ("qwen", "Alibaba", "Qwen"),
    ("deepseek", "DeepSeek", "DeepSeek"),
    ("nemotron", "NVIDIA", "Nemotron"),
)
_NO_MODEL_WORDS = frozenset({"xai", "google", "openai", "meta", "cohere", "oci", "nvidia"})

# FOCUS service categories by product/service.
_CATEGORIES: dict[str, str] = {
    **dict.fromkeys(
        ("COMPUTE", "CONTAINER_INSTANCES", "FUNCTIONS", "OKE", "CONTAINER_ENGINE", "VMWARE"), "Compute"
    ),
    **dict.fromkeys(("BLOCK_STORAGE", "OBJECTSTORE", "OBJECT_STORAGE", "FILE_STORAGE", "FILESTORAGE",
                     "ARCHIVE_STORAGE"), "Storage"),
    **dict.fromkeys(("DATABASE", "ATP", "ADW", "AUTONOMOUS_DATABASE", "MYSQL", "NOSQL", "POSTGRESQL",
                     "DATABASE_EXADATA", "EXADATA", "CACHE"), "Databases"),
    **dict.fromkeys(("NETWORK", "VCN", "FAST_CONNECT", "FASTCONNECT", "LOAD_BALANCER", "LBAAS", "DNS",
                     "NETWORK_FIREWALL", "VPN"), "Networking"),
    **dict.fromkeys(("ANALYTICS", "OAC", "DATA_INTEGRATION", "BIG_DATA", "DATAFLOW", "GOLDENGATE"),
                    "Analytics"),
    **dict.fromkeys(("LOGGING", "MONITORING", "NOTIFICATIONS", "TELEMETRY", "LOGGING_ANALYTICS", "APM"),
                    "Management and Governance"),
    **dict.fromkeys(("KEY_MANAGEMENT", "KMS", "VAULT", "WAF", "CLOUD_GUARD"), "Security"),
    **dict.fromkeys(("DATA_SCIENCE", "AI_SERVICES", "AI_LANGUAGE", "AI_VISION", "AI_SPEECH",
                     "DIGITAL_ASSISTANT"), "AI and Machine Learning"),
    **dict.fromkeys(("API_GATEWAY", "INTEGRATION", "STREAMING", "QUEUE", "EVENTS"), "Integration"),
}  # fmt: skip


def service_category(service: str) -> str | None:
    """Return the FOCUS ServiceCategory of a service; ``None`` where the report names none.

    >>> service_category("BLOCK_STORAGE")
    'Storage'
    """
    if not service:
        return None
    if _IS_GENERATIVE.search(service):
        return "AI and Machine Learning"
    return _CATEGORIES.get(service.upper().replace(" ", "_"), "Other")


@cache
def named_product(service: str, description: str, unit: str) -> NamedSku:
    """Return what the names of one line say.

    Args:
        service: ``product/service``.
        description: ``product/Description``.
        unit: ``cost/skuUnitDescription`` or ``cost/billingUnitReadable``.
    """
    if not _IS_GENERATIVE.search(f"{service} {description}"):
        return NamedSku(service_category=service_category(service))
    text = _PREFIX.sub("", re.sub(r"\s+", " ", description))
    meaning = _meaning(text, unit)
    return NamedSku(
        meaning,
        tokens_per_unit=_tokens(unit) if meaning.counts_tokens else None,
        service_category="AI and Machine Learning",
        service_subcategory="Generative AI",
        dark=None if meaning.is_understood or not text else f"{service}: {description}",
    )


def _meaning(text: str, unit: str) -> SkuMeaning:
    maker = next((found for found in _MAKERS if re.search(rf"\b{found[0]}", text, re.I)), None)
    developer, family = (maker[1], maker[2]) if maker else (None, None)
    if _DEDICATED.search(f"{text} {unit}"):
        return SkuMeaning(developer, family, tier="provisioned", is_known_meter=True)
    side = _SIDE.search(text)
    if side is None:
        known = _ADD_ON.search(text) is not None
        # Characters, prompt and answer together.
        is_class = maker is not None and re.search(r"transaction|character", unit, re.I) is not None
        return SkuMeaning(
            developer,
            family,
            tier="standard" if is_class else None,
            modality="text" if is_class else None,
            is_known_meter=known or is_class,
            unknown_words=() if known or is_class else tuple(text.lower().split()),
        )
    word = side[1].lower()
    direction = "Output" if word == "output" else "Input"
    action = {
        "cached input": "Read",
        "cache read": "Read",
        "cache write": "Write",
        "input": "Uncached",
    }
    context = "long" if _LONG.search(text[side.end() :]) else None
    return SkuMeaning(
        developer,
        family,
        model=_model(text[: side.start()]),
        direction=direction,
        cache_action=action.get(word),
        tier="standard",
        context=context or ("standard" if _SHORT.search(text[side.end() :]) else None),
        counts_tokens=True,
    )


def _model(text: str) -> str | None:
    """Return the model's id: ``grok-4.3`` of *xAI - Grok 4.3 -*."""
    words = [word for word in re.split(r"[\s\-]+", text.lower()) if word]
    return "-".join(word for word in words if word not in _NO_MODEL_WORDS) or None


def _tokens(unit: str) -> int | None:
    match = _UNIT.search(unit)
    if match is None:
        return None
    return int((match["count"] or "1").replace(",", "")) * _SCALES.get(
        (match["scale"] or "").lower(), 1
    )
