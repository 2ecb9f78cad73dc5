"""Findings as SARIF 2.1.0, which code hosts and CI systems show beside a change.

Source: OASIS Static Analysis Results Interchange Format 2.1.0. A finding has no file; its place is a
logical location, and ``partialFingerprints`` carries its identity.
"""

import json
from pathlib import Path

import centavo
from centavo.cli.finding_runs import FindingRun
from centavo.errors import ConfigError
from centavo.findings import Finding

__all__ = ["as_sarif", "write_sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}


def write_sarif(run: FindingRun, path: Path) -> None:
    """Write the findings that are shown to a SARIF file.

    Raises:
        ConfigError: The file cannot be written.
    """
    text = json.dumps(as_sarif(run), indent=1, ensure_ascii=False)
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from error


def as_sarif(run: FindingRun) -> dict[str, object]:
    """Return the findings that are shown as a SARIF log."""
    rules = {rule.code: rule for report in run.reports for rule in report.run.rules}
    used = sorted({finding.code for finding in run.shown})
    driver = {
        "name": "centavo",
        "version": centavo.__version__,
        "rules": [
            {
                "id": code,
                "name": rules[code].name,
                "shortDescription": {"text": rules[code].doc.title},
                "fullDescription": {"text": rules[code].doc.section("What it finds")},
                "help": {"text": rules[code].doc.section("When it is wrong")},
            }
            for code in used
        ],
    }
    results = [_result(finding, used.index(finding.code)) for finding in run.shown]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _result(finding: Finding, rule_index: int) -> dict[str, object]:
    money = finding.per_30d
    return {
        "ruleId": finding.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.sentence} {finding.to_do}"},
        "locations": [
            {"logicalLocations": [{"fullyQualifiedName": finding.scope_text, "kind": "resource"}]}
        ],
        "partialFingerprints": {"centavoFinding/v1": finding.id},
        "properties": {
            "amountPer30Days": money.as_json() if money else None,
            "moneyKind": finding.money_kind,
            "grade": finding.grade,
            "owner": finding.owner.name if finding.owner else None,
        },
    }
