"""The words of Azure's meter names for models, and what each says.

A meter is named for the invoice: ``gpt 4o 0806 cached Inp glbl Tokens``, ``5.4 pp opt Dz 1M Tokens``,
``V4 Pro Inp glbl Tokens``. The words for direction, cache, tier, place and unit are a closed list,
each with many spellings; what is left is the model, and the product says whose. Spellings and
their sources: docs/sources/azure.md.
"""

import re

__all__ = [
    "BRANDS",
    "DATED_YEARS",
    "GLUED",
    "MODEL_SPELLINGS",
    "NON_MODEL_METER",
    "PRODUCTS",
    "WORDS",
]

# Brands by the word that names them: developer, family. The word is the beginning of the model's
# name.
BRANDS: dict[str, tuple[str, str]] = {
    "gpt": ("OpenAI", "GPT"),
    "o1": ("OpenAI", "o-series"),
    "o3": ("OpenAI", "o-series"),
    "o4": ("OpenAI", "o-series"),
    "codex": ("OpenAI", "Codex"),
    "computer": ("OpenAI", "Computer Use"),
    "babbage": ("OpenAI", "GPT base"),
    "davinci": ("OpenAI", "GPT base"),
    "ada": ("OpenAI", "GPT base"),
    "curie": ("OpenAI", "GPT base"),
    "chat": ("OpenAI", "GPT"),
    "whisper": ("OpenAI", "Whisper"),
    "tts": ("OpenAI", "TTS"),
    "sora": ("OpenAI", "Sora"),
    "claude": ("Anthropic", "Claude"),
    "deepseek": ("DeepSeek", "DeepSeek"),
    "grok": ("xAI", "Grok"),
    "llama": ("Meta", "Llama"),
    "mistral": ("Mistral AI", "Mistral"),
    "ministral": ("Mistral AI", "Ministral"),
    "codestral": ("Mistral AI", "Codestral"),
    "pixtral": ("Mistral AI", "Pixtral"),
    "magistral": ("Mistral AI", "Magistral"),
    "nemo": ("Mistral AI", "Mistral"),
    "phi": ("Microsoft", "Phi"),
    "mai": ("Microsoft", "MAI"),
    "model": ("Microsoft", "Model router"),
    "kimi": ("Moonshot AI", "Kimi"),
    "qwen": ("Alibaba", "Qwen"),
    "glm": ("Z.ai", "GLM"),
    "minimax": ("MiniMax", "MiniMax"),
    "jamba": ("AI21 Labs", "Jamba"),
    "jais": ("G42", "Jais"),
    "cohere": ("Cohere", "Command"),
    "command": ("Cohere", "Command"),
    "embed": ("Cohere", "Embed"),
    "rerank": ("Cohere", "Rerank"),
    "flux": ("Black Forest Labs", "FLUX"),
    "nemotron": ("NVIDIA", "Nemotron"),
}

# The word that a product's meters leave out before their model's name: Azure OpenAI GPT5 has the
# meter "5.4 inp Gl". The first that stands in the product's name counts.
PRODUCTS: tuple[tuple[str, str], ...] = (
    ("openai oss", "gpt"),
    ("openai", "gpt"),
    ("deepseek", "deepseek"),
    ("grok", "grok"),
    ("llama", "llama"),
    ("mistral", "mistral"),
    ("phi", "phi"),
    ("mai", "mai"),
    ("kimi", "kimi"),
    ("qwen", "qwen"),
    ("cohere", "command"),
    ("flux", "flux"),
    ("claude", "claude"),
    ("anthropic", "claude"),
    ("fireworks", ""),
)


def _all(what: str, value: str, words: str) -> dict[str, tuple[str, str]]:
    return dict.fromkeys(words.split(), (what, value))


