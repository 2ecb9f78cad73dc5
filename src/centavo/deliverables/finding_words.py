"""What a finding is called, by the code of its rule; and what it says, in the reader's language."""

from centavo.deliverables.language import N_, Language
from centavo.findings import Finding

__all__ = [
    "FINDING_WORDS", "PLACES", "finding_decision", "finding_place", "finding_remedy", "finding_sentence",
    "finding_title",
]  # fmt: skip

# Dimensions that people name a place by, in the order of naming.
PLACES = ("application", "environment", "endpoint", "feature", "model", "service", "provider")


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
    "FIT201": (
        N_("Oversized model"),
        N_("Try a smaller model on your own graded answers: `centavo certify`."),
    ),
    "FIT202": (N_("Premium tier unused"), N_("Ask for standard processing where nobody waits.")),
    "FIT203": (
        N_("Long context barely used"),
        N_("Cut what is just beyond the limit where every token costs more."),
    ),
    "FIT204": (
        N_("Reasoning tokens wasted"),
        N_("Lower the effort of reasoning, or use a model without it."),
    ),
    "FIT205": (
        N_("Fallback storm"),
        N_("Repair the first model, or send the work straight to the second."),
    ),
    "FIT206": (
        N_("Dearer than its successor"),
        N_("Move to the successor after a test on your own traffic."),
    ),
    "FIT207": (N_("Provisioned capacity under-used"), N_("Rent fewer units, or pay by token.")),
    "FIT208": (
        N_("Embeddings in bulk in real time"),
        N_("Index through the provider's batch interface."),
    ),
    "FIT209": (
        N_("Fine-tuned model under-used"),
        N_("Try the base model on graded answers; delete the deployment if it will do."),
    ),
    "PRM301": (
        N_("Repeated beginning without a cache"),
        N_("Ask for a cache of what every request begins with."),
    ),
    "PRM302": (
        N_("Cache written and hardly read"),
        N_("Stop writing to the cache what nobody reads in time."),
    ),
    "PRM303": (
        N_("Beginning broken by what changes"),
        N_("Move dates and ids behind the part that stays."),
    ),
    "PRM304": (N_("Unused tool schemas"), N_("Send only the tools that the task may call.")),
    "PRM305": (
        N_("Tool results carried too long"),
        N_("Drop results of tools once they have been used."),
    ),
    "PRM306": (N_("Repeated passages"), N_("Take out passages that retrieval brings twice.")),
    "PRM307": (N_("Verbose JSON"), N_("Send JSON compact, or as a table.")),
    "PRM308": (N_("Said again, and blanks"), N_("Say each line once, and leave blanks out.")),
    "PRM309": (N_("Repeated requests"), N_("Answer the same request from a store.")),
    "PRM310": (
        N_("Output limit far above need"),
        N_("Set a limit near the longest answer: a guard, not a saving."),
    ),
    "PRM311": (N_("Verbose answers"), N_("Ask for less, or add what is always the same yourself.")),
    "PRM312": (
        N_("The same body sent again"),
        N_("Wait for the first answer before sending again."),
    ),
    "PRM313": (N_("Examples that never vary"), N_("Keep the examples that help, and cache them.")),
    "PRM314": (N_("Files sent again"), N_("Upload the file once and refer to it.")),
    "PRM315": (
        N_("Grown prompt"),
        N_("Take back what made the prompt longer, or show that it helps."),
    ),
}


def finding_title(finding: Finding, say: Language) -> str:
    """Return the name of what was found; of a rule of others, its code."""
    words = FINDING_WORDS.get(finding.code)
    return say(words[0]) if words else finding.code


def finding_sentence(finding: Finding, say: Language) -> str:
    """Return what the rule says; where it is not in the reader's language, its title and place."""
    if say.knows(finding.sentence):
        return say.told(finding.sentence)
    return f"{finding_title(finding, say)}: {finding_place(finding, say)}."


def finding_remedy(finding: Finding, say: Language) -> str:
    """Return what to do: the finding's own words where they are in the reader's language."""
    return say.told(finding.to_do) if say.knows(finding.to_do) else finding_decision(finding, say)


def finding_decision(finding: Finding, say: Language) -> str:
    """Return what to decide in a few words, by the rule; of a rule of others, what it says to do."""
    words = FINDING_WORDS.get(finding.code)
    return say(words[1]) if words else say.told(finding.to_do)


def finding_place(finding: Finding, say: Language) -> str:
    """Return where it is, by the dimensions that people know; by all where it has none of them."""
    if not finding.subject:
        return say("everything")
    plain = [finding.subject[name] for name in PLACES if name in finding.subject]
    return " · ".join(plain) or finding.scope_text
