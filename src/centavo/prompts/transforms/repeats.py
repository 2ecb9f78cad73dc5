"""Paragraphs that stand in a prompt more than once: said once, and named where they stood."""

import re

__all__ = ["once", "repeated_again", "repeated_chars"]

_MARK = "[same as line {}]"
_MARKED = re.compile(r"^\[same as line (\d+)\]$")
_LEAST_CHARS = 40


def once(text: str) -> str:
    r"""Return the text with every line that stood before replaced by its first place.

    Short lines stay: the mark would be no shorter.

    >>> rule = "Never promise a refund above the limit without asking."
    >>> once(f"{rule}\nAgain:\n{rule}") == f"{rule}\nAgain:\n[same as line 1]"
    True
    """
    if len(text) < 2 * _LEAST_CHARS or "\n" not in text or "[same as line " in text:
        return text
    said = text.split("\n")
    long = [line for line in said if len(line) >= _LEAST_CHARS]
    if len(set(long)) == len(long):
        return text
    seen: dict[str, int] = {}
    lines: list[str] = []
    for number, line in enumerate(said, 1):
        first = seen.setdefault(line, number)
        is_again = first != number and len(line) >= _LEAST_CHARS
        lines.append(_MARK.format(first) if is_again else line)
    return "\n".join(lines)


def repeated_again(text: str) -> str:
    """Return the text that ``once`` was given."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        if found := _MARKED.match(line):
            lines[place] = lines[int(found[1]) - 1]
    return "\n".join(lines)


def repeated_chars(text: str) -> int:
    """Return how many characters stand in lines of 40 or more that stood before in the text."""
    lines = [line for line in text.split("\n") if len(line) >= _LEAST_CHARS]
    return sum(map(len, lines)) - sum(map(len, set(lines)))
