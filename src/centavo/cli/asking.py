"""Options that questions share: dimensions and filters as a person types them."""

from collections.abc import Sequence

from centavo.errors import ConfigError

__all__ = ["dimension_list", "where_pairs"]


def dimension_list(text: str | None) -> tuple[str, ...]:
    """Return the dimensions of ``application,model``; hyphens count as underscores.

    Raises:
        ConfigError: One stands twice.

    >>> dimension_list("application, cost-center")
    ('application', 'cost_center')
    """
    names = tuple(
        name if name.startswith("tag:") else name.replace("-", "_").lower()
        for part in (text or "").split(",")
        if (name := part.strip())
    )
    if len(set(names)) < len(names):
        raise ConfigError(f"--by {text!r} names a dimension twice")
    return names


def where_pairs(texts: Sequence[str]) -> dict[str, str]:
    """Return the filters of ``--where DIMENSION=VALUE``; an empty value means "has none".

    Raises:
        ConfigError: One has no equals sign.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigError(
                f"--where {text!r} is not DIMENSION=VALUE",
                hint="For example --where environment=test; --where team= is cost without a team.",
            )
        pairs[dimension_list(name)[0]] = value
    return pairs
