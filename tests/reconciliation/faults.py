"""A synthetic month with one fault of each cause, each in a project of its own, and its exact amount.

Every project makes the same calls, day by day; the bill is computed from them at list price, and
then one thing about it (or about the log) is wrong.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from tests.reconciliation.ledgers import charge, event

SINCE = datetime(2026, 6, 1)  # noqa: DTZ001 -- naive UTC, as in the ledger
DAYS = 30
# List prices per token: gpt-5.4 has tiers and long contexts, and Anthropic's bill is in cents.
PRICES = {
    "gpt-4.1": {"input": Decimal("2e-6"), "cache_read": Decimal("5e-7"), "output": Decimal("8e-6")},
    "gpt-5.4": {
        "input": Decimal("2.5e-6"),
        "cache_read": Decimal("2.5e-7"),
        "output": Decimal("1.5e-5"),
    },
    "claude-sonnet-4-6": {
        "input": Decimal("3e-6"),
        "cache_read": Decimal("3e-7"),
        "cache_write": Decimal("3.75e-6"),
        "cache_write_1h": Decimal("6e-6"),
        "output": Decimal("1.5e-5"),
    },
}
_WRITE = {"x_TokenDirection": "Input", "x_TokenCacheAction": "Write"}
_CLASS = {
    "input": {"x_TokenDirection": "Input", "x_TokenCacheAction": "Uncached"},
    "cache_read": {"x_TokenDirection": "Input", "x_TokenCacheAction": "Read"},
    "cache_write": {**_WRITE, "x_CacheRetention": "5m"},
    "cache_write_1h": {**_WRITE, "x_CacheRetention": "1h"},
    "output": {"x_TokenDirection": "Output", "x_TokenCacheAction": "Uncached"},
}


@dataclass
class Call:
    """A call as it really was."""

    at: datetime
    tokens: dict[str, int]
    is_logged: bool = True
    is_error: bool = False
    extra: dict[str, object] = field(default_factory=dict)


@dataclass
class Usage:
    """What a day of a project is billed for one class of tokens."""

    day: datetime
    token_class: str
    quantity: int
    price: Decimal
    columns: dict[str, object] = field(default_factory=dict)

    @property
    def cost(self) -> Decimal:
        return self.quantity * self.price


@dataclass
class Project:
    """Calls, the usage on the bill, further rows of the bill, and what the fault is worth."""

    name: str
    model: str
    calls: list[Call]
    usage: list[Usage] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    truth: dict[str, Decimal] = field(default_factory=dict)
    rounding: int | None = None
    discount: Decimal = Decimal(1)


def traffic(name: str, *, seed: int = 1) -> list[Call]:
    """Return a month of calls and a day on either side, spread over the clock."""
    rng = random.Random(f"{seed}/{name}")
    return [
        Call(
            SINCE + timedelta(days=day, seconds=rng.randrange(86_400)),
            {
                "input": rng.randrange(5_000, 15_000),
                "cache_read": rng.randrange(1_000, 4_000),
                "output": rng.randrange(300, 900),
            },
        )
        for day in range(-1, DAYS + 1)
        for _ in range(12)
    ]


def billed(project: Project, *, pacific: bool = False) -> None:
    """Put the calls on the bill, at list price, by UTC or Pacific day."""
    sums: dict[tuple[datetime, str], int] = defaultdict(int)
    for call in project.calls:
        at = call.at - timedelta(hours=7) if pacific else call.at
        day = datetime(at.year, at.month, at.day)  # noqa: DTZ001 -- naive UTC
        if SINCE <= day < SINCE + timedelta(days=DAYS):
            for token_class, count in call.tokens.items():
                sums[day, token_class] += count
    project.usage = [
        Usage(day, token_class, count, PRICES[project.model][token_class])
        for (day, token_class), count in sorted(sums.items())
    ]


def cost_of(call: Call, model: str) -> Decimal:
    return sum((n * PRICES[model][c] for c, n in call.tokens.items()), Decimal(0))


def in_month(call: Call) -> bool:
    return SINCE <= call.at < SINCE + timedelta(days=DAYS)


# --- faults: each changes the project and says what it is worth ---------------------------------


def uncaptured_traffic(project: Project) -> None:
    for call in project.calls[::5]:
        call.is_logged = False
    lost = [call for call in project.calls if not call.is_logged and in_month(call)]
    billed(project)
    project.truth["uncaptured_traffic"] = sum((cost_of(c, project.model) for c in lost), Decimal(0))


def retry_or_error(project: Project) -> None:
    """On every third day some calls fail; the log states no usage, and they are billed."""
    for call in project.calls:
        if call.at.day % 3 == 0 and call.at.minute % 3 == 0:
            call.is_error = True
    billed(project)
    failed = [call for call in project.calls if call.is_error and in_month(call)]
    project.truth["retry_or_error"] = sum((cost_of(c, project.model) for c in failed), Decimal(0))


def cache_class(project: Project) -> None:
    """The log counts what was read from the cache as plain input."""
    billed(project)
    prices, moved = PRICES[project.model], 0
    for call in project.calls:
        read = call.tokens["cache_read"]
        call.extra = {"input_uncached_tokens": call.tokens["input"] + read, "cache_read_tokens": 0}
        moved += read if in_month(call) else 0
    project.truth["cache_class"] = moved * (prices["cache_read"] - prices["input"])


def _with_writes(project: Project) -> None:
    """Every call writes to the cache, a fifth of it for an hour, and the log knows it."""
    for call in project.calls:
        call.tokens |= {
            "cache_write": call.tokens["input"],
            "cache_write_1h": call.tokens["output"],
        }
        call.extra = {
            "cache_write_5m_tokens": call.tokens["cache_write"],
            "cache_write_1h_tokens": call.tokens["cache_write_1h"],
        }
    billed(project)


def cache_retention(project: Project) -> None:
    """The log does not say how long what was written is kept, and it is priced as the shorter."""
    _with_writes(project)
    prices, held = PRICES[project.model], 0
    for call in project.calls:
        written = call.tokens["cache_write"] + call.tokens["cache_write_1h"]
        call.extra = {"cache_write_tokens": written}
        held += call.tokens["cache_write_1h"] if in_month(call) else 0
    project.truth["cache_class"] = held * (prices["cache_write_1h"] - prices["cache_write"])


def regional_writes(project: Project) -> None:
    """A premium on cache writes of both retentions, which the log tells apart."""
    _with_writes(project)
    project.truth["regional_premium"] = sum((u.cost for u in project.usage), Decimal(0)) / 10
    for usage in project.usage:
        usage.price *= Decimal("1.1")
        usage.columns["x_InferenceGeo"] = "us"


def processing_tier(project: Project) -> None:
    """From the 20th on the bill is that of the batch tier, and says so."""
    billed(project)
    worth = Decimal(0)
    for usage in project.usage:
        if usage.day.day >= 20:
            worth -= usage.cost / 2
            usage.price /= 2
            usage.columns["x_ProcessingTier"] = "batch"
    project.truth["context_or_tier"] = worth


def unnamed_tier(project: Project) -> None:
    """Everything at the price of the priority tier, which the bill does not name: 2 times."""
    billed(project)
    project.usage = [usage for usage in project.usage if usage.token_class != "cache_read"]
    for call in project.calls:
        call.tokens["cache_read"] = 0
    project.truth["context_or_tier"] = sum((usage.cost for usage in project.usage), Decimal(0))
    for usage in project.usage:
        usage.price *= 2


def context(project: Project) -> None:
    """A third of each day's input is billed as long context, at twice the price."""
    billed(project)
    worth = Decimal(0)
    more: list[Usage] = []
    for usage in project.usage:
        if usage.token_class == "input":
            part = usage.quantity // 3
            usage.quantity -= part
            long = Usage(usage.day, "input", part, usage.price * 2, {"x_ContextTier": "long"})
            worth += part * usage.price
            more.append(long)
    project.usage += more
    project.truth["context_or_tier"] = worth


