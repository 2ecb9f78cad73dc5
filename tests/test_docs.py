"""The docs are true: every command, term and error has its page, and links lead somewhere."""

import doctest
import importlib
import json
import pkgutil
import re
from pathlib import Path
from typing import get_args

import centavo
from centavo import errors
from centavo.cli.explain import topics
from centavo.consumption.cost_cells import BASES
from centavo.ledger.quality import CHECKS
from centavo.pricing import PROBLEMS
from tests.commands_page import PAGE, rendered

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_the_commands_page_is_what_the_commands_say():
    assert PAGE.read_text(encoding="utf-8") == rendered(), "run `make docs`"


def test_links_lead_somewhere():
    links = [
        (page, target)
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    ]
    assert links
    assert [link for link in links if not (link[0].parent / link[1]).exists()] == []


def test_every_page_is_listed():
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        inside = page.is_relative_to(ROOT / "docs") and "decisions" not in page.parts
        if inside and page.name != "README.md":
            assert str(page.relative_to(ROOT / "docs")) in index, page


def test_every_warning_reason_and_basis_can_be_explained():
    known = topics()
    codes = {code for checks in CHECKS.values() for code in checks}
    missing = (codes | set(PROBLEMS) | set(BASES)) - known.keys()
    assert missing == set()


def test_every_warning_that_a_source_raises_can_be_explained():
    source = Path(centavo.__file__).parent
    codes = set()
    for path in source.rglob("*.py"):
        codes |= set(re.findall(r'QualityWarning\(\s*(?:code=)?"([a-z_]+)"', path.read_text()))
    assert codes - topics().keys() == set()


def test_every_setting_has_a_line():
    from centavo.ledger.settings import _KNOWN

    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for table, keys in _KNOWN.items():
        assert f"[{table}" in page
        for key in keys:
            assert key in page, key


def test_every_error_is_drawn_in_the_tree():
    drawn = errors.__doc__
    for name in errors.__all__:
        assert name in drawn, name


def test_exit_codes_of_the_tree_are_documented():
    page = topics()["exit-codes"]
    for name in errors.__all__:
        assert re.search(rf"^{getattr(errors, name).exit_code} ", page, re.MULTILINE), name


def test_examples_in_docstrings_run():
    run = {
        info.name: doctest.testmod(importlib.import_module(info.name))
        for info in pkgutil.walk_packages(centavo.__path__, "centavo.")
        if not info.name.endswith("__main__")
    }
    assert [name for name, results in run.items() if results.failed] == []
    assert sum(results.attempted for results in run.values()) > 100


def test_json_examples_in_docs_are_json():
    for page in PAGES:
        for block in re.findall(r"```json\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            json.loads(block)


def test_bases_are_the_ledgers():
    from centavo.consumption.cost_cells import Basis

    assert get_args(Basis) == BASES
