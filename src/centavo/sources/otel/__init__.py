"""OpenTelemetry GenAI spans, from OTLP JSON files or received over HTTP, as usage events."""

from centavo.sources.otel.source import OtelSource

__all__ = ["OtelSource"]