def regional_context(project: Project) -> None:
    """The same on a bill that says regional of every row, as AWS's does."""
    context(project)
    for usage in project.usage:
        usage.columns = {**usage.columns, "x_InferenceGeo": "regional"}


def regional_premium(project: Project) -> None:
    billed(project)
    project.truth["regional_premium"] = sum((u.cost for u in project.usage), Decimal(0)) / 10
    for usage in project.usage:
        usage.price *= Decimal("1.1")
        usage.columns["x_InferenceGeo"] = "regional"


def unnamed_region(project: Project) -> None:
    regional_premium(project)
    for usage in project.usage:
        usage.columns = {}


def discount(project: Project) -> None:
    billed(project)
    project.discount = Decimal("0.85")
    project.truth["discount_or_credit"] = sum(
        (u.cost for u in project.usage), Decimal(0)
    ) * Decimal("-0.15")


def credit(project: Project) -> None:
    billed(project)
    project.rows.append(_other("Credit", Decimal(-3)))
    project.truth["discount_or_credit"] = Decimal(-3)


def discount_rows(project: Project) -> None:
    """The discount stands in rows of its own, as AWS writes it: usage without a quantity."""
    billed(project)
    for usage in list(project.usage):
        row = charge(usage.day, usage.cost * Decimal("-0.07"), x_ModelId=project.model)
        row |= _CLASS[usage.token_class] | {"ConsumedQuantity": None, "ListCost": None}
        project.rows.append(row)
    project.truth["discount_or_credit"] = sum(
        (u.cost for u in project.usage), Decimal(0)
    ) * Decimal("-0.07")


