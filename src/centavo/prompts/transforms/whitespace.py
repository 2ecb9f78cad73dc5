"""Whitespace that says nothing: at the ends of lines, and more empty lines than one."""

import re

__all__ = ["trimmed"]

_LINE_ENDS = re.compile(r"[ \t]+(?=\n|\Z)")
_EMPTY_LINES = re.compile(r"\n{3,}")
_BLANKS = re.compile(r"(?<=\S)[ \t]{3,}(?=\S)")
_CODE = "```"


def trimmed(text: str) -> str:
    r"""Return the text without blanks at line ends, runs of blanks within lines, and empty lines but one.

    What is indented stays so; a text with fenced code is left alone but for line ends.

    >>> trimmed("a  \n\n\n\nb     c\n   d")
    'a\n\nb c\n   d'
    """
    # Each look is a plain search: most texts have none of it, and the patterns try every blank.
    if " \n" in text or "\t\n" in text or text[-1:] in (" ", "\t"):
        text = _LINE_ENDS.sub("", text)
    if _CODE in text:
        return text
    if "\n\n\n" in text:
        text = _EMPTY_LINES.sub("\n\n", text)
    return _BLANKS.sub(" ", text) if "   " in text or "\t" in text else text
