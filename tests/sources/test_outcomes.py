"""Graded answers are read from CSV, JSON lines and Parquet, and a bad value is named with its line."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest
from pyarrow import parquet

from centavo.errors import BadValueError, InputError
from centavo.sources.outcomes import content_id, read_outcomes, read_prompts


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_is_read_by_the_names_of_its_columns(tmp_path):
    file = written(
        tmp_path / "graded.csv",
        "prompt_id,model,grade,category,cost_usd,prompt_tokens,graded_at,note\n"
        "p1,large,0.75,maths,0.0123,120,2026-03-05T12:00:00Z,fine\n"
        "p1,small,,maths,,,,\n",
    )
    read = read_outcomes(file)
    assert read.rows == [
        {
            "item_id": "p1", "model": "large", "score": 0.75, "score_kind": None,
            "graded_at": datetime(2026, 3, 5, 12, tzinfo=UTC).replace(tzinfo=None), "agreement": None, "input_tokens": 120,
            "output_tokens": None, "cost": Decimal("0.0123"), "cost_currency": "USD",
            "use_case": "maths", "feature": None, "endpoint": None, "application": None,
            "team": None, "prompt": None,
        }
    ]  # fmt: skip
    assert read.unused == ("note",)
    assert read.without_score == 1


@pytest.mark.parametrize(
    ("value", "score"),
    [(True, 1.0), (False, 0.0), (1, 1.0), (0.25, 0.25), ("pass", 1.0), ("Down", 0.0), ("0.5", 0.5)],
)
def test_verdicts_and_thumbs_are_scores(tmp_path, value, score):
    line = json.dumps({"id": "a", "model": "m", "score": value})
    read = read_outcomes(written(tmp_path / "graded.jsonl", line + "\n"))
    assert read.rows[0]["score"] == score


def test_parquet_is_read_and_prompts_come_from_another_file(tmp_path):
    table = pa.table({"prompt_id": ["a", "b"], "model": ["m", "m"], "score": [1.0, None]})
    parquet.write_table(table, tmp_path / "graded.parquet")
    prompts = written(tmp_path / "prompts.csv", 'prompt_id,category,prompt\na,chat,"hi, you"\n')
    told, secrets = read_prompts(prompts)
    read = read_outcomes(tmp_path / "graded.parquet", prompts=told)
    assert [(row["prompt"], row["use_case"]) for row in read.rows] == [("hi, you", "chat")]
    assert (read.without_score, secrets) == (1, 0)


def test_a_prompt_without_an_id_is_its_own_id_and_loses_its_secrets(tmp_path):
    key = "sk-ant-api03-" + "Ab3dEf6hIj9k" * 8
    line = json.dumps({"prompt": f"use {key} please", "model": "m", "score": 1})
    read = read_outcomes(written(tmp_path / "graded.jsonl", line))
    prompt = read.rows[0]["prompt"]
    assert key not in prompt
    assert read.secrets == 1
    assert read.rows[0]["item_id"] == content_id(prompt)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,model,score\na,m,1\nb,m,7\n", r"line 3: score is not between 0 and 1: '7'"),
        ("id,model,score\na,m,good\n", r"line 2: score is not a number: 'good'"),
        ("id,model,score\na,,1\n", r"line 2: model is missing"),
        ("model,score\nm,1\n", r"line 2: item_id is missing, and so is the prompt"),
        ("id,model,score\na,m\n", r"line 2: the record has 2 values where the header names 3"),
        ("id,model,score,agreement\na,m,1,-0.1\n", r"line 2: agreement is not between 0 and 1"),
        ("id,model,score,input_tokens\na,m,1,few\n", r"line 2: input_tokens is not a whole number"),
    ],
)
def test_a_bad_value_is_named_with_its_line(tmp_path, text, told):
    with pytest.raises(BadValueError, match=told):
        read_outcomes(written(tmp_path / "graded.csv", text))


def test_a_bad_json_line_is_named_with_its_line(tmp_path):
    good = json.dumps({"id": "a", "model": "m", "score": 1})
    with pytest.raises(BadValueError, match="line 2"):
        read_outcomes(written(tmp_path / "graded.jsonl", f"{good}\n[1]\n"))


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("graded.csv", "", "is empty"),
        ("graded.csv", "id,model,score\na,m,\n", "holds no outcome"),
        ("graded.parquet", "no parquet", "is not a Parquet file"),
    ],
)
def test_a_file_without_outcomes_is_refused(tmp_path, name, text, told):
    with pytest.raises(InputError, match=told):
        read_outcomes(written(tmp_path / name, text))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="does not exist"):
        read_outcomes(tmp_path / "graded.csv")
