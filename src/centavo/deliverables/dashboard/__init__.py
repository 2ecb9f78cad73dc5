"""The dashboard: six questions as pages, served from the ledger or written as a folder of files."""

__all__: list[str] = []
