"""One name for a provider, however meters, vendors and bills spell it."""

import re

__all__ = ["provider_id"]

# Beginning of a name, letters only -> provider. The longest that fits wins.
_PROVIDERS: dict[str, str] = {
    "alibaba": "alibaba",
    "amazon": "aws",
    "anthropic": "anthropic",
    "aws": "aws",
    "azure": "azure",
    "bedrock": "aws",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "gcp": "google",
    "gemini": "google",
    "google": "google",
    "groq": "groq",
    "huggingface": "huggingface",
    "microsoft": "azure",
    "mistral": "mistral",
    "openai": "openai",
    "openrouter": "openrouter",
    "oracle": "oci",
    "oci": "oci",
    "perplexity": "perplexity",
    "together": "together",
    "vertex": "google",
    "xai": "x-ai",
}


def provider_id(name: str | None) -> str:
    """Return the provider by one name, whoever spelled it; ``unknown`` for none.

    >>> provider_id("Google Cloud"), provider_id("gcp.vertex_ai"), provider_id("Amazon Web Services")
    ('google', 'google', 'aws')
    """
    if not name or not name.strip():
        return "unknown"
    letters = re.sub(r"[^a-z]", "", name.lower())
    fitting = [start for start in _PROVIDERS if letters.startswith(start)]
    return _PROVIDERS[max(fitting, key=len)] if fitting else name.strip().lower()
