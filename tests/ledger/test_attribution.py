"""Scope from rules, from what a row states, and from labels; and rules files that are wrong."""

import json
from pathlib import Path

import pytest

from centavo.errors import ConfigError
from centavo.ledger.attribution import DEFAULT_LABELS, Attribution
from centavo.ledger.engine import open_engine, sql_text
from centavo.ledger.rules_file import SCOPES
from centavo.ledger.schema import TABLES, TableName
from tests.shared_data import shared_data

RULES = """
[[rule]]
name = "chat by project"
match = { project = "loja-chat-*", "tag.app" = ["chat", "chatbot"] }
set = { application = "chat", team = "growth" }
confidence = 0.9

[[rule]]
match = { project = "loja-*" }
set = { application = "shop", cost_center = "CC-10" }
"""


def attribution(tmp_path: Path, text: str) -> Attribution:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return Attribution.load(path)


def relation(table: TableName, **values: object) -> str:
    """One row of the table; tags and labels may be given as a dictionary."""
    columns: list[str] = []
    for column in TABLES[table]:
        value = values.pop(column.name, None)
        text = json.dumps(value) if isinstance(value, dict) else value
        literal = "NULL" if text is None else sql_text(str(text))
        columns.append(f"{literal}::{column.type} AS {column.name}")
    assert not values, f"not columns of {table}: {values}"
    return f"SELECT {', '.join(columns)}"


def attributed(rules: Attribution, table: TableName, **values: object) -> dict[str, object]:
    assert table != "resource_samples"
    cursor = open_engine().execute(rules.select(relation(table, **values), table=table))
    names = [each[0] for each in cursor.description]
    assert names == [column.name for column in TABLES[table]]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


def charge(rules: Attribution, **values: object) -> dict[str, object]:
    return attributed(rules, "charges", **values)


def how(row: dict[str, object]) -> tuple[object, object]:
    prefix = "x_Attribution" if "x_Project" in row else "attribution_"
    method = row[f"{prefix}Method" if prefix[0] == "x" else f"{prefix}method"]
    return method, row[f"{prefix}Confidence" if prefix[0] == "x" else f"{prefix}confidence"]


def test_the_first_rule_wins_for_each_column(tmp_path):
    rules = attribution(tmp_path, RULES)
    row = charge(rules, SubAccountId="loja-chat-1", Tags={"app": "chatbot"})
    assert row["x_Application"] == "chat"  # the second rule sets it too, and comes later
    assert row["x_Team"] == "growth"
    assert row["x_CostCenter"] == "CC-10"  # only the second rule sets it
    assert row["x_Project"] == "loja-chat-1"
    assert how(row) == ("rule", 0.9)


def test_every_condition_must_hold(tmp_path):
    row = charge(attribution(tmp_path, RULES), SubAccountId="loja-chat-1", Tags={"app": "other"})
    assert row["x_Application"] == "shop"
    assert how(row) == ("rule", 0.8)


def test_labels_fill_what_no_rule_sets(tmp_path):
    tags = {"app": "chat", "env": "prod", "Team": "growth"}
    row = charge(attribution(tmp_path, RULES), SubAccountId="x", Tags=tags)
    assert (row["x_Application"], row["x_Environment"], row["x_Team"]) == ("chat", "prod", "growth")
    assert how(row) == ("label", 1.0)


def test_a_row_that_nobody_knows_stays_unattributed():
    row = charge(Attribution.load(None), SubAccountId="x", Tags={"owner": "me", "app": ""})
    assert [row[name] for name in ("x_Application", "x_Team", "x_Environment")] == [None] * 3
    assert row["x_Project"] == "x"
    assert how(row) == (None, None)


