"""Findings held against what the sample company planted: found by which rule, missed, and false."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from centavo.findings import Finding

__all__ = ["Score", "names_incident", "score"]

# What a finding may name, and under which name TRUTH.json has it.
_PLACES = ("application", "project", "endpoint", "resource", "model", "service", "customer")
# Findings about the whole, about limits or about the future claim no incident and hit no decoy.
_GENERAL = {"CON109", "CON110", "CON111", "CON120", "CON121", "CON122"}


@dataclass
class Score:
    """What of the truth was found.

    Attributes:
        found: Incident -> codes of the findings that name it.
        missed: Incidents that no finding names.
        false: Findings inside a decoy's scope and days and outside every incident: code and decoy.
        others: Findings that are neither, by code and sentence.
        general: Findings about the whole, limits and shutdowns.
    """

    found: dict[str, list[str]] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    false: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    general: int = 0


def score(findings: Sequence[Finding], truth: dict, *, module: str | None = "consumption") -> Score:
    """Return which incidents of a module (all without one) the findings name.

    A finding names an incident when every place that both state is the same, at least one is, and
    their days overlap.
    """
    result = Score()
    incidents = [each for each in truth["incidents"] if module in (None, each["module"])]
    hits = {each["id"]: [f.code for f in findings if names_incident(f, each)] for each in incidents}
    result.found = {name: codes for name, codes in hits.items() if codes}
    result.missed = [name for name, codes in hits.items() if not codes]
    for finding in findings:
        if finding.code in _GENERAL:
            result.general += 1
        elif not any(names_incident(finding, each) for each in truth["incidents"]):
            decoy = next((d["id"] for d in truth["decoys"] if _inside(finding, d)), None)
            if decoy:
                result.false.append((finding.code, decoy))
            else:
                result.others.append((finding.code, str(finding.sentence)))
    return result


def names_incident(finding: Finding, incident: dict) -> bool:
    """Say whether a finding names an incident: no place differs, one is the same, days overlap."""
    if finding.code in _GENERAL:
        return False
    first, last = _days(finding)
    overlap = first < date.fromisoformat(incident["until"]) and last > date.fromisoformat(
        incident["since"]
    )
    return overlap and _same_place(finding.subject, incident["scope"])


def _same_place(subject: Mapping[str, str], scope: dict) -> bool:
    shared = [name for name in (*_PLACES, "environment") if name in subject and name in scope]
    placed = any(name in shared for name in _PLACES)
    return placed and all(_fits(subject[name], scope[name]) for name in shared)


def _fits(one: str, other: str) -> bool:
    # A bill names a machine by its full path.
    return one == other or one.endswith(f"/{other}")


def _inside(finding: Finding, decoy: dict) -> bool:
    first, last = _days(finding)
    days = {first + timedelta(days=n) for n in range((last - first).days)}
    named = {date.fromisoformat(day) for day in decoy["days"]}
    window = first >= date.fromisoformat(decoy["since"]) and last <= date.fromisoformat(
        decoy["until"]
    )
    if not (days <= named if named else window):
        return False
    return not decoy["scope"] or _same_place(finding.subject, decoy["scope"])


def _days(finding: Finding) -> tuple[date, date]:
    since = finding.period.since or datetime.min.replace(tzinfo=UTC)
    until = finding.period.until or datetime.max.replace(tzinfo=UTC)
    return since.date(), until.date()
