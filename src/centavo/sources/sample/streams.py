"""The streams of requests: who asks which model, how often, and how large."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from centavo.sources.sample.company import UNLABELLED
from centavo.sources.sample.plan import Plan, Window
from centavo.sources.sample.workdays import Profile

__all__ = ["STREAMS", "Caching", "Stream", "model_on", "window_of"]

Caching = Literal["none", "automatic", "explicit"]
Span = tuple[int, int]


@dataclass(frozen=True)
class Stream:
    """One kind of request.

    Attributes:
        code: Short name; seeds the stream's own random numbers.
        application: Application that asks.
        endpoint: Route of the application.
        feature: Feature of the application.
        provider: openai, anthropic or google.
        model: As priced; ``model_on`` gives the one of a day.
        per_day: Expected requests of a plain Monday in the first month, all turns counted.
        opening: New input tokens of the first turn, smallest and largest.
        output: Output tokens, reasoning included.
        environment: production, staging, test or development.
        profile: On which days people use it.
        hours: At which hours; ``None`` when those of ``profile``.
        prefix: System prompt and tool schemas, tokens; of a stream with texts, replaced by theirs.
        turns: Requests of one session, fewest and most.
        fresh: New input tokens of each later turn.
        reasoning_share: Part of the output that is reasoning.
        caching: none, automatic (the provider's) or explicit (written at a price).
        has_customer: Whether a seller asks.
        texts: Name of its texts in ``bodies``; empty when it is never logged with bodies.
        body_share: Share of sessions logged with their bodies.
    """

    code: str
    application: str
    endpoint: str
    feature: str
    provider: str
    model: str
    per_day: float
    opening: Span
    output: Span
    environment: str = "production"
    profile: Profile = "shop"
    hours: Profile | None = None
    prefix: int = 0
    turns: Span = (1, 1)
    fresh: Span = (0, 0)
    reasoning_share: float = 0.0
    caching: Caching = "none"
    has_customer: bool = False
    texts: str = ""
    body_share: float = 0.0


_CHAT = "atendimento-chat"
_SEARCH = "busca-semantica"
_DOCUMENTS = "extracao-documentos"
_CODE = "assistente-codigo"

STREAMS: tuple[Stream, ...] = (
    Stream(
        "chat", _CHAT, "/v1/chat", "resposta", "openai", "gpt-4.1", 40, (500, 2600), (120, 520),
        turns=(2, 6), fresh=(200, 1500), caching="automatic", has_customer=True,
        texts="chat", body_share=0.08,
    ),
    Stream(
        "copilot", _CHAT, "/v1/copiloto", "copiloto-atendente", "anthropic", "claude-sonnet-4-6",
        42, (900, 2600), (150, 700), profile="office", turns=(4, 9), fresh=(200, 1200),
        texts="copilot", body_share=0.035,
    ),
    Stream(
        "summary", _CHAT, "/v1/resumo", "resumo-conversa", "openai", "gpt-5.4", 38,
        (30_000, 140_000), (500, 1400), prefix=1_450, has_customer=True, reasoning_share=0.3,
    ),
    Stream(
        "answer", _SEARCH, "/v1/resposta", "resposta-busca", "google", "gemini-2.5-pro", 30,
        (38_000, 120_000), (700, 2400), prefix=2_100, has_customer=True, reasoning_share=0.45,
        caching="automatic",
    ),
    Stream(
        "rewrite", _SEARCH, "/v1/reescrita", "reescrita-consulta", "google", "gemini-2.5-flash", 20,
        (700, 3200), (30, 160), prefix=900, has_customer=True,
    ),
    Stream(
        "index", _SEARCH, "/v1/indexar", "indexacao", "openai", "text-embedding-3-small", 7,
        (90_000, 280_000), (0, 0), profile="night",
    ),
    Stream(
        "extract", _DOCUMENTS, "/v1/extrair", "extracao", "google", "gemini-2.5-pro", 27,
        (40_000, 235_000), (1800, 5200), profile="office", prefix=3_300, has_customer=True,
        reasoning_share=0.35,
    ),
    Stream(
        "code", _CODE, "/agente", "edicao", "anthropic", "claude-opus-4-6", 52, (28_000, 66_000),
        (300, 1900), profile="office", prefix=14_200, turns=(6, 18), fresh=(2_000, 7_500),
        caching="explicit",
    ),
    Stream(
        "marketing", "conteudo-marketing", "/v1/gerar", "descricao-produto", "openai", "gpt-5.5",
        48, (900, 2600), (500, 1900), profile="office", reasoning_share=0.4,
        texts="marketing", body_share=0.05,
    ),
    Stream(
        "fraud", "notas-fraude", "/v1/classificar", "classificacao", "anthropic",
        "claude-opus-4-6", 46, (4000, 11_000), (6, 6), texts="fraud", body_share=0.04,
    ),
    Stream(
        "reports", UNLABELLED, "", "", "openai", "gpt-4o", 32, (30_000, 116_000), (500, 1100),
        profile="night", prefix=1_900,
    ),
    # The same applications outside production, as they should be: small.
    Stream(
        "chat-staging", _CHAT, "/v1/chat", "resposta", "openai", "gpt-4.1", 4, (500, 2600),
        (120, 520), environment="staging", profile="office", prefix=2_000, turns=(1, 3),
        fresh=(200, 1500), caching="automatic",
    ),
    Stream(
        "answer-staging", _SEARCH, "/v1/resposta", "resposta-busca", "google", "gemini-2.5-pro", 3,
        (30_000, 90_000), (700, 2400), environment="staging", profile="office", prefix=2_100,
        reasoning_share=0.45,
    ),
    Stream(
        "extract-test", _DOCUMENTS, "/v1/extrair", "extracao", "google", "gemini-2.5-pro", 2,
        (40_000, 160_000), (1800, 5200), environment="test", profile="office", prefix=3_300,
        reasoning_share=0.35,
    ),
    # Planted: the tests read every production document again each night.
    Stream(
        "extract-nightly", _DOCUMENTS, "/v1/extrair", "extracao", "google", "gemini-2.5-pro", 26,
        (40_000, 235_000), (1800, 5200), environment="test", profile="office", hours="night",
        prefix=3_300, reasoning_share=0.35,
    ),
    Stream(
        "marketing-dev", "conteudo-marketing", "/v1/gerar", "descricao-produto", "openai",
        "gpt-5.5", 2, (1500, 4600), (500, 1900), environment="development", profile="office",
        prefix=1_400, reasoning_share=0.4,
    ),
)  # fmt: skip


def window_of(stream: Stream, plan: Plan) -> Window:
    """Return the days on which the stream asks anything."""
    if stream.code == "reports":
        return plan.unlabelled
    if stream.code == "extract-nightly":
        return plan.test_like_production
    return plan.whole


def model_on(stream: Stream, day: date, plan: Plan) -> str:
    """Return the model that the stream uses on a day."""
    if stream.code == "summary" and day >= plan.model_switch:
        return "gpt-5.6-terra"
    return stream.model
