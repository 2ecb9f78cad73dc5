"""``centavo explain``: what a term, a warning or a code means, from one text file for each."""

import difflib
from importlib.resources import files

import click

from centavo.cli.rule_page import rule_pages
from centavo.errors import ConfigError
from centavo.pricing import EXPLANATIONS

__all__ = ["command", "topics"]


def _complete_topic(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Complete a topic in a shell."""
    return [name for name in topics() if name.lower().startswith(incomplete.lower())]


@click.command("explain")
@click.argument("topic", required=False, shell_complete=_complete_topic)
def command(topic: str | None) -> None:
    """Explain a TOPIC: a term, a warning code or a reason; without one, list them."""
    known = topics()
    if topic is None:
        width = max(map(len, known))
        for name, text in known.items():
            click.echo(f"{name:<{width}}  {text.splitlines()[0]}")
        return
    name = topic.strip("[]")
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        raise ConfigError(
            f"there is nothing to explain under {topic!r}",
            hint=f"Did you mean {', '.join(near)}?"
            if near
            else "`centavo explain` lists the topics.",
        )
    click.echo(known[name].rstrip())


def topics() -> dict[str, str]:
    """Return every topic's text by its name, in alphabetical order."""
    folder = files("centavo.cli").joinpath("topics")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".md")]
    texts = {e.name.removesuffix(".md"): e.read_text(encoding="utf-8") for e in found}
    for problem, why in EXPLANATIONS.items():
        texts[problem] = f"No price: {why}.\n\n`centavo explain unpriced` says what that means.\n"
    return dict(sorted((texts | rule_pages()).items()))
