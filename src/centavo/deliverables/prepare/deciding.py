"""What a reader may do about a finding or a saving, as forms; where pages only read, they are not drawn."""

from datetime import date, timedelta

from centavo.deliverables.language import Language
from centavo.deliverables.page import Field, Form, Section
from centavo.findings import KnownFinding
from centavo.findings.events import is_eventful
from centavo.savings.saving import NEXT_STATES, KnownSaving

__all__ = ["deciding_finding", "deciding_saving"]


def deciding_finding(known: KnownFinding, say: Language, *, today: date) -> Section:
    """Return the forms of a finding: those that lead elsewhere than where it is."""
    owner = known.finding.owner
    tomorrow = (today + timedelta(days=1)).isoformat()
    name = Field("owner", say("Owner"), value=owner.name if owner else "")
    reason = Field("reason", say("Reason"))
    forms = {
        "": Form("assign", say("Assign"), (name,)),
        "acknowledged": Form("acknowledge", say("Acknowledge")),
        "snoozed": Form("snooze", say("Snooze"), (Field("until", say("Until"), "date", least=tomorrow),)),
        "resolved": Form("resolve", say("Resolve"), (Field("reason", say("What was done"), is_required=False),)),
        "ignored": Form("ignore", say("Ignore this event") if is_eventful(known) else say("Ignore for good"), (reason,)),
    }  # fmt: skip
    return Section(
        id="decide",
        title=say("Decide"),
        forms=tuple(form for state, form in forms.items() if state != known.state),
        seen=len(known.history),
    )


def deciding_saving(known: KnownSaving, say: Language, *, today: date) -> Section:
    """Return the forms of a saving: its people and its day, and the decisions open to its state."""
    saving = known.saving
    due = saving.due.isoformat() if saving.due else ""
    people = (
        Field("owner", say("Owner"), value=saving.owner or "", is_required=False),
        Field("approver", say("Approver"), value=saving.approver or "", is_required=False),
        Field("due", say("Due"), "date", value=due, least=due or today.isoformat(), is_required=False),
    )  # fmt: skip
    forms = [Form("assign", say("Assign"), people)]
    if "approved" in NEXT_STATES[known.state]:
        condition = Field("note", say("Under which condition"), is_required=False)
        forms.append(Form("approve", say("Approve"), (condition,)))
    if "rejected" in NEXT_STATES[known.state]:
        forms.append(Form("reject", say("Reject"), (Field("reason", say("Reason")),)))
    return Section(id="decide", title=say("Decide"), forms=tuple(forms), seen=len(known.history))
