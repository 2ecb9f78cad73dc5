"""The vendor reports that are read, each as a source."""

from centavo.sources.vendor_reports.anthropic_claude_code import CLAUDE_CODE_USAGE
from centavo.sources.vendor_reports.anthropic_costs import ANTHROPIC_COSTS
from centavo.sources.vendor_reports.anthropic_usage import ANTHROPIC_USAGE
from centavo.sources.vendor_reports.openai_costs import OPENAI_COSTS
from centavo.sources.vendor_reports.openai_usage import OPENAI_USAGE
from centavo.sources.vendor_reports.source import VendorReportSource

__all__ = ["vendor_report_sources"]


def vendor_report_sources() -> tuple[VendorReportSource, ...]:
    """Return one source for each report."""
    reports = (OPENAI_COSTS, OPENAI_USAGE, ANTHROPIC_COSTS, ANTHROPIC_USAGE, CLAUDE_CODE_USAGE)
    return tuple(VendorReportSource(report) for report in reports)
