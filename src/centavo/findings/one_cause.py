"""One incident per cause: a finding that another one explains is named there, not listed beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from centavo.findings.finding import Finding
from centavo.message import joined, message

__all__ = ["one_per_cause"]


def one_per_cause(
    findings: Sequence[Finding],
    explained_by: Mapping[str, Sequence[str]],
    *,
    places: Sequence[str] = ("application", "project", "endpoint", "api_key"),
) -> tuple[Finding, ...]:
    """Return the findings in their order without those that another one explains.

    Args:
        findings: Of one module.
        explained_by: By code, the codes that explain it where both speak of the same place.
        places: Dimensions of which a place must share one at least.
    """
    also: dict[str, list[Finding]] = {}
    kept: list[Finding] = []
    for finding in findings:
        causes = explained_by.get(finding.code, ())
        cause = next(
            (f for f in findings if f.code in causes and _same_place(f, finding, places)), None
        )
        if cause is None:
            kept.append(finding)
        else:
            also.setdefault(cause.id, []).append(finding)
    return tuple(_naming(finding, also.get(finding.id, [])) for finding in kept)


def _same_place(cause: Finding, finding: Finding, places: Sequence[str]) -> bool:
    shared = cause.subject.keys() & finding.subject.keys()
    named = any(name in shared for name in places)
    return named and all(cause.subject[name] == finding.subject[name] for name in shared)


def _naming(finding: Finding, others: Sequence[Finding]) -> Finding:
    if not others:
        return finding
    said = (
        message(
            "{code} sees the same: {sentence}", code=other.code, sentence=joined(other.sentence)
        )
        for other in others
    )
    return replace(finding, to_do=joined(finding.to_do, *said))
