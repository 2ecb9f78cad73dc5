"""The command line: one file per verb, loaded only when it is called."""

from centavo.cli.group import main

__all__ = ["main"]
