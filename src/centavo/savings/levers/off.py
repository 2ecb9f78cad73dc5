"""A scope switched off: always, or outside working hours."""

from centavo.message import N_
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]


def _make(settings: LeverSettings) -> Lever:
    if not settings.where.conditions:
        raise settings.fail("where", "is missing: everything would be switched off")
    hours = settings.text("except")

    def apply(traffic: Traffic) -> Change:
        return Change(
            dropped=f"SELECT request_no FROM {traffic.events} "
            f"WHERE {settings.where.sql} AND {_outside(settings)}"
        )

    return Lever(
        kind=KIND.name,
        label=f"off{f' but for {hours}' if hours else ''}",
        apply=apply,
        where=settings.where,
        quality=Quality(is_lossless=False, change=None, basis=N_("the work is not done")),
    )


def _outside(settings: LeverSettings) -> str:
    hours = settings.text("except")
    if not hours:
        return "true"
    first, _, end = hours.partition("-")
    if not (first.isdigit() and end.isdigit() and int(first) < int(end) <= 24):
        raise settings.fail("except", "is not hours such as 8-20")
    zone = settings.text("zone", "America/Sao_Paulo").replace("'", "")
    local = f"(started_at AT TIME ZONE 'UTC' AT TIME ZONE '{zone}')"
    within = f"extract('hour' FROM {local}) >= {int(first)} AND extract('hour' FROM {local}) < {int(end)}"
    return f"NOT ({within} AND isodow({local}) <= 5)"


KIND = LeverKind(
    "off",
    "A scope switched off, such as a test environment at night: its requests are not made.",
    (
        Parameter("except", "hours of work, Monday to Friday, that stay on: 8-20"),
        Parameter("zone", "time zone of these hours [default: America/Sao_Paulo]"),
    ),
    _make,
    place=10,
)
