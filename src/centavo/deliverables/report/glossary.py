"""The words of the reports, explained."""

from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Row, Table

__all__ = ["glossary_table"]


_TERMS: tuple[tuple[str, str], ...] = (
    (N_("billed"), N_("Stands on a provider's invoice.")),
    (N_("metered"), N_("Counted from requests or telemetry, at the prices of their day.")),
    (N_("simulated"), N_("Recomputed on traffic that was recorded.")),
    (N_("estimated"), N_("A rule of thumb; the weakest grade.")),
    (N_("avoidable"), N_("Need not be spent: the same work can be had without it.")),
    (N_("exposed"), N_("Concerned by a risk; not lost.")),
    (N_("Token"), N_("The piece of text that models are paid by; about four letters of English.")),
    (N_("Cache"), N_("Repeated input that a provider serves again at a lower price.")),
    (N_("Attribution"), N_("Who spent it: application, team, environment, cost centre.")),
    (N_("Coverage"), N_("What was read, priced and left out: the ground that a figure stands on.")),
    (N_("Preliminary"), N_("The invoice is still open; the amount may change.")),
)


def glossary_table(say: Language) -> Table:
    """Return the terms in the order of a first reading."""
    columns = (Column(say("Term"), "term"), Column(say("Meaning"), "meaning"))
    rows = tuple(Row((Cell(say(term)), Cell(say(meaning)))) for term, meaning in _TERMS)
    return Table("glossary", columns, rows)
