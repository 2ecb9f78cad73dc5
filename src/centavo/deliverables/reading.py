"""What deliverables read: one ledger at one moment, each question asked once."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Literal, TypeVar, cast

from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.cost_rollup import use_rollup
from centavo.consumption.costs import CostMemory, CostReport, cost_report
from centavo.consumption.finding_amounts import ShownFindings, findings_in
from centavo.consumption.forecast.planned_changes import read_plans
from centavo.consumption.forecast.report import (
    ForecastQuestion,
    ForecastReport,
    KnownInputs,
    forecast_report,
)
from centavo.errors import LedgerError
from centavo.findings import Finding, KnownFinding, RuleSettings, load_register
from centavo.findings.report import HISTORY_DAYS, default_period
from centavo.ledger.allocation import Allocation
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.layout import LAYOUTS
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.modelfit.routing import FrontierAnswer, cost_quality_frontier
from centavo.planning.drawn import DrawnScenario, draw
from centavo.planning.opening import open_plan
from centavo.planning.resolved import resolve
from centavo.pricing import PriceBook
from centavo.pricing.disputes import Comparison, compare_with, price_thresholds
from centavo.pricing.recent_usage import recent_window, usage_by_names
from centavo.pricing.second_opinion import SecondOpinion, installed_map
from centavo.pricing.shutdowns import Shutdowns
from centavo.prompts.cache_plan import CachePlan, cache_plan
from centavo.prompts.request_diff import RequestDiff, request_diff
from centavo.savings.register import load_savings
from centavo.savings.saving import KnownSaving

__all__ = ["LongAnswer", "Reading"]

# What takes seconds, in an engine of its own: it may be asked for beside other questions.
LongAnswer = Literal["frontier", "cache_plan", "disputes"]

T = TypeVar("T")
_MOST_KEPT = 256


@dataclass(frozen=True)
class Reading:
    """The ledger as it was when it was opened, and the user's settings.

    Attributes:
        ledger: Opened without a period.
        settings: As loaded.
        rules: Settings of rules: floor, currency, calendar.
        now: The clock, aware.
        kept: Answers that took long, by question. Whoever opens readings hands them from one to the next as
            long as facts and prompts stay: a step in a register does not ask them again.
    """

    ledger: Ledger
    settings: Settings
    rules: RuleSettings
    now: datetime
    kept: dict[str, object] = field(default_factory=dict[str, object], repr=False)
    _costs: dict[str, CostReport] = field(default_factory=dict[str, CostReport], repr=False)
    _memory: CostMemory = field(default_factory=CostMemory, repr=False)

    @classmethod
    def open(
        cls, settings: Settings, rules: RuleSettings, kept: dict[str, object] | None = None
    ) -> "Reading":
        """Open the ledger, with what an earlier reading has kept.

        Raises:
            LedgerError: There is none, or it is damaged.
        """
        ledger = Ledger.open(settings.location)
        return cls(ledger, settings, rules, rules.now, {} if kept is None else kept)

    def costs(self, question: CostQuestion) -> CostReport | None:
        """Return the answer to a question of cost; ``None`` where nothing answers it."""
        key = repr(question)
        if key not in self._costs:
            use_rollup(self.ledger)
            try:
                self._costs[key] = cost_report(
                    self.ledger,
                    question,
                    allocation=self.allocation,
                    rates=self.rates if question.currency else None,
                    now=self.now,
                    memory=self._memory,
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
        """Every known finding by its id, its money as the bill states it."""
        return load_register(self.ledger)

    def findings(
        self, currency: str = "", *, some: Mapping[str, KnownFinding] | None = None
    ) -> ShownFindings:
        """Return findings as they are shown, and at which rates.

        Args:
            currency: That of the view; empty for the one of pages.
            some: Only these, as the register has them; ``None`` for all.
        """
        register = self.register if some is None else some
        target = currency or self.currency
        return findings_in(target, register, self.ledger, rates=self.rates, now=self.now)

    @cached_property
    def savings(self) -> Mapping[str, KnownSaving]:
        """Every saving of the plan by its id."""
        return load_savings(self.ledger)

    @cached_property
    def forecast(self) -> ForecastReport | None:
        """The forecast of all cost, twelve months on; ``None`` where no day is complete."""
        known = KnownInputs(
            book=self.book,
            shutdowns=Shutdowns.load(self.settings.shutdowns),
            plans=read_plans(self.settings.plans) if self.settings.plans else (),
            holidays=self.rules.holidays,
            late_days=self.rules.late_days,
            allocation=self.allocation,
            rates=self.rates if self.currency else None,
        )
        question = ForecastQuestion(CostQuestion(currency=self.currency))
        use_rollup(self.ledger)
        try:
            return forecast_report(self.ledger, question, known, now=self.now, memory=self._memory)
        except LedgerError:
            return None

    def knows(self, answer: LongAnswer) -> bool:
        """Say whether an answer that takes long is there already."""
        return answer in self.kept

    @property
    def cache_plan(self) -> CachePlan | None:
        """What to do about each beginning of prompts; ``None`` where the ledger is empty."""
        return self._once("cache_plan", self._cache_plan)

    def request_diff(self, finding: Finding) -> RequestDiff | None:
        """Return a request of the finding before and after; ``None`` where its prompt is not kept."""

        def asked() -> RequestDiff | None:
            with self._apart() as ledger:
                return request_diff(ledger, finding, finding.period)

        return self._once(f"diff {finding.id} {finding.period}", asked)

    def _cache_plan(self) -> CachePlan | None:
        days = int(str(self.settings.consumption.get("history_days", HISTORY_DAYS)))
        with self._apart() as ledger, suppress(LedgerError):
            return cache_plan(ledger, default_period(ledger, days))
        return None

    @property
    def frontier(self) -> FrontierAnswer:
        """Cost against quality of the two models with the most graded prompts in common."""
        return self._once("frontier", self._frontier)

    def _frontier(self) -> FrontierAnswer:
        if not self.ledger.plans["outcomes"].files:
            return FrontierAnswer(None, ("outcomes",), ())
        with self._apart() as ledger:
            return cost_quality_frontier(ledger)

    @cached_property
    def book(self) -> PriceBook:
        """The price book as it is installed, with the user's own prices."""
        return PriceBook.load(self.settings.prices)

    @property
    def disputes(self) -> tuple[Comparison, str] | None:
        """Prices of the last thirty days' usage that a second list states otherwise, and its name."""
        return self._once("disputes", self._disputes)

    def _disputes(self) -> tuple[Comparison, str] | None:
        path = self.settings.second_opinion or installed_map()
        if path is None:
            return None
        opinion = SecondOpinion.read(path)
        with self._apart() as ledger:
            window = recent_window(ledger, now=self.now)
            if window is None:
                return None
            usage = usage_by_names(ledger, window.period, price_thresholds(self.book, opinion))
        return compare_with(self.book, opinion, usage, now=self.now), opinion.source

    @contextmanager
    def _apart(self) -> Generator[Ledger, None, None]:
        """Open the ledger once more: some answers leave tables in its engine."""
        ledger = Ledger.open(self.settings.location)
        try:
            yield ledger
        finally:
            ledger.engine.close()

    def _once(self, name: str, ask: Callable[[], T]) -> T:
        if name not in self.kept:
            if len(self.kept) >= _MOST_KEPT:
                self.kept.clear()
            self.kept[name] = ask()
        return cast("T", self.kept[name])

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
