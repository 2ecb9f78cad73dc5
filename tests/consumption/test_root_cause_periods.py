from datetime import UTC, datetime

import pytest

from centavo.consumption.root_cause.periods import compared_periods, parse_against
from centavo.errors import ConfigError, LedgerError
from centavo.period import Period


class Calls:
    """A ledger of requests between two instants."""

    def __init__(self, first, last):
        self.first, self.last = datetime.fromisoformat(first), datetime.fromisoformat(last)

    def rows(self, sql):
        return [(self.first, self.last)] if "min(" in sql else [(1,)]


def shown(period):
    return f"{period.since:%m-%d}", f"{period.until:%m-%d}"


def compare(ledger, since=None, until=None, against=None, *, by_bill=False):
    other = parse_against(against) if against else None
    return compared_periods(ledger, Period.parse(since, until), other, by_bill=by_bill)


YEAR = Calls("2026-01-01T00:10", "2026-06-17T23:30")


def test_the_default_is_the_last_whole_week_against_the_one_before():
    found = compare(YEAR)
    assert shown(found.later) == ("06-11", "06-18")
    assert shown(found.earlier) == ("06-04", "06-11")
    assert found.notes == ()


def test_a_day_that_is_not_over_is_left_out():
    assert shown(compare(Calls("2026-01-01T00:10", "2026-06-17T15:00")).later) == ("06-10", "06-17")


def test_the_newest_day_of_a_bill_is_left_out():
    found = compare(Calls("2026-01-01T00:00", "2026-06-17T12:00"), by_bill=True)
    assert shown(found.later) == ("06-09", "06-16")


def test_a_day_is_compared_with_the_same_weekday():
    assert shown(compare(YEAR, "2026-06-10", "2026-06-11").earlier) == ("06-03", "06-04")


def test_a_month_is_compared_with_as_many_days_on_the_same_weekdays():
    found = compare(YEAR, "2026-05", "2026-06")
    assert shown(found.earlier) == ("03-27", "04-27")
    assert found.days == (31, 31)


def test_against_a_month_of_another_length_is_said():
    found = compare(YEAR, "2026-03", "2026-04", "2026-02")
    assert found.notes == ("The periods differ in length: 28 days before, 31 after.",)


def test_days_that_are_not_complete_are_said():
    assert "not complete" in compare(YEAR, "2026-06-15", "2026-06-22").notes[0]


def test_a_ledger_that_begins_too_late_has_nothing_to_compare_with():
    with pytest.raises(LedgerError, match="begins on 2026-06-10"):
        compare(Calls("2026-06-10T00:00", "2026-06-17T23:30"), "2026-06-10", "2026-06-17")


def test_a_ledger_that_begins_inside_is_said():
    found = compare(Calls("2026-06-06T00:00", "2026-06-17T23:30"))
    assert "not whole" in found.notes[0]


def test_a_day_and_a_span_can_be_named():
    assert shown(parse_against("2026-03-05")) == ("03-05", "03-06")
    assert shown(parse_against("2026-03-05..2026-03-08")) == ("03-05", "03-08")
    assert parse_against("2026-12").until == datetime(2027, 1, 1, tzinfo=UTC)


def test_an_open_span_is_refused():
    with pytest.raises(ConfigError, match="open end"):
        parse_against("2026-03-05..")
