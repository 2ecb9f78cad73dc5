"""The formula of a quantity that has a sizing: its driver, or that times another formula."""

from centavo.pricing.yaml_entries import YamlEntry

__all__ = ["sized_formula", "sized_name"]


def sized_name(name: str) -> str:
    """Return the name of the driver that a sizing stands for.

    >>> sized_name("gpu-hours")
    'gpu_hours_sizing'
    """
    return f"{name.replace('-', '_')}_sizing"


def sized_formula(name: str, entry: YamlEntry, key: str) -> tuple[str, str]:
    """Return the formula of an entry that has a sizing, and the key where it stands.

    What stands at ``key`` is a formula that the sizing is multiplied by; without it the sizing is the
    quantity.
    """
    written = entry.optional_text(key)
    if written is None:
        return sized_name(name), "sizing"
    return f"{sized_name(name)} * ({written})", key
