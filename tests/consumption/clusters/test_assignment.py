"""Texts to their skeletons by the grams they hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from centavo.consumption.clusters.assignment import NONE, SkeletonIndex
from centavo.consumption.clusters.fingerprints import Grams, gram_places, grams_of
from centavo.consumption.clusters.texts import Texts


def as_grams(*texts):
    starts = np.cumsum([0, *(len(text) for text in texts)])
    return Grams(starts, np.concatenate([np.array(text, np.uint64) for text in texts]))


def test_grams_that_share_a_bucket_are_told_apart():
    near = [
        np.arange(1, 7, dtype=np.uint64) << np.uint64(16),
        np.array([7 << 16, 8 << 16], np.uint64),
    ]
    index = SkeletonIndex(near)
    texts = as_grams(near[0][::-1], near[1], [9 << 16, 1 << 40], [*near[1], *near[0]])
    assert index.assign_grams(texts).tolist() == [0, 1, NONE, 0]


@given(st.lists(st.text(max_size=90), min_size=1, max_size=6))
def test_a_text_has_the_same_grams_alone_and_among_others(written):
    texts = Texts.of(written)
    together = grams_of(texts)
    for place in range(len(texts)):
        own = together.hashes[together.starts[place] : together.starts[place + 1]]
        assert own.tolist() == [gram for *_, gram in gram_places(texts[place])]
