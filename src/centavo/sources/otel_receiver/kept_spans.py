"""What is kept of a received request: one OTLP JSON line without contents, secrets and noise.

Prompts, answers and the arguments of tools never reach the disk. Of spans that have nothing to do with
models, only what links and names the calls below them stays.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

import msgspec

from centavo.sources.otel.labels import is_content
from centavo.sources.otel.spans import Attributes, Span
from centavo.sources.record_values import is_list, is_object
from centavo.sources.secrets import redact

__all__ = ["LONGEST_TEXT", "JsonSpan", "KeptSpans", "attribute_use"]

JsonSpan = dict[str, object]

LONGEST_TEXT = 4096
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- the ledger's times are naive UTC
_MICROSECOND = timedelta(microseconds=1)
_MODEL_WORDS = ("gen_ai.", "llm.", "ai.", "openinference.", "traceloop.", "embedding.", "reranker.")
# Of other spans: what calls below them inherit, and what says what they are.
_SURROUNDINGS = frozenset(
    {
        "http.route",
        "http.request.method",
        "http.method",
        "http.request.resend_count",
        "http.resend_count",
        "db.system",
        "db.system.name",
        "rpc.system",
        "messaging.system",
    }
)
_ENCODER = msgspec.json.Encoder(enc_hook=str)


@lru_cache(maxsize=20_000)
def attribute_use(name: str) -> Literal["content", "model", "surroundings", "label"]:
    """Return what an attribute is for: ``content`` is never kept, ``surroundings`` always is.

    A span with a ``model`` attribute has to do with models, and keeps its labels.

    >>> attribute_use("gen_ai.output.messages"), attribute_use("gen_ai.system")
    ('content', 'model')
    """
    if is_content(name):
        return "content"
    if name in _SURROUNDINGS:
        return "surroundings"
    return "model" if name.startswith(_MODEL_WORDS) else "label"


class KeptSpans:
    """A request reduced to what the ledger needs.

    Attributes:
        spans: Spans kept.
        rejected: Spans left out because they cannot be read.
        problem: What is wrong with the first of those.
        secrets: Secrets replaced.
    """

    def __init__(self) -> None:
        self.spans = 0
        self.rejected = 0
        self.problem = ""
        self.secrets = 0
        self._bundles: list[dict[str, object]] = []
        self._around: tuple[Attributes, str] | None = None
        self._group: list[JsonSpan] = []

    def add(self, span: Span) -> None:
        """Keep a span; those of one resource and scope come one after the other."""
        around = self._around
        if around is None or around[0] is not span.resource or around[1] != span.scope:
            self._around = (span.resource, span.scope)
            self._group = self.open_group(self.attributes(span.resource), span.scope)
        self._group.append(self._kept(span))
        self.spans += 1

    def open_group(self, resource: list[dict[str, object]], scope: str) -> list[JsonSpan]:
        """Return the list that spans of a resource and scope are appended to."""
        group: list[JsonSpan] = []
        self._bundles.append(
            {
                "resource": {"attributes": resource},
                "scopeSpans": [{"scope": {"name": scope}, "spans": group}],
            }
        )
        return group

    def reject(self, problem: str) -> None:
        """Count a span that cannot be read."""
        self.rejected += 1
        self.problem = self.problem or problem

    def line(self) -> bytes:
        """Return the request as one line of OTLP JSON."""
        return _ENCODER.encode({"resourceSpans": self._bundles}) + b"\n"

    def text(self, value: str) -> str:
        """Return a text without secrets."""
        clean, count = redact(value)
        self.secrets += count
        return clean

    def attributes(self, attributes: Attributes) -> list[dict[str, object]]:
        """Return attributes without contents as OTLP JSON."""
        return [
            {"key": name, "value": stated}
            for name, value in attributes.items()
            if attribute_use(name) != "content" and (stated := self.value(value)) is not None
        ]

    def value(self, value: object) -> dict[str, object] | None:
        """Return a value as OTLP JSON, or ``None`` where it is too long or nothing."""
        stated: dict[str, object] | None = None
        if isinstance(value, str):
            if len(value) <= LONGEST_TEXT:
                stated = {"stringValue": self.text(value)}
        elif isinstance(value, bool):
            stated = {"boolValue": value}
        elif isinstance(value, int):
            stated = {"intValue": str(value)}
        elif isinstance(value, float | Decimal):
            stated = {"doubleValue": value}
        elif is_list(value):
            inner = [kept for item in value if (kept := self.value(item)) is not None]
            stated = {"arrayValue": {"values": inner}}
        elif is_object(value):
            stated = {"kvlistValue": {"values": self.attributes(value)}}
        return stated

    def _kept(self, span: Span) -> JsonSpan:
        uses = set(map(attribute_use, span.attributes))
        attributes = span.attributes
        if "model" not in uses:
            attributes = {name: attributes[name] for name in _SURROUNDINGS & attributes.keys()}
        kept: JsonSpan = {
            "traceId": span.trace_id,
            "spanId": span.span_id,
            "name": self.text(span.name[:LONGEST_TEXT]),
            "kind": span.kind,
            "attributes": self.attributes(attributes),
        }
        if span.parent_id:
            kept["parentSpanId"] = span.parent_id
        if span.start:
            kept["startTimeUnixNano"] = _nanoseconds(span.start)
        if span.end:
            kept["endTimeUnixNano"] = _nanoseconds(span.end)
        if span.failed:
            kept["status"] = {"code": 2}
        if span.exception:
            kept["events"] = [self.exception(span.exception)]
        return kept

    def exception(self, kind: str) -> dict[str, object]:
        """Return the event of an exception, by its type alone."""
        return {"name": "exception", "attributes": self.attributes({"exception.type": kind})}


def _nanoseconds(moment: datetime) -> str:
    return f"{(moment - _EPOCH) // _MICROSECOND}000"
