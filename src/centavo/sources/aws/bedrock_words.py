"""The words of Amazon Bedrock's usage types, and what each says.

The lists are closed on purpose: a word that is not here leaves its column empty instead of being
guessed. Spellings and their sources: docs/sources/aws.md.
"""

import re

__all__ = [
    "BRANDS",
    "MEASURE_WORDS",
    "NON_MODEL_METER",
    "REGION_PREFIX",
    "STARTS_MEASURE",
    "TITAN_MODELS",
    "VENDORS",
]

# Model makers by the prefix of their Bedrock model ids.
VENDORS: dict[str, str] = {
    "ai21": "AI21 Labs",
    "amazon": "Amazon",
    "anthropic": "Anthropic",
    "cohere": "Cohere",
    "deepseek": "DeepSeek",
    "google": "Google",
    "luma": "Luma AI",
    "meta": "Meta",
    "minimax": "MiniMax",
    "mistral": "Mistral AI",
    "moonshot": "Moonshot AI",
    "moonshotai": "Moonshot AI",
    "nvidia": "NVIDIA",
    "openai": "OpenAI",
    "qwen": "Alibaba",
    "stability": "Stability AI",
    "twelvelabs": "TwelveLabs",
    "writer": "Writer",
    "xai": "xAI",
    "zai": "Z.ai",
}

# First word of a model's name: maker and family.
BRANDS: dict[str, tuple[str, str]] = {
    "claude": ("Anthropic", "Claude"),
    "codestral": ("Mistral AI", "Codestral"),
    "command": ("Cohere", "Command"),
    "deepseek": ("DeepSeek", "DeepSeek"),
    "devstral": ("Mistral AI", "Devstral"),
    "embed": ("Cohere", "Embed"),
    "gemma": ("Google", "Gemma"),
    "glm": ("Z.ai", "GLM"),
    "gpt": ("OpenAI", "GPT"),
    "grok": ("xAI", "Grok"),
    "jamba": ("AI21 Labs", "Jamba"),
    "jurassic": ("AI21 Labs", "Jurassic"),
    "kimi": ("Moonshot AI", "Kimi"),
    "llama": ("Meta", "Llama"),
    "magistral": ("Mistral AI", "Magistral"),
    "marengo": ("TwelveLabs", "Marengo"),
    "minimax": ("MiniMax", "MiniMax"),
    "ministral": ("Mistral AI", "Ministral"),
    "mistral": ("Mistral AI", "Mistral"),
    "mixtral": ("Mistral AI", "Mixtral"),
    "nemotron": ("NVIDIA", "Nemotron"),
    "nova": ("Amazon", "Nova"),
    "palmyra": ("Writer", "Palmyra"),
    "pegasus": ("TwelveLabs", "Pegasus"),
    "pixtral": ("Mistral AI", "Pixtral"),
    "qwen": ("Alibaba", "Qwen"),
    "ray": ("Luma AI", "Ray"),
    "rerank": ("Cohere", "Rerank"),
    "stable": ("Stability AI", "Stable Image"),
    "titan": ("Amazon", "Titan"),
    "voxtral": ("Mistral AI", "Voxtral"),
}

# Titan's usage types and its model ids have different words; by letters and digits only.
TITAN_MODELS: dict[str, str] = {
    "titanembeddingv2text": "titan-embed-text-v2",
    "titanembeddingsg1text": "titan-embed-text-v1",
    "titanembeddingsg1image": "titan-embed-image-v1",
    "titanimagegeneratorg1": "titan-image-generator-v1",
    "titanimagegeneratorv2": "titan-image-generator-v2",
    "titantextg1express": "titan-text-express",
    "titantextg1lite": "titan-text-lite",
    "titantextlite": "titan-text-lite",
    "titantextexpress": "titan-text-express",
    "titantextpremier": "titan-text-premier",
}

