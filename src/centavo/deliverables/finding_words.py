"""What a finding is called and what to do about it, by the code of its rule, as messages.

The rule's own sentence is English and stays with the finding; these words are in the reader's language.
"""

from collections.abc import Callable

from centavo.deliverables.language import Language
from centavo.findings import Finding

__all__ = ["FINDING_WORDS", "PLACES", "finding_place", "finding_remedy", "finding_title"]

# Dimensions that people name a place by, in the order of naming.
PLACES = ("application", "environment", "endpoint", "feature", "model", "service", "provider")

# Marks a message for the catalogue where it is listed.
N_: Callable[[str], str] = str

FINDING_WORDS: dict[str, tuple[str, str]] = {
    "CON101": (N_("Anomalous spike"), N_("Find what ran on those days, and put a limit on it.")),
    "CON102": (
        N_("Step change"),
        N_("Confirm that the new level is wanted; else undo what changed."),
    ),
    "CON103": (
        N_("Growth that nobody watches"),
        N_("Name an owner and a budget before it doubles again."),
    ),
    "CON104": (
        N_("Unit price changed"),
        N_("Compare the provider's price page and your contract; correct budgets and forecasts."),
    ),
    "CON105": (
        N_("Discount or credit lost"),
        N_("Ask why it ended, and renew it if the use stays."),
    ),
    "CON106": (
        N_("Cache hits dropped"),
        N_("Find what changed at the start of the prompt, and restore its order."),
    ),
    "CON107": (
        N_("Paid for errors and retries"),
        N_("Limit retries, wait longer between them, and never repeat what was answered."),
    ),
    "CON108": (
        N_("Test environment spends like production"),
        N_("Use a smaller model or recorded answers in tests, and switch them off at night."),
    ),
    "CON109": (N_("Application with no limit"), N_("Give it a budget in the policy file.")),
    "CON110": (N_("Endpoint with no quota"), N_("Give it a quota in the policy file.")),
    "CON111": (
        N_("One client makes most of the traffic"),
        N_("Talk to the client, and give the key a quota of its own."),
    ),
    "CON112": (
        N_("Two clients send the same traffic"),
        N_("Find out whether one of them can stop."),
    ),
    "CON113": (N_("New service or model"), N_("Confirm who ordered it and what it may cost.")),
    "CON114": (N_("Spend without a successful answer"), N_("Stop it, or repair it.")),
    "CON115": (
        N_("Spend that nobody answers for"),
        N_("Label it, or add a rule to the attribution file."),
    ),
    "CON116": (
        N_("Spend outside office hours"),
        N_("Switch it off at night and at weekends."),
    ),
    "CON117": (
        N_("Batch work done in real time"),
        N_("Send it through the provider's batch interface."),
    ),
    "CON118": (N_("Missing days or hours"), N_("Read the missing files again.")),
    "CON119": (
        N_("Spend on failed work"),
        N_("Stop tasks earlier, or give them to what solves them."),
    ),
    "CON120": (
        N_("Forecast above budget"),
        N_("Decide now: raise the budget, or take a saving from the list."),
    ),
    "CON121": (
        N_("Model about to end or change its price"),
        N_("Plan the move to its successor, and test it on your own traffic."),
    ),
    "CON122": (
        N_("Clients doubled, new or silent"),
        N_("Confirm that each change is wanted."),
    ),
}


def finding_title(finding: Finding, say: Language) -> str:
    """Return the name of what was found; of a rule of others, its code."""
    words = FINDING_WORDS.get(finding.code)
    return say(words[0]) if words else finding.code


def finding_remedy(finding: Finding, say: Language) -> str:
    """Return what to do: the finding's own words where they are the reader's language."""
    words = FINDING_WORDS.get(finding.code)
    if say.code == "en" or words is None:
        return finding.to_do
    return say(words[1])


def finding_place(finding: Finding, say: Language) -> str:
    """Return where it is, by the dimensions that people know; by all where it has none of them."""
    if not finding.subject:
        return say("everything")
    plain = [finding.subject[name] for name in PLACES if name in finding.subject]
    return " · ".join(plain) or finding.scope_text
