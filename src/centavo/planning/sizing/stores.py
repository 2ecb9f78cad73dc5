"""Exact sizes: data sets, checkpoints, embeddings, logs, and the power of a local host."""

from decimal import Decimal

from centavo.errors import InputError
from centavo.planning.sizing.training import Method

__all__ = [
    "checkpoint_gb",
    "data_set_gb",
    "embedding_store_gb",
    "internet_cost_per_month",
    "log_gb_per_month",
    "power_cost_per_month",
    "power_kwh_per_month",
]

_HOURS_A_MONTH = Decimal(730)
_GB = Decimal(10) ** 9


def data_set_gb(tokens: Decimal, *, bytes_per_token: Decimal = Decimal(4)) -> Decimal:
    """Return the size of a text data set; English text has about four bytes a token.

    >>> data_set_gb(Decimal(250_000_000))
    Decimal('1')
    """
    return tokens * bytes_per_token / _GB


def checkpoint_gb(
    parameters: Decimal, *, method: Method = "full", kept: int = 1, adapters: Decimal = Decimal(0)
) -> Decimal:
    """Return the size of kept checkpoints: 16-bit weights, and for full training Adam's 32-bit state.

    Args:
        parameters: Of the model.
        method: Of an adapter only its own weights are kept.
        kept: Checkpoints kept at once.
        adapters: Parameters of the adapter, for LoRA and QLoRA.

    Raises:
        InputError: An adapter is kept, and nobody says how large it is.

    >>> checkpoint_gb(Decimal(8_000_000_000), kept=2)
    Decimal('224')
    """
    if method != "full" and adapters <= 0:
        raise InputError(f"a checkpoint of {method} needs the parameters of its adapter")
    # Weights (2 bytes), master weights and two moments (4 bytes each).
    each = parameters * 14 if method == "full" else adapters * 2
    return each * kept / _GB


def embedding_store_gb(
    chunks: Decimal, *, dimensions: int, bytes_per_value: Decimal = Decimal(4),
    index_share: Decimal = Decimal("0.5"),
) -> Decimal:  # fmt: skip
    """Return the size of a vector store: values, and the share an index adds (a graph index: half).

    >>> embedding_store_gb(Decimal(1_000_000), dimensions=1000, index_share=Decimal(0))
    Decimal('4')
    """
    return chunks * dimensions * bytes_per_value * (1 + index_share) / _GB


def log_gb_per_month(requests: Decimal, *, bytes_per_request: Decimal) -> Decimal:
    """Return the logs of a month's requests."""
    return requests * bytes_per_request / _GB


def power_kwh_per_month(
    watts_busy: Decimal, watts_idle: Decimal, *, busy_share: Decimal, overhead: Decimal = Decimal(1)
) -> Decimal:
    """Return what a host draws in a month of 730 hours.

    Args:
        watts_busy: At work.
        watts_idle: Waiting.
        busy_share: Share of hours at work, 0 to 1.
        overhead: Times that for cooling and supplies; 1 for a host at home.

    Raises:
        InputError: The share is not from 0 to 1.

    >>> power_kwh_per_month(Decimal(400), Decimal(100), busy_share=Decimal("0.5"))
    Decimal('182.5')
    """
    _check_share(busy_share, "at work")
    mean = watts_busy * busy_share + watts_idle * (1 - busy_share)
    return mean * overhead * _HOURS_A_MONTH / 1000


def power_cost_per_month(kwh: Decimal, tariff_per_kwh: Decimal) -> Decimal:
    """Return the power bill in the tariff's currency: in Brazil reais, taxes within the tariff."""
    return kwh * tariff_per_kwh


def internet_cost_per_month(plan: Decimal, *, share: Decimal) -> Decimal:
    """Return a host's part of a monthly internet plan, in the plan's currency.

    Raises:
        InputError: The share is not from 0 to 1.

    >>> internet_cost_per_month(Decimal("119.90"), share=Decimal("0.25"))
    Decimal('29.9750')
    """
    _check_share(share, "of the internet plan")
    return plan * share


def _check_share(share: Decimal, what: str) -> None:
    if not 0 <= share <= 1:
        raise InputError(f"the share {what} is {share}, and must be from 0 to 1")