# Billing regions: USE1-, APN1-, UGW1-, EU-; or a region's own name, us-east-1-.
REGION_PREFIX = re.compile(
    r"(?:(?:US|CA|AF|AP|EU|IL|ME|MX|SA|UG|CN|NZ|MY|TH|TP)[A-Z]{0,2}\d{1,2}|EU|US"
    r"|[a-z]{2}(?:-[a-z]+){1,2}-\d)[-_]"
)

# A model's name ends where one of these words stands.
STARTS_MEASURE = frozenset(
    {
        "input", "output", "response", "cache", "cached", "mantle", "million", "provisioned",
        "reserved", "search", "searchunits", "lctx", "t2i", "i2i", "t2v", "i2v", "created",
    }
)  # fmt: skip

# What a word of the measure says: which property, and its value. The property "" says nothing.
MEASURE_WORDS: dict[str, tuple[str, str]] = {
    "input": ("direction", "Input"),
    "output": ("direction", "Output"),
    "response": ("direction", "Output"),
    "token": ("unit", "token"),
    "tokens": ("unit", "token"),
    "image": ("modality", "image"),
    "images": ("modality", "image"),
    "text": ("modality", "text"),
    "video": ("modality", "video"),
    "audio": ("modality", "audio"),
    "speech": ("modality", "audio"),
    "cache": ("cache", "Read"),
    "cached": ("cache", "Read"),
    "read": ("cache_kind", "Read"),
    "write": ("cache_kind", "Write"),
    "write5m": ("cache_kind", "Write 5m"),
    "write30m": ("cache_kind", "Write 30m"),
    "write1h": ("cache_kind", "Write 1h"),
    "5m": ("retention", "5m"),
    "30m": ("retention", "30m"),
    "1h": ("retention", "1h"),
    "batch": ("tier", "batch"),
    "flex": ("tier", "flex"),
    "priority": ("tier", "priority"),
    "standard": ("tier", "standard"),
    "optimized": ("tier", "fast"),
    "provisioned": ("tier", "provisioned"),
    "reserved": ("tier", "provisioned"),
    "tpm": ("tier", "provisioned"),
    "minute": ("tier", "provisioned"),
    "global": ("geo", "global"),
    "geo": ("geo", "regional"),
    "regional": ("geo", "regional"),
    "cris": ("", ""),
    "long": ("context", "long"),
    "lctx": ("context", "long"),
    "short": ("context", "standard"),
    "commit": ("", ""),
    "no": ("term", "none"),
    "nocommit": ("term", "none"),
    "month": ("term_unit", "month"),
    "months": ("term_unit", "month"),
    **dict.fromkeys(("1", "one"), ("term", "1")),
    "3": ("term", "3"),
    **dict.fromkeys(("6", "six"), ("term", "6")),
    **dict.fromkeys(
        (
            "count", "unit", "units", "usage", "model", "models", "custom", "customized", "mantle",
            "million", "prompt", "inference", "latency", "cross", "region", "throughput", "per",
            "hour", "hours", "hrs", "context", "ctx", "search", "searchunits", "second", "seconds",
            "tier",
        ),
        ("", ""),
    ),
}  # fmt: skip

# What Bedrock sells besides the tokens of a model. Known, and without a model.
NON_MODEL_METER = re.compile(
    r"guardrail|knowledge[-_ ]?base|data[-_ ]?automation|flow|agent|"
    r"prompt[-_ ]?(management|optimi|rout)|customization|custom[-_ ]?model[-_ ]?(unit|import|stor)|"
    r"cmu|storage|training|fine[-_ ]?tun|evaluat|distillation|structured[-_ ]?data|text[-_ ]?unit|"
    r"automated[-_ ]?reasoning|vector|memory|gateway|browser|code[-_ ]?interpreter|runtime|"
    r"data[-_ ]?transfer|t2i|i2i|t2v|i2v|created[-_ ]?image|image[-_ ]?generat|search[-_ ]?units?",
    re.IGNORECASE,
)