def test_rules_win_over_what_a_log_states_and_that_over_labels(tmp_path):
    rules = attribution(
        tmp_path, '[[rule]]\nmatch = { api_key = "key-7" }\nset = { application = "batch" }\n'
    )
    stated = {"application": "web", "team": "core", "labels": {"app": "label", "env": "test"}}
    row = attributed(rules, "usage_events", api_key_id="key-7", **stated)
    assert (row["application"], row["team"], row["environment"]) == ("batch", "core", "test")
    assert how(row) == ("key", 0.8)
    other = attributed(rules, "usage_events", api_key_id="key-8", **stated)
    assert other["application"] == "web"
    assert how(other) == ("label", 1.0)


def test_a_method_that_the_source_states_is_kept_without_a_rule():
    row = attributed(
        Attribution.load(None),
        "usage_events",
        application="web",
        attribution_method="gateway",
        attribution_confidence=0.95,
    )
    assert how(row) == ("gateway", 0.95)


def test_the_deciding_rule_is_that_of_the_application(tmp_path):
    rules = attribution(
        tmp_path,
        '[[rule]]\nmatch={ project="p" }\nset={ team="t" }\nconfidence=0.3\n'
        '[[rule]]\nmatch={ project="p" }\nset={ application="a" }\nconfidence=0.6\n',
    )
    assert how(charge(rules, SubAccountId="p")) == ("rule", 0.6)


def test_a_rule_may_match_what_a_label_says(tmp_path):
    text = '[[rule]]\nmatch = { environment = ["prod", "prd"] }\nset = { environment = "production" }\n'
    row = charge(attribution(tmp_path, text), Tags={"env": "prd"})
    assert row["x_Environment"] == "production"


def test_a_condition_the_table_has_no_column_for_never_holds(tmp_path):
    text = '[[rule]]\nmatch = { api_key = "*" }\nset = { team = "t" }\n'
    assert charge(attribution(tmp_path, text), SubAccountId="p")["x_Team"] is None


@pytest.mark.parametrize(
    ("glob", "fits", "fails"),
    [
        ("abc", "abc", "abcd"),
        ("abc*", "abcd", "xabc"),
        ("*abc", "xabc", "abcx"),
        ("*b*", "abc", "acc"),
        ("a*c", "abbc", "abb"),
        ("aba*ba", "ababa", "aba"),
        ("ção*ção", "çãoção", "ção"),
        ("a*b*c", "a-b-c", "a-c-b"),
        ("a?c", "abc", "abbc"),
        ("[ab]c", "bc", "cc"),
        ("it's_100%*", "it's_100% sure", "it's-100% sure"),
        ("*", "anything", None),
    ],
)
def test_globs(tmp_path, glob, fits, fails):
    rules = attribution(
        tmp_path, f'[[rule]]\nmatch = {{ service = "{glob}" }}\nset = {{ team = "t" }}\n'
    )
    assert charge(rules, ServiceName=fits)["x_Team"] == "t"
    assert charge(rules, ServiceName=fails)["x_Team"] is None


def test_label_keys_of_any_spelling(tmp_path):
    text = """
[labels]
application = ["kube/app.io name", "it's \\"quoted\\"", "APP", "app"]
team = []
[[rule]]
match = { tag.App = "x*", "tag.ação" = "y" }
set = { cost_center = "CC" }
"""
    rules = attribution(tmp_path, text)
    found = [
        charge(rules, Tags=tags)["x_Application"]
        for tags in ({"kube/app.io name": "1"}, {'it\'s "quoted"': "2"}, {"APP": "3"}, {"app": "4"})
    ]
    assert found == ["1", "2", "3", "4"]
    both = charge(rules, Tags={"App": "xx", "ação": "y", "team": "t", "app": "first"})
    assert (both["x_CostCenter"], both["x_Team"], both["x_Application"]) == ("CC", None, "first")


def test_without_label_keys_tags_are_not_parsed(tmp_path):
    text = "[labels]\n" + "".join(f"{scope} = []\n" for scope in SCOPES)
    assert "json_transform(Tags" not in attribution(tmp_path, text).select("…", table="charges")


