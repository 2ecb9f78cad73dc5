"""Lossy compression: what stays, what is left alone, and that nothing counts without evidence."""

import re
import sys
from types import SimpleNamespace

import pytest

from centavo.errors import ConfigError
from centavo.prompts.transforms.extract import extract, sentences_of
from tests.prompts.test_levers import simulated

STORY = " ".join(
    [
        "The refund policy covers damaged parcels.",
        "A damaged parcel is refunded within ten days of its delivery.",
        "Our office has a view of the river.",
        "Refunds of damaged parcels are paid to the card of the customer.",
        "The canteen serves fish on Fridays.",
        "A customer reports a damaged parcel with a picture of it.",
        "Bicycles may be left in the yard.",
        "Without a picture the refund of a damaged parcel takes longer.",
        "The carrier pays the refund when the parcel was damaged on the way.",
        "Somebody painted the door green last year.",
        "Damaged parcels that were reported late are not refunded.",
        "The yard is swept on Mondays by a neighbour.",
    ]
)
DOCUMENT = {
    "at": "2026-07-01T09:00:00", "count": 4, "input": 400,
    "body": {"messages": [
        {"role": "user", "content": f"<document>{STORY}</document>"},
        {"role": "user", "content": "How long does a refund take? {n}"}]},
}  # fmt: skip


def test_an_extract_keeps_central_sentences_in_their_order():
    short = extract(STORY, 0.5)
    assert len(short) <= 0.5 * len(STORY)
    kept = [each.strip() for each in sentences_of(short)]
    assert kept[0] == "The refund policy covers damaged parcels."
    assert [each for each in map(str.strip, sentences_of(STORY)) if each in kept] == kept
    assert not any(word in short for word in ("canteen", "Bicycles", "door", "yard"))


def test_sentences_give_the_text_back():
    assert "".join(sentences_of(STORY)) == STORY


@pytest.mark.parametrize("text", ["Short. " * 10, '{"a": "' + STORY + '"}', "```\n" + STORY])
def test_what_is_short_or_no_prose_stays(text):
    assert extract(text, 0.3) == text


@pytest.mark.parametrize(
    ("text", "share"),
    # The question is a twentieth of the input, and all that a window of one message keeps.
    [("extract share=0.5", range(40, 70)), ("history-window messages=1", range(90, 100))],
)
def test_nothing_counts_without_evidence(tmp_path, text, share):
    step = simulated(tmp_path, DOCUMENT, text).steps[0]
    assert step.touched == 0
    assert step.amount("USD") == 0
    assert list(step.not_simulated.values()) == [4]
    said = re.match(r"would take (\d+) % off the input of 4 requests", step.notes[0])
    assert said
    assert int(said[1]) in share


def test_with_a_stated_loss_it_counts(tmp_path):
    text = "extract share=0.5 loss=0.01 evidence=graded-2026-07"
    step = simulated(tmp_path, DOCUMENT, text).steps[0]
    assert step.touched == 4
    assert step.amount("USD") > 0
    assert step.lever.quality.change is not None
    assert not step.lever.quality.is_lossless


class Compressor:
    """llmlingua's PromptCompressor as its release 0.2.2 answers: every second word stays."""

    def __init__(self, model_name, *, use_llmlingua2, device_map):
        assert (use_llmlingua2, device_map) == (True, "cpu")
        if model_name == "missing":
            raise OSError("no such folder")

    def compress_prompt_llmlingua2(self, context, *, rate, force_tokens):
        words = context.split()
        kept = words[:: round(1 / rate)]
        assert "\n" in force_tokens
        return {
            "compressed_prompt": " ".join(kept), "compressed_prompt_list": [" ".join(kept)],
            "origin_tokens": len(words), "compressed_tokens": len(kept), "ratio": "2.0x", "rate": "50.0%",
            "saving": ", Saving $0.0 in GPT-4.",
        }  # fmt: skip


def test_llmlingua_compresses_with_the_users_model(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "llmlingua", SimpleNamespace(PromptCompressor=Compressor))
    text = "llmlingua rate=0.5 compressor=/models/x loss=0.02 evidence=graded"
    assert simulated(tmp_path, DOCUMENT, text).steps[0].amount("USD") > 0
    with pytest.raises(ConfigError, match="cannot open the model"):
        simulated(tmp_path, DOCUMENT, "llmlingua rate=0.5 compressor=missing")


def test_without_the_library_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "llmlingua", None)
    with pytest.raises(ConfigError, match="needs the library"):
        simulated(tmp_path, DOCUMENT, "llmlingua rate=0.5 compressor=x")


def test_a_share_that_is_none_is_refused(tmp_path):
    with pytest.raises(ConfigError):
        simulated(tmp_path, DOCUMENT, "extract share=1.5")
