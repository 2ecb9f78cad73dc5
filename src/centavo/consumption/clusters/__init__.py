"""Calls grouped without labels: by prompt template where bodies are kept, by usage shape elsewhere."""

__all__: list[str] = []
