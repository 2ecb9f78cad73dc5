"""The machines of the sample company: what they are, when they run and how busy they are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from centavo.sources.sample.plan import Plan
from centavo.sources.sample.workdays import LOCAL_UTC_OFFSET_H, hour_weights, is_holiday

__all__ = ["MACHINES", "Machine", "Part", "busy_share", "is_running"]

Schedule = Literal["always", "office", "training"]
_SHOP = hour_weights("shop")


@dataclass(frozen=True)
class Part:
    """One thing that a running machine is billed for by the hour.

    Attributes:
        service: Service of the bill.
        sku: SKU description.
        quantity: Cores, GiB or GPUs.
        usd_per_hour: Price of one of them; invented, of the size of public list prices.
        is_memory: Whether the quantity is GiB.
    """

    service: str
    sku: str
    quantity: int
    usd_per_hour: Decimal
    is_memory: bool = False


@dataclass(frozen=True)
class Machine:
    """A machine with or without GPU.

    Attributes:
        name: Resource name, the same in the bill and in the samples.
        kind: gpu or vm, as in the ledger.
        parts: What is billed.
        application: Owner.
        environment: production, staging, test or development.
        region: Where it runs.
        schedule: When it runs.
        cores: Virtual cores.
        memory_gib: Main memory; of the GPU for kind gpu.
        busy: Smallest and largest share of the capacity in use in an ordinary hour.
        watts: Electrical power at rest and at full load; zero when nobody measures it.
        credit: Name of the discount on its price; empty when there is none.
    """

    name: str
    kind: Literal["gpu", "vm"]
    parts: tuple[Part, ...]
    application: str
    environment: str
    region: str
    schedule: Schedule
    cores: int
    memory_gib: int
    busy: tuple[float, float]
    watts: tuple[int, int] = (0, 0)
    credit: str = ""

    @property
    def usd_per_hour(self) -> Decimal:
        """List price of one hour."""
        return sum((each.quantity * each.usd_per_hour for each in self.parts), Decimal(0))


def _compute(family: str, place: str, *, cores: int, memory: int, prices: str) -> tuple[Part, ...]:
    core, ram = (Decimal(each) for each in prices.split())
    return (
        Part("Compute Engine", f"{family} Instance Core running in {place}", cores, core),
        Part("Compute Engine", f"{family} Instance Ram running in {place}", memory, ram, True),  # noqa: FBT003 -- the last field of a record
    )


def _gpu(description: str, usd_per_hour: str) -> Part:
    return Part("Compute Engine", description, 1, Decimal(usd_per_hour))


_L4 = _gpu("Nvidia L4 GPU running in Americas", "0.560040")
_G2 = "0.024988 0.002927"
_ENDPOINT = "Vertex AI: Online/Batch Prediction"
COMMITMENT = "Committed use discount: L4 inference, 1 year"
SUSTAINED = "Sustained use discount"

MACHINES: tuple[Machine, ...] = (
    *(
        Machine(
            f"gpu-inferencia-{number:02}", "gpu",
            (*_compute("G2", "Americas", cores=8, memory=32, prices=_G2), _L4),
            "busca-semantica", "production", "us-central1", "always", 8, 24, (0.12, 0.86),
            watts=(17, 72), credit=COMMITMENT,
        )
        for number in (1, 2)
    ),
    Machine(
        "gpu-treino-01", "gpu",
        (
            *_compute("A2", "Americas", cores=12, memory=85, prices="0.031611 0.004237"),
            _gpu("Nvidia Tesla A100 GPU running in Americas", "2.933908"),
        ),
        "treino-modelos", "development", "us-central1", "training", 12, 40, (0.78, 0.97),
        watts=(52, 395),
    ),
    Machine(
        "gpu-caderno-01", "gpu",
        (*_compute("G2", "Americas", cores=12, memory=48, prices=_G2), _L4),
        "treino-modelos", "development", "us-central1", "always", 12, 24, (0.05, 0.74),
        watts=(17, 72),
    ),
    Machine(
        "recomendacao-v1-endpoint", "gpu",
        (
            Part("Vertex AI", f"{_ENDPOINT} N1 Predefined Instance Core running in Americas", 8,
                 Decimal("0.036500")),
            Part("Vertex AI", f"{_ENDPOINT} N1 Predefined Instance Ram running in Americas", 30,
                 Decimal("0.004900"), True),  # noqa: FBT003 -- the last field of a record
            Part("Vertex AI", f"{_ENDPOINT} Nvidia Tesla T4 GPU running in Americas", 1,
                 Decimal("0.402500")),
        ),
        "recomendacao-v1", "production", "us-central1", "always", 8, 16, (0.06, 0.41),
        watts=(10, 70),
    ),
    Machine(
        "vm-etl-01", "vm",
        _compute("N2", "Sao Paulo", cores=8, memory=32, prices="0.050180 0.006726"),
        "plataforma-dados", "production", "southamerica-east1", "always", 8, 32, (0.02, 0.14),
    ),
    Machine(
        "vm-api-01", "vm",
        _compute("N2", "Sao Paulo", cores=4, memory=16, prices="0.050180 0.006726"),
        "busca-semantica", "production", "southamerica-east1", "always", 4, 16, (0.18, 0.78),
        credit=SUSTAINED,
    ),
    Machine(
        "vm-teste-01", "vm",
        _compute("E2", "Sao Paulo", cores=4, memory=16, prices="0.034600 0.004637"),
        "plataforma-dados", "test", "southamerica-east1", "office", 4, 16, (0.1, 0.6),
    ),
)  # fmt: skip


def _is_office_hour(local: datetime) -> bool:
    return local.weekday() < 5 and not is_holiday(local.date()) and 8 <= local.hour < 20


def _is_training_hour(local: datetime) -> bool:
    # From Monday to Thursday at 20:00, until 06:00 of the morning after.
    evening = local if local.hour >= 20 else local - timedelta(days=1)
    return (local.hour >= 20 or local.hour < 6) and evening.weekday() < 4


_RUNS: dict[Schedule, Callable[[datetime], bool]] = {
    "always": lambda _: True,
    "office": _is_office_hour,
    "training": _is_training_hour,
}


def is_running(machine: Machine, hour: datetime) -> bool:
    """Return whether the machine runs in the hour that begins then (UTC)."""
    return _RUNS[machine.schedule](hour + timedelta(hours=LOCAL_UTC_OFFSET_H))


def busy_share(machine: Machine, hour: datetime, plan: Plan) -> tuple[float, float]:
    """Return the smallest and largest share of the machine in use in an hour, 0 to 1."""
    local = hour + timedelta(hours=LOCAL_UTC_OFFSET_H)
    day: date = local.date()
    forgotten = machine.name == "recomendacao-v1-endpoint" and day in plan.forgotten_endpoint
    if forgotten or (machine.name == "gpu-caderno-01" and day in plan.idle_gpu):
        return (0.0, 0.012)
    low, high = machine.busy
    if machine.name == "gpu-caderno-01" and not _is_office_hour(local):
        return (0.0, 0.1)
    if machine.schedule == "always" and machine.environment == "production":
        # Follows the shoppers: night, morning, evening.
        level = _SHOP[local.hour] / max(_SHOP)
        return (low, low + (high - low) * max(0.15, level))
    return (low, high)
