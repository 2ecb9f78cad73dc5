"""The observations of a Langfuse export, whatever shape it has, each with the trace it belongs to."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    first_text,
    is_list,
    is_object,
    text,
)

__all__ = ["Observation", "json_inside", "object_inside", "observations_of"]

_ONE_KEYS = ("traceId", "trace_id")


class Observation(NamedTuple):
    """One observation.

    Attributes:
        record: As exported.
        trace: Its trace, as far as the export tells; empty otherwise.
    """

    record: JsonObject
    trace: JsonObject

    @property
    def id(self) -> str | None:
        """Its id, unique in a project."""
        return text(self.record.get("id"))

    @property
    def parent_id(self) -> str | None:
        """Id of the observation around it."""
        return first_text(self.record, "parentObservationId", "parent_observation_id")

    @property
    def kind(self) -> str:
        """Its type in capitals: ``GENERATION``, ``EMBEDDING``, ``SPAN``, ``TOOL`` and others."""
        return (text(self.record.get("type")) or "").upper()

    def value(self, camel: str, snake: str) -> object:
        """Return a field by its name in the API or in an export of the tables."""
        found = self.record.get(camel)
        return self.record.get(snake) if found is None else found


def observations_of(record: JsonObject) -> Iterator[Observation]:
    """Yield the observations of one record: a trace, a page of traces or observations, or one.

    Their order is the record's. A record that holds none yields nothing.
    """
    if is_list(record.get("observations")):
        inner = as_object(record.get("trace"))
        trace = inner or {key: value for key, value in record.items() if key != "observations"}
        for item in as_list(record["observations"]):
            if is_object(item):
                yield Observation(item, trace)
    elif is_list(record.get("data")):
        for item in as_list(record["data"]):
            if is_object(item):
                yield from observations_of(item)
    elif is_object(record.get("trace")) and is_list(as_object(record["trace"]).get("observations")):
        yield from observations_of(as_object(record["trace"]))
    elif "type" in record and any(key in record for key in _ONE_KEYS):
        yield Observation(record, as_object(record.get("trace")))


def json_inside(value: object) -> object:
    """Return what a text holds as JSON; any other value, and any other text, as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def object_inside(value: object) -> Mapping[str, object]:
    """Return the object that a value is or holds as JSON; an empty one otherwise."""
    return as_object(json_inside(value))
