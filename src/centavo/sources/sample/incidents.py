"""The planted incidents and the harmless look-alikes, each with its money by day.

The money is what the incident adds to the cost, computed from the same requests and rows as the
files, so that a reader of the files can compute it again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from centavo.sources.sample.call import Call
from centavo.sources.sample.company import UNLABELLED
from centavo.sources.sample.google_bill import COMMITMENT_SHARE, GoogleCharge
from centavo.sources.sample.plan import Plan, Window
from centavo.sources.sample.pricelist import PriceList, usd
from centavo.sources.sample.rates import Rates, reais
from centavo.sources.sample.texts import Texts

__all__ = ["CACHE_LIFETIME_MS", "Facts", "Incident", "planted"]

CACHE_LIFETIME_MS = 5 * 60 * 1000
CHEAPER_MODEL = "claude-haiku-4-5"
OVERSIZED_MACHINE = "vm-etl-01"
# A quarter of the cores and of the memory holds its busiest hour.
OVERSIZED_SHARE = Decimal("0.75")


@dataclass(frozen=True)
class Facts:
    """Everything that was generated."""

    plan: Plan
    calls: list[Call]
    charges: list[GoogleCharge]
    prices: PriceList
    rates: Rates
    texts: Texts


@dataclass(frozen=True)
class Incident:
    """One planted incident.

    Attributes:
        id: Stable name.
        kind: What a module should call it.
        module: The module that should find it.
        what: One sentence.
        measure: How its money can be computed from the files.
        scope: Where it is, by the names of the ledger's scope.
        window: When.
        visible_in: bill, requests, resources.
        daily_usd: What it adds, by UTC day; below zero when it saves.
        daily_brl: The same on Google's bill; empty when Google does not bill it.
        facts: Further figures that a scorer needs.
    """

    id: str
    kind: str
    module: str
    what: str
    measure: str
    scope: dict[str, str]
    window: Window
    visible_in: tuple[str, ...]
    daily_usd: dict[date, Decimal]
    daily_brl: dict[date, Decimal] = field(default_factory=dict[date, Decimal])
    facts: dict[str, object] = field(default_factory=dict[str, object])


def _daily(parts: Iterable[tuple[date, int]]) -> dict[date, Decimal]:
    sums: defaultdict[date, int] = defaultdict(int)
    for day, pico in parts:
        sums[day] += pico
    return {day: usd(pico) for day, pico in sorted(sums.items())}


def _on_bill(facts: Facts, daily: dict[date, Decimal]) -> dict[date, Decimal]:
    """Return dollars by day in reais at the rate of the day's invoice month."""
    return {
        day: reais(amount, facts.rates.of_invoice(day.replace(day=1)))
        for day, amount in daily.items()
    }


def _of_stream(facts: Facts, stream: str) -> Iterator[Call]:
    return (each for each in facts.calls if each.stream == stream and each.status == 200)


def _machine(
    facts: Facts, name: str, window: Window, *, share: Decimal = Decimal(1)
) -> tuple[dict[date, Decimal], dict[date, Decimal]]:
    """Return the net cost of a machine in a window, by day, in dollars and reais."""
    dollars: defaultdict[date, Decimal] = defaultdict(Decimal)
    local: defaultdict[date, Decimal] = defaultdict(Decimal)
    for charge in facts.charges:
        if charge.resource == name and charge.day in window:
            dollars[charge.day] += charge.usd * share
            local[charge.day] += (charge.brl + charge.credit_brl) * share
    return dict(dollars), dict(local)


def _spike(facts: Facts) -> Incident:
    daily = _daily((each.day, each.cost_pico) for each in facts.calls if each.incident == "spike")
    return Incident(
        "spike",
        "spike",
        "consumption",
        "For one night a client resends the same search every time its 30 seconds are over.",
        "Sum of the cost of the request that hundreds name as parent_event_id, and of those; or "
        "the day's cost less that of the same weekday before and after.",
        {
            "application": "busca-semantica",
            "environment": "production",
            "endpoint": "/v1/resposta",
            "model": "gemini-2.5-pro",
            "customer": "lojista-004",
        },
        facts.plan.spike,
        ("bill", "requests"),
        daily,
        _on_bill(facts, daily),
    )


def _ramp(facts: Facts) -> Incident:
    return Incident(
        "ramp",
        "ramp",
        "consumption",
        "The coding agent carries ever longer histories along; after eight weeks a request is "
        "three times as long as before. A release that compacts them ends it.",
        "Cost of each request less what it would cost without the growth; from outside: the "
        "cost per request above its median before the ramp, times requests.",
        {
            "application": "assistente-codigo",
            "environment": "production",
            "endpoint": "/agente",
            "model": "claude-opus-4-6",
        },
        facts.plan.ramp,
        ("bill", "requests"),
        _daily(
            (each.day, each.cost_pico - each.plain_cost_pico)
            for each in facts.calls
            if each.plain_cost_pico is not None and each.status == 200
        ),
    )


