"""A running certificate counts each outcome once, keeps its promise however often one looks, and lasts."""

from datetime import UTC, datetime

import numpy as np
import pytest

from centavo.errors import ConfigError, InputError
from centavo.modelfit.routing.certify import certify_pair
from centavo.modelfit.routing.labelled import LabelledPair
from centavo.modelfit.routing.running import add_outcomes, begin_certificate
from centavo.modelfit.routing.running_file import read_running, write_running
from tests.modelfit.routing.made_outcomes import outcomes

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def labelled(count, *, by="category", seed=1):
    made = outcomes(count, by=by, seed=seed, texts=False)
    return LabelledPair(made, tuple(f"p{n}" for n in range(count)), None, None, None, count)


def part(pair, count):
    rows = np.arange(count)
    return LabelledPair(pair.outcomes.take(rows), pair.items[:count], None, None, None, count)


def begun(pair, *, limit=0.1):
    return begin_certificate(
        pair, certify_pair(pair, limit=limit, once=False), score_kind=None, match=(), now=NOW
    )


def test_the_first_look_is_the_certificate():
    pair = labelled(800)
    verdict, running = certify_pair(pair, limit=0.1, once=False), begun(pair)
    assert running.step == verdict.move.step
    found, once = running.certificate, verdict.route.certificate
    assert (found.share, found.loss, found.labels) == (once.share, once.loss, once.labels)
    assert found.loss_at_most == pytest.approx(once.loss_at_most)
    assert running.route.threshold == verdict.route.threshold


def test_more_outcomes_certify_more_and_each_counts_once():
    pair = labelled(3000)
    running = begun(part(pair, 300))
    shares = [running.certificate.share]
    for count in (300, 1000, 1000, 3000, 3000):
        running = add_outcomes(running, part(pair, count), now=NOW)
        shares.append(running.certificate.share)
    assert running.certificate.labels == 3000 - 120
    assert running.step is not None
    assert shares[-1] > shares[0]
    assert len(running.looks) == 6
    steps = [look.labels for look in running.looks]
    assert steps == [180, 180, 880, 880, 2880, 2880]


def test_what_is_proved_stays_proved_and_the_promise_holds_at_every_look():
    broken = 0
    for seed in range(40):
        pair = labelled(1500, seed=seed)
        running = begun(part(pair, 300))
        last = -1
        for count in range(400, 1501, 220):
            running = add_outcomes(running, part(pair, count), now=NOW)
            step = -1 if running.step is None else running.step
            assert step >= last
            last = step
        # Category c loses c / 4 of its requests; each is a quarter of the traffic.
        moved = [
            number
            for number in range(4)
            if running.route.score.intercept + running.route.score.categories[f"c{number}"]
            <= running.route.threshold
        ]
        broken += sum(number / 16 for number in moved) > 0.1
    assert broken <= 2


def test_an_earlier_grade_is_kept_when_it_changes():
    pair = labelled(800)
    running = begun(part(pair, 400))
    worse = LabelledPair(
        outcomes(400, by="none", seed=9, texts=False), pair.items[:400], None, None, None, 400
    )
    again = add_outcomes(running, worse, now=NOW)
    assert again.labels == running.labels
    assert again.certificate == running.certificate


def test_while_nothing_is_certified_nothing_moves():
    running = begun(labelled(100), limit=0.001)
    assert running.step is None
    assert running.route.threshold < -1e8
    assert running.certificate.share == 0


def test_a_file_gives_back_what_was_written(tmp_path):
    path = tmp_path / "run.json"
    running = begun(labelled(400))
    write_running(running, path)
    assert read_running(path) == running
    assert [each.name for each in tmp_path.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"proved":[', '"proved":[99,', "its parts do not fit"),
        ('"spreads":[', '"spreads":["wide",', r"Expected `float`, got `str` - at `\$.spreads\[0\]`"),
        ("centavo.running_certificate/1", "centavo.other/1", "its parts do not fit"),
        ("{", "", "is no running certificate"),
        ("keep: large", "keeps: large", "is not a key here"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_refused(tmp_path, old, new, told):
    path = tmp_path / "run.json"
    write_running(begun(labelled(200)), path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match=told):
        read_running(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_running(tmp_path / "none.json")
