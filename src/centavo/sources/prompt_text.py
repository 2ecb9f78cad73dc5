"""A prompt that a logger flattened into one text: where its system and tool parts stand in it."""

import json
import re
from dataclasses import dataclass

__all__ = ["PromptParts", "as_text", "split_prompt"]

# "system: …" until the next turn begins on a line of its own.
_TURNS = re.compile(
    r"\A\s*(?:system|developer): (.*?)(?=\n\s*(?:user|assistant|tool): |\Z)", re.DOTALL
)
# Sections under tags on lines of their own: <system>, <tools>, <messages>.
_SECTION = re.compile(
    r"^<(system|tools)>\n(.*?)(?=^<(?:tools|messages)>$|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True)
class PromptParts:
    """Parts of a flattened prompt; ``None`` where the text does not set one apart."""

    system: str | None = None
    tools: str | None = None


def as_text(value: object) -> str | None:
    """Return a logged prompt or answer as one text: as it stands, or as JSON; ``None`` for none.

    JSON is what ``json.dumps`` writes: the closest to what a client sends that is known here.
    """
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def split_prompt(prompt: str) -> PromptParts:
    r"""Return the system and tool parts of a flattened prompt.

    >>> split_prompt("system: Be brief.\n\nuser: Hello").system
    'Be brief.'
    >>> split_prompt("<system>\nBe brief.\n\n<messages>\nHello").system
    'Be brief.'
    """
    if prompt.startswith(("<system>\n", "<tools>\n")):
        sections = {name: text.strip() for name, text in _SECTION.findall(prompt)}
        return PromptParts(sections.get("system"), sections.get("tools"))
    found = _TURNS.match(prompt)
    return PromptParts(found[1].strip()) if found else PromptParts()
