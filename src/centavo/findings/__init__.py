"""What every module says about the ledger, in one shape: findings, their evidence and their state."""

from centavo.findings.evidence import Evidence
from centavo.findings.finding import Finding, Grade, MoneyKind, Owner, Severity
from centavo.findings.identity import finding_id
from centavo.findings.register import KnownFinding, apply_action, load_register, merge_findings
from centavo.findings.rule import Blind, LeftOut, Looked, Rule, Threshold
from centavo.findings.rule_docs import RuleDoc
from centavo.findings.rule_settings import RuleSettings
from centavo.findings.running import RuleRun, run_rules
from centavo.findings.saving import change_register

__all__ = [
    "Blind",
    "Evidence",
    "Finding",
    "Grade",
    "KnownFinding",
    "LeftOut",
    "Looked",
    "MoneyKind",
    "Owner",
    "Rule",
    "RuleDoc",
    "RuleRun",
    "RuleSettings",
    "Severity",
    "Threshold",
    "apply_action",
    "change_register",
    "finding_id",
    "load_register",
    "merge_findings",
    "run_rules",
]
