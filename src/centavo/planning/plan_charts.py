"""A plan's charts, prepared and drawn: breakdown, fan of the horizon, tornado, break-even."""

from collections.abc import Sequence

import numpy as np

from centavo.charts import (
    Band,
    Bar,
    BarChart,
    Frame,
    Ink,
    Layer,
    Stair,
    StaircaseChart,
    Tick,
    TimeSeriesChart,
    TornadoBar,
    TornadoChart,
    bar_chart,
    nice_ticks,
    staircase_chart,
    time_series_chart,
    tornado_chart,
)
from centavo.charts.ink import HUES
from centavo.errors import ConfigError
from centavo.planning.distributions import Array
from centavo.planning.estimate import Estimate, estimate
from centavo.planning.resolved import ResolvedScenario
from centavo.planning.simulation import simulate
from centavo.planning.sizing.self_host import Step
from centavo.planning.what_if import break_evens, tornado
from centavo.planning.world_costs import cost_rows
from centavo.planning.worlds import World

__all__ = ["FILE", "break_even", "breakdown", "fan", "replica_staircase", "tornado_of"]

# A file does not know what it will lie on: this grey has 4.5:1 on white and on black.
FILE = Ink((*HUES, "#7b7f87"), "#767676", "#767676", "#76767655", "none", "Noto Sans, sans-serif")
_MOST_BARS = 12
_MOST_SWINGS = 12
_POINTS = 200


def breakdown(planned: Estimate, *, width_px: float = 720.0) -> str:
    """Return the first month by component, the largest first, as SVG."""
    plan, name = planned.plan, planned.resolved.scenario.name
    total = planned.first.amount
    lines = sorted(planned.lines, key=lambda it: -it.costs[0])
    bars = [
        Bar(
            it.name, float(it.costs[0]), f"{it.costs[0]:,.2f}", grade="estimated",
            note=f"{100 * it.costs[0] / total:.0f} %" if total else "",
        )
        for it in lines[:_MOST_BARS]
    ]  # fmt: skip
    rest = sum((it.costs[0] for it in lines[_MOST_BARS:]), total * 0)
    if rest:
        others = f"{len(lines) - _MOST_BARS} others"
        bars.append(Bar(others, float(rest), f"{rest:,.2f}", hue=len(HUES), grade="estimated"))
    told = ", ".join(f"{bar.name} {bar.label}" for bar in bars[:5])
    frame = Frame(
        FILE, "plan-breakdown", f"{plan.name}, {name}: {total:,.2f} {plan.currency} a month",
        f"Estimated, by component: {told}.", width_px,
    )  # fmt: skip
    return bar_chart(BarChart(tuple(bars)), frame)


