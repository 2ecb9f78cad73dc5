"""Transformations of texts: whatever is said comes back, and what is no JSON stays."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centavo.errors import ConfigError
from centavo.prompts.transforms import (
    TRANSFORMS,
    compact_json,
    distinct_chunks,
    once,
    repeated_again,
    rows_again,
    tabular,
    transform_named,
    trimmed,
)
from centavo.prompts.transforms.tabular import _quick_table, _spelled_table

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5)
    | st.dictionaries(st.sampled_from(["a", "b", "columns", "rows"]), inner, max_size=4),
    max_leaves=25,
)  # fmt: skip
lightly = settings(max_examples=120, suppress_health_check=list(HealthCheck))


@lightly
@given(values, st.sampled_from([None, 1, 4]))
def test_any_json_comes_back(value, indent):
    text = json.dumps(value, indent=indent)
    table = tabular(text)
    assert table == text or json.loads(text) == rows_again(json.loads(table))
    assert json.loads(compact_json(text)) == value
    for transform in TRANSFORMS:
        assert transform.is_proved(text, transform.apply(text))


@lightly
@given(
    st.lists(st.sampled_from(["a" * 50, "b" * 50, "short", "", "[same as line 1]"]), max_size=12)
)
def test_repeated_lines_come_back(lines):
    text = "\n".join(lines)
    said = once(text)
    assert said == text or repeated_again(said) == text


def test_numbers_keep_their_spelling_and_twins_stay():
    assert (
        tabular('[{"a":1.50},{"a":2},{"a":1e5}]') == '{"columns":["a"],"rows":[[1.50],[2],[1e5]]}'
    )
    twins = '[{"a":1,"a":2},{"a":1,"a":2},{"a":1,"a":2}]'
    assert tabular(twins) == twins


@lightly
@given(values, st.sampled_from([None, 1]), st.booleans())
def test_the_quick_table_is_the_one_that_looks_at_each_spelling(value, indent, is_ascii):
    text = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    try:
        expected = _spelled_table(text)
    except (TypeError, ValueError):
        expected = text
    try:
        quick = _quick_table(text)
    except (TypeError, ValueError):
        quick = text
    assert quick in (None, expected)


def test_columns_and_rows_that_make_no_table_stay():
    own = '[{"a":1},{"a":2},{"a":{"columns":["x"],"rows":[[1,2]]}}]'
    assert tabular(own) == own
    none = '[{"a":1.0e1},{"a":2},{"a":{"columns":["x"],"rows":3}}]'
    assert tabular(none) == none


@pytest.mark.parametrize(
    "rows",
    ['[{"a":1e16,"é":"ü"}]', '[{"a":-0}]', '[{"a":1e400}]', '[{"a":"\\u00e9"}]',
     '[{"a":123456789012345678901234567890}]'],
)  # fmt: skip
def test_odd_spellings_are_carried_as_before(rows):
    item = rows[1:-1]
    text = f"[{item},{item},{item}]"
    table = tabular(text)
    assert table == _spelled_table(text) != text
    assert _quick_table(text) in (None, table)


def test_json_in_a_text_is_found_and_the_text_around_it_stays():
    text = 'Rows:\n```json\n[\n {"a": 1},\n {"a": 2},\n {"a": 3}\n]\n```\nEnd {not json}'
    assert compact_json(text) == 'Rows:\n```json\n[{"a":1},{"a":2},{"a":3}]\n```\nEnd {not json}'
    alone = 'Result\n{\n  "a": 1\n}\nafter'
    assert compact_json(alone) == 'Result\n{"a":1}\nafter'


def test_code_keeps_its_layout():
    code = "```python\nif a:\n\n\n\n    b = 1     # one\n```"
    assert trimmed(code) == code


def test_near_copies_of_passages_go_and_others_stay():
    passage = " ".join(f"word{n}" for n in range(60))
    near = passage.replace("word30", "other")
    other = " ".join(f"else{n}" for n in range(60))
    assert distinct_chunks(f"{passage}\n\n{near}\n\n{other}") == f"{passage}\n\n{other}"
    short = "again\n\nagain\n\nagain"
    assert distinct_chunks(short) == short


def test_an_unknown_transformation_is_named():
    with pytest.raises(ConfigError, match="magic"):
        transform_named("magic")
