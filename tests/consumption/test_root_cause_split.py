from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from centavo.consumption.root_cause.split import Line, Split, split_change

MONEY = st.decimals(-(10**9), 10**9, places=12, allow_nan=False, allow_infinity=False)
QUANTITY = st.none() | st.decimals(-10, 10**12, places=6, allow_nan=False, allow_infinity=False)
LINES = st.lists(
    st.builds(
        Line,
        before=MONEY,
        after=MONEY,
        quantity_before=QUANTITY,
        quantity_after=QUANTITY,
        unit=st.sampled_from(["tokens", "hours", None]),
        scope=st.integers(0, 2),
        is_new=st.booleans(),
        is_gone=st.booleans(),
    ),
    max_size=12,
)


def line(before, after, quantity_before, quantity_after, **more):
    given = (before, after, quantity_before, quantity_after)
    amounts = [None if value is None else Decimal(value) for value in given]
    return Line(*amounts, **{"unit": "tokens", **more})


@given(LINES)
def test_the_parts_add_up_to_the_change_to_the_last_digit(lines):
    change = sum((item.after - item.before for item in lines), Decimal(0))
    assert split_change(lines).change == change


@given(LINES, LINES)
def test_scopes_apart_add_up_part_by_part(first, second):
    apart = [Line(**{**vars(item), "scope": ("other", item.scope)}) for item in second]
    assert split_change([*first, *apart]) == split_change(first) + split_change(apart)


def test_a_dearer_unit_is_price():
    assert split_change([line("10", "15", "100", "100")]) == Split(price=Decimal(5))


def test_more_of_the_same_is_volume():
    assert split_change([line("10", "15", "100", "150")]) == Split(volume=Decimal(5))


def test_price_is_counted_at_the_later_quantity():
    found = split_change([line("10", "30", "100", "150")])
    assert (found.price, found.volume) == (Decimal(15), Decimal(5))


def test_a_dearer_model_for_the_same_work_is_mix():
    lines = [line("100", "50", "100", "50"), line("200", "300", "100", "150")]
    assert split_change(lines) == Split(mix=Decimal(50))


def test_two_scopes_have_no_common_mix():
    lines = [line("100", "50", "100", "50", scope="a"), line("200", "300", "100", "150", scope="b")]
    assert split_change(lines) == Split(volume=Decimal(50))


def test_two_units_have_no_common_volume():
    lines = [line("100", "100", "1", "1"), line("100", "200", "1000", "2000", unit="hours")]
    assert split_change(lines) == Split(volume=Decimal(100))


def test_a_token_class_that_a_known_model_had_not_is_mix_not_new():
    lines = [line("100", "50", "100", "50"), line("0", "5", "0", "50")]
    assert split_change(lines) == Split(mix=Decimal(-45))


def test_what_was_not_there_is_new_and_what_is_not_is_gone():
    lines = [line("0", "7", "0", "1", is_new=True), line("3", "0", "1", "0", is_gone=True)]
    assert split_change(lines) == Split(new=Decimal(7), gone=Decimal(-3))


def test_an_unknown_quantity_stays_unknown():
    assert split_change([line("10", "15", None, "150")]) == Split(unmeasured=Decimal(5))


def test_a_cost_of_no_quantity_is_not_a_price():
    assert split_change([line("10", "15", "0", "150")]) == Split(unmeasured=Decimal(5))


def test_a_credit_on_a_price_is_price():
    assert split_change([line("10", "-1", "100", "100")]) == Split(price=Decimal(-11))
