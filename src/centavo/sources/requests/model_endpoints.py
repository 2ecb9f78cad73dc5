"""Who answered and what was asked, read from the address, or from the answer's own shape.

Provider names are those of genai-prices, which follow OpenTelemetry's ``gen_ai.provider.name``
where that has one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, unquote, urlsplit

from centavo.sources.record_values import JsonObject, as_list, as_object, is_object, text

__all__ = [
    "Endpoint",
    "answer_operation",
    "provider_name",
    "provider_of_model",
    "read_endpoint",
    "split_address",
]

# Host patterns, tried in order on "host/path"; the first that matches names the provider.
_PROVIDERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), provider)
    for pattern, provider in (
        (r"api\.openai\.com/|[a-z]+\.api\.openai\.com/", "openai"),
        (r"api\.anthropic\.com/", "anthropic"),
        (r"([^/]*\.)?googleapis\.com/", "google"),
        (r"[^/]*bedrock[^/]*\.(amazonaws\.com|api\.aws)(\.cn)?/", "aws"),
        (r"[^/]*\.(openai\.azure\.com|azure-api\.net|cognitiveservices\.azure\.com)/", "azure"),
        (r"[^/]*\.(services\.ai\.azure\.com|inference\.ai\.azure\.com)/", "azure"),
        (r"models\.(inference\.ai\.azure\.com|github\.ai)/", "azure"),
        (r"api\.groq\.com/", "groq"),
        (r"(api|codestral)\.mistral\.ai/", "mistral"),
        (r"([^/]*\.)?openrouter\.ai/", "openrouter"),
        (r"api\.deepseek\.com/", "deepseek"),
        (r"api\.cohere\.(ai|com)/", "cohere"),
        (r"([^/]*\.)?api\.x\.ai/|api\.x\.ai/", "x-ai"),
        (r"api\.cerebras\.ai/", "cerebras"),
        (r"api\.fireworks\.ai/", "fireworks"),
        (r"api\.together\.(xyz|ai)/", "together"),
        (r"api\.perplexity\.ai/", "perplexity"),
        (r"api\.novita\.ai/", "novita"),
        (r"api\.avian\.io/", "avian"),
        (r"api\.voyageai\.com/", "voyageai"),
        (r"api\.moonshot\.[a-z]+/", "moonshotai"),
        (r"api\.minimaxi?\.(com|io)/", "minimax"),
        (r"api\.z\.ai/", "zai"),
        (r"open\.bigmodel\.cn/", "zhipuai"),
        (r"api\.doubleword\.ai/", "doubleword"),
        (r"api\.arcee\.ai/", "arcee"),
        (r"inference\.baseten\.co/", "baseten"),
        (r"api\.githubcopilot\.com/", "github-copilot"),
        (r"api\.meta\.ai/", "meta"),
        (r"[^/]+\.modal\.(run|direct)/", "modal"),
        (r"oai\.endpoints\.kepler\.ai\.cloud\.ovh\.net/", "ovhcloud"),
        (r"api\.cloudflare\.com/client/v4/accounts/[^/]+/ai/", "cloudflare"),
        (r"[^/]+\.(azure)?databricks\.(com|net)/(serving-endpoints|ai-gateway)/", "databricks"),
        (r"[^/]+\.snowflakecomputing\.com/", "snowflake"),
        (r"[^/]*\.?ollama\.com/", "ollama"),
    )
)
_HUGGING_FACE = re.compile(r"router\.huggingface\.co/([a-z0-9-]+)/")

# What the end of the path asks for. Order matters: the first that matches.
_OPERATIONS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), operation)
    for pattern, operation in (
        (
            r"(count[_-]?tokens|:countTokens|/responses/input_tokens|/tokenize|/detokenize)$",
            "count",
        ),
        (r"/chat/completions$|/chat$|:chat$", "chat"),
        (r"/fim/completions$|/completions$|/complete$|/api/generate$", "text_completion"),
        (r"/responses/compact$", "compact"),
        (r"/responses$", "responses"),
        (r"/embeddings$|/embed$|/api/embed$|:(batch)?embedContents?$|:embedText$", "embeddings"),
        (r"/v\d+/messages$|/messages$", "messages"),
        (r":(stream)?(generateContent|GenerateContent)$", "generate_content"),
        (r":(stream)?rawPredict$|:predict$", "predict"),
        (r"/converse(-stream)?$", "converse"),
        (r"/invoke(-with-response-stream)?$", "invoke"),
        (r"/rerank$", "rerank"),
        (r"/images/(generations|edits|variations)$", "image_generation"),
        (r"/audio/(speech|transcriptions|translations)$", "audio"),
        (r"/moderations$|/classify$|/ocr$", "other"),
    )
)
_STREAMS = re.compile(r"(:stream[A-Z]\w*|-stream|/invoke-with-response-stream)$")
_MODEL_IN_PATH = (
    re.compile(r"/models/([^/:]+(?::[^/:]+)??):\w+$"),
    re.compile(r"/model/([^/]+)/(?:converse|invoke|count)"),
    re.compile(r"/deployments/([^/]+)/"),
    re.compile(r"/serving-endpoints/([^/]+)/invocations$"),
)
_VERTEX = re.compile(r"/projects/([^/]+)/locations/([^/]+)/")
_RESPONSE_ID = re.compile(r"/responses/([^/]+)$")
_MODEL_PROVIDERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), provider)
    for pattern, provider in (
        (
            r"(gpt-(?!oss)|chatgpt-|ft:gpt-|o[134](-|$)|text-embedding-|whisper-|tts-|dall-e)",
            "openai",
        ),
        (r"claude", "anthropic"),
        (r"(models/)?gemini-", "google"),
        (r"grok-", "x-ai"),
        (r"deepseek-", "deepseek"),
        (r"(labs-)?(mi|code|dev|magi|mini)stral|mixtral|pixtral|voxtral|open-mi", "mistral"),
        (r"command-|embed-(english|multilingual|v4)|rerank-", "cohere"),
        (r"(us|eu|apac|global)\.(amazon|anthropic|meta|cohere|mistral)\.|amazon\.", "aws"),
        (r"voyage-", "voyageai"),
        (r"kimi|moonshot", "moonshotai"),
    )
)


@dataclass(frozen=True)
class Endpoint:
    """What an address says.

    Attributes:
        host: Host and port, in lower case.
        provider: Provider id, or ``None`` for a host that is nobody's in particular.
        operation: What was asked; ``count`` for counting tokens without a model run; ``None`` when
            the path is no model's.
        model: Model or deployment named in the path.
        streams: Whether the path asks for a stream.
        project: Google Cloud project in the path.
        location: Region or ``global`` in the path or host.
        response_id: Id of a stored response that is fetched again.
    """

    host: str
    provider: str | None
    operation: str | None
    model: str | None
    streams: bool
    project: str | None
    location: str | None
    response_id: str | None


def split_address(url: str) -> SplitResult:
    """Return the parts of an address; a log may hold anything in its place.

    >>> split_address("https://[redacted:password]/v1").path
    '/v1'
    """
    try:
        return urlsplit(url)
    except ValueError:
        # Brackets without an IPv6 address, or letters that no host has.
        return urlsplit(re.sub(r"[^!-Z^-~]|[\[\]]", "", url))


@lru_cache(maxsize=10_000)
def read_endpoint(url: str) -> Endpoint:
    """Return what the address of a request says.

    >>> read_endpoint("https://api.openai.com/v1/chat/completions").operation
    'chat'
    >>> read_endpoint(
    ...     "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse"
    ... ).model
    'amazon.nova-lite-v1:0'
    """
    parts = split_address(url if "//" in url else f"//{url}")
    host = (parts.netloc.rpartition("@")[2]).lower()
    path = parts.path.rstrip("/")
    vertex = _VERTEX.search(path)
    stored = _RESPONSE_ID.search(path)
    return Endpoint(
        host=host,
        provider=_provider(host, parts.path),
        operation=next((name for end, name in _OPERATIONS if end.search(path)), None),
        model=_model_in(path),
        streams=_STREAMS.search(path) is not None,
        project=vertex.group(1) if vertex else None,
        location=vertex.group(2) if vertex else None,
        response_id=stored.group(1) if stored and stored.group(1) != "compact" else None,
    )


def _provider(host: str, path: str) -> str | None:
    address = f"{host.partition(':')[0]}{path or '/'}"
    if found := _HUGGING_FACE.match(address):
        return f"huggingface_{found.group(1)}"
    return next((name for pattern, name in _PROVIDERS if pattern.match(address)), None)


def _model_in(path: str) -> str | None:
    for pattern in _MODEL_IN_PATH:
        if found := pattern.search(path):
            return unquote(found.group(1))
    return None


@lru_cache(maxsize=10_000)
def provider_of_model(model: str | None) -> str | None:
    """Return who makes a model of this name, for an answer without an address.

    >>> provider_of_model("gpt-4o-2024-08-06")
    'openai'
    """
    name = (model or "").lower()
    return next((who for pattern, who in _MODEL_PROVIDERS if pattern.match(name)), None)


def answer_operation(answer: JsonObject) -> tuple[str | None, str | None]:
    """Return the operation and the provider that an answer's own shape gives away.

    >>> answer_operation({"object": "chat.completion", "choices": [{}]})
    ('chat', None)
    >>> answer_operation({"candidates": [], "usageMetadata": {}})
    ('generate_content', 'google')
    """
    if "choices" in answer:
        return _choices_operation(answer)
    if (name := _RESPONSE_OBJECTS.get(str(answer.get("object")))) is not None:
        return name, "openrouter" if _is_openrouter(answer) else None
    for name, provider, has_shape in _ANSWER_SHAPES:
        if has_shape(answer):
            return name, provider
    return None, None


_RESPONSE_OBJECTS = {
    "response": "responses",
    "realtime.response": "realtime",
    "response.compaction": "compact",
}


def _choices_operation(answer: JsonObject) -> tuple[str, str | None]:
    provider = "groq" if "x_groq" in answer else None
    if _is_openrouter(answer):
        provider = "openrouter"
    kind = "text_completion" if answer.get("object") == "text_completion" else "chat"
    return kind, provider


def _is_openrouter(answer: JsonObject) -> bool:
    return (text(answer.get("id")) or "").startswith("gen-")


def _is_embedding(answer: JsonObject) -> bool:
    first = as_object(next(iter(as_list(answer.get("data"))), None))
    if first.get("object") == "embedding" or "embedding" in first:
        return True
    return bool({"embedding", "embeddings"} & answer.keys())


_ANSWER_SHAPES: tuple[tuple[str, str | None, Callable[[JsonObject], bool]], ...] = (
    (
        "messages",
        None,
        lambda answer: (
            answer.get("type") == "message" and bool({"usage", "content"} & answer.keys())
        ),
    ),
    (
        "generate_content",
        "google",
        lambda answer: "candidates" in answer or {"usageMetadata", "modelVersion"} <= answer.keys(),
    ),
    ("converse", "aws", lambda answer: {"stopReason", "output"} <= answer.keys()),
    (
        "chat",
        "cohere",
        lambda answer: is_object(answer.get("message")) and "finish_reason" in answer,
    ),
    (
        "embeddings",
        "google",
        lambda answer: "usageMetadata" in answer and _is_embedding(answer),
    ),
    ("embeddings", None, _is_embedding),
)

_PROVIDER_NAMES = {
    "amazon": "aws",
    "amazon-bedrock": "aws",
    "aws.bedrock": "aws",
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "azure-openai": "azure",
    "bedrock": "aws",
    "fireworks-ai": "fireworks",
    "gcp.gemini": "google",
    "gcp.gen-ai": "google",
    "gcp.vertex-ai": "google",
    "gemini": "google",
    "google-ai-studio": "google",
    "mistral-ai": "mistral",
    "mistralai": "mistral",
    "together-ai": "together",
    "vertex": "google",
    "vertex-ai": "google",
    "xai": "x-ai",
}


def provider_name(stated: str | None) -> str | None:
    """Return the provider id for a name as logs and telemetry write it.

    >>> provider_name("aws.bedrock"), provider_name("OpenAI"), provider_name("vertex_ai")
    ('aws', 'openai', 'google')
    """
    if not stated:
        return None
    name = stated.strip().lower()
    return _PROVIDER_NAMES.get(name.replace("_", "-"), name)
