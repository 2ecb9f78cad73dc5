"""Slices of time say what the prices say at every instant, in as few rows as possible."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from centavo.pricing.slices import DAY_US, PriceSet, cut, time_us

START = datetime(2026, 1, 1)  # noqa: DTZ001 -- naive UTC
HOUR_US = 3_600_000_000
instants = st.integers(0, 10 * 24).map(lambda hour: START + timedelta(hours=hour))


@given(
    days=st.lists(instants, max_size=4),
    hours=st.lists(st.integers(0, 23), max_size=3),
    asked=st.lists(instants, min_size=5, max_size=20),
    prices=st.integers(1, 3),
)
def test_slices_agree_with_the_prices_at_every_instant(days, hours, asked, prices):
    def price_set_at(at):
        day = sum(edge <= at for edge in set(days))
        hour = sum(edge <= at.hour for edge in set(hours))
        number = (day * 7 + hour * 3) % (prices + 1)
        return PriceSet({}, "USD", str(number)) if number else None

    slices = cut(days, [hour * HOUR_US for hour in hours], price_set_at)
    for at in asked:
        holding = [piece.price_set for piece in slices if piece.holds(at)]
        expected = price_set_at(at)
        assert holding == ([] if expected is None else [expected])


def test_equal_neighbours_are_one_slice():
    (only,) = cut([START], [HOUR_US], lambda _: PriceSet({}, "USD", "list"))
    assert (only.day_from_us, only.day_to_us) == (0, DAY_US)
    assert only.holds(START)


def test_time_of_day_in_microseconds():
    assert time_us(datetime(2026, 1, 1, 23, 59, 59, 999_999).time()) == DAY_US - 1  # noqa: DTZ001 -- naive UTC
