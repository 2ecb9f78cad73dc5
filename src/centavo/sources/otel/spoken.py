"""What was asked and answered, where a span carries it: four conventions' attributes as a request's body."""

import json
import re
from collections.abc import Mapping

from centavo.sources.record_values import JsonObject, is_list

__all__ = ["answer_of", "request_of"]

# gen_ai.prompt.0.content (OpenLLMetry), llm.input_messages.0.message.content (OpenInference).
_ASKED = re.compile(r"(?:gen_ai\.prompt|llm\.input_messages)\.(\d+)\.(?:message\.)?(.+)")
_TOLD = re.compile(r"(?:gen_ai\.completion|llm\.output_messages)\.(\d+)\.(?:message\.)?(.+)")
_TOOLS = ("gen_ai.tool.definitions", "ai.prompt.tools", "llm.tools")
_MESSAGES = ("gen_ai.input.messages", "ai.prompt.messages", "gen_ai.prompt")
_ANSWERS = ("gen_ai.output.messages", "ai.response.text", "gen_ai.completion")


def request_of(attributes: Mapping[str, object]) -> JsonObject:
    """Return the body that a span tells of; an empty one where its instrumentation keeps no content.

    >>> request_of({"gen_ai.prompt.0.role": "user", "gen_ai.prompt.0.content": "Hello"})
    {'messages': [{'role': 'user', 'content': 'Hello'}]}
    """
    body: dict[str, object] = {}
    for name in _TOOLS:
        if tools := _json(attributes.get(name)):
            body["tools"] = [_json(tool) for tool in tools] if is_list(tools) else tools
            break
    if system := _json(attributes.get("gen_ai.system_instructions")):
        body["system"] = system
    if messages := _first(attributes, _MESSAGES) or _numbered(attributes, _ASKED):
        body["messages"] = messages
    return body if "messages" in body else {}


def answer_of(attributes: Mapping[str, object]) -> JsonObject:
    """Return what a span's answer says; an empty object where its instrumentation keeps no content."""
    told = _first(attributes, _ANSWERS) or _numbered(attributes, _TOLD)
    return {"output": told} if told else {}


def _first(attributes: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((found for name in names if (found := _json(attributes.get(name)))), None)


def _numbered(attributes: Mapping[str, object], pattern: re.Pattern[str]) -> list[object]:
    """Return messages that are spread over numbered attributes, in order."""
    found: dict[int, dict[str, object]] = {}
    for name, value in attributes.items():
        if match := pattern.fullmatch(name):
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [found[number] for number in sorted(found)]


def _json(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
