"""Who made the call: the scope and the labels of a span and its resource."""

from centavo.sources.otel.labels import labels_of
from centavo.sources.otel.spans import Attributes, Span
from centavo.sources.record_values import first_text
from centavo.sources.requests.scope import ScopeReader

__all__ = ["CallScope"]

_MOST_REMEMBERED = 10_000
_FEATURE = (
    "traceloop.workflow.name",
    "gen_ai.workflow.name",
    "gen_ai.agent.name",
    "code.function.name",
    "code.function",
)


class CallScope:
    """Finds the scope of each call of one reading, and remembers it: labels repeat.

    Args:
        reader: Knows the spellings, and the user's mapping.
    """

    def __init__(self, reader: ScopeReader) -> None:
        self._reader = reader
        self._resource: tuple[Attributes, dict[str, object]] = ({}, {})
        self._known: dict[tuple[tuple[str, object], ...], dict[str, object]] = {}

    def columns(self, span: Span) -> dict[str, object]:
        """Return scope columns, ``labels`` and how the scope was known."""
        if self._resource[0] is not span.resource:
            self._resource = (span.resource, labels_of(span.resource))
        labels = {**self._resource[1], **labels_of(span.attributes)}
        if self._reader.is_mapped:
            of_resource = {f"resource.{name}": value for name, value in span.resource.items()}
            return self._columns({**span.resource, **span.attributes, **of_resource}, labels)
        key = tuple(labels.items())
        try:
            found = self._known.get(key)
        except TypeError:
            # A label that is a list has no hash.
            return self._columns({}, labels)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._columns({}, labels)
        return found

    def _columns(self, record: dict[str, object], labels: Attributes) -> dict[str, object]:
        columns = self._reader.columns({**record, "attributes": labels}, headers={})
        # The namespace of a service is, in OpenTelemetry's words, for example its team.
        for column, keys in (("team", ("service.namespace",)), ("feature", _FEATURE)):
            if column not in columns and (stated := first_text(labels, *keys)) is not None:
                columns[column] = stated
                columns.setdefault("attribution_method", "label")
                columns.setdefault("attribution_confidence", 1.0)
        return columns
