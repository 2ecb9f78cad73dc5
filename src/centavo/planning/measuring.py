"""What the ledger measured of a plan's components: costs and quantities, by day and currency."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Literal, get_args

from centavo.errors import ConfigError
from centavo.ledger.engine import sql_text
from centavo.ledger.globs import glob_condition
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.toml_lines import near_names
from centavo.money import EXACT
from centavo.period import Period
from centavo.planning.meter import DIMENSIONS, Meter
from centavo.planning.units import Unit, UnitError, parse_unit

__all__ = [
    "BASES",
    "Basis",
    "Measured",
    "condition",
    "ledger_rows",
    "ledger_unit",
    "measure",
    "measured_groups",
    "named_sql",
    "within_sql",
]

Basis = Literal["billed", "metered", "vendor_reported", "estimated"]
BASES: tuple[Basis, ...] = get_args(Basis)
_MICROSECONDS_AN_HOUR = Decimal(3_600_000_000)
# Units as bills write them, in lower case and singular, by the plan's names.
_LEDGER_UNITS = {
    "hour": "h", "hr": "h", "gb": "GB", "gib": "GiB", "tb": "TB", "tib": "TiB", "mb": "MB",
    "gb-month": "GB-month", "gb-mo": "GB-month", "gib-month": "GiB-month", "gib-hour": "GiB-h",
    "gibibyte": "GiB", "gibibyte-month": "GiB-month", "gibibyte-hour": "GiB-h", "byte": "GB",
    "vcpu-hour": "cpu-h", "cpu-hour": "cpu-h", "gpu-hour": "gpu-h", "token": "token",
    "request": "request", "month": "month", "kwh": "kWh", "second": "s", "day": "day",
    "1k token": "ktoken", "1m token": "Mtoken",
}  # fmt: skip
_SCALES = {"byte": Decimal("1e-9")}


@dataclass
class Measured:
    """What one component measured in one month.

    Attributes:
        costs: By (day, currency).
        quantity: In base units of ``unit``; ``None`` where it is not known of every row.
        unit: What was measured; ``None`` where nothing is known or units are mixed.
        rows: Ledger rows.
    """

    costs: dict[tuple[date, str], Decimal] = field(default_factory=dict[tuple[date, str], Decimal])
    quantity: Decimal | None = Decimal(0)
    unit: Unit | None = None
    rows: int = 0


def measure(
    ledger: Ledger,
    meters: Mapping[str, Meter],
    *,
    period: Period,
    basis: Basis,
    where: Mapping[str, str],
) -> tuple[dict[str, dict[date, Measured]], dict[str, dict[date, Measured]]]:
    """Return what each component measured by month, and the same of what no meter fits, by its name.

    Args:
        ledger: Opened for the period.
        meters: By component, in the order in which they take rows.
        period: Whole months.
        basis: Evidence level; levels are never added.
        where: Pattern by dimension that every row must fit.
    """
    names = list(meters)
    cases = " ".join(
        f"WHEN {condition(meters[name].where)} THEN {place}" for place, name in enumerate(names)
    )
    sql = named_sql("measured").format(
        components=cases or "WHEN false THEN 0",
        rows=ledger_rows(ledger, basis, period),
        within=f"{within_sql(period)} AND {condition(where) if where else 'true'}",
    )
    result = ledger.engine.execute(sql)
    columns = [str(column[0]) for column in result.description]
    planned: dict[str, dict[date, Measured]] = defaultdict(dict)
    unplanned: dict[str, dict[date, Measured]] = defaultdict(dict)
    for values in result.fetchall():
        row = dict(zip(columns, values, strict=True))
        day = row["day"]
        assert isinstance(day, date)
        place = row["component"]
        name = names[int(str(place))] if place is not None else str(row["name"])
        months = planned[name] if place is not None else unplanned[name]
        month = months.setdefault(day.replace(day=1), Measured())
        _put(month, row, day, meters[name] if place is not None else None)
    return dict(planned), dict(unplanned)


def _put(month: Measured, row: Mapping[str, object], day: date, meter: Meter | None) -> None:
    place = (day, str(row["currency"]))
    cost = row["cost"]
    month.costs[place] = month.costs.get(place, Decimal(0)) + (
        cost if isinstance(cost, Decimal) else Decimal(0)
    )
    measured = None if meter is None else _quantity(meter, row)
    if meter is not None and meter.measure == "months":
        # A month with rows is one month, however many rows it has.
        month.quantity, month.unit = parse_unit("month").scale, parse_unit("month")
    elif measured is None or (month.unit and not month.unit.measures_the_same(measured[1])):
        month.quantity, month.unit = None, None
    elif month.quantity is not None:
        month.quantity, month.unit = EXACT.add(month.quantity, measured[0]), measured[1]
    month.rows += int(str(row["row_count"]))


def _quantity(meter: Meter, row: Mapping[str, object]) -> tuple[Decimal, Unit] | None:
    """Return the quantity of a cell in base units; ``None`` where a row does not tell it."""
    if meter.measure == "quantity":
        found = ledger_unit(row["unit"])
        amount = _known(row, "quantity", "quantity_rows")
        return (
            None
            if found is None or amount is None
            else (EXACT.multiply(amount, found.scale), found)
        )
    if meter.measure == "hours":
        amount = _known(row, "microseconds", "hour_rows")
        return (
            None
            if amount is None
            else (EXACT.divide(amount, _MICROSECONDS_AN_HOUR), parse_unit("h"))
        )
    if meter.measure == "requests":
        amount = _known(row, "requests", "request_rows")
        return None if amount is None else (amount, parse_unit("request"))
    tokens = {
        "input_tokens": ("input",),
        "output_tokens": ("output",),
        "tokens": ("input", "output"),
    }
    total, seen = Decimal(0), 0
    for kind in tokens.get(meter.measure, ()):
        amount = row[f"{kind}_tokens"]
        total += amount if isinstance(amount, Decimal) else 0
        seen += int(str(row[f"{kind}_rows"]))
    return (total, parse_unit("token")) if seen else None


def _known(row: Mapping[str, object], name: str, rows: str) -> Decimal | None:
    amount = row[name]
    return amount if isinstance(amount, Decimal) and row[rows] == row["row_count"] else None


def ledger_unit(text: object) -> Unit | None:
    """Return the unit of a bill's own words; ``None`` where they are not known.

    >>> ledger_unit("vCPU-Hours").text
    'cpu-h'
    """
    if text is None:
        return None
    word = str(text).strip().lower().removesuffix("s")
    try:
        unit = parse_unit(_LEDGER_UNITS.get(word, str(text)))
    except UnitError:
        return None
    if word in _SCALES:
        return Unit(_SCALES[word], unit.dimensions, unit.text)
    return unit


def ledger_rows(ledger: Ledger, basis: Basis, period: Period) -> str:
    """Return SQL of the rows of an evidence level: charges and, where it has some, requests."""
    rows = named_sql("charge_rows").format(basis=basis)
    if basis in {"metered", "estimated"}:
        merge_meters(ledger, period)
        tokens = "NULL" if basis == "metered" else "NOT NULL"
        rows += f"\nUNION ALL BY NAME\n{named_sql('request_rows').format(tokens=tokens)}"
    return rows


def condition(where: Mapping[str, str]) -> str:
    """Return the SQL condition of patterns by dimension; an empty pattern means "has none".

    Raises:
        ConfigError: A dimension is not known.
    """
    parts: list[str] = []
    for name, pattern in where.items():
        if name not in DIMENSIONS:
            raise ConfigError(f"{name!r} is not a dimension", hint=near_names(name, DIMENSIONS))
        parts.append(glob_condition(name, [pattern]) if pattern else f"{name} IS NULL")
    return " AND ".join(parts)


def within_sql(period: Period) -> str:
    """Return the SQL condition that a row is charged in the period."""
    parts: Iterable[str] = (
        f"charged_at {sign} TIMESTAMP {sql_text(f'{instant:%Y-%m-%d %H:%M:%S}')}"
        for sign, instant in ((">=", period.since), ("<", period.until))
        if instant is not None
    )
    return " AND ".join(("true", *parts))


def named_sql(name: str) -> str:
    """Return the text of a SQL file of this package."""
    return files("centavo.planning").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def measured_groups(
    ledger: Ledger,
    by: Sequence[str],
    *,
    period: Period,
    basis: Basis,
    where: Mapping[str, str],
) -> list[tuple[tuple[str | None, ...], str, Decimal, Decimal | None, str | None]]:
    """Return (key, currency, cost, quantity, unit) of what ran, the costliest first.

    Raises:
        ConfigError: A dimension is not known.
    """
    for name in by:
        if name not in DIMENSIONS:
            raise ConfigError(f"{name!r} is not a dimension", hint=near_names(name, DIMENSIONS))
    sql = named_sql("groups").format(
        keys=", ".join(by),
        rows=ledger_rows(ledger, basis, period),
        within=f"{within_sql(period)} AND {condition(where) if where else 'true'}",
    )
    found: list[tuple[tuple[str | None, ...], str, Decimal, Decimal | None, str | None]] = []
    for row in ledger.rows(sql):
        key = tuple(None if value is None else str(value) for value in row[: len(by)])
        currency, cost, quantity, unit = row[len(by) :]
        found.append(
            (
                key,
                str(currency),
                cost if isinstance(cost, Decimal) else Decimal(0),
                quantity if isinstance(quantity, Decimal) else None,
                None if unit is None else str(unit),
            )
        )
    return found
