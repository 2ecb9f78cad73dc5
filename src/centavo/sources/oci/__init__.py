"""Oracle Cloud cost reports, and what their Generative AI products meter."""

from centavo.sources.oci.source import OracleCostSource

__all__ = ["OracleCostSource"]
