"""The price of a GPU hour: as stated, or the shipped list price of that GPU, named."""

from datetime import UTC, datetime

from centavo.cli.plan_size_text import positive
from centavo.money import Money
from centavo.pricing.cloud_prices import CloudPrices

__all__ = ["gpu_hour_price"]

_LISTED = {
    "a100-40gb": "lambda-a100-40gb-8x",
    "a100-80gb": "runpod-a100-sxm-secure",
    "h100-sxm": "runpod-h100-sxm-secure",
    "h200-sxm": "runpod-h200-secure",
    "b200-sxm": "lambda-b200-8x",
    "b300-sxm": "hyperstack-b300",
    "gb200": "coreweave-gb200",
}


def gpu_hour_price(
    gpu: str, stated: str | None, *, currency: str = "USD"
) -> tuple[Money | None, str]:
    """Return the price of a GPU hour, or ``None`` where none is known, and where it comes from.

    Args:
        gpu: Name in the table of GPUs.
        stated: What the user gave, in ``currency``.
        currency: Of the answer: a list price in another one is no price.
    """
    if stated is not None:
        price = Money(positive(stated, "--gpu-hour"), currency)
        return price, f"Price: {price.amount:f} {currency} a GPU hour, as stated."
    listed = _LISTED.get(gpu)
    today = datetime.now(UTC).date()  # noqa: TID251 -- the edge where the clock enters
    found = CloudPrices.load().find(listed, today) if listed else None
    if found is None or found.price.currency != currency:
        return (
            None,
            f"Price: no list price of {gpu} in {currency} is known; state it with --gpu-hour.",
        )
    return found.price, (
        f"Price: {found.price.amount:f} {found.price.currency} a GPU hour, {found.id}, seen"
        f" {found.as_of or found.start}; yours goes to --gpu-hour."
    )
