"""Templates of texts: found without labels, whatever the script, the size and the order."""

import random

import numpy as np
import pytest

from centavo.consumption.clusters.assignment import NONE, SkeletonIndex
from centavo.consumption.clusters.fingerprints import fold_text, grams_of
from centavo.consumption.clusters.mining import mine_sample, mine_templates
from centavo.consumption.clusters.texts import Texts

WORDS = ["invoice", "customer", "delivery", "refund", "order", "ticket", "address", "payment", "window",
         "garden", "battery", "silver", "monday", "coffee", "signal", "planet", "bridge", "market",
         "doctor", "engine", "folder", "letter"]  # fmt: skip
SUMMARY = "Summarise the conversation below for the next agent on shift. Conversation: {} End."
TRIAGE = "You triage support tickets. Read the ticket and answer with one team name only.\n{}"
ARABIC = "لخص رسالة العميل التالية في جملة واحدة واذكر رقم الطلب إن وجد: {}"
CHINESE = "请根据以下客户留言判断其情绪，并只用一个词回答，不要解释原因：{}"  # noqa: RUF001 -- as written


def slot(rng: random.Random, count: int = 12) -> str:
    return " ".join(rng.choices(WORDS, k=count))


def made(template: str, count: int, *, seed: int = 1, words: int = 12) -> list[str]:
    rng = random.Random(seed)
    return [template.format(slot(rng, words)) for _ in range(count)]


def groups(texts: list[str]) -> list[int]:
    return mine_templates(Texts.of(texts)).owners.tolist()


@pytest.mark.parametrize(
    "pair",
    [(SUMMARY, TRIAGE), (ARABIC, CHINESE)],
    ids=["latin", "right-to-left and without spaces"],
)
def test_two_templates_are_two_groups(pair):
    found = groups(made(pair[0], 20) + made(pair[1], 20))
    assert NONE not in found
    assert len(set(found[:20])) == len(set(found[20:])) == 1
    assert found[0] != found[-1]


def test_texts_without_a_template_are_in_none():
    rng = random.Random(3)
    found = groups([slot(rng, 30) for _ in range(40)] + made(SUMMARY, 20))
    assert found.count(NONE) >= 38
    assert len(set(found[40:])) == 1


def test_a_version_with_one_more_sentence_is_a_group_of_its_own():
    longer = SUMMARY.replace("Conversation:", "Never name prices or people. Conversation:")
    found = groups(made(SUMMARY, 40) + made(longer, 40, seed=2))
    assert len(set(found)) == 2
    assert len(set(found[:40])) == 1


def test_a_preamble_does_not_join_what_is_different():
    preamble = "You are an assistant of the shop. Be brief, be kind, answer in English. "
    bodies = (SUMMARY, TRIAGE, "Translate the following complaint for the warehouse: {} Thanks.")
    found = groups([t for body in bodies for t in made(preamble + body, 40)])
    assert len(set(found)) == 3


def test_retrieved_passages_do_not_split_a_template():
    rng = random.Random(5)
    passages = [slot(rng, 40) + "." for _ in range(12)]
    texts = [
        TRIAGE.format(" ".join(rng.sample(passages, 4)) + " Question: " + slot(rng))
        for _ in range(120)
    ]
    assert len(set(groups(texts))) == 1


def test_numbers_and_dates_do_not_split_a_template():
    dated = "Today is 2026-{:02}-{:02}. " + TRIAGE.replace("{}", "{}")
    rng = random.Random(7)
    texts = [dated.format(rng.randint(1, 12), rng.randint(10, 28), slot(rng)) for _ in range(60)]
    assert len(set(groups(texts))) == 1


def test_the_order_of_the_texts_changes_no_group():
    texts = made(SUMMARY, 30) + made(TRIAGE, 30) + made(CHINESE, 30)
    shuffled = random.Random(11).sample(texts, len(texts))
    first = dict(zip(texts, groups(texts), strict=True))
    second = dict(zip(shuffled, groups(shuffled), strict=True))
    pairs = {(first[text], second[text]) for text in texts}
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs}) == 3


def test_a_megabyte_of_prompt_is_read_at_its_ends():
    rng = random.Random(13)
    long = [TRIAGE.format(slot(rng, 140_000)) for _ in range(4)]
    assert len(long[0]) > 900_000
    found = groups(made(TRIAGE, 20) + long)
    assert len(set(found)) == 1
    assert len(grams_of(Texts.of(long)).hashes) < 20_000


@pytest.mark.parametrize("texts", [[], [""], ["hello"], ["same prompt " * 8] * 50, ["\ud800 half"]])
def test_tiny_inputs(texts):
    assert len(groups(texts)) == len(texts)


def test_no_skeleton_explains_nothing():
    assert SkeletonIndex([]).assign(Texts.of(["anything at all"])).tolist() == [NONE]


def test_a_gram_does_not_depend_on_what_stands_before_it():
    passage = "the quick brown fox jumps over the lazy dog again and again and again"
    grams = [
        set(grams_of(Texts.of([lead + passage])).hashes.tolist()) for lead in ("", "xy ", "öß")
    ]
    assert len(set.intersection(*grams)) >= len(grams[0]) - 4


def test_grams_are_those_of_each_text_alone():
    texts = [*made(SUMMARY, 5), "", "short", *made(ARABIC, 3), "x" * 300_000]
    together = grams_of(Texts.of(texts))
    for place, text in enumerate(texts):
        alone = grams_of(Texts.of([text])).hashes
        mine = together.hashes[together.starts[place] : together.starts[place + 1]]
        assert np.array_equal(mine, alone), place


def test_what_was_found_on_a_sample_is_given_to_the_rest():
    skeletons = mine_sample(Texts.of(made(SUMMARY, 30) + made(TRIAGE, 30)))
    rest = Texts.of(made(SUMMARY, 50, seed=2) + made(TRIAGE, 50, seed=2))
    found = SkeletonIndex(skeletons).assign(rest).tolist()
    assert len(set(found[:50])) == len(set(found[50:])) == 1
    assert found[0] != found[-1]


def test_folding_keeps_the_length():
    assert len(fold_text("Ação 42 É".encode())) == len("Ação 42 É".encode())
