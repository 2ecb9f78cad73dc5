"""Rules of third parties: entry points of the group ``centavo.rules``."""

from importlib.metadata import entry_points

from centavo.errors import ConfigError
from centavo.findings.rule import Rule

__all__ = ["RULES_GROUP", "installed_rules"]

RULES_GROUP = "centavo.rules"


def installed_rules() -> tuple[Rule, ...]:
    """Return the rules that installed packages register, in order of their codes.

    An entry point names a ``Rule``, or a sequence of rules.

    Raises:
        ConfigError: An entry point cannot be loaded, or is no rule.
    """
    found: list[Rule] = []
    for point in entry_points(group=RULES_GROUP):
        try:
            loaded = point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigError(
                f"the rule {point.name!r} cannot be loaded: {error}",
                hint=f"It is registered as {point.value} in the group {RULES_GROUP}.",
            ) from error
        rules = (loaded,) if isinstance(loaded, Rule) else tuple(loaded)
        if not all(isinstance(rule, Rule) for rule in rules):
            raise ConfigError(f"{point.value} (group {RULES_GROUP}) is no centavo.findings.Rule")
        found += rules
    return tuple(sorted(found, key=lambda rule: rule.code))
