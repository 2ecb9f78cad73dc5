from datetime import UTC, date, datetime

import pytest

from centavo.errors import ConfigError
from centavo.period import Period, parse_instant


def test_a_month_is_its_first_instant():
    assert parse_instant("2026-03") == datetime(2026, 3, 1, tzinfo=UTC)


def test_an_offset_is_converted():
    assert parse_instant("2026-03-01T00:00:00-03:00") == datetime(2026, 3, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize("text", ["yesterday", "2026-13", "01/02/2026", ""])
def test_a_word_is_not_a_date(text):
    with pytest.raises(ConfigError, match="is not a date"):
        parse_instant(text)


def test_an_empty_period_is_refused():
    with pytest.raises(ConfigError, match="is empty"):
        Period.parse("2026-03", "2026-03")


def test_a_month_ends_where_the_next_begins():
    assert Period.month(date(2026, 12, 1)).until == datetime(2027, 1, 1, tzinfo=UTC)
