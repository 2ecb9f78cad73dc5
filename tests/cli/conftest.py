"""Running the command line in this process, as a person would."""

import json
import sys
from dataclasses import dataclass

import pytest

from centavo.cli import main


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def centavo(monkeypatch, capsys, tmp_path):
    """Run ``centavo`` in an empty folder with its ledger in ``./.centavo``."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["centavo", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run
