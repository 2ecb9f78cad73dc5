"""``sizing:`` of derived quantities and components: each stands for a driver of its own."""

from collections.abc import Mapping

from centavo.planning.driver_entries import DriverEntries
from centavo.planning.plan import Driver
from centavo.planning.sized_formula import sized_name
from centavo.pricing.yaml_entries import YamlEntry

__all__ = ["sized_drivers"]


def sized_drivers(
    top: YamlEntry, reader: DriverEntries, drivers: Mapping[str, Driver]
) -> dict[str, Driver]:
    """Return the drivers that ``sizing:`` under ``quantities`` and ``components`` stands for.

    They have a name like any other, so that scenarios can set them and what-ifs move them.

    Raises:
        BadValueError: A sizing cannot be used, or the name of its driver is taken; names its line.
    """
    found: dict[str, Driver] = {}
    for key in ("quantities", "components"):
        block = top.mapping(key)
        for name in block.values if block else ():
            entry = _entry(block, name)
            if entry is None or "sizing" not in entry.values:
                continue
            own = sized_name(name)
            if own in drivers or own in found:
                entry.fail(f"stands for a driver named {own}, which is there already", "sizing")
            found[own] = reader.sized_driver(own, entry)
    return found


def _entry(block: YamlEntry | None, name: str) -> YamlEntry | None:
    if block is None or isinstance(block.values[name], str) or not block.values[name]:
        return None
    return block.mapping(name)
