"""Forecast above budget: the month will end above what was allowed.

What it finds:
    Monthly budgets of the policy file whose scope will spend more this month than they allow, by the
    forecast's middle.

Why it costs:
    A budget that is seen to break on the 10th can be kept; on the 31st it can only be explained.

How it is measured:
    Spend by day of the rows that the budget is the first to cover, forecast to the end of the month that
    is under way (docs/forecast.md). The finding needs the middle of the forecast `least_excess` above
    the budget; it says whether nine in ten such forecasts would end above. The money is the excess.

When it is wrong:
    A planned end or launch is not known here; `centavo forecast` knows those of your file of plans. With
    less than two weeks of history the mean day goes on. Spend in a currency without a known rate to the
    budget's is not in it.

Example:
    chat: July 2026 will end at 620.00 USD, 80 % between 598.00 and 655.00; its budget is 500.00 USD.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.consumption.public_holidays import public_holidays
from centavo.consumption.rules.asking import ask
from centavo.consumption.rules.uncovered import scope_of
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Month, message
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.policy import Budget, Policy, read_policy

if TYPE_CHECKING:
    from centavo.consumption.forecast.scope_forecast import SpanForecast

__all__ = ["RULE"]

# Bills of a month arrive for some days after it; later its end is no forecast.
_OVER = timedelta(days=14)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each monthly budget that the month under way will break."""
    if settings.policy is None:
        return Blind("there is no policy file, so no budget")
    policy = read_policy(settings.policy)
    if not any(budget.per == "month" for budget in policy.budgets):
        return Blind("the policy file has no budget for a month")
    spend_tables(ledger, period, settings)
    answer = ask(ledger, "over_budget")
    until = _until(answer)
    if until is None:
        return Blind("no day of spend is complete")
    end = _month_end(until)
    if settings.now >= datetime.combine(end, time(), UTC) + _OVER:
        return Blind(f"spend is complete until {until} only: that month is over")
    found: list[Finding] = []
    for budget, rows in _by_budget(answer, policy).items():
        span = _span(budget, rows, until, settings)
        if span is not None and _excess(budget, span) > _least(budget, settings):
            found.append(_finding(answer, budget, rows, span))
    return found


def _until(answer: Answer) -> date | None:
    """Return the first day that may still change; ``None`` without a complete one."""
    whole = [day_of(row) for row in answer.rows if not row["is_late"]]
    late = [day_of(row) for row in answer.rows if row["is_late"]]
    return min([*late, max(whole) + timedelta(days=1)]) if whole else None


def _by_budget(answer: Answer, policy: Policy) -> dict[Budget, list[Row]]:
    found: dict[Budget, list[Row]] = {}
    for row in answer.rows:
        budget = policy.budget_of(scope_of(row))
        if budget is not None and budget.per == "month" and _amount(row, budget) is not None:
            found.setdefault(budget, []).append(row)
    return found


def _amount(row: Row, budget: Budget) -> Decimal | None:
    """Return the row's cost in the budget's currency; ``None`` where no rate is known."""
    if row["currency"] == budget.amount.currency:
        return amount_of(row, "cost")
    return amount_of(row, "amount") if row["unit"] == budget.amount.currency else None


def _span(
    budget: Budget, rows: Sequence[Row], until: date, settings: RuleSettings
) -> "SpanForecast | None":
    """Return the month's forecast of what a budget covers; ``None`` before its first complete day."""
    # numpy is read only where there is a budget to forecast.
    from centavo.consumption.forecast.daily_costs import daily_costs
    from centavo.consumption.forecast.outlook import outlook

    unit = budget.amount.currency
    days = (((), day_of(row), Money(_amount(row, budget) or Decimal(0), unit)) for row in rows)
    series = daily_costs(days, until)
    if not series:
        return None
    holidays = {
        day: name
        for year in range(series[0].first.year, until.year + 1)
        for day, name in public_holidays(settings.holidays, year).items()
    }
    return outlook(series[0], _month_end(until), holidays=holidays).whole.months[0]


def _excess(budget: Budget, span: "SpanForecast") -> Decimal:
    return EXACT.subtract(span.p50.amount, budget.amount.amount)


def _least(budget: Budget, settings: RuleSettings) -> Decimal:
    return EXACT.multiply(settings.limits["least_excess"], budget.amount.amount)


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _finding(answer: Answer, budget: Budget, rows: Sequence[Row], span: "SpanForecast") -> Finding:
    unit = budget.amount.currency
    if span.known.amount > budget.amount.amount:
        said = N_(
            "{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; {spent} of it is spent, more than "
            "its budget of {limit}."
        )
    elif span.p10.amount > budget.amount.amount:
        said = N_(
            "{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; its budget is {limit}, and nine in "
            "ten such forecasts end above it."
        )
    else:
        said = N_(
            "{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; its budget is {limit}."
        )
    return Finding(
        code=RULE.code,
        subject={"budget": budget.name},
        sentence=message(
            said,
            place=budget.name,
            month=Month(span.first),
            p50=span.p50.rounded(),
            p10=span.p10.rounded().amount,
            p90=span.p90.rounded().amount,
            spent=span.known.rounded().amount,
            limit=budget.amount.rounded(),
        ),
        period=days_from(span.first, span.end),
        per_30d=Money(_excess(budget, span), unit),
        grade="estimated",
        money_kind="exposed",
        evidence=answer.evidence(rows),
        to_do=N_("Say why, raise the budget, or cut: `centavo why` shows what moved it."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON120",
    "over_budget",
    find,
    __doc__ or "",
    (
        Threshold(
            "least_excess",
            Decimal("0.02"),
            "share of the budget",
            "measured: on day 20 half of all months end more than 2 % from their forecast "
            "(benchmarks/forecast.py)",
        ),
    ),
)
