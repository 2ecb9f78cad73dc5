"""The words of Google's Gemini and Vertex AI SKU descriptions, and what each says.

The lists are closed on purpose: a word that is not here leaves its column empty instead of
being guessed. Spellings and their sources: docs/sources/gcp.md.
"""

import re

__all__ = ["BRANDS", "MODEL_WORDS", "NON_MODEL_METER", "PHRASES", "VERSION"]

# Model brands by their first word: developer, family, and whether the model is billed by tokens
# without the description saying so.
BRANDS: dict[str, tuple[str, str, bool]] = {
    "gemini": ("Google", "Gemini", True),
    "gemma": ("Google", "Gemma", True),
    "imagen": ("Google", "Imagen", False),
    "veo": ("Google", "Veo", False),
    "lyria": ("Google", "Lyria", False),
    "chirp": ("Google", "Chirp", False),
    "claude": ("Anthropic", "Claude", True),
    "llama": ("Meta", "Llama", True),
    "mistral": ("Mistral AI", "Mistral", True),
    "codestral": ("Mistral AI", "Codestral", True),
    "ministral": ("Mistral AI", "Ministral", True),
    "deepseek": ("DeepSeek", "DeepSeek", True),
    "qwen": ("Alibaba", "Qwen", True),
    "gpt": ("OpenAI", "GPT", True),
    "kimi": ("Moonshot AI", "Kimi", True),
    "glm": ("Z.ai", "GLM", True),
    "minimax": ("MiniMax", "MiniMax", True),
    "jamba": ("AI21 Labs", "Jamba", True),
    "grok": ("xAI", "Grok", True),
    "e5": ("Microsoft", "E5", False),
}

# Words that may follow a brand as part of the model's name.
MODEL_WORDS: frozenset[str] = frozenset(
    {
        "pro", "flash", "lite", "ultra", "nano", "mini", "live", "tts", "native", "preview",
        "exp", "experimental", "computer", "use", "robotics", "er", "translate", "customtools",
        "embedding", "embeddings", "deep", "think", "research", "opus", "sonnet", "haiku",
        "instant", "maverick", "scout", "instruct", "small", "medium", "large", "nemo", "coder",
        "next", "ocr", "vision", "it", "guard", "oss", "air", "plus", "turbo", "max",
        "terminus", "speciale", "reasoning", "multilingual", "generate",
    }
)  # fmt: skip
# Version numbers, sizes and dates: 2.5, v3.1, k2, 70b, a22b, 128e, 2507, 001.
VERSION = re.compile(r"[vkmra]?\d+(\.\d+)*[bem]?|\d+x\d+b")

# Phrases by their words, longest first when read: what they set. The key "" says nothing.
PHRASES: dict[tuple[str, ...], tuple[str, str]] = {
    ("cloud", "vertex", "ai", "model", "garden", "model", "as", "a", "service"): ("garden", "yes"),
    ("vertex", "ai"): ("", ""),
    ("vertex", "api"): ("", ""),
    ("agent", "platform"): ("", ""),
    ("openai",): ("", ""),
    ("bidi", "generate", "content"): ("", ""),
    ("generate", "content"): ("", ""),
    ("generatecontent",): ("", ""),
    ("bidigeneratecontent",): ("", ""),
    ("embedcontent",): ("", ""),
    ("embed", "content"): ("", ""),
    ("predictions",): ("", ""),
    ("prediction",): ("", ""),
    ("for",): ("", ""),
    ("with",): ("", ""),
    ("720p",): ("", ""),
    ("1080p",): ("", ""),
    ("4k",): ("", ""),
    ("ga",): ("", ""),
    ("model",): ("", ""),
    ("count",): ("", ""),
    ("token",): ("unit", "token"),
    ("tokens",): ("unit", "token"),
    ("token", "hours"): ("unit", "hours"),
    ("hours",): ("unit", "hours"),
    ("character",): ("unit", "character"),
    ("characters",): ("unit", "character"),
    ("requests",): ("unit", "request"),
    ("generation",): ("unit", "generation"),
    ("input",): ("direction", "Input"),
    ("output",): ("direction", "Output"),
    ("ouptut",): ("direction", "Output"),  # codespell:ignore ouptut -- Lyria's SKU is so spelled
    ("text",): ("modality", "text"),
    ("image",): ("modality", "image"),
    ("audio",): ("modality", "audio"),
    ("video",): ("modality", "video"),
    ("long",): ("context", "long"),
    ("long", "context"): ("context", "long"),
    ("short",): ("context", "standard"),
    ("short", "context"): ("context", "standard"),
    ("global",): ("geo", "global"),
    ("regional",): ("geo", "regional"),
    ("batch",): ("tier", "batch"),
    ("flex",): ("tier", "flex"),
    ("priority",): ("tier", "priority"),
    ("fast", "mode"): ("tier", "fast"),
    ("provisioned", "throughput"): ("tier", "provisioned"),
    ("thinking",): ("reasoning", "yes"),
    ("non", "thinking"): ("reasoning", "no"),
    ("thinking", "off"): ("reasoning", "no"),
    # All output tokens of a call with thinking switched on, thought or said.
    ("thinking", "on"): ("reasoning", "mixed"),
    ("cached",): ("cache", "Read"),
    ("caching",): ("cache", "Read"),
    ("cache", "read"): ("cache", "Read"),
    ("cache", "reads"): ("cache", "Read"),
    ("cache", "hit"): ("cache", "Read"),
    ("cache", "hits"): ("cache", "Read"),
    ("cache", "write"): ("cache", "Write"),
    ("cache", "writes"): ("cache", "Write"),
    ("cache", "creation"): ("cache", "Write"),
    ("caching", "storage"): ("cache", "Storage"),
    ("cache", "storage"): ("cache", "Storage"),
    ("cached", "content", "storage"): ("cache", "Storage"),
    ("5m",): ("retention", "5m"),
    ("5", "minute"): ("retention", "5m"),
    ("5", "minutes"): ("retention", "5m"),
    ("5", "min"): ("retention", "5m"),
    ("1h",): ("retention", "1h"),
    ("1", "hour"): ("retention", "1h"),
}

# What AI services sell besides tokens of a named model: machines, searches, agents, embeddings of
# unnamed models. Known, and without a model.
NON_MODEL_METER = re.compile(
    r"\b(grounding|grounded|search|quer(y|ies)|rank(er|ing)|agent (platform|engine|runtime)|memory|"
    r"core|cores|vcpu|ram|cpu|gpus?|tpu|nvidia|instances?|node|disk|pd|ssd|storage|egress|"
    r"network|notebooks?|workbench|training|tuning|pipelines?|feature ?store|index(es)?|vector|"
    r"embeddings?|automl|endpoint|accelerator|metadata|tensorboard|monitoring|sessions?|code execution|"
    r"provisioned throughput)\b",
    re.IGNORECASE,
)