def tax(project: Project) -> None:
    billed(project)
    project.rows.append(_other("Tax", Decimal("4.56")))
    project.truth["tax"] = Decimal("4.56")


def fee(project: Project) -> None:
    billed(project)
    project.rows.append(_other("Purchase", Decimal(25)))
    project.truth["fee"] = Decimal(25)


def capacity(project: Project) -> None:
    """Provisioned throughput by the hour: usage by its category, and nothing that a call makes."""
    billed(project)
    project.rows.append({**_other("Usage", Decimal(40)), "x_ProcessingTier": "provisioned"})
    project.truth["fee"] = Decimal(40)


def time_zone(project: Project) -> None:
    """The bill's days are those of US Pacific time, though its rows carry bare dates."""
    for call in project.calls:
        if call.at >= SINCE + timedelta(days=DAYS):
            call.tokens = {name: 3 * count for name, count in call.tokens.items()}
    billed(project, pacific=True)
    metered = sum((cost_of(c, project.model) for c in project.calls if in_month(c)), Decimal(0))
    project.truth["time_zone"] = sum((u.cost for u in project.usage), Decimal(0)) - metered


def next_day(project: Project) -> None:
    """What ran after 18:00 on some days is billed on the day after."""
    moved = [
        call for call in project.calls if call.at.hour >= 18 and call.at.day in {5, 10, 15, 20, 25}
    ]
    real = {id(call): call.at for call in moved}
    for call in moved:
        call.at += timedelta(hours=6)
    billed(project)
    for call in moved:
        call.at = real[id(call)]
    project.truth["time_zone"] = Decimal(0)


def late_rows(project: Project) -> None:
    """The last two days have not arrived."""
    billed(project)
    last = SINCE + timedelta(days=DAYS - 2)
    project.truth["late_rows"] = -sum((u.cost for u in project.usage if u.day >= last), Decimal(0))
    project.usage = [usage for usage in project.usage if usage.day < last]


def price_disagreement(project: Project) -> None:
    billed(project)
    project.truth["price_disagreement"] = sum(
        (u.cost for u in project.usage), Decimal(0)
    ) * Decimal("0.07")
    for usage in project.usage:
        usage.price *= Decimal("1.07")


def regional_price(project: Project) -> None:
    """Another price, on a bill that says regional of every row: no premium that anybody stated."""
    billed(project)
    project.truth["price_disagreement"] = sum(
        (u.cost for u in project.usage), Decimal(0)
    ) * Decimal("0.17")
    for usage in project.usage:
        usage.price *= Decimal("1.17")
        usage.columns["x_InferenceGeo"] = "regional"


def price_and_discount(project: Project) -> None:
    """Output is dearer than in the book, and everything has a discount: the meter knows neither."""
    billed(project)
    worth = Decimal(0)
    for usage in project.usage:
        if usage.token_class == "output":
            worth += usage.cost * Decimal("0.3")
            usage.price *= Decimal("1.3")
    project.discount = Decimal("0.93")
    project.truth["price_disagreement"] = worth
    project.truth["discount_or_credit"] = sum(
        (u.cost for u in project.usage), Decimal(0)
    ) * Decimal("-0.07")


