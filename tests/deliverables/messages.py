"""The messages that deliverables use, found in code and templates; ``python -m`` prints what is missing."""

import sys
from importlib import import_module
from pathlib import Path

from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.pofile import read_po

import centavo
import centavo.deliverables
from centavo.cli.modules import MODULES

FOLDER = Path(centavo.deliverables.__file__).parent
PACKAGE = Path(centavo.__file__).parent
CATALOGUE = FOLDER / "locale" / "pt_BR" / "centavo.po"
_KEYWORDS = {"say": None, "N_": None, "count": (1, 2)}
# Where what is said is born: rules, levers, registers.
_BORN = {"N_": None, "message": None, "numbered": (1, 2)}
_METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]


def used() -> set[str | tuple[str, ...]]:
    """Return every message in the code; one with a plural is a pair."""
    found = extract_from_dir(FOLDER, method_map=_METHODS, keywords=_KEYWORDS)
    return {message for _, _, message, _, _ in found if message} | born() | wrong_texts()


def born() -> set[str | tuple[str, ...]]:
    """Return every message of the packages that say something and leave its language to the reader."""
    files = [
        file
        for package in (*MODULES, "findings", "pricing", "savings")
        for file in (PACKAGE / package).rglob("*.py")
        if "centavo.message import" in file.read_text("utf-8")
    ]
    return {
        message
        for file in files
        for _, message, _, _ in extract_from_file("python", file, keywords=_BORN)
        if message
    }


def wrong_texts() -> set[str]:
    """Return when each rule is wrong: pages show the rules' own words, so these are messages too."""
    return {
        rule.doc.section("When it is wrong")
        for module in MODULES
        for rule in import_module(f"centavo.{module}.rules").RULES
    }


def catalogue():
    """Return the Portuguese catalogue."""
    with CATALOGUE.open("rb") as source:
        return read_po(source)


if __name__ == "__main__":
    known = {message.id for message in catalogue() if message.id and all(message.string)}
    for message in sorted(used() - known, key=str):
        sys.stdout.write(f"{message!r}\n")
