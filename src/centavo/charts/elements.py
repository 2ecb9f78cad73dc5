"""SVG elements as text: attributes in order, escaped, coordinates with two decimals."""

from collections.abc import Iterable
from html import escape

__all__ = [
    "Attribute", "element", "group", "label", "names_px", "path", "shortened", "text_em",
]  # fmt: skip

Attribute = str | float | None
_NARROW = frozenset("ijlftrI.,:;'|!()[]-·/ ")
_WIDE = frozenset("mwMW@%…")


def element(name: str, content: str = "", /, **attributes: Attribute) -> str:
    """Return an element; ``None`` leaves an attribute out, ``_`` in a name stands for ``-``.

    >>> element("rect", x=1.25, y=2, fill="a&b")
    '<rect x="1.25" y="2" fill="a&amp;b"/>'
    """
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{shown}>{content}</{name}>" if content else f"<{name}{shown}/>"


def group(parts: Iterable[str], **attributes: Attribute) -> str:
    """Return the parts in one group; nothing when there are none."""
    inside = "".join(parts)
    return element("g", inside, **attributes) if inside else ""


def label(text: str, *, x: float, y: float, **attributes: Attribute) -> str:
    """Return a text at its baseline."""
    return element("text", escape(text), x=x, y=y, **attributes)


def path(
    points: Iterable[tuple[float, float]], *, close: bool = False, **attributes: Attribute
) -> str:
    """Return a line through the points."""
    steps = " ".join(
        f"{'M' if place == 0 else 'L'}{_value(x)} {_value(y)}"
        for place, (x, y) in enumerate(points)
    )
    return element("path", d=f"{steps}{' Z' if close else ''}", **attributes) if steps else ""


def shortened(text: str, width: float, *, size: float) -> str:
    """Return the text cut with an ellipsis so that it fits so many pixels in a wide font.

    >>> shortened("atendimento-chat", 60, size=12)
    'atendi…'
    """
    room = width / size
    if text_em(text) <= room:
        return text
    room -= _letter_em("…")
    kept = 0
    while kept < len(text) and (room := room - _letter_em(text[kept])) >= 0:
        kept += 1
    return f"{text[: max(kept, 1)].rstrip()}…"


def names_px(names: Iterable[str], *, most: float, size: float) -> float:
    """Return the pixels that a column of names takes: those of the widest, or ``most``.

    >>> names_px(["gpt-4o", "atendimento-chat"], most=300, size=12) < 130
    True
    """
    return min(max((text_em(name) for name in names), default=0.0) * size + 1, most)


def text_em(text: str) -> float:
    """Return about how wide a text is, in parts of the font's size, by DejaVu Sans, the widest that is common."""
    return sum(map(_letter_em, text))


def _letter_em(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    return 0.7 if letter.isupper() else 0.62


def _value(value: Attribute) -> str:
    if isinstance(value, float):
        # Adding zero turns -0.0 into 0.0.
        return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
    return escape(str(value), quote=True)
