"""Google Cloud Billing: exported files in three forms, and the live export in BigQuery."""

from centavo.sources.gcp.source import GcpBillingSource

__all__ = ["GcpBillingSource"]
