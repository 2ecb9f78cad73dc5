"""The structured docstring of a rule, in its parts: its web page and ``centavo explain CODE``."""

import re
from dataclasses import dataclass
from inspect import cleandoc

__all__ = ["SECTIONS", "RuleDoc"]

SECTIONS = (
    "What it finds",
    "Why it costs",
    "How it is measured",
    "When it is wrong",
    "Example",
)
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):$", re.MULTILINE)


@dataclass(frozen=True)
class RuleDoc:
    """A rule's docstring.

    Attributes:
        title: Its first line, without the full stop.
        sections: Text by heading, in the order of ``SECTIONS``.
    """

    title: str
    sections: dict[str, str]

    @classmethod
    def parse(cls, text: str, *, code: str) -> "RuleDoc":
        """Return the parts of a docstring.

        Raises:
            ValueError: A section is missing or out of order: a defect of the rule.
        """
        whole = cleandoc(text)
        parts = _HEADING.split(whole)
        found = {
            name: cleandoc("\n" + body) for name, body in zip(parts[1::2], parts[2::2], strict=True)
        }
        if tuple(found) != SECTIONS:
            raise ValueError(f"{code}: its docstring has {list(found)}, not {list(SECTIONS)}")
        return cls(whole.splitlines()[0].rstrip("."), found)

    def section(self, name: str) -> str:
        """Return a section as one paragraph of plain text."""
        return " ".join(self.sections[name].split())
