"""How the verbs of ``centavo plan`` open a plan: its file, the user's prices, and which scenario."""

from collections.abc import Sequence
from pathlib import Path

from centavo.ledger.settings import Settings
from centavo.planning import Plan, opening
from centavo.planning.resolved import ResolvedScenario, resolve

__all__ = ["open_plan", "resolved_scenarios", "split_scenario"]


def open_plan(path: Path, *, ledger: Path | None = None) -> Plan:
    """Return the plan of a file, its prices from the user's own lists where settings name some.

    Raises:
        InputError: The plan cannot be read.
    """
    return opening.open_plan(path, Settings.load(Path.cwd(), ledger=ledger))


def resolved_scenarios(plan: Plan, names: Sequence[str]) -> list[ResolvedScenario]:
    """Return the scenarios of these names, or all of them.

    Raises:
        ConfigError: One is not there.
    """
    return [resolve(plan, name) for name in (names or plan.scenarios)]


def split_scenario(text: str) -> tuple[Path, str | None]:
    """Return the file and the scenario of ``plan.yaml:maximum``.

    >>> split_scenario("plan.yaml:maximum")[1]
    'maximum'
    """
    file, colon, name = text.rpartition(":")
    if colon and not Path(text).exists():
        return Path(file), name
    return Path(text), None
