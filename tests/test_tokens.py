"""Tokens counted from text."""

import sys

import pytest

from centavo.errors import ConfigError
from centavo.tokens import TokenCounter, _tokenizer, counted_basis, vocabulary_of


@pytest.mark.parametrize(
    ("model", "vocabulary"),
    [
        ("gpt-4o-mini-2024-07-18", "o200k_base"),
        ("openai/gpt-5.2", "o200k_base"),
        ("o3-mini", "o200k_base"),
        ("gpt-4-turbo", "cl100k_base"),
        ("gpt-3.5-turbo-16k", "cl100k_base"),
        ("text-embedding-3-small", "cl100k_base"),
        ("gpt-oss-120b", "o200k_harmony"),
        ("deepseek-chat", "deepseek_v3"),
        ("meta-llama/Llama-3.3-70B", "llama3"),
        ("claude-sonnet-4-5", "o200k_base"),
        ("gemini-2.5-pro", "o200k_base"),
        (None, "o200k_base"),
    ],
)
def test_a_model_counts_with_its_vocabulary(model, vocabulary):
    assert vocabulary_of(model) == vocabulary
    assert counted_basis(model) == f"counted:{vocabulary}"
    pytest.importorskip("splintr")
    assert TokenCounter(model).count("Olá, mundo") > 1


def test_counts_are_those_of_tiktoken():
    pytest.importorskip("splintr")
    # From the documentation of tiktoken: o200k_base of "hello world".
    assert TokenCounter("gpt-4o").count("hello world") == 2
    assert TokenCounter("gpt-4").count("antidisestablishmentarianism") == 6
    assert TokenCounter().count("") == 0


def test_a_special_token_in_a_text_is_text():
    pytest.importorskip("splintr")
    assert TokenCounter("gpt-4o").count("<|endoftext|>") > 1


@pytest.mark.parametrize("model", ["gpt-4o", "gpt-4", "gpt-oss-20b", "qwen3-8b"])
def test_a_text_counted_once_has_the_same_tokens(model):
    pytest.importorskip("splintr")
    counter = TokenCounter(model)
    encode = _tokenizer(vocabulary_of(model)).encode_ordinary
    texts = [
        "",
        " ",
        "Olá, 世界! 🙂",
        "<|endoftext|> and <|im_start|>",
        "a < b | c",
        '[{"price":1.50}]\n' * 40,
    ]
    assert [counter.count_once(text) for text in texts] == [len(encode(text)) for text in texts]


def test_without_the_library_the_error_says_what_to_install(monkeypatch):
    _tokenizer.cache_clear()
    monkeypatch.setitem(sys.modules, "splintr", None)
    with pytest.raises(ConfigError, match="splintr-rs") as caught:
        TokenCounter("gpt-4o")
    assert "centavo[tokens]" in caught.value.hint
    _tokenizer.cache_clear()