def fan(resolved: ResolvedScenario, *, width_px: float = 720.0) -> str:
    """Return every month as planned, and the band that 90 % of draws stay in, as SVG."""
    plan, planned, drawn = resolved.plan, estimate(resolved), simulate(resolved)
    bands = drawn.each_month
    low, middle, high = ([getattr(it, name) for it in bands] for name in ("p5", "p50", "p95"))
    months = [f"{plan.month(it):%Y-%m}" for it in range(plan.months)]
    values = tuple(float(it) for it in planned.months)
    step = max(1, plan.months // 6)
    chart = TimeSeriesChart(
        layers=(Layer("planned", values, 0, "estimated"),),
        columns=tuple(
            f"{month}: planned {value:,.2f}, P5 {a:,.2f}, P95 {b:,.2f}"
            for month, value, a, b in zip(months, values, low, high, strict=True)
        ),
        values=nice_ticks(0.0, max(*high, *values), lambda it: f"{it:,.0f}"),
        times=tuple(Tick(at, months[at]) for at in range(0, plan.months, step)),
        forecast=Band(0, tuple(low), tuple(middle), tuple(high)),
    )
    frame = Frame(
        FILE, "plan-fan", f"{plan.name}, {resolved.scenario.name}: {plan.currency} a month",
        f"Columns are planned; the band is 90 % of {drawn.count:,} draws: {months[0]} from"
        f" {low[0]:,.2f} to {high[0]:,.2f}, {months[-1]} from {low[-1]:,.2f} to {high[-1]:,.2f}.",
        width_px,
    )  # fmt: skip
    return time_series_chart(chart, frame)


def tornado_of(resolved: ResolvedScenario, *, width_px: float = 720.0) -> str:
    """Return what moves the horizon's cost, the widest on top, as SVG.

    Raises:
        ConfigError: Nothing in the scenario has a range.
    """
    plan = resolved.plan
    swings = [it for it in tornado(resolved) if it.width > 0]
    if not swings:
        raise ConfigError(
            f"nothing in {resolved.scenario.name} has a range that moves its cost",
            hint="Give drivers or prices a range.",
        )
    centre = float(estimate(resolved).taxed_horizon.amount)
    bars = tuple(
        TornadoBar(it.key, it.at_low, it.at_high, f"{it.at_low:,.0f}", f"{it.at_high:,.0f}")
        for it in swings[:_MOST_SWINGS]
    )
    title = f"{plan.name}, {resolved.scenario.name}: {plan.currency} in {plan.months} months"
    told = "; ".join(f"{bar.name} {bar.low_label} to {bar.high_label}" for bar in bars[:5])
    frame = Frame(
        FILE, "plan-tornado", title, f"One thing at a time, P5 to P95, simulated: {told}.", width_px
    )
    return tornado_chart(TornadoChart(bars, Tick(centre, f"{centre:,.0f} planned")), frame)


def break_even(
    first: ResolvedScenario,
    second: ResolvedScenario,
    *,
    key: str,
    high: float,
    width_px: float = 720.0,
) -> str:
    """Return two scenarios' cost of the horizon over a driver from 0 to ``high``, as SVG."""
    plan = first.plan
    values = np.linspace(0.0, high, _POINTS)
    unit = first.units.get(key)
    scale = float(unit.scale) if unit else 1.0
    named = unit.text if unit else ""
    stairs: list[Stair] = []
    top = 0.0
    for hue, each in enumerate((first, second)):
        costs = _horizon(each, key, values)
        top = max(top, float(costs.max()))
        points = tuple(zip((values / scale).tolist(), costs.tolist(), strict=True))
        stairs.append(Stair(each.scenario.name, points, hue, grade="estimated"))
    crossings = break_evens(first, second, key=key, low=0.0, high=high)
    chart = StaircaseChart(
        stairs=tuple(stairs),
        volumes=nice_ticks(0.0, high / scale, _volume),
        costs=nice_ticks(0.0, top, lambda it: f"{it:,.0f}"),
        crossings=tuple(
            Tick(it.value / scale, f"{_volume(it.value / scale)} {named}") for it in crossings
        ),
        volume_name=f"{key} ({named})" if named else key,
    )
    told = "; ".join(
        f"at {_volume(it.value / scale)} {named} both cost {it.cost:,.2f}, {it.cheaper_above} is cheaper"
        " above"
        for it in crossings
    )
    frame = Frame(
        FILE, "plan-break-even", f"{plan.name}: {plan.currency} in {plan.months} months by {key}",
        f"Estimated. {told or 'They never cost the same here'}.", width_px,
    )  # fmt: skip
    return staircase_chart(chart, frame)


def replica_staircase(steps: Sequence[Step], *, currency: str, width_px: float = 720.0) -> str:
    """Return whole replicas against an API as traffic grows, as SVG."""
    factors = [float(it.factor) for it in steps]
    hosted = tuple((f, float(it.costs.hosted)) for f, it in zip(factors, steps, strict=True))
    bought = tuple((f, float(it.costs.bought)) for f, it in zip(factors, steps, strict=True))
    top = max(cost for _, cost in (*hosted, *bought))
    cheaper = next((it for it in steps if it.costs.hosted < it.costs.bought), None)
    crossings = (
        ()
        if cheaper is None
        else (Tick(float(cheaper.factor), f"x {_volume(float(cheaper.factor))}"),)
    )
    chart = StaircaseChart(
        stairs=(
            Stair("own replicas", hosted, 0, jumps=True, grade="simulated"),
            Stair("API", bought, 1, grade="simulated"),
        ),
        volumes=nice_ticks(0.0, factors[-1], _volume),
        costs=nice_ticks(0.0, top, lambda it: f"{it:,.0f}"),
        crossings=crossings,
        volume_name="times the traffic measured",
    )
    told = (
        "Own replicas are never cheaper here"
        if cheaper is None
        else f"Own replicas are first cheaper at {_volume(float(cheaper.factor))} times the traffic"
    )
    frame = Frame(
        FILE, "self-host", f"Own replicas or an API, {currency}", f"Simulated. {told}.", width_px
    )
    return staircase_chart(chart, frame)


def _volume(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def _horizon(resolved: ResolvedScenario, key: str, values: Array) -> Array:
    costs = cost_rows(resolved, World(len(values), {key: values[None, :]}))
    total = costs.months if costs.taxes is None else costs.months + costs.taxes
    return total.sum(axis=0)
