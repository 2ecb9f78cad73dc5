"""Where in a TOML file a value stands: ``tomllib`` gives no lines, and an error needs one."""

import difflib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from centavo.errors import ConfigError

__all__ = ["TomlPlace", "near_names", "read_toml"]

_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*([^\]\n]+?)[ \t]*\]", re.MULTILINE)
_COMMENT = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
# A longer list is read by nobody.
_MOST_NAMES = 30
_TOML_PLACE = re.compile(r"\s*\(at (line \d+, column \d+|end of document)\)$")


@dataclass(frozen=True)
class TomlPlace:
    """One table of a TOML file, to raise errors that name file, line, key and value.

    Attributes:
        file: The file as the user named it.
        text: The whole file, its comment lines blanked.
        table: Name of the table: ``rule``; empty for the top of the file.
        index: Which of the tables of that name, from 0.
    """

    file: str
    text: str
    table: str = ""
    index: int = 0

    def at(self, table: str, index: int = 0) -> "TomlPlace":
        """Return the place of another table of the same file."""
        return TomlPlace(self.file, self.text, table, index)

    def line(self, *keys: str) -> int:
        """Return the 1-based line of a key, or of the nearest thing around it that is found."""
        position, end = self._block()
        for key in keys:
            name = re.escape(key)
            found = re.compile(rf"""(?<![\w"'-])(["']?){name}\1\s*[=.\]]""").search(
                self.text, position, end
            )
            if found is None:
                break
            position = found.start()
        return self.text.count("\n", 0, position) + 1

    def error(self, problem: str, *keys: str, value: object = None, hint: str = "") -> ConfigError:
        """Return the error that says what is wrong with the value of ``keys``."""
        shown = "" if value is None else f": {_shown(value)}"
        subject = ".".join(keys) or f"[{self.table}]"
        return ConfigError(
            f"{self.file}, line {self.line(*keys)}: {subject} {problem}{shown}", hint=hint
        )

    def _block(self) -> tuple[int, int]:
        """Return where the table begins and where the next one begins."""
        if not self.table:
            return 0, len(self.text)
        begin, seen = -1, -1
        for header in _HEADER.finditer(self.text):
            name = header[1]
            if begin >= 0 and not name.startswith(f"{self.table}."):
                return begin, header.start()
            if name == self.table:
                seen += 1
                begin = header.start(1) if seen == self.index else begin
        return max(begin, 0), len(self.text)


def read_toml(path: Path) -> tuple[dict[str, object], TomlPlace]:
    """Return the file's content, numbers with a point as exact ``Decimal``, and its place.

    Raises:
        ConfigError: The file is missing, not UTF-8 or not TOML; with line and column.
    """
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        content = tomllib.loads(text, parse_float=Decimal)
    except FileNotFoundError:
        raise ConfigError(f"{path} does not exist") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path} is not UTF-8 text (byte {error.start})", hint="Save the file as UTF-8."
        ) from None
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_PLACE.search(message)
        where = f"{path}, {place[1]}" if place else str(path)
        raise ConfigError(
            f"{where}: {_TOML_PLACE.sub('', message)}", hint="The file must be valid TOML 1.0."
        ) from None
    blanked = _COMMENT.sub(lambda comment: " " * len(comment[0]), text)
    return content, TomlPlace(str(path), blanked)


def near_names(name: str, known: Iterable[str]) -> str:
    """Return the hint for an unknown name: what it may have meant, and the first thirty that are known.

    >>> near_names("proj", ["project", "team"])
    'Did you mean project? Known: project, team.'
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=2)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    more = f", and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{meant}Known: {', '.join(names[:_MOST_NAMES])}{more}."


def _shown(value: object) -> str:
    text = str(value) if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
