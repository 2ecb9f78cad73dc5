"""An OTLP/HTTP receiver: spans stand on the disk before their sender hears that they arrived."""

from centavo.sources.otel_receiver.group_commit import GroupCommit
from centavo.sources.otel_receiver.http_app import ReceiverApp, ReceiverLimits
from centavo.sources.otel_receiver.segments import SegmentFolder

__all__ = ["GroupCommit", "ReceiverApp", "ReceiverLimits", "SegmentFolder"]
