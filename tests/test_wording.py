import pytest

from centavo.wording import counted


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (12345, "12,345 rows")]
)
def test_a_noun_agrees_with_its_number(number, shown):
    assert counted(number, "row") == shown


def test_a_plural_of_its_own():
    assert counted(1, "file has", "files have") == "1 file has"
    assert counted(3, "file has", "files have") == "3 files have"
