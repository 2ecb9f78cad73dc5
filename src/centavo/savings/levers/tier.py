"""Another processing tier: the same tokens at the price of batch, flex, standard or priority."""

from centavo.ledger.engine import sql_text
from centavo.message import N_
from centavo.pricing.tiers import TIERS
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND", "change_of_tier"]


def change_of_tier(traffic: Traffic, *, tier: str, condition: str) -> Change:
    """Return the requests of a condition that are at another tier, at this one."""
    return Change(
        f"SELECT * REPLACE ({sql_text(tier)} AS processing_tier) FROM {traffic.events} "
        f"WHERE {condition} AND coalesce(processing_tier, 'standard') <> {sql_text(tier)}"
    )


def _make(settings: LeverSettings) -> Lever:
    tier = settings.text("to")
    if tier not in TIERS:
        raise settings.fail("to", f"is none of {', '.join(TIERS)}")

    def apply(traffic: Traffic) -> Change:
        return change_of_tier(traffic, tier=tier, condition=settings.where.sql)

    return Lever(
        kind=KIND.name,
        label=f"tier {tier}",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=True, change=None, basis=N_("same model and prompt; latency changes")
        ),
    )


KIND = LeverKind(
    "tier",
    "Another processing tier: priority or fast work at standard, patient work at flex.",
    (Parameter("to", f"the tier: {', '.join(TIERS)}", is_required=True),),
    _make,
    place=50,
    excludes=frozenset({"batch"}),
)