def no_price(project: Project) -> None:
    """The log names a model that the price book does not know."""
    billed(project)
    for call in project.calls:
        call.extra["answered_model"] = "house-model-7"
    for usage in project.usage:
        usage.columns["x_ModelId"] = "house-model-7"
    project.truth["no_price"] = sum((u.cost for u in project.usage), Decimal(0))


def rounding(project: Project) -> None:
    """The bill rounds every row to cents; it is another provider's, or all would be rounded."""
    billed(project)
    project.rounding = 2
    whole = sum((u.cost for u in project.usage), Decimal(0))
    project.truth["rounding"] = sum((_cost(project, u) for u in project.usage), Decimal(0)) - whole


def sound(project: Project) -> None:
    billed(project)


FAULTS: dict[str, tuple[Callable[[Project], None], str]] = {
    fault.__name__: (fault, model)
    for fault, model in (
        (sound, "gpt-4.1"), (uncaptured_traffic, "gpt-4.1"), (retry_or_error, "gpt-4.1"),
        (cache_class, "gpt-4.1"), (processing_tier, "gpt-4.1"), (unnamed_tier, "gpt-5.4"),
        (context, "gpt-5.4"), (regional_context, "gpt-5.4"), (regional_premium, "gpt-4.1"), (unnamed_region, "gpt-4.1"),
        (regional_price, "gpt-4.1"), (price_and_discount, "gpt-4.1"), (discount_rows, "gpt-4.1"),
        (cache_retention, "claude-sonnet-4-6"), (regional_writes, "claude-sonnet-4-6"),
        (discount, "gpt-4.1"), (credit, "gpt-4.1"), (tax, "gpt-4.1"), (fee, "gpt-4.1"),
        (capacity, "gpt-4.1"),
        (time_zone, "gpt-4.1"), (next_day, "gpt-4.1"), (late_rows, "gpt-4.1"),
        (price_disagreement, "gpt-4.1"), (no_price, "gpt-4.1"), (rounding, "claude-sonnet-4-6"),
    )
}  # fmt: skip


def faulty_month(*, seed: int = 1) -> list[Project]:
    """Return every project with its fault."""
    projects: list[Project] = []
    for name, (fault, model) in FAULTS.items():
        project = Project(name, model, traffic(name, seed=seed))
        fault(project)
        projects.append(project)
    return projects


def events_of(project: Project) -> Iterator[dict[str, object]]:
    """Yield the calls as the log has them."""
    for number, call in enumerate(project.calls):
        if not call.is_logged:
            continue
        counts = {} if call.is_error else {
            "input_uncached_tokens": call.tokens["input"],
            "cache_read_tokens": call.tokens["cache_read"],
            "output_tokens": call.tokens["output"],
        }  # fmt: skip
        columns = {
            "answered_model": project.model,
            **counts,
            **({} if call.is_error else call.extra),
        }
        yield event(
            f"{project.name}-{number}", call.at,
            provider="anthropic" if "claude" in project.model else "openai",
            project=project.name, is_error=call.is_error, **columns,
        )  # fmt: skip


def charges_of(project: Project, *, exported: datetime) -> Iterator[dict[str, object]]:
    """Yield the rows of the bill."""
    seen = {"x_SourceExportTime": exported, "SubAccountId": project.name}
    account = "org-rounded" if project.rounding is not None else "org"
    provider = "Anthropic" if "claude" in project.model else "OpenAI"
    for usage in project.usage:
        cost = _cost(project, usage)
        yield charge(
            usage.day, cost,
            BillingAccountId=account,
            ServiceProviderName=provider,
            ListCost=usage.cost if project.rounding is None else cost,
            ContractedCost=cost,
            ConsumedQuantity=usage.quantity,
            **{"x_ModelId": project.model, **_CLASS[usage.token_class], **seen, **usage.columns},
        )  # fmt: skip
    for row in project.rows:
        yield {**row, **seen}


def _cost(project: Project, usage: Usage) -> Decimal:
    cost = usage.cost * project.discount
    if project.rounding is None:
        return cost
    return cost.quantize(Decimal(1).scaleb(-project.rounding), rounding=ROUND_HALF_EVEN)


def _other(category: str, cost: Decimal) -> dict[str, object]:
    row = charge(SINCE + timedelta(days=9), cost, ChargeCategory=category)
    for name in ("x_ModelId", "x_TokenDirection", "x_TokenCacheAction", "ConsumedUnit"):
        del row[name]
    return row