@pytest.mark.parametrize("table", ["charges", "usage_events"])
def test_attributing_twice_changes_nothing(tmp_path, table):
    rules = attribution(tmp_path, RULES)
    row = {"Tags" if table == "charges" else "labels": {"app": "chat", "env": "prod"}}
    row |= {"x_Team" if table == "charges" else "team": "stated"}
    row |= {"SubAccountId" if table == "charges" else "project": "loja-chat-1"}
    once = rules.select(relation(table, **row), table=table)
    engine = open_engine()
    again = engine.execute(rules.select(once, table=table)).fetchall()
    assert again == engine.execute(once).fetchall()


@pytest.mark.parametrize("table", ["charges", "usage_events"])
def test_new_rules_start_from_what_the_source_stated(tmp_path, table):
    old = attribution(tmp_path, RULES)
    new = Attribution.load(None)
    row = {"x_Team" if table == "charges" else "team": "stated"}
    row |= {"SubAccountId" if table == "charges" else "project": "loja-chat-1"}
    fresh = relation(table, **row)
    engine = open_engine()
    kept = "x_StatedScope" if table == "charges" else "stated_scope"  # may stay when not needed
    through_old, direct = (
        engine.execute(f"SELECT * EXCLUDE ({kept}) FROM ({sql})").fetchall()
        for sql in (
            new.select(old.select(fresh, table=table), table=table),
            new.select(fresh, table=table),
        )
    )
    assert through_old == direct


def test_the_fingerprint_changes_with_the_rules_and_not_with_their_names(tmp_path):
    first = attribution(tmp_path, RULES).fingerprint
    assert len(first) == 12
    assert first == attribution(tmp_path, RULES.replace("chat by project", "x")).fingerprint
    assert first != attribution(tmp_path, RULES.replace("0.9", "0.7")).fingerprint
    assert first != attribution(tmp_path, RULES + '[labels]\nteam = ["squad"]\n').fingerprint
    assert Attribution.load(None).fingerprint == Attribution.load(None).fingerprint


def test_every_scope_but_project_has_label_keys():
    assert set(DEFAULT_LABELS) == set(SCOPES) - {"project"}


