"""Proving one scope on one month's bill: reconcile, read the arms, reprice the old policy, split the difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from centavo.errors import ConfigError
from centavo.findings.pace import per_30_days
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.money import EXACT, LEDGER_DECIMALS, Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.savings.proof.arm import Arm, Repricing, read_arm
from centavo.savings.proof.bill import Bill, read_bill
from centavo.savings.proof.estimate import (
    CONFIDENCE,
    Estimate,
    Method,
    carried_over,
    held_out,
)
from centavo.savings.proof.question import HELD_OUT, ProofQuestion
from centavo.savings.proof.split import Split, split_saving

__all__ = ["Proof", "verify"]

_ONE = Decimal(1)
_ZERO = Decimal(0)
_LEAST_DAYS = 7
_MOST_UNPRICED = 0.01


@dataclass(frozen=True)
class Proof:
    """What one month's bill proves of one scope.

    Attributes:
        question: What was asked.
        bill: The month's bill, reconciled.
        method: How the old policy's cost of the work is known; ``None`` where it is not.
        requests: Made under the new policy in these days.
        held_out: Kept on the old one in these days.
        reference: Days that show the old policy: first, and the end, excluded.
        reference_requests: Made on them.
        baseline: The adjusted baseline, at the bill's prices; ``None`` where nothing shows the old policy.
        actual: What the new policy's requests cost, at the bill's prices.
        split: Of the difference.
        low: Lower end of the saving; ``None`` where there is no interval.
        high: Upper end.
        missing: Why the bill proves nothing yet; empty when it does.
        notes: What a reader must know.
    """

    question: ProofQuestion
    bill: Bill
    method: Method | None
    requests: int
    held_out: int
    reference: tuple[date, date]
    reference_requests: int
    baseline: Decimal | None
    actual: Decimal
    split: Split | None
    low: Decimal | None
    high: Decimal | None
    missing: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def days(self) -> int:
        """Days that are proved."""
        first, until = self.question.days
        return (until - first).days

    @property
    def saving(self) -> Decimal | None:
        """Adjusted baseline minus actual, of these days."""
        return self.split.total if self.split else None

    @property
    def confidence(self) -> Decimal | None:
        """Of the interval."""
        return None if self.low is None else CONFIDENCE

    def per_30d(self, amount: Decimal | None) -> Money | None:
        """Return an amount of these days as one of 30; unknown stays unknown."""
        if amount is None:
            return None
        return per_30_days(amount, self.days, self.question.currency)


def verify(
    ledger: Ledger,
    question: ProofQuestion,
    *,
    book: PriceBook,
    rates: ExchangeRates | None = None,
) -> Proof:
    """Return what the month's bill proves of the scope.

    Args:
        ledger: Opened at the moment to answer from, without a period.
        question: What is asked.
        book: Prices, of old and new days alike.
        rates: The user's exchange rates.

    Raises:
        ConfigError: The control has requests that are of the scope too.
    """
    return _Run(ledger, question, book, rates).proof()


class _Run:
    """The state of one proof."""

    def __init__(
        self,
        ledger: Ledger,
        question: ProofQuestion,
        book: PriceBook,
        rates: ExchangeRates | None,
    ) -> None:
        self._ledger = ledger
        self._question = question
        self._book = book
        self._days = question.days
        self._rates = rates
        self._notes: list[str] = []
        self._reference = question.reference
        self._bill = self._reconciled()
        merge_meters(ledger, _period(question.reference[0], self._days[1]))
        self._check_control()
        self._reference = self._recorded_reference()
        self._prices = Repricing(book, question.currency, self._days, self._bill.factor)

    def _check_control(self) -> None:
        """Refuse a control in which something was changed: it would hide what was saved."""
        question = self._question
        if question.control is None:
            return
        rows = self._ledger.rows(
            f"SELECT count(*) FROM metered_events WHERE ({question.scope.sql})"
            f" AND ({question.control.sql}) AND started_at < TIMESTAMP '{self._days[1]}'"
            f" AND started_at >= TIMESTAMP '{question.reference[0]}'"
        )
        both = int(str(rows[0][0]))
        if both:
            raise ConfigError(
                f"the control ({question.control.text}) lies inside the saving's scope"
                f" ({question.scope.text}): {both:,} requests are of both",
                hint="--control names requests in which nothing was changed: --control application=faq",
            )

    def _recorded_reference(self) -> tuple[date, date]:
        """Return the days that show the old policy: those before the first request of the scope show nothing."""
        first, until = self._question.reference
        rows = self._ledger.rows(
            f"SELECT min(started_at)::DATE FROM metered_events WHERE {self._question.scope.sql}"
            f" AND started_at >= TIMESTAMP '{first}' AND started_at < TIMESTAMP '{until}'"
        )
        begun = rows[0][0]
        return (begun if isinstance(begun, date) else first), until

    def _reconciled(self) -> Bill:
        merge_meters(self._ledger, _period(*self._days))
        rows = self._ledger.rows(
            f"SELECT DISTINCT provider FROM metered_events WHERE {self._question.scope.sql}"
            f" AND started_at >= TIMESTAMP '{self._days[0]}' AND started_at < TIMESTAMP '{self._days[1]}'"
            " AND provider IS NOT NULL ORDER BY provider"
        )
        providers = [str(row[0]) for row in rows]
        return read_bill(
            self._ledger, self._question, providers, book=self._book, rates=self._rates
        )

    def proof(self) -> Proof:
        """Read the arms and answer."""
        question = self._question
        kept = question.hold_out.sql if question.hold_out else HELD_OUT
        new = self._arm(f"{question.scope.sql} AND NOT coalesce({kept}, false)", self._days)
        aside = self._arm(f"{question.scope.sql} AND {kept}", self._days)
        if aside.all_requests:
            method, old, estimate = self._by_hold_out(aside, new)
        else:
            old = self._arm(question.scope.sql, self._reference)
            method, estimate = self._by_reference(old, new)
        missing = [*self._bill.missing, *self._too_little(new, estimate), *self._unpriced(old, new)]
        baseline = None if estimate is None else estimate.amount.quantize(LEDGER_DECIMALS)
        split = None if baseline is None else self._split(baseline, old, new, method)
        low, high = _ends(estimate, split)
        return Proof(
            question=question,
            bill=self._bill,
            method=None if estimate is None else method,
            requests=new.all_requests,
            held_out=aside.all_requests,
            reference=(old.first, old.first + timedelta(days=len(old.requests))),
            reference_requests=old.all_requests,
            baseline=baseline,
            actual=new.cost,
            split=split,
            low=low,
            high=high,
            missing=tuple(missing),
            notes=tuple(self._notes),
        )

    def _by_hold_out(self, aside: Arm, new: Arm) -> tuple[Method, Arm, Estimate | None]:
        if self._question.driver != "requests":
            self._notes.append("with a hold-out work is counted by requests")
        estimate = held_out(
            aside.costs,
            _decimals(aside.requests),
            _decimals(new.requests),
            seed=self._question.seed,
        )
        return "hold-out", aside, estimate

    def _by_reference(self, old: Arm, new: Arm) -> tuple[Method, Estimate | None]:
        control = self._question.control
        if control is None:
            self._notes.append(
                "no request was held out (label holdout) and no untouched application named (--control):"
                " whatever else changed since then counts as saved or lost"
            )
            work, ahead = self._work(old, None), self._work(new, None)
            return "before-after", carried_over(old.costs, work, ahead, seed=self._question.seed)
        before = self._arm(control.sql, self._reference)
        after = self._arm(control.sql, self._days)
        work = _weighed(self._work(old, before), before)
        ahead = _weighed(self._work(new, after), after)
        estimate = carried_over(old.costs, work, ahead, seed=self._question.seed)
        return "difference-in-differences", estimate

    def _work(self, arm: Arm, control: Arm | None) -> list[Decimal]:
        """Return the work of each day of an arm."""
        driver = self._question.driver
        if driver == "days":
            return [_ONE] * len(arm.requests)
        if driver == "control" and control is not None:
            return _decimals(control.requests)
        return _decimals(arm.requests)

    def _split(self, baseline: Decimal, old: Arm, new: Arm, method: Method | None) -> Split:
        asked = Decimal(new.all_requests)
        question = self._question
        if method == "hold-out" or question.driver == "requests":
            return split_saving(baseline, old, new, old_requests=asked)
        days = Decimal(self.length), Decimal(len(old.requests))
        if question.driver == "control" and question.control is not None:
            after = self._arm(question.control.sql, self._days).all_requests
            before = self._arm(question.control.sql, self._reference).all_requests
            days = Decimal(after), Decimal(before)
        made = EXACT.divide(EXACT.multiply(Decimal(old.all_requests), days[0]), days[1])
        return split_saving(baseline, old, new, old_requests=made)

    @property
    def length(self) -> int:
        """Days that are proved."""
        return (self._days[1] - self._days[0]).days

    def _arm(self, where: str, days: tuple[date, date]) -> Arm:
        return read_arm(self._ledger, where, days, self._prices)

    def _unpriced(self, old: Arm, new: Arm) -> list[str]:
        """Say so where requests without a price would pass for a saving, or hide one."""
        missing: list[str] = []
        for name, arm in (("these days", new), ("the old policy", old)):
            if not arm.unpriced:
                continue
            share = arm.unpriced / (arm.unpriced + arm.all_requests)
            said = f"{arm.unpriced:,} requests of {name} have no price and are left out"
            (missing if share > _MOST_UNPRICED else self._notes).append(said)
        return missing

    def _too_little(self, new: Arm, estimate: Estimate | None) -> list[str]:
        missing: list[str] = []
        if self.length < _LEAST_DAYS:
            missing.append(f"only {self.length} days of the month lie after it was enforced")
        if not new.all_requests and self._question.driver == "requests":
            missing.append(
                "the scope made no request in these days: count its work by --driver days"
            )
        if estimate is None:
            missing.append("no request of the scope shows the old policy")
        elif estimate.error is None:
            missing.append("too few days show the old policy: 21 before it, or 14 with a hold-out")
        return missing


def _ends(estimate: Estimate | None, split: Split | None) -> tuple[Decimal | None, Decimal | None]:
    if estimate is None or estimate.error is None or split is None:
        return None, None
    low, high = (EXACT.add(split.total, end).quantize(Decimal("0.01")) for end in estimate.error)
    return low, high


def _weighed(work: Sequence[Decimal], control: Arm) -> list[Decimal]:
    """Return the work of each day, times what a request of the control cost on it."""
    mean = EXACT.divide(control.cost, Decimal(control.all_requests or 1))
    return [
        EXACT.multiply(each, EXACT.divide(cost, Decimal(asked)) if asked else mean)
        for each, cost, asked in zip(work, control.costs, control.requests, strict=True)
    ]


def _decimals(counts: Sequence[int]) -> list[Decimal]:
    return [Decimal(count) for count in counts]


def _period(first: date, until: date) -> Period:
    start, end = (datetime.combine(day, time(), UTC) for day in (first, until))
    return Period(start - timedelta(days=1), end + timedelta(days=1))
