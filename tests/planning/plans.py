"""Small plans for tests: parts that differ over parts that do not."""

from pathlib import Path

from centavo.planning import Plan, read_plan

HEAD = "start: 2026-12\nmonths: 12\n"
PRICE = "  p: {price: 2 USD/h, as_of: 2026-11-01, source: offer}\n"
PARTS = {
    "drivers": "drivers:\n  hours: 100 h\n",
    "prices": f"prices:\n{PRICE}",
    "components": "components:\n  gpu: {quantity: hours, price: p}\n",
}


def plan_text(**parts: str) -> str:
    """Return a plan of one component, with parts replaced or added; an empty part is left out."""
    return HEAD + "".join((PARTS | parts).values())


def plan_of(folder: Path, **parts: str) -> Plan:
    """Return the plan of ``plan_text``."""
    path = folder / "plan.yaml"
    path.write_text(plan_text(**parts), encoding="utf-8")
    return read_plan(path)
