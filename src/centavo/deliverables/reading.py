"""What deliverables read: one ledger at one moment, each question asked once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.cost_rollup import use_rollup
from centavo.consumption.costs import CostReport, cost_report
from centavo.consumption.forecast.planned_changes import read_plans
from centavo.consumption.forecast.report import (
    ForecastQuestion,
    ForecastReport,
    KnownInputs,
    forecast_report,
)
from centavo.errors import LedgerError
from centavo.findings import KnownFinding, RuleSettings, load_register
from centavo.ledger.allocation import Allocation
from centavo.ledger.coverage import Coverage
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.layout import LAYOUTS
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TableName
from centavo.ledger.settings import Settings
from centavo.planning.drawn import DrawnScenario, draw
from centavo.planning.opening import open_plan
from centavo.planning.resolved import resolve
from centavo.pricing import PriceBook
from centavo.pricing.shutdowns import Shutdowns
from centavo.savings.register import load_savings
from centavo.savings.saving import KnownSaving

__all__ = ["Reading"]


@dataclass(frozen=True)
class Reading:
    """The ledger as it was when it was opened, and the user's settings.

    Attributes:
        ledger: Opened without a period.
        settings: As loaded.
        rules: Settings of rules: floor, currency, calendar.
        now: The clock, aware.
    """

    ledger: Ledger
    settings: Settings
    rules: RuleSettings
    now: datetime
    _costs: dict[str, CostReport] = field(default_factory=dict[str, CostReport], repr=False)
    _coverages: dict[TableName, Coverage] = field(
        default_factory=dict[TableName, Coverage], repr=False
    )

    @classmethod
    def open(cls, settings: Settings, rules: RuleSettings) -> "Reading":
        """Open the ledger.

        Raises:
            LedgerError: There is none, or it is damaged.
        """
        ledger = Ledger.open(settings.location)
        use_rollup(ledger)
        return cls(ledger, settings, rules, rules.now)

    def costs(self, question: CostQuestion) -> CostReport | None:
        """Return the answer to a question of cost; ``None`` where nothing answers it."""
        key = repr(question)
        if key not in self._costs:
            try:
                self._costs[key] = cost_report(
                    self.ledger,
                    question,
                    allocation=self.allocation,
                    rates=self.rates if question.currency else None,
                    now=self.now,
                    coverages=self._coverages,
                )
            except LedgerError:
                return None
        return self._costs[key]

    def hues(self, question: CostQuestion) -> Mapping[str | None, int]:
        """Return the rank by cost, over the whole ledger, of every value of the first dimension.

        A thing keeps its colour on every chart because its rank does not depend on the view.
        """
        whole = replace(
            question, by=question.by[:1], grain=None, period=type(question.period)(), where={}
        )
        report = self.costs(whole)
        names = [row.key[question.by[0]] for row in report.rows] if report else []
        known = dict.fromkeys(name for name in names if name is not None)
        return {name: place for place, name in enumerate(known)}

    @cached_property
    def allocation(self) -> Allocation | None:
        """Shared costs of the rules file."""
        return Allocation.load(self.settings.rules)

    @cached_property
    def rates(self) -> ExchangeRates | None:
        """The user's exchange rates."""
        return ExchangeRates.load(self.settings.rates) if self.settings.rates else None

    @cached_property
    def register(self) -> Mapping[str, KnownFinding]:
        """Every known finding by its id."""
        return load_register(self.ledger)

    @cached_property
    def savings(self) -> Mapping[str, KnownSaving]:
        """Every saving of the plan by its id."""
        return load_savings(self.ledger)

    @cached_property
    def forecast(self) -> ForecastReport | None:
        """The forecast of all cost, twelve months on; ``None`` where no day is complete."""
        known = KnownInputs(
            book=PriceBook.load(self.settings.prices),
            shutdowns=Shutdowns.load(self.settings.shutdowns),
            plans=read_plans(self.settings.plans) if self.settings.plans else (),
            holidays=self.rules.holidays,
            late_days=self.rules.late_days,
            allocation=self.allocation,
            rates=self.rates if self.currency else None,
        )
        question = ForecastQuestion(CostQuestion(currency=self.currency))
        try:
            return forecast_report(self.ledger, question, known, now=self.now)
        except LedgerError:
            return None

    @cached_property
    def scenarios(self) -> Mapping[str, DrawnScenario]:
        """Every scenario of the user's plan by its name; empty where settings name no plan.

        Raises:
            InputError: The plan cannot be read or computed.
        """
        if self.settings.plan is None:
            return {}
        plan = open_plan(self.settings.plan, self.settings)
        return {name: draw(resolve(plan, name)) for name in plan.scenarios}

    @cached_property
    def currency(self) -> str | None:
        """The currency to show: the user's, else, where rates are known, that of rules; else each its own."""
        if self.settings.currency:
            return self.settings.currency
        return self.rules.floor_currency if self.rates else None

    @cached_property
    def newest(self) -> date | None:
        """The newest day of any bill or request."""
        return max((last for _, last in self._days()), default=None)

    @cached_property
    def oldest(self) -> date | None:
        """The oldest day of any bill or request."""
        return min((first for first, _ in self._days()), default=None)

    def _days(self) -> list[tuple[date, date]]:
        """Return first and last day of each file, as the plan knows them: no file is opened."""
        found: list[tuple[date, date]] = []
        for table in ("charges", "usage_events"):
            column = LAYOUTS[table].time
            for file in self.ledger.plans[table].files:
                if column in file.days:
                    first, last = file.days[column]
                    found.append((date.fromisoformat(first), date.fromisoformat(last)))
        return found