def _forgotten_endpoint(facts: Facts) -> Incident:
    name = "recomendacao-v1-endpoint"
    window = facts.plan.forgotten_endpoint
    return Incident(
        "forgotten-endpoint",
        "forgotten_endpoint",
        "infra",
        "The prediction endpoint of the old recommender gets no request any more and runs on.",
        "Net cost of the resource from the first day without use.",
        {"application": "recomendacao-v1", "environment": "production", "resource": name},
        window,
        ("bill", "resources"),
        *_machine(facts, name, window),
    )


def _test_like_production(facts: Facts) -> Incident:
    daily = _daily((each.day, each.cost_pico) for each in _of_stream(facts, "extract-nightly"))
    return Incident(
        "test-like-production",
        "test_env_spend",
        "consumption",
        "The tests read every production document again each night.",
        "Cost of the environment test of the application less its cost per day before.",
        {"application": "extracao-documentos", "environment": "test", "model": "gemini-2.5-pro"},
        facts.plan.test_like_production,
        ("bill", "requests"),
        daily,
        _on_bill(facts, daily),
    )


def _oversized_model(facts: Facts) -> Incident:
    def saved(call: Call) -> int:
        cheaper = facts.prices.unit(
            "anthropic", CHEAPER_MODEL, day=call.day, input_tokens=call.tokens.input
        )
        return call.cost_pico - cheaper.cost(call.tokens)

    return Incident(
        "oversized-model",
        "oversized_model",
        "modelfit",
        "A frontier model answers APROVAR or REVISAR in six tokens.",
        f"Cost of the same tokens less their cost with {CHEAPER_MODEL}.",
        {
            "application": "notas-fraude",
            "environment": "production",
            "endpoint": "/v1/classificar",
            "model": "claude-opus-4-6",
        },
        facts.plan.whole,
        ("bill", "requests"),
        _daily((each.day, saved(each)) for each in _of_stream(facts, "fraud")),
        facts={"cheaper_model": CHEAPER_MODEL, "output_tokens": 6},
    )


def _bloated_prompt(facts: Facts) -> Incident:
    def excess(call: Call) -> int:
        unit = facts.prices.unit(
            call.provider, call.model, day=call.day, input_tokens=call.tokens.input
        )
        return call.excess_tokens * unit.uncached

    prompts = facts.texts.prompts
    before, after = prompts["marketing"].tokens, prompts["marketing-v2"].tokens
    return Incident(
        "bloated-prompt",
        "bloated_prompt",
        "prompts",
        "Version 2 of the prompt repeats its rules three times and carries the style guides of "
        "eight brands and 26 tools, of which two are of use.",
        "Input tokens of the prompt above those of version 1, times requests, at the price of "
        "uncached input.",
        {
            "application": "conteudo-marketing",
            "environment": "production",
            "endpoint": "/v1/gerar",
            "model": "gpt-5.5",
        },
        facts.plan.bloated_prompt,
        ("bill", "requests"),
        _daily(
            (each.day, excess(each))
            for each in _of_stream(facts, "marketing")
            if each.excess_tokens
        ),
        facts={
            "prompt_tokens_before": before,
            "prompt_tokens_after": after,
            "excess_tokens_per_request": after - before,
        },
    )


def _cacheable(facts: Facts) -> Iterator[tuple[date, int]]:
    """Return what a five-minute cache of the constant beginning would have saved, per request."""
    warm_until = 0
    for call in _of_stream(facts, "copilot"):
        unit = facts.prices.unit(
            call.provider, call.model, day=call.day, input_tokens=call.tokens.input
        )
        is_warm = call.at_ms <= warm_until
        cached = unit.cache_read if is_warm else unit.cache_write
        yield call.day, call.prefix_tokens * (unit.uncached - cached)
        warm_until = call.at_ms + CACHE_LIFETIME_MS


def _missing_cache(facts: Facts) -> Incident:
    return Incident(
        "missing-cache",
        "missing_cache",
        "prompts",
        "Every request of the agents' copilot sends the same manual, and no cache is asked for.",
        "For each request the constant tokens at the price of uncached input less that of a "
        "cache read when another request started at most five minutes before, or of a cache "
        "write when none did.",
        {
            "application": "atendimento-chat",
            "environment": "production",
            "endpoint": "/v1/copiloto",
            "model": "claude-sonnet-4-6",
        },
        facts.plan.whole,
        ("requests",),
        _daily(_cacheable(facts)),
        facts={
            "constant_tokens": facts.texts.prompts["copilot"].tokens,
            "cache_lifetime_s": CACHE_LIFETIME_MS // 1000,
        },
    )


