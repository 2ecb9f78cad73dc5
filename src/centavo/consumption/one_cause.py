"""One incident per cause: a finding that another one explains is named there, not listed beside it."""

from collections.abc import Sequence
from dataclasses import replace

from centavo.findings import Finding

__all__ = ["one_per_cause"]

# Code -> codes that explain it where both speak of the same place: a test that repeats production
# each night is no batch to be, and what nobody answers for is new and unwatched as well.
_EXPLAINED_BY: dict[str, tuple[str, ...]] = {
    "CON113": ("CON115",),
    "CON116": ("CON108", "CON114", "CON115"),
    "CON117": ("CON108", "CON114", "CON115"),
}
_PLACES = ("application", "project", "endpoint", "api_key")


def one_per_cause(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings in their order without those that another one explains."""
    also: dict[str, list[Finding]] = {}
    kept: list[Finding] = []
    for finding in findings:
        causes = _EXPLAINED_BY.get(finding.code, ())
        cause = next((f for f in findings if f.code in causes and _same_place(f, finding)), None)
        if cause is None:
            kept.append(finding)
        else:
            also.setdefault(cause.id, []).append(finding)
    return tuple(_naming(finding, also.get(finding.id, [])) for finding in kept)


def _same_place(cause: Finding, finding: Finding) -> bool:
    shared = cause.subject.keys() & finding.subject.keys()
    named = any(name in shared for name in _PLACES)
    return named and all(cause.subject[name] == finding.subject[name] for name in shared)


def _naming(finding: Finding, others: Sequence[Finding]) -> Finding:
    if not others:
        return finding
    said = " ".join(f"{other.code} sees the same: {other.sentence}" for other in others)
    return replace(finding, to_do=f"{finding.to_do} {said}")
