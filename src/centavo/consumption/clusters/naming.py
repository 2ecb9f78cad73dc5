"""Names that a person recognises: the constant words of a template, the size of a shape."""

import json
import re
from collections import Counter
from collections.abc import Sequence

from centavo.consumption.clusters.fingerprints import GRAM_BYTES, Hashes, gram_places
from centavo.consumption.clusters.shapes import Shape, cell_start

__all__ = ["constant_text", "shape_name", "short_count", "template_names"]

GAP = "…"
_WORDS = 4
_WORD = re.compile(r"[^\W\d_]{3,}")
# A script without spaces gives runs, not words.
_MOST_LETTERS = 12
# Words that open most prompts and tell none from another, in the languages that we can read.
_EMPTY = frozenset(
    {
        "the", "and", "you", "are", "your", "for", "with", "that", "this", "will", "not", "from",
        "have", "must", "should", "can", "any", "all", "use", "using", "only", "please", "when",
        "what", "which", "into", "its", "than", "then", "also", "does", "been", "being", "each",
        "other", "their", "there", "these", "those", "você", "seu", "sua", "que", "para", "com", "uma",
        "não", "dos", "das", "por", "mais", "como", "quando", "são", "está", "esta", "este", "ser",
        "tem", "los", "las", "una", "del", "con", "más", "act", "want", "user", "assistant", "system",
    }
)  # fmt: skip


def constant_text(text: bytes, skeleton: Hashes) -> str:
    """Return the constant passages of a text of the template, with a mark where it varies."""
    known = set(skeleton.tolist())
    covered = bytearray(len(text))
    for place, length, gram in gram_places(text):
        if gram in known:
            covered[place : place + length] = b"x" * length
    parts: list[str] = []
    for run in re.finditer(rb"x+", bytes(covered)):
        begin, end = _whole_words(text, run.start(), run.end())
        words = text[begin:end].decode(errors="ignore").strip()
        if words:
            parts += [words] if begin == 0 else [GAP, words]
    return " ".join(parts + ([GAP] if covered and covered[-1] != ord("x") else []))


def _whole_words(text: bytes, begin: int, end: int) -> tuple[int, int]:
    """Return the passage without the pieces of words at its ends, where there are spaces."""
    if begin > 0 and not text[begin - 1 : begin].isspace():
        space = text.find(b" ", begin, min(end, begin + GRAM_BYTES))
        begin = space + 1 if space >= 0 else begin
    if end < len(text) and not text[end : end + 1].isspace():
        space = text.rfind(b" ", max(begin, end - GRAM_BYTES), end)
        end = space if space >= 0 else end
    return begin, end


def template_names(constants: Sequence[str]) -> list[str]:
    """Return a name for each template: words that few of the others have, in the text's order.

    >>> template_names(["Summarise the ticket in one line: …", "Translate the ticket into French: …"])
    ['summarise-ticket-one-line', 'translate-ticket-french']
    """
    words = [_words(text) for text in constants]
    holders = Counter(word for each in words for word in set(each))
    names = [_name(each, holders, len(constants)) for each in words]
    seen: Counter[str] = Counter()
    told: list[str] = []
    for name in names:
        seen[name] += 1
        told.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return told


def _words(text: str) -> list[str]:
    found = (word[:_MOST_LETTERS].lower() for word in _WORD.findall(text))
    return [word for word in dict.fromkeys(found) if word not in _EMPTY]


def _name(words: list[str], holders: Counter[str], templates: int) -> str:
    """Return the rarest words, early ones first among equals."""
    if not words:
        return "prompt"
    common = max(templates // 4, 1)
    ranked = sorted(range(len(words)), key=lambda n: (holders[words[n]] > common, n))
    return "-".join(words[place] for place in sorted(ranked[:_WORDS]))


def shape_name(shape: Shape) -> str:
    """Return model and middle lengths, such as ``gpt-4o 64k in 720 out``."""
    key = json.loads(shape.key)
    lengths = [_middle([(cell[axis], cell[2]) for cell in shape.cells]) for axis in (0, 1)]
    marks = [
        str(key.get("model") or key.get("provider") or "unknown model"),
        f"{short_count(cell_start(lengths[0]))} in",
        f"{short_count(cell_start(lengths[1]))} out",
        *_tools(str(key.get("tools") or "")),
        *([str(key["tier"])] if key.get("tier") not in (None, "standard") else []),
    ]
    return " ".join(marks)


def _tools(told: str) -> list[str]:
    """Return which tools the calls carry: the first digits of their hash, or that there are some."""
    return [] if not told else ["tools"] if told == "some" else [f"tools:{told[:4]}"]


def _middle(cells: list[tuple[int, int]]) -> int:
    half = sum(calls for _, calls in cells) / 2
    for cell, calls in sorted(cells):
        half -= calls
        if half <= 0:
            return cell
    return 0


def short_count(count: int) -> str:
    """Return a count in at most four characters.

    >>> short_count(64_300), short_count(720), short_count(1_900)
    ('64k', '720', '1.9k')
    """
    if count < 1_000:
        return str(count)
    for size, mark in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}{mark}" if count < 10 * size else f"{count // size}{mark}"
    return str(count)
