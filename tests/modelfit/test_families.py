"""Families of models: what a name says, and what is left alone."""

import pytest

from centavo.modelfit.families import member_of, newer, smaller

CLAUDE = ["claude-haiku-4-5", "claude-haiku-5-5", "claude-3-haiku", "claude-sonnet-4-6",
          "claude-opus-4-6", "claude-opus-5-5", "claude-opus-4-1"]  # fmt: skip


def test_the_smaller_one_is_not_newer_than_the_model():
    assert [it.name for it in smaller("claude-opus-4-6", CLAUDE)] == [
        "claude-haiku-4-5",
        "claude-3-haiku",
    ]


def test_the_smallest_has_no_smaller():
    assert smaller("claude-haiku-4-5", CLAUDE) == []


def test_newer_is_of_the_same_size():
    assert [it.name for it in newer("claude-opus-4-6", CLAUDE)] == ["claude-opus-5-5"]


def test_a_region_is_a_family_of_its_own():
    names = ["global.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"]
    found = smaller("global.anthropic.claude-opus-4-6-v1:0", names)
    assert [it.name for it in found] == names[:1]


@pytest.mark.parametrize(
    ("name", "size", "version"),
    [
        ("claude-3-5-haiku-latest", 0, (3, 5)),
        ("claude-opus-4-20250514", 2, (4,)),
        ("gpt-4.1-nano", 0, (4, 1)),
        ("gpt-5.6-terra", 1, (5, 6)),
        ("gemini-2.5-flash-lite", 0, (2, 5)),
        ("gemini-3.1-pro-preview", 2, (3, 1)),
        ("amazon.nova-lite-v1:0", 1, (1,)),
    ],
)
def test_names_of_the_price_book(name, size, version):
    member = member_of(name)
    assert (member.size, member.version) == (size, version)


@pytest.mark.parametrize(
    "name", ["gpt-image-1", "gpt-5.3-codex", "gpt-4o-audio-preview", "whisper-1"]
)
def test_what_does_something_else_is_in_no_family(name):
    assert member_of(name) is None
