"""FOCUS Cost and Usage, versions 1.0 to 1.4: reading, writing and checking."""

from centavo.sources.focus.columns import ExportVersion
from centavo.sources.focus.export import ExportReport, export_focus
from centavo.sources.focus.lint import LintFinding, lint_focus
from centavo.sources.focus.source import FocusSource

__all__ = [
    "ExportReport",
    "ExportVersion",
    "FocusSource",
    "LintFinding",
    "export_focus",
    "lint_focus",
]
