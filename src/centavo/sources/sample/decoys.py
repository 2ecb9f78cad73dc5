"""What looks like an incident in the sample and is none."""

from dataclasses import dataclass
from datetime import date, timedelta

from centavo.sources.sample.google_bill import REFUND_USD, SUPPORT_USD
from centavo.sources.sample.plan import Plan, Window
from centavo.sources.sample.vendor_costs import REFUND_USD as VENDOR_REFUND_USD
from centavo.sources.sample.vendor_costs import SEATS_USD
from centavo.sources.sample.workdays import is_holiday, is_month_end

__all__ = ["Decoy", "decoys"]


@dataclass(frozen=True)
class Decoy:
    """A harmless look-alike.

    Attributes:
        id: Stable name.
        looks_like: Kind of incident that a careless rule would report.
        why: Why it is none.
        scope: Where it is.
        window: When.
        days: The single days; empty when it is the whole window.
    """

    id: str
    looks_like: str
    why: str
    scope: dict[str, str]
    window: Window
    days: tuple[date, ...] = ()


def _days(plan: Plan) -> list[date]:
    return [plan.since + timedelta(days=offset) for offset in range(plan.whole.days)]


def decoys(plan: Plan) -> list[Decoy]:
    """Return the look-alikes of the sample."""
    days = _days(plan)
    switch = Window(plan.model_switch, plan.model_switch + timedelta(days=1))
    refund = Window(plan.refund, plan.refund + timedelta(days=1))
    firsts = tuple(day for day in days if day.day == 1)
    found = (
        Decoy(
            "launch", "spike",
            "A planned launch doubles the shoppers who see answers above the search results; the "
            "cost per request stays the same.",
            {"application": "busca-semantica", "endpoint": "/v1/resposta"}, plan.launch,
        ),
        Decoy(
            "month-end", "spike",
            "Sellers hand in their documents in the last three days of each month.",
            {"application": "extracao-documentos", "environment": "production"}, plan.whole,
            tuple(filter(is_month_end, days)),
        ),
        Decoy(
            "seats", "spike",
            f"Seats of the coding agent, USD {SEATS_USD}, are charged on the first of each month.",
            {"application": "assistente-codigo", "environment": "production"}, plan.whole, firsts,
        ),
        Decoy(
            "support", "spike",
            f"Google's support fee, USD {SUPPORT_USD}, is charged on the first of each month.",
            {"application": "plataforma-dados", "service": "Support"}, plan.whole, firsts,
        ),
        Decoy(
            "tax", "spike",
            "Google's tax on a month is charged in the first hours of the next.",
            {"service": "Invoice"}, plan.whole, firsts[1:],
        ),
        Decoy(
            "holidays", "drop", "Traffic falls on national holidays.", {}, plan.whole,
            tuple(filter(is_holiday, days)),
        ),
        Decoy(
            "refund", "drop",
            f"Anthropic (USD {VENDOR_REFUND_USD}) and Google (USD {REFUND_USD}) pay back.", {}, refund,
        ),
        Decoy(
            "model-switch", "price_change",
            "Summaries move from gpt-5.4 to gpt-5.6-terra, which cost the same on that day.",
            {"application": "atendimento-chat", "endpoint": "/v1/resumo"}, switch,
        ),
        Decoy(
            "training-nights", "idle_gpu",
            "The training GPU runs only in the four nights that it is used, and is busy then.",
            {"application": "treino-modelos", "resource": "gpu-treino-01"}, plan.whole,
        ),
        Decoy(
            "cold-prompts", "missing_cache",
            "Prompts of notas-fraude are shorter than a cache accepts, and search answers share "
            "only 2,100 tokens of up to 120,000.",
            {"application": "notas-fraude"}, plan.whole,
        ),
    )  # fmt: skip
    return [each for each in found if each.window.days]
