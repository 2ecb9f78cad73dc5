"""Who acts: the option that names them, and the name where nobody does."""

import getpass
import os

import click

__all__ = ["actor_option", "login_name"]

actor_option = click.option(
    "--actor", help="Who does this [default: $CENTAVO_ACTOR, else the login name]."
)


def login_name() -> str:
    """Return who sits at the keyboard, or what CI calls itself."""
    named = os.environ.get("CENTAVO_ACTOR")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
