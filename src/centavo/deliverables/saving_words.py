"""What a saving is called, in the reader's language: by its lever, by its finding, or by its own title."""

import shlex
from decimal import Decimal

from centavo.deliverables.finding_words import FINDING_WORDS, PLACES
from centavo.deliverables.language import N_, Language
from centavo.savings.saving import Saving

__all__ = [
    "driver_text",
    "method_name",
    "proof_method",
    "saving_place",
    "saving_title",
    "state_name",
]


_LEVERS: dict[str, str] = {
    "off": N_("Switched off outside its hours"),
    "retries": N_("No failed tries, no sending again"),
    "duplicates": N_("The same call answered once"),
    "semantic-cache": N_("Nearly the same question answered once"),
    "model": N_("{to} instead of the model of today"),
    "drop-tools": N_("Unused tools left out"),
    "compact": N_("Compact JSON"),
    "distinct-chunks": N_("Repeated passages sent once"),
    "once": N_("Repeated lines said once"),
    "whitespace": N_("Blanks left out"),
    "extract": N_("Long texts cut to their most central sentences"),
    "llmlingua": N_("Prompts compressed by a model"),
    "history-window": N_("The newest messages only"),
    "tier": N_("Processing tier {to}"),
    "batch": N_("Batch instead of real time"),
    "prompt-cache": N_("The beginning of prompts cached"),
    "max-output": N_("Answers of at most {tokens} tokens"),
}
_STATES: dict[str, str] = {
    "identified": N_("identified"),
    "validated": N_("validated"),
    "approved": N_("approved"),
    "enforced": N_("enforced"),
    "verified": N_("verified"),
    "sustained": N_("sustained"),
    "lapsed": N_("lapsed"),
    "rejected": N_("rejected"),
}
_METHODS: dict[str, str] = {
    "rule": N_("estimate of a rule"),
    "replay": N_("replay of recorded traffic"),
    "shadow": N_("measured beside real traffic"),
    "bill": N_("on the closed bill"),
}
_DRIVERS: dict[str, tuple[str, str]] = {
    "requests touched": (N_("{number} request touched"), N_("{number} requests touched")),
}
_PROOFS: dict[str, str] = {
    "hold-out": N_("requests held out on the old policy"),
    "difference-in-differences": N_("before and after, against an untouched application"),
    "before-after": N_("before and after"),
}


def saving_title(saving: Saving, say: Language) -> str:
    """Return what is done, in a few words."""
    name, *settings = shlex.split(saving.lever) if saving.lever else [""]
    if name in _LEVERS:
        values = dict(pair.split("=", 1) for pair in settings if "=" in pair)
        words = {"to": values.get("to", "?"), "tokens": values.get("tokens", "?")}
        return say(_LEVERS[name], **words)
    if saving.rule in FINDING_WORDS:
        return say(FINDING_WORDS[saving.rule][1]).rstrip(".")
    return saving.title


def saving_place(saving: Saving, say: Language) -> str:
    """Return where: the scope's values, or everything."""
    plain = [saving.scope[name] for name in PLACES if name in saving.scope]
    return " · ".join(plain or saving.scope.values()) or say("everything")


def driver_text(number: Decimal | None, driver: str, say: Language) -> str:
    """Return how much there is in 30 days of what the saving goes with."""
    if number is None or driver not in _DRIVERS:
        return f"{say.number(number, 1)} {driver}"
    one, many = _DRIVERS[driver]
    return say(one if number == 1 else many, number=say.number(number, 1))


def state_name(state: str, say: Language) -> str:
    """Return the word for a state."""
    return say(_STATES[state])


def method_name(method: str, say: Language) -> str:
    """Return how the amount is known."""
    return say(_METHODS[method])


def proof_method(method: str, say: Language) -> str:
    """Return how a bill showed it; by hand where nobody held it against one."""
    return say(_PROOFS[method]) if method in _PROOFS else say("entered by hand")