WORDS: dict[str, tuple[str, str]] = {
    **_all("direction", "Input", "inp inpt input in prompt"),
    **_all(
        "direction", "Output", "outp outpt output out opt oupt completion completions generated"
    ),
    **_all("cache", "Read", "cached cchd ccchd cd ch cach cache"),
    **_all("cache", "Write", "wr write writes cachewrite"),
    **_all("retention", "5m", "5m"),
    **_all("retention", "1h", "1h"),
    **_all("geo", "global", "glbl gl glb global"),
    **_all("geo", "datazone", "dz dzn dzone datazone datazn"),
    **_all("geo", "regional", "regnl rgnl regional regn"),
    **_all("tier", "batch", "batch btch"),
    **_all("tier", "priority", "pp priority"),
    **_all("tier", "flex", "flex fl"),
    **_all("tier", "provisioned", "provisioned ptu ptus"),
    **_all("tier", "standard", "std standard"),
    **_all("context", "long", "longco loco l"),
    **_all("context", "standard", "shortco shco"),
    **_all("modality", "text", "txt text"),
    **_all("modality", "audio", "aud audio"),
    **_all("modality", "image", "img image"),
    **_all("modality", "video", "vid video"),
    **_all("unit", "token", "token tokens tkn tkns"),
    **_all(
        "unit",
        "other",
        "unit units images image-count characters character second seconds hour hours session"
        " sessions gb calls call pages page megapixel search searches minute minutes",
    ),
    **_all("scale", "1000", "1k"),
    **_all("scale", "1000000", "1m"),
    **_all("tuned", "yes", "ft finetuned finetune tuned"),
    **_all("training", "yes", "trng training hstng hosting grader rft"),
    **_all(
        "",
        "",
        "az azure openai fine ep managed model-inference paygo inference inf hit hits fw dev",
    ),
}

# Letters and digits that Azure writes together, and apart.
GLUED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"data zone"), "datazone"),
    (re.compile(r"gpt-?4o"), "gpt 4o "),
    (re.compile(r"gpt(?=\d)"), "gpt "),
    (re.compile(r"realtime-?prvw"), "realtime preview"),
    (re.compile(r"turbo(?=\d+k)"), "turbo "),
    (re.compile(r"(mini|aud|txt|rt)(?=\d{4}\b)"), r"\1 "),
    (re.compile(r"batch(?=inp|out|opt)"), "batch "),
    (re.compile(r"llama(?=\d)"), "llama "),
)

# Words inside a model's name, as its API spells them.
MODEL_SPELLINGS: dict[str, str] = {
    "mn": "mini",
    "rt": "realtime",
    "rtime": "realtime",
    "prvw": "preview",
    "trscb": "transcribe",
    "tcrb": "transcribe",
    "img": "image",
    "aud": "audio",
    "dpsk": "deepseek",
}

# Azure writes OpenAI's version as month and day; these models' versions are all of one year each.
DATED_YEARS: dict[str, str] = {
    **dict.fromkeys(("0301", "0314", "0613", "1106"), "2023"),
    **dict.fromkeys(
        ("0125", "0409", "0513", "0718", "0806", "0912", "1001", "1120", "1217"), "2024"
    ),
    **dict.fromkeys(
        ("0131", "0227", "0320", "0414", "0416", "0603", "0626", "0807", "0828", "1006", "1215"),
        "2025",
    ),
}

# What AI services sell besides tokens of a model: known, and without a model.
NON_MODEL_METER = re.compile(
    r"\b(provisioned|ptu|hosting|hstng|training|trng|grader|code.?interpreter|file.?search|"
    r"assistants?|agents?|vcpu|memory|web search|bing|grounding|speech|transcription|translat\w*|"
    r"vision|face|language|document|form|avatar|voice|video|content safety|commitment|custom|"
    r"images?|sora|dall-?e|megapixel|rerank|search|pages?|session|storage|connected|container|"
    r"disconnected|s[0-4] |anomaly|personalizer|immersive|metrics|health|knowledge|luis|qna|bot)\b"
)
