"""FOCUS's datasets beside Cost and Usage: invoices, billing periods and contract commitments."""

from centavo.sources.focus_datasets.export import DatasetReport, export_dataset
from centavo.sources.focus_datasets.model import DatasetId
from centavo.sources.focus_datasets.source import FocusDatasetSource, focus_dataset_sources

__all__ = [
    "DatasetId",
    "DatasetReport",
    "FocusDatasetSource",
    "export_dataset",
    "focus_dataset_sources",
]
