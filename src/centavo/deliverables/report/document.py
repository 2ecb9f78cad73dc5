"""A prepared document: what is on its cover, its headline figures and its chapters."""

from dataclasses import dataclass
from pathlib import Path

from centavo.deliverables.page import Section, Tile
from centavo.errors import ConfigError

__all__ = ["Chapter", "Document", "Look"]

_COLOUR_DIGITS = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True)
class Look:
    """How the client's documents look.

    Attributes:
        client: Name on the cover; empty for none.
        logo: SVG or PNG file.
        colour: Of headings, ``#rrggbb``.
    """

    client: str = ""
    logo: Path | None = None
    colour: str = "#6542f0"

    @classmethod
    def of(cls, values: dict[str, str], folder: Path) -> "Look":
        """Return the look that ``[report]`` of the settings describes.

        Raises:
            ConfigError: The colour is no ``#rrggbb``, or the logo is no file.
        """
        colour = values.get("colour", cls.colour)
        if len(colour) != 7 or colour[0] != "#" or not set(colour[1:]) <= _COLOUR_DIGITS:
            raise ConfigError(f"report.colour {colour!r} is not a colour", hint="Write #6542f0.")
        logo = folder / values["logo"] if values.get("logo") else None
        if logo is not None and (not logo.is_file() or logo.suffix.lower() not in {".svg", ".png"}):
            raise ConfigError(f"report.logo {logo} is no SVG or PNG file")
        return cls(values.get("client", ""), logo, colour)


@dataclass(frozen=True)
class Chapter:
    """A chapter: its heading, its sentences, and its parts."""

    title: str
    sentences: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole document in one language.

    Attributes:
        title: What it is.
        subtitle: Of whom and when.
        date: Day it was made, in words.
        answer: The answer in one paragraph.
        tiles: Headline figures.
        chapters: The rest.
        look: The client's.
        lang: ``en`` or ``pt-BR``.
        contents: Heading of the table of contents.
        page_word: "page {n} of {m}" is left to the paper; this is its word for page.
    """

    title: str
    subtitle: str
    date: str
    answer: str
    tiles: tuple[Tile, ...]
    chapters: tuple[Chapter, ...]
    look: Look
    lang: str
    contents: str
    page_word: str