def test_a_scope_of_the_focus_sample_is_what_its_tags_say():
    """Against a plain JSON reader: same rows, same keys, first key present wins."""
    folder = shared_data("focus-1.0-sample")
    (file, *_) = sorted(folder.rglob("*.csv"))
    engine = open_engine()
    engine.execute(
        "CREATE TABLE sample AS SELECT row_number() OVER () AS number, nullif(Tags, 'NULL') AS Tags "
        f"FROM read_csv({sql_text(str(file))}, all_varchar = true)"
    )
    columns = ", ".join(
        "Tags" if c.name == "Tags" else f"number::VARCHAR AS {c.name}" if c.name == "SkuId"
        else f"NULL::{c.type} AS {c.name}"
        for c in TABLES["charges"]
    )  # fmt: skip
    sql = Attribution.load(None).select(f"SELECT {columns} FROM sample", table="charges")
    found = engine.execute(
        f"SELECT Tags, x_Application, x_Environment, x_CostCenter FROM ({sql})"
    ).fetchall()
    assert found
    for tags, *scope in found:
        labels = json.loads(tags) if tags else {}
        for name, value in zip(("application", "environment", "cost_center"), scope, strict=True):
            keys = [key for key in DEFAULT_LABELS[name] if key in labels]
            assert value == (labels[keys[0]] if keys else None)


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (("confidence =", "confidences ="), "line 6: confidences is not known", "confidence?"),
        (("{ project", "{ proj"), "line 4: match.proj is not known", "mean project?"),
        (("set = { application", "set = { applications"), "line 5: set.applications is not", "application"),
        (("0.9", "1.5"), "line 6: confidence is not a number from 0 to 1: 1.5", ""),
        (("0.9", '"high"'), "line 6: confidence is not a number from 0 to 1: 'high'", ""),
        (("0.9", "true"), "line 6: confidence is not a number from 0 to 1: True", ""),
        (('"growth"', "7"), "line 5: set.team is not text: 7", "quotes"),
        (('"growth"', '"{tag.owner}"'), "line 5: set.team looks like a placeholder", "[labels]"),
        (('"growth"', '""'), "line 5: set.team is empty", ""),
        (('["chat", "chatbot"]', "[1]"), "line 4: match.tag.app is not text: 1", ""),
        (("loja-chat-*", "loja-[ab"), "line 4: match.project has a [ without its ]", ""),
        (("match = { project = \"loja-*\" }", ""), "line 8: [rule] has no match", "matches every row"),
        (("[[rule]]\nmatch", "[[rules]]\nmatch"), "line 8: rules is not known", "mean rule?"),
        (("[[rule]]\nmatch", "[rule2]\nmatch"), "line 8: rule2 is not known", "rule"),
        (("confidence = 0.9", "confidence = "), "line 6, column", "TOML"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(tmp_path, change, message, hint):
    with pytest.raises(ConfigError) as caught:
        attribution(tmp_path, RULES.replace(*change))
    assert message in caught.value.message
    assert "rules.toml, " in caught.value.message
    assert hint in caught.value.hint


def test_the_line_is_that_of_the_right_rule_and_not_of_a_comment(tmp_path):
    text = (
        RULES
        + "\n# set = { teams = 1 }\n[[rule]]\nname = 'third'\n[rule.match]\nproject = 'x'\n"
        + "[rule.set]\nteam = 't'\nteams = 'u'\n"
    )
    with pytest.raises(ConfigError) as caught:
        attribution(tmp_path, text)
    line = text[: text.index("teams = 'u'")].count("\n") + 1
    assert f"line {line}: set.teams is not known" in caught.value.message


def test_a_rules_file_that_is_not_there_or_not_text(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        Attribution.load(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'name = "\xe7"')
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        Attribution.load(tmp_path / "latin.toml")


LABELS = [
    '{"app": "shop", "env": "prod", "team": "Ärger"}',
    '{"App": "shop", "Team": "web", "env": ""}',
    '{"application": "chat", "tier": "gold"}',
    '{"tier": "silver", "cost_center": "C1"}',
    "{}",
    None,
]
TAG_RULES = """
[[rule]]
match = { "tag.tier" = "gold" }
set = { team = "vip", environment = "prod" }
[[rule]]
match = { application = "shop", "tag.App" = "*" }
set = { feature = "legacy" }
"""


@pytest.mark.parametrize("rules", ["", TAG_RULES], ids=["labels", "rules"])
@pytest.mark.parametrize("seen", [0, 2, 6])
def test_labels_that_were_seen_before_say_the_same(tmp_path, rules, seen):
    file = tmp_path / "rules.toml"
    file.write_text(rules)
    attribution = Attribution.load(file)
    engine = open_engine()
    engine.execute("CREATE TABLE sample (number BIGINT, Tags VARCHAR)")
    engine.executemany("INSERT INTO sample VALUES (?, ?)", [*enumerate(LABELS * 2)])
    columns = ", ".join(
        "Tags" if c.name == "Tags" else f"number::VARCHAR AS {c.name}" if c.name == "SkuId"
        else f"NULL::{c.type} AS {c.name}"
        for c in TABLES["charges"]
    )  # fmt: skip
    rows = f"SELECT {columns} FROM sample"
    known = attribution.remember(engine, f"SELECT * FROM sample LIMIT {seen}", table="charges")
    parsed = attribution.select(rows, table="charges")
    looked_up = attribution.select(rows, table="charges", known=known)
    query = "SELECT * FROM ({}) ORDER BY SkuId"
    assert engine.execute(query.format(looked_up)).fetchall() == (
        engine.execute(query.format(parsed)).fetchall()
    )
    found = engine.execute(f"SELECT DISTINCT x_Application, x_Team FROM ({looked_up})").fetchall()
    assert ("shop", "Ärger") in found
    assert ("chat", "vip" if rules else None) in found
