"""In a shell: what Tab completes, and a pipe whose reader leaves."""

import os
import subprocess
import sys

import pytest

from tests.cli.test_ingest import bill, row


def completed(monkeypatch, capsys, *words, shell="bash"):
    """Return what the command answers to its completion function, last word unfinished."""
    monkeypatch.setenv("_CENTAVO_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(("centavo", *words)))
    monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
    monkeypatch.setattr(sys, "argv", ["centavo"])
    from centavo.cli import main

    with pytest.raises(SystemExit):
        main()
    return capsys.readouterr().out.split()


def test_a_shell_completes_verbs_options_and_choices(monkeypatch, capsys):
    assert "plain,costs" in completed(monkeypatch, capsys, "co")
    assert completed(monkeypatch, capsys, "costs", "--basi") == ["plain,--basis"]
    assert "plain,metered" in completed(monkeypatch, capsys, "costs", "--basis", "m")


def test_a_shell_completes_the_last_of_several_dimensions(monkeypatch, capsys):
    assert completed(monkeypatch, capsys, "costs", "--by", "team,mod") == ["plain,team,model"]
    assert completed(monkeypatch, capsys, "units", "--by", "team,tea") == []


def test_a_shell_completes_files_sources_and_topics(monkeypatch, capsys):
    assert completed(monkeypatch, capsys, "ingest", "bi") == ["file,bi"]
    assert "plain,gcp" in completed(monkeypatch, capsys, "ingest", "--source", "g")
    assert completed(monkeypatch, capsys, "explain", "exit") == ["plain,exit-codes"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_its_completion(monkeypatch, capsys, shell):
    assert any("costs" in line for line in completed(monkeypatch, capsys, "cos", shell=shell))


@pytest.mark.parametrize("words", [["--help"], ["costs", "--by", "service", "--json"]])
def test_a_reader_that_leaves_is_no_failure(centavo, tmp_path, words):
    centavo("ingest", bill(tmp_path / "bill.csv", row()))
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "centavo", *words],
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stderr
