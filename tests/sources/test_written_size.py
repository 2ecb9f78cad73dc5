"""The size of a body that is an object: what ``json.dumps`` writes, counted without writing it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.sources.requests.written_size import PlainDecoder, written_bytes

# Surrogates stand in no JSON text that was read.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN_FLOATS = st.floats(1e-4, 1e16, exclude_max=True) | st.floats(-(10**15), -1e-4) | st.just(-0.0)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | PLAIN_FLOATS | TEXTS
VALUES = st.recursive(LEAVES, lambda v: st.lists(v) | st.dictionaries(TEXTS, v), max_leaves=20)


@given(st.dictionaries(TEXTS, VALUES), st.booleans())
def test_a_plain_value_has_the_size_that_json_dumps_writes(value, escapes):
    decoded = PlainDecoder().decode(json.dumps(value, ensure_ascii=escapes).encode())
    assert decoded == value
    assert written_bytes(decoded, plain=True) == len(json.dumps(value))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_plain_only_where_both_write_it_alike(number):
    decoded = PlainDecoder().decode(json.dumps([number]).encode())
    if decoded is not None:
        assert decoded == [number]
        assert written_bytes(decoded, plain=True) == len(json.dumps([number]))


@pytest.mark.parametrize("number", ["0.00001", "1e16", "-2.5e-7", "1e999"])
def test_a_float_with_an_exponent_is_not_plain(number):
    assert PlainDecoder().decode(f'{{"a": [{number}]}}'.encode()) is None


def test_a_vector_is_not_looked_at_to_its_end():
    assert PlainDecoder().decode(json.dumps([0.5] * 65).encode()) is None
    assert PlainDecoder().decode(json.dumps([0.5] * 64).encode()) == [0.5] * 64


def test_what_is_no_json_is_not_plain():
    assert PlainDecoder().decode(b'{"a": ') is None
    assert PlainDecoder().decode(b'"\\ud83d"') is None
    assert PlainDecoder().decode(b'"\xff"') is None
