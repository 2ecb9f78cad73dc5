"""The processing tiers that providers price apart."""

from typing import Literal, get_args

__all__ = ["STANDARD", "TIERS", "Tier"]

Tier = Literal["standard", "batch", "flex", "priority", "fast", "provisioned"]

TIERS: tuple[Tier, ...] = get_args(Tier)
STANDARD: Tier = "standard"
