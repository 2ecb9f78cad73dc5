"""The address holds the whole state of a view."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.deliverables.asked import Asked, before, parse_asked, period_of
from centavo.errors import CentavoError

STATES = st.builds(
    Asked,
    period=st.sampled_from(["", "2026-10", "2026-09-01..2026-10-15", "2026-10-03"]),
    by=st.sampled_from(["application", "model", "team", "tag:env"]),
    basis=st.sampled_from(["", "billed", "metered"]),
    currency=st.sampled_from(["", "BRL"]),
    where=st.dictionaries(
        st.sampled_from(["team", "model", "tag:a", "tag:a=b"]), st.text(max_size=30)
    ),
    lang=st.sampled_from(["", "pt-BR"]),
    scenario=st.sampled_from(["", "minimum", "a b&c"]),
)


@given(STATES)
def test_a_state_survives_its_address(asked):
    _, _, query = asked.address("/where").partition("?")
    assert parse_asked(query) == asked


@pytest.mark.parametrize(
    "query", ["by=colour", "basis=guessed", "currency=reais", "period=soon", "where=colour=red"]
)
def test_what_is_not_known_is_an_error_that_names_it(query):
    with pytest.raises(CentavoError, match=query.split("=")[1]):
        parse_asked(query)


def test_the_period_before_a_month_is_the_month_before():
    march = period_of("2026-03", date(2026, 1, 1))
    assert before(march) == period_of("2026-02", date(2026, 1, 1))


def test_the_period_before_ten_days_is_ten_days():
    ten = period_of("2026-03-11..2026-03-21", date(2026, 1, 1))
    assert before(ten) == period_of("2026-03-01..2026-03-11", date(2026, 1, 1))


def test_a_step_down_never_asks_for_what_is_already_fixed():
    asked = Asked(where={"application": "a"}).within("team", "t")
    assert asked.by not in asked.where
