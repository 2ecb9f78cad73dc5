"""A request's body taken apart, and what an answer says, as they are kept in ``bodies/``."""

from collections.abc import Iterator

from centavo.ledger.bodies import BodyPart, BodyShelf, json_text
from centavo.sources.prompt_text import split_prompt
from centavo.sources.record_values import JsonObject, as_object, first_text, is_list, is_object

__all__ = ["answer_parts", "kept_bodies", "message_parts", "request_parts", "text_parts"]

_TOOLS = frozenset({"tools", "functions", "toolConfig"})
_SYSTEM = frozenset({"system", "instructions", "systemInstruction", "system_instruction"})
_MESSAGES = frozenset(
    {"messages", "input", "contents", "prompt", "inputText", "texts", "instances", "requests"}
)
_SYSTEM_ROLES = frozenset({"system", "developer", "ROLE_SYSTEM"})
# What an answer says; vectors, usage and ids are left out.
_SAYS = (
    "role", "choices", "content", "tool_calls", "function_call", "output", "candidates", "message",
    "outputs", "completion", "generation", "results",
)  # fmt: skip


def kept_bodies(
    shelf: BodyShelf | None, *, request: JsonObject, answer: JsonObject
) -> dict[str, object]:
    """Keep the bodies of a call and return the columns that refer to them; none without a shelf."""
    if shelf is None:
        return {}
    return {
        "body_hash": shelf.keep(request_parts(request)),
        "answer_hash": shelf.keep(answer_parts(answer)),
    }


def request_parts(body: JsonObject) -> list[BodyPart]:
    """Return the parts of a body in the order in which models read them; none of an empty one.

    >>> [p.kind for p in request_parts({"messages": [{"role": "user"}], "tools": [{"name": "f"}]})]
    ['settings', 'tools', 'message']
    """
    if not body:
        return []
    settings: dict[str, object] = {}
    tools: list[BodyPart] = []
    system: list[BodyPart] = []
    messages: list[BodyPart] = []
    for name, value in body.items():
        settings[name] = value
        if not value:
            continue
        if name in _TOOLS:
            settings[name] = None
            tools.append(BodyPart("tools", name, None, json_text(value)))
        elif name in _SYSTEM:
            settings[name] = None
            system.append(BodyPart("system", name, "system", json_text(value)))
        elif name in _MESSAGES:
            settings[name] = [] if is_list(value) else None
            messages.extend(message_parts(value, member=name))
    return [BodyPart("settings", "", None, json_text(settings)), *tools, *system, *messages]


def message_parts(messages: object, *, member: str = "messages") -> Iterator[BodyPart]:
    """Yield one part for each message of a list, or one for a prompt that is no list."""
    if not is_list(messages):
        yield BodyPart("message", member, "user", json_text(messages))
        return
    for message in messages:
        role = first_text(as_object(message), "role", "type")
        kind = "system" if role in _SYSTEM_ROLES else "message"
        yield BodyPart(kind, member, role, json_text(message))


def text_parts(prompt: object) -> list[BodyPart]:
    """Return the parts of a prompt that a logger flattened, or of a list of messages."""
    if is_object(prompt):
        return request_parts(prompt)
    if not isinstance(prompt, str):
        return list(message_parts(prompt)) if prompt else []
    parts = split_prompt(prompt)
    kept: list[BodyPart] = []
    rest = prompt
    if parts.tools is not None and parts.tools in rest:
        kept.append(BodyPart("tools", "prompt", None, json_text(parts.tools)))
        rest = rest.replace(parts.tools, "", 1)
    if parts.system is not None and parts.system in rest:
        kept.append(BodyPart("system", "prompt", "system", json_text(parts.system)))
        rest = rest.replace(parts.system, "", 1)
    return [*kept, BodyPart("message", "prompt", "user", json_text(rest))] if prompt else []


def answer_parts(answer: object) -> list[BodyPart]:
    """Return what an answer says as one part; none where it says nothing."""
    if is_object(answer):
        says = {name: answer[name] for name in _SAYS if answer.get(name)}
        answer = says if says.keys() > {"role"} or "role" not in says else {}
    return [BodyPart("output", "", "assistant", json_text(answer))] if answer else []
