"""Every kind of lever that there is, and where the parts of requests come from."""

from centavo.prompts.anatomy import traffic_parts
from centavo.prompts.levers import KINDS as PROMPT_KINDS
from centavo.savings import LeverKind
from centavo.savings.levers import KINDS
from centavo.savings.recording import BodyParts

__all__ = ["body_parts", "lever_kinds"]


def lever_kinds() -> tuple[LeverKind, ...]:
    """Return the kinds of every module, in the usual order of a plan."""
    return tuple(sorted((*KINDS, *PROMPT_KINDS), key=lambda kind: kind.place))


def body_parts() -> BodyParts | None:
    """Return what makes the parts of requests of the bodies that were kept."""
    return traffic_parts
