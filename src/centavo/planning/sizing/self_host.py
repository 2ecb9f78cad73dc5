"""Self-host or buy: the cost of an hourly token profile on whole replicas, against an API's price."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from centavo.errors import InputError

__all__ = ["SelfHost", "Step", "self_host", "staircase"]


@dataclass(frozen=True)
class SelfHost:
    """One profile both ways, for the hours it covers.

    Attributes:
        replicas: Whole replicas that carry the busiest hour.
        hosted: Cost of these replicas for every hour, busy or not.
        scaled: Cost if replicas are started and stopped by the hour.
        bought: Cost of the same tokens at the API.
        utilisation: Share of the replicas' capacity that the profile uses.
    """

    replicas: int
    hosted: Decimal
    scaled: Decimal
    bought: Decimal
    utilisation: Decimal


@dataclass(frozen=True)
class Step:
    """The profile times ``factor``, and what it costs both ways."""

    factor: Decimal
    costs: SelfHost


def self_host(
    tokens_by_hour: Sequence[Decimal],
    *,
    tokens_per_replica_hour: Decimal,
    replica_per_hour: Decimal,
    api_per_token: Decimal,
) -> SelfHost:
    """Return what a profile costs on one's own replicas and at an API, in one currency.

    Args:
        tokens_by_hour: Output tokens of each hour, in order; an hour without is 0.
        tokens_per_replica_hour: What a replica yields, from ``serving.tokens_per_gpu_hour``.
        replica_per_hour: Price of a replica's hour.
        api_per_token: Price of the same tokens elsewhere, input shared out over output.

    Raises:
        InputError: The profile is empty, or a replica yields nothing.
    """
    if not tokens_by_hour or tokens_per_replica_hour <= 0:
        raise InputError("a break-even needs hours with tokens, and replicas that yield some")
    needed = [ceil(it / tokens_per_replica_hour) for it in tokens_by_hour]
    replicas = max(1, *needed)
    total = sum(tokens_by_hour, Decimal(0))
    hours = len(tokens_by_hour)
    return SelfHost(
        replicas=replicas,
        hosted=replicas * replica_per_hour * hours,
        scaled=sum(needed) * replica_per_hour,
        bought=total * api_per_token,
        utilisation=total / (replicas * tokens_per_replica_hour * hours),
    )


def staircase(
    tokens_by_hour: Sequence[Decimal],
    factors: Sequence[Decimal],
    *,
    tokens_per_replica_hour: Decimal,
    replica_per_hour: Decimal,
    api_per_token: Decimal,
) -> tuple[Step, ...]:
    """Return the profile's costs as it grows: whole replicas rise in steps, an API by the token."""
    return tuple(
        Step(
            factor,
            self_host(
                [it * factor for it in tokens_by_hour],
                tokens_per_replica_hour=tokens_per_replica_hour,
                replica_per_hour=replica_per_hour,
                api_per_token=api_per_token,
            ),
        )
        for factor in factors
    )
