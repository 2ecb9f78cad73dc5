"""Bodies: each text once, whole after a death, gone after their time; and given back as sent."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.errors import LedgerError
from centavo.ledger.bodies import (
    BodyIndex,
    BodyPart,
    BodyShelf,
    body_views,
    count_expired,
    drop_all,
    drop_bodies,
    merge_files,
    rebuilt,
    retention,
)
from centavo.ledger.engine import open_engine
from centavo.sources.body_parts import request_parts

DAY = date(2026, 11, 1)
LATER = date(2026, 11, 20)


def shelf(folder, today=DAY):
    return BodyShelf(
        folder,
        redact=lambda text: (text.replace("SECRET", "[x]"), text.count("SECRET")),
        today=today,
    )


def message(text):
    return BodyPart("message", "messages", "user", json.dumps(text))


def rows(folder, sql):
    engine = open_engine()
    engine.execute(
        "CREATE TABLE usage_events (event_id VARCHAR, started_at TIMESTAMP, body_hash VARCHAR, answer_hash VARCHAR)"
    )
    for name, select in body_views(folder):
        engine.execute(f"CREATE VIEW {name} AS {select}")
    return engine.execute(sql).fetchall()


def test_a_text_that_many_bodies_have_is_kept_once(tmp_path):
    kept = shelf(tmp_path)
    first = kept.keep([message("system"), message("one")])
    second = kept.keep([message("system"), message("two")])
    again = kept.keep([message("system"), message("one")])
    kept.commit()
    assert first == again != second
    assert rows(tmp_path, "SELECT count(*) FROM body_contents") == [(3,)]
    assert rows(tmp_path, "SELECT count(*) FROM body_parts") == [(4,)]


def test_a_later_reading_adds_only_what_is_new(tmp_path):
    for day, texts in ((DAY, ["system", "one"]), (LATER, ["system", "one", "two"])):
        kept = shelf(tmp_path, day)
        kept.keep([message(text) for text in texts])
        kept.commit()
    assert rows(tmp_path, "SELECT text FROM body_contents ORDER BY text") == [
        ('"one"',), ('"system"',), ('"two"',),
    ]  # fmt: skip


def test_secrets_are_gone_before_the_hash_is_taken(tmp_path):
    kept = shelf(tmp_path)
    one, other = kept.keep([message("a SECRET")]), kept.keep([message("a [x]")])
    kept.commit()
    assert one == other
    assert kept.secrets == 1
    assert rows(tmp_path, "SELECT text FROM body_contents") == [('"a [x]"',)]


def test_nothing_is_seen_before_the_commit_and_a_killed_writer_is_swept(tmp_path):
    kept = shelf(tmp_path)
    kept.keep([message("old")])
    kept.commit()
    killed = shelf(tmp_path)
    killed.keep([message("new")])
    killed._write()
    assert len(list(tmp_path.glob("*.parquet"))) == 6
    assert rows(tmp_path, "SELECT text FROM body_contents") == [('"old"',)]
    shelf(tmp_path)
    assert len(list(tmp_path.glob("*.parquet"))) == 3


def test_dropping_old_bodies_keeps_the_texts_that_younger_ones_have(tmp_path):
    for day, text in ((DAY, "one"), (LATER, "two")):
        kept = shelf(tmp_path, day)
        kept.keep([message("system"), message(text)])
        kept.commit()
    assert count_expired(tmp_path, before=LATER) == (2, 1)
    assert drop_bodies(tmp_path, before=LATER) == 1
    assert drop_bodies(tmp_path, before=LATER) == 0
    assert rows(tmp_path, "SELECT text FROM body_contents ORDER BY text") == [
        ('"system"',),
        ('"two"',),
    ]
    assert len(list(tmp_path.glob("*.parquet"))) == 3


def test_a_body_that_is_seen_again_lives_on(tmp_path):
    for day in (DAY, LATER):
        kept = shelf(tmp_path, day)
        kept.keep([message("one")])
        kept.commit()
    assert drop_bodies(tmp_path, before=LATER) == 0


def test_many_files_become_few_and_hold_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(retention, "_MOST_FILES", 10)
    for number in range(4):
        kept = shelf(tmp_path)
        kept.keep([message("system"), message(str(number))])
        kept.commit()
    before = rows(tmp_path, "SELECT * FROM body_parts ORDER BY ALL")
    merge_files(tmp_path)
    assert len(BodyIndex.read(tmp_path).names()) == 3
    assert rows(tmp_path, "SELECT * FROM body_parts ORDER BY ALL") == before
    assert rows(tmp_path, "SELECT count(*) FROM body_contents") == [(5,)]


def test_a_damaged_index_is_named_and_can_be_dropped(tmp_path):
    (tmp_path / "index.json").write_text("{")
    with pytest.raises(LedgerError, match=r"index\.json"):
        BodyIndex.read(tmp_path)
    drop_all(tmp_path)
    assert BodyIndex.read(tmp_path) == BodyIndex()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    ["model", "messages", "tools", "system", "input", "toolConfig", "prompt", "x"]
)


@given(st.dictionaries(members, json_values, min_size=1))
def test_the_parts_of_any_body_give_it_back(body):
    back = rebuilt(request_parts(body))
    assert back == body
    assert list(back) == list(body)
