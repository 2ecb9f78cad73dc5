"""Provider and model of the names that aider, and LiteLLM below it, write."""

from centavo.sources.requests.model_endpoints import provider_name, provider_of_model

__all__ = ["provider_and_model"]


def provider_and_model(named: str | None) -> tuple[str | None, str | None]:
    """Return who served the model and its name there.

    LiteLLM writes ``provider/model``; without a provider the model's name tells, if it can.

    >>> provider_and_model("openrouter/anthropic/claude-3-opus")
    ('openrouter', 'anthropic/claude-3-opus')
    >>> provider_and_model("gpt-4o")
    ('openai', 'gpt-4o')
    """
    prefix, slash, rest = (named or "").partition("/")
    if slash:
        return provider_name(prefix), rest
    return provider_of_model(named), named
