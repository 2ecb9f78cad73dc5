"""The ledger: what was spent and used, as three fact tables, restated exactly and read by SQL."""

__all__: list[str] = []