def _idle_gpu(facts: Facts) -> Incident:
    window = facts.plan.idle_gpu
    return Incident(
        "idle-gpu",
        "idle_gpu",
        "infra",
        "A notebook with a GPU runs day and night and uses at most 1.2 % of it.",
        "Net cost of the resource in the period.",
        {
            "application": "treino-modelos",
            "environment": "development",
            "resource": "gpu-caderno-01",
        },
        window,
        ("bill", "resources"),
        *_machine(facts, "gpu-caderno-01", window),
    )


def _price_change(facts: Facts) -> Incident:
    model = "gpt-5.6-terra"
    first = facts.plan.model_switch

    def change(call: Call) -> int:
        old = facts.prices.unit("openai", model, day=first, input_tokens=call.tokens.input)
        return call.cost_pico - old.cost(call.tokens)

    used = [each for each in _of_stream(facts, "summary") if each.model == model]
    daily = {
        day: amount for day, amount in _daily((c.day, change(c)) for c in used).items() if amount
    }
    return Incident(
        "price-change",
        "price_change",
        "consumption",
        "OpenAI lowers the price of the model; volume and tokens per request stay as they are.",
        "Cost of the tokens less their cost at the price of the first day of use.",
        {
            "application": "atendimento-chat",
            "environment": "production",
            "endpoint": "/v1/resumo",
            "model": model,
        },
        Window(min(daily, default=facts.plan.until), facts.plan.until),
        ("bill", "requests"),
        daily,
    )


def _unlabelled(facts: Facts) -> Incident:
    calls = list(_of_stream(facts, "reports"))
    logged = [each for each in calls if each.is_logged]
    return Incident(
        "unlabelled-application",
        "unlabelled",
        "consumption",
        "An application uses the default project and key; nobody labelled it, and three in ten "
        "of its requests are not in the log.",
        "Cost of the project.",
        {"project": "proj_default", "model": "gpt-4o"},
        facts.plan.unlabelled,
        ("bill", "requests"),
        _daily((each.day, each.cost_pico) for each in calls),
        facts={
            "true_application": UNLABELLED,
            "true_team": "financeiro",
            "requests": len(calls),
            "logged_requests": len(logged),
            "unlogged_usd": str(usd(sum(each.cost_pico for each in calls if not each.is_logged))),
        },
    )


def _discount_ended(facts: Facts) -> Incident:
    window = facts.plan.discount_ended
    dollars: defaultdict[date, Decimal] = defaultdict(Decimal)
    local: defaultdict[date, Decimal] = defaultdict(Decimal)
    for charge in facts.charges:
        if charge.resource.startswith("gpu-inferencia") and charge.day in window:
            dollars[charge.day] += charge.usd * COMMITMENT_SHARE
            local[charge.day] += charge.brl * COMMITMENT_SHARE
    return Incident(
        "discount-ended",
        "discount_ended",
        "consumption",
        "The committed-use discount of the inference GPUs is over; the same hours cost 59 % more.",
        f"{COMMITMENT_SHARE} of the cost before credits of gpu-inferencia-01 and -02.",
        {
            "application": "busca-semantica",
            "environment": "production",
            "service": "Compute Engine",
        },
        window,
        ("bill",),
        dict(dollars),
        dict(local),
    )


def _oversized_machine(facts: Facts) -> Incident:
    window = facts.plan.whole
    return Incident(
        "oversized-vm",
        "oversized_machine",
        "infra",
        "A machine of 8 cores and 32 GiB uses less than 1.2 cores and 8 GiB in its busiest hour.",
        f"{OVERSIZED_SHARE} of the net cost of the resource: 2 cores and 8 GiB are enough.",
        {
            "application": "plataforma-dados",
            "environment": "production",
            "resource": OVERSIZED_MACHINE,
        },
        window,
        ("bill", "resources"),
        *_machine(facts, OVERSIZED_MACHINE, window, share=OVERSIZED_SHARE),
        {"cores": 8, "enough_cores": 2, "memory_gib": 32, "enough_memory_gib": 8},
    )


_PLANTED: tuple[Callable[[Facts], Incident], ...] = (
    _spike,
    _ramp,
    _forgotten_endpoint,
    _test_like_production,
    _oversized_model,
    _bloated_prompt,
    _missing_cache,
    _idle_gpu,
    _price_change,
    _unlabelled,
    _discount_ended,
    _oversized_machine,
)


def planted(facts: Facts) -> list[Incident]:
    """Return the incidents that fall into the sample, in the order of the documentation."""
    incidents = (make(facts) for make in _PLANTED)
    return [each for each in incidents if each.window.days and each.daily_usd]
