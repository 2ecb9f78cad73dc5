"""Finding what is unusual in daily series: spikes, steps and growth, within a budget of alerts."""

__all__: list[str] = []
