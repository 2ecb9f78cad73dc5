"""Apache Iceberg (format version 2) as the ledger writes it: unpartitioned tables of whole Parquet files."""

__all__: list[str] = []
