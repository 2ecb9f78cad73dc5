"""Tables fit by dropping columns, never digits."""

from decimal import Decimal

import pytest

from centavo.cli.output import Column, Table, _fitting, amount_text, decimals_for, share_text

TABLE = Table(
    [
        Column("application"),
        Column("cost USD", numeric=True),
        Column("share", numeric=True, drop=1),
        Column("rows", numeric=True, drop=2),
    ],
    [["an application with a very long name indeed", "1,234,567.89", "100.0 %", "1,000"]],
)


@pytest.mark.parametrize("width", [20, 40, 80, 160])
def test_numbers_keep_their_width_and_columns_go_from_the_least_important(width):
    widths = _fitting(TABLE, width)
    assert widths[1] == len("1,234,567.89")
    dropped = {0, 1, 2, 3} - widths.keys()
    assert dropped in (set(), {3}, {2, 3})
    if width >= 30:
        assert sum(widths.values()) + 2 * len(widths) <= width


def test_a_wide_terminal_shows_whole_texts():
    assert _fitting(TABLE, 160)[0] == len("an application with a very long name indeed")


@pytest.mark.parametrize(
    ("amount", "decimals", "text"),
    [("-0.001", 2, "0.00"), ("1234.565", 2, "1,234.56"), ("1e-7", 12, "0.000000100000")],
)
def test_amounts_are_rounded_half_to_even_and_never_minus_zero(amount, decimals, text):
    assert amount_text(Decimal(amount), decimals) == text


def test_small_totals_show_more_digits():
    assert [decimals_for(Decimal(t)) for t in ("1000", "5.69", "0.002")] == [2, 4, 6]


def test_a_share_of_nothing_is_unknown():
    assert share_text(Decimal(1), Decimal(0)) is None


def test_a_pipe_gets_tabs_and_every_digit(centavo, tmp_path):
    from tests.cli.test_ingest import bill, row

    centavo("ingest", bill(tmp_path / "b.csv", row("1234567.123456789012")))
    lines = centavo("costs", "--by", "service").out.splitlines()
    assert lines[0].split("\t")[:2] == ["service", "cost USD"]
    assert lines[1].split("\t")[:2] == ["Compute", "1234567.123456789012"]
