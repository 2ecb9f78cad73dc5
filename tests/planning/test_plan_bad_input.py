"""A plan that cannot be used is refused with its file, line, key and value, never computed."""

import pytest

from centavo.errors import CentavoError, InputError
from centavo.planning import read_plan
from centavo.planning.resolved import resolve
from tests.planning.plans import plan_of, plan_text

REFUSED = {
    "unknown unit": (
        {"drivers": "drivers:\n  hours: 100 parsecs\n"},
        4,
        "hours has an unknown unit: '100 parsecs'",
    ),
    "unit of another kind": (
        {"drivers": "drivers:\n  hours: 100 GB\n"},
        8,
        "quantity is in GB, and the price p is for one h",
    ),
    "mixed currencies without a rate": (
        {"prices": "prices:\n  p: {price: 2 BRL/h, as_of: 2026-11-01, source: offer}\n"},
        6,
        "p is in BRL, and the plan in USD: there is no rate between them",
    ),
    "negative range": (
        {"drivers": "drivers:\n  hours: {value: 100 h, range: [-5, 200]}\n"},
        4,
        "range is not a number of 0 or more",
    ),
    "low above high": (
        {"drivers": "drivers:\n  hours: {value: 100 h, range: [200, 50]}\n"},
        4,
        "range has its low end above its high end",
    ),
    "value outside its range": (
        {"drivers": "drivers:\n  hours: {value: 100 h, range: [10, 50]}\n"},
        4,
        "range does not hold the value itself",
    ),
    "tier gap": (
        {
            "prices": "prices:\n  p:\n    price: 2 USD/h\n    as_of: 2026-11-01\n    source: x\n"
            "    tiers:\n      - {up_to: 10 h, price: 2}\n      - {from: 20 h, price: 1}\n"
        },
        12,
        "from leaves a gap after 10",
    ),
    "tier overlap": (
        {
            "prices": "prices:\n  p:\n    price: 2 USD/h\n    as_of: 2026-11-01\n    source: x\n"
            "    tiers:\n      - {up_to: 10 h, price: 2}\n      - {from: 5 h, price: 1}\n"
        },
        12,
        "from overlaps the tier up to 10",
    ),
    "tiers that end": (
        {
            "prices": "prices:\n  p:\n    price: 2 USD/h\n    as_of: 2026-11-01\n    source: x\n"
            "    tiers:\n      - {up_to: 10 h, price: 2}\n"
        },
        10,
        "tiers must end with a tier without up_to",
    ),
    "a cycle": (
        {"quantities": "quantities:\n  a: b * 2\n  b: a + a\n"},
        None,
        "is computed from itself: a from b from a",
    ),
    "a price without date": (
        {"prices": "prices:\n  p: {price: 2 USD/h, source: offer}\n"},
        6,
        "price needs as_of or valid_from",
    ),
    "a price without source": (
        {"prices": "prices:\n  p: {price: 2 USD/h, as_of: 2026-11-01}\n"},
        6,
        "source is missing",
    ),
    "a scenario that names nothing": (
        {"scenarios": "scenarios:\n  empty: {}\n"},
        10,
        "empty names nothing",
    ),
    "a scenario that names an unknown component": (
        {"scenarios": "scenarios:\n  small: {off: [cpu]}\n"},
        10,
        "off names no component: 'cpu'",
    ),
    "a scenario that names an unknown driver": (
        {"scenarios": "scenarios:\n  small: {set: {hour: 3 h}}\n"},
        10,
        "hour is no driver of the plan",
    ),
    "a scenario that leaves nothing": (
        {"scenarios": "scenarios:\n  small: {off: [gpu]}\n"},
        10,
        "off leaves no component with a price",
    ),
    "a formula that calls with two arguments": (
        {"quantities": "quantities:\n  x: max(hours, 3 h)\n"},
        None,
        "calls max: formulas call nothing: 'max(hours, 3 h)'",
    ),
    "a formula that calls": (
        {"quantities": "quantities:\n  x: max(hours)\n"},
        None,
        "calls max: formulas call nothing",
    ),
    "a formula that reaches for Python": (
        {"quantities": "quantities:\n  x: hours.__class__\n"},
        None,
        "has '.', which no formula has",
    ),
    "a formula that adds unlike things": (
        {"quantities": "quantities:\n  x: hours + 2 GB\n"},
        None,
        "adds h and GB",
    ),
    "a formula of an unknown name": (
        {"quantities": "quantities:\n  x: hour * 2\n"},
        None,
        "names 'hour', which is no driver or quantity here",
    ),
    "an unknown key": (
        {"components": "components:\n  gpu: {quantity: hours, prise: p}\n"},
        8,
        "prise is not a key here",
    ),
    "an unknown price": (
        {"components": "components:\n  gpu: {quantity: hours, price: q}\n"},
        8,
        "price names no price of the plan or the list: 'q'",
    ),
    "a host that is not there": (
        {"components": "components:\n  gpu: {quantity: hours, price: p}\n  k3s: {carried_by: x}\n"},
        9,
        "carried_by names no component",
    ),
    "a carried component with a price": (
        {
            "components": "components:\n  gpu: {quantity: hours, price: p}\n"
            "  k3s: {carried_by: gpu, price: p}\n"
        },
        9,
        "price has no place in a component that its host carries",
    ),
    "a wrong day": (
        {"prices": "prices:\n  p: {price: 2 USD/h, as_of: yesterday, source: x}\n"},
        6,
        "as_of is not a date",
    ),
    "nothing to plan": ({"components": "components: {}\n"}, None, "components has nothing in it"),
    "a horizon without end": ({"more": "show: BRL\n"}, 9, "show has no rate from USD"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_plan_that_cannot_be_used_names_what_is_wrong(name, tmp_path):
    parts, line, message = REFUSED[name]
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, **parts)
    assert message in caught.value.message
    assert "plan.yaml" in caught.value.message
    if line is not None:
        assert f"line {line}:" in caught.value.message


def test_a_yaml_bomb_is_refused(tmp_path):
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} {{" + ", ".join(f"{i}: *{before}" for i in range(10)) + "}")
    path = tmp_path / "plan.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError, match="stands for more than 200,000 values"):
        read_plan(path)


def test_a_value_that_contains_itself_is_refused(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("drivers: &a\n  x: *a\n", encoding="utf-8")
    with pytest.raises(InputError, match="or for itself"):
        read_plan(path)


def test_a_file_that_includes_itself_is_refused(tmp_path):
    (tmp_path / "shared.yaml").write_text("include: [shared.yaml]\n", encoding="utf-8")
    with pytest.raises(InputError, match="includes itself"):
        plan_of(tmp_path, include="include: [shared.yaml]\n")


def test_an_include_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InputError, match="include does not exist"):
        plan_of(tmp_path, include="include: [shared.yaml]\n")


def test_a_price_that_holds_later_is_not_used_before(tmp_path):
    later = "prices:\n  p: {price: 2 USD/h, valid_from: 2027-03-01, source: announced}\n"
    plan = plan_of(tmp_path, prices=later)
    with pytest.raises(InputError, match="no price in 2026-12"):
        resolve(plan)


def test_a_carried_component_needs_its_host(tmp_path):
    components = "components:\n  a: {quantity: hours, price: p}\n  b: {quantity: hours, price: p}\n"
    plan = plan_of(
        tmp_path,
        components=components + "  c: {carried_by: a}\n",
        scenarios="scenarios:\n  s: {off: [a]}\n",
    )
    with pytest.raises(InputError, match="c is carried by a, which is off"):
        resolve(plan)


def test_deep_brackets_are_refused(tmp_path):
    deep = "(" * 60 + "hours" + ")" * 60
    with pytest.raises(InputError, match="brackets more than 40 deep"):
        plan_of(tmp_path, quantities=f"quantities:\n  x: {deep}\n")


def test_a_plan_that_is_not_yaml_names_the_line(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text("start: 2026-12\ncomponents: {a: [}\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 2"):
        read_plan(path)


def test_the_command_ends_with_exit_code_2(centavo, tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(drivers="drivers:\n  hours: 100 parsecs\n"), encoding="utf-8")
    done = centavo("plan", "check", path)
    assert done.exit_code == 2
    assert "line 4" in done.err


def test_what_is_wrong_is_always_an_error_of_ours(tmp_path):
    for text in ("", "[]", "start: 2026-12", "components: 3", "start: [1]\ncomponents: {a: {}}"):
        path = tmp_path / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CentavoError):
            read_plan(path)
