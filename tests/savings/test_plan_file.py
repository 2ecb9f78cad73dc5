"""Plans as people write them, and what is wrong with them."""

from pathlib import Path

import pytest

from centavo.errors import BadValueError, CentavoError, ConfigError, InputError
from centavo.savings.levers import KINDS
from centavo.savings.plan_file import levers_of_texts, read_plan


def plan(tmp_path: Path, text: str):
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    return read_plan(path, KINDS)


def test_a_plan_keeps_its_order_and_scopes(tmp_path):
    found = plan(
        tmp_path,
        "name: December\nlevers:\n  - lever: retries\n  - lever: model\n    to: m2\n"
        "    where:\n      application: [a, b*]\n",
    )
    assert found.name == "December"
    assert [each.kind for each in found.levers] == ["retries", "model"]
    assert found.levers[1].where.text == "application a|b*"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levers:\n  - lever: retrys\n", "line 2"),
        ("levers:\n  - lever: model\n", "line 2"),
        ("levers:\n  - lever: model\n    to: m\n    too: x\n", "line 4"),
        ("levers:\n  - lever: batch\n    where:\n      aplication: x\n", "line 4"),
        ("levers:\n  - lever: duplicates\n    ttl_s: soon\n", "line 3"),
        ("levers:\n  - lever: tier\n    to: cheap\n", "line 3"),
        ("levers:\n  - lever: 'off'\n", "line 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, said):
    with pytest.raises(BadValueError) as raised:
        plan(tmp_path, text)
    assert said in raised.value.message


def test_a_file_that_is_not_there_is_an_input_error(tmp_path):
    with pytest.raises(InputError):
        read_plan(tmp_path / "none.yaml", KINDS)


def test_the_command_lines_words_make_the_same_levers():
    found = levers_of_texts(["retries,duplicates", "model to=m application=a application=b"], KINDS)
    assert [each.kind for each in found] == ["retries", "duplicates", "model"]
    assert found[2].where.text == "application a|b"


@pytest.mark.parametrize(
    "text",
    ["", "retrys", "model", "model to=m colour=red", "retries,batch to=x", "max-output tokens=0"],
)
def test_words_that_are_no_lever_are_errors(text):
    with pytest.raises(ConfigError):
        levers_of_texts([text], KINDS)


def test_every_kind_says_what_is_required():
    for kind in KINDS:
        required = [each.name for each in kind.parameters if each.is_required]
        if required:
            with pytest.raises(CentavoError):
                levers_of_texts([kind.name], KINDS)
