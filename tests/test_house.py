"""The house budgets: sizes, start-up cost and front doors (CONVENTIONS, rules 1, 3 and 4)."""

import ast
import importlib
import pkgutil
import statistics
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import centavo

SOURCE = Path(centavo.__file__).parent
FILES = sorted(SOURCE.rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "core", "manager", "base"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def functions(path: Path) -> list[tuple[str, int]]:
    """Return name and number of lines of each function; trees themselves are too large to keep."""
    return [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_no_file_is_longer_than_500_lines():
    long = {
        str(p.relative_to(SOURCE)): n for p in FILES if (n := len(p.read_text().splitlines())) > 500
    }
    assert long == {}


def test_no_function_is_longer_than_60_lines():
    long = {
        f"{path.relative_to(SOURCE)}:{name}": lines
        for path in FILES
        for name, lines in functions(path)
        if lines > 60
    }
    assert long == {}


def test_the_median_function_is_short():
    lengths = [lines for path in FILES for _, lines in functions(path)]
    assert statistics.median(lengths) <= 14


def test_no_file_is_named_for_nothing():
    assert [p.name for p in FILES if p.stem in FORBIDDEN_NAMES] == []


def test_every_package_has_a_front_door():
    for info in pkgutil.walk_packages(centavo.__path__, "centavo."):
        if info.ispkg:
            module = importlib.import_module(info.name)
            assert module.__doc__, info.name
            # The order is ruff's (RUF022).
            assert len(set(module.__all__)) == len(module.__all__), info.name
            assert all(hasattr(module, name) for name in module.__all__), info.name


def test_every_all_is_sorted_and_true():
    for path in FILES:
        for node in tree(path).body:
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
                names = ast.literal_eval(node.value)
                relative = path.relative_to(SOURCE.parent).with_suffix("")
                parts = [part for part in relative.parts if part != "__init__"]
                module = importlib.import_module(".".join(parts))
                assert all(hasattr(module, name) for name in names), path


def test_import_stays_small():
    code = "import sys; import centavo; print(len(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120


@pytest.mark.parametrize("heavy", ["duckdb", "pyiceberg", "pyarrow", "genai_prices", "rich"])
def test_help_imports_nothing_heavy(heavy):
    code = (
        "import sys\n"
        "from centavo.cli.group import cli\n"
        "try:\n    cli.main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print({heavy!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.rstrip().endswith("False")
