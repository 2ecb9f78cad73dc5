"""Forecast: what will be spent until month-end and in the months after, how sure that is, and why."""

__all__: list[str] = []
