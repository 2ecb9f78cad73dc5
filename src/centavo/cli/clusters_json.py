"""The answer of ``centavo clusters`` as JSON."""

from centavo.cli.clusters_text import rule_lines
from centavo.cli.coverage_text import coverage_json
from centavo.consumption.clusters.grouping import Cluster
from centavo.consumption.clusters.profile import Profile
from centavo.consumption.clusters.report import ClusterCost, ClusterReport
from centavo.consumption.clusters.suggestions import Suggestion

__all__ = ["report_json", "suggestion_json"]


def report_json(report: ClusterReport) -> dict[str, object]:
    """Return the whole report; money as text."""
    since, until = report.period.since, report.period.until
    return {
        "schema": "centavo.clusters/1",
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "by": list(report.by),
        "clusters": [
            _cluster_json(cluster, report.profiles.get(name))
            for name, cluster in report.clusters.items()
        ],
        "costs": [_cost_json(row) for row in report.costs],
        "unlabelled": [suggestion_json(each) for each in report.suggestions],
        "grouped": dict(report.grouped.__dict__),
        "coverage": coverage_json(report.coverage),
    }


def suggestion_json(each: Suggestion) -> dict[str, object]:
    """Return unlabelled calls and whom they behave like."""
    return {
        "where": dict(each.owner.where),
        "calls": each.owner.calls,
        "costs": [{"grade": grade, **money.as_json()} for grade, money in each.owner.costs],
        "application": each.application,
        "confidence": None if each.confidence is None else f"{each.confidence:.2f}",
        "basis": each.basis,
        "reason": each.reason,
        "rule": "\n".join(rule_lines(each)) if each.application else None,
    }


def _cluster_json(cluster: Cluster, profile: Profile | None) -> dict[str, object]:
    return {
        "id": cluster.known.cluster_id,
        "kind": cluster.known.sketch.kind,
        "name": cluster.known.name,
        "is_new": cluster.is_new,
        "constant_text": cluster.constant or None,
        "versions": list(cluster.versions),
        "profile": _profile_json(profile) if profile else None,
    }


def _profile_json(profile: Profile) -> dict[str, object]:
    return {
        **profile.__dict__,
        "hours": {str(hour): calls for hour, calls in sorted(profile.hours.items())},
        "first_call": profile.first_call.isoformat(),
        "last_call": profile.last_call.isoformat(),
    }


def _cost_json(row: ClusterCost) -> dict[str, object]:
    return {
        "cluster": row.cluster_id,
        "key": dict(row.key),
        "grade": row.grade,
        "calls": row.calls,
        "unpriced_calls": row.unpriced_calls,
        "cost": row.cost.as_json() if row.cost else None,
    }
