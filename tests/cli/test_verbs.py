"""The other verbs, on one small bill and one small log."""

import json

import pytest

from tests.cli.test_ingest import bill, row


def request(number, *, model="gpt-4o-2024-08-06", **more):
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1772700000 + number,
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100,
                  "prompt_tokens_details": {"cached_tokens": 400}},
        **more,
    }  # fmt: skip


@pytest.fixture
def both(centavo, tmp_path):
    bill(tmp_path / "bill.csv", row("1.50", tags='{"env": "prod"}'))
    requests = [request(1), request(2), request(3, model="house-model-1")]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(r) + "\n" for r in requests))
    assert centavo("ingest", tmp_path / "bill.csv", tmp_path / "log.jsonl").exit_code == 0
    return centavo


def test_billed_and_metered_stand_beside_each_other(both):
    report = both("costs", "--json").json
    assert report["basis"] == "billed"
    assert report["total"]["amount"] == "1.5"
    assert list(report["other_bases"]) == ["metered"]


def test_unit_economics_are_ratios_of_sums(both):
    rows = both("units", "--by", "model", "--json").json["rows"]
    priced = next(r for r in rows if r["cost"])
    # gpt-4o: 600 uncached at 2.50, 400 cached at 1.25, 100 output at 10 USD a million.
    assert priced["cost"] == {"amount": "0.006", "currency": "USD"}
    assert priced["cost_per_request"]["amount"] == "0.003"
    assert priced["cache_hit_share"] == "0.4"
    assert priced["output_per_input"] == "0.1"
    by_class = {
        "uncached_input": "2.5",
        "cache_read": "1.25",
        "output": "10",
    }
    for name, amount in by_class.items():
        assert priced[f"cost_per_1m_{name}_tokens"]["amount"] == amount
    assert priced["cost_per_1m_cache_write_tokens"] is None


def test_failed_requests_count_with_the_priced_ones_of_their_scope(centavo, tmp_path):
    failed = {"id": "failed", "timestamp": "2026-03-05T09:00:00Z", "model": "gpt-4o-2024-08-06",
              "provider": "openai", "error": {"type": "server_error"}}  # fmt: skip
    lines = [request(1), request(2), request(3, model="house-model-1"), failed]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert centavo("ingest", tmp_path / "log.jsonl").exit_code == 0
    rows = {r["key"]["model"]: r for r in centavo("units", "--by", "model", "--json").json["rows"]}
    assert sorted(rows) == ["gpt-4o", "house-model-1"]
    mixed = rows["gpt-4o"]
    assert (mixed["requests"], mixed["priced_requests"], mixed["error_requests"]) == (3, 2, 1)
    assert mixed["error_share"] == "0.333333333333"
    assert mixed["cost_per_request"]["amount"] == "0.003"
    assert rows["house-model-1"]["cost"] is None


def test_an_unpriced_model_is_loud_and_in_no_total(both):
    done = both("prices", "missing", "--json", "--fail-on-any")
    assert done.exit_code == 1
    missing = done.json["rows"]
    assert [(r["model"], r["requests"]) for r in missing] == [("house-model-1", 1)]
    report = both("costs", "--basis", "metered", "--json").json
    assert report["total"]["amount"] == "0.006"
    assert sum(report["coverage"]["rows_unpriced"].values()) == 1


def test_the_users_price_file_prices_what_nobody_lists(both, tmp_path):
    (tmp_path / "prices.toml").write_text(
        '[[price]]\nprovider = "openai"\nmodel = "house-model-1"\nvalid_from = 2025-01-01\n'
        'input_mtok = "1"\noutput_mtok = "2"\n'
    )
    (tmp_path / "centavo.toml").write_text('[prices]\nfile = "prices.toml"\n')
    shown = both("prices", "show", "house-model-1", "--json")
    assert shown.exit_code == 0, shown.err
    assert {q["unit"] for q in shown.json["quotes"]} == {"input_mtok", "output_mtok"}


def test_prices_of_a_day_have_a_source(centavo):
    quotes = centavo("prices", "show", "gpt-4o", "--at", "2026-03-01", "--json").json["quotes"]
    assert any(q["unit"] == "input_mtok" and q["price"]["amount"] == "2.5" for q in quotes)
    assert all(q["source"] for q in quotes)


def test_an_unknown_model_is_refused_with_near_names(centavo):
    done = centavo("prices", "show", "gpt-4oo")
    assert done.exit_code == 2
    assert "gpt-4o" in done.err


def test_export_reads_back_to_the_same_total(both, tmp_path):
    out = tmp_path / "out" / "focus.csv"
    out.parent.mkdir()
    assert both("export", "focus", "--version", "1.2", "--out", out).exit_code == 0
    assert both("--ledger", tmp_path / "second", "ingest", out).exit_code == 0
    again = both("--ledger", tmp_path / "second", "costs", "--json").json
    assert again["total"]["amount"] == "1.5"


def test_new_rules_apply_to_what_is_there_only_when_told(both, tmp_path):
    (tmp_path / "rules.toml").write_text(
        '[[rule]]\nmatch = { "tag.env" = "prod" }\nset = { application = "shop" }\n'
    )
    (tmp_path / "centavo.toml").write_text('[attribution]\nrules = "rules.toml"\n')
    assert "would change" in both("attribute").err
    by = both("costs", "--by", "application", "--json").json["rows"]
    assert by[0]["key"]["application"] is None
    both("attribute", "--apply")
    by = both("costs", "--by", "application", "--json").json["rows"]
    assert by[0]["key"]["application"] == "shop"
    assert "0 of 1 rows changed" in both("attribute", "--apply").err


def test_doctor_names_what_is_broken(centavo, tmp_path):
    assert centavo("doctor").exit_code == 0
    (tmp_path / "centavo.toml").write_text('[attribution]\nrules = "nowhere.toml"\n')
    done = centavo("doctor", "--json")
    assert done.exit_code == 1
    assert [c["part"] for c in done.json["checks"] if c["state"] == "broken"] == ["rules"]


def test_doctor_finds_a_missing_data_file(both, tmp_path):
    next((tmp_path / ".centavo" / "warehouse").rglob("charges/data/**/*.parquet")).unlink()
    done = both("doctor")
    assert done.exit_code == 1
    assert "data files are missing" in done.out


def test_a_damaged_catalog_is_named(both, tmp_path):
    (tmp_path / ".centavo" / "catalog.db").write_bytes(b"not a database")
    done = both("costs")
    assert done.exit_code == 2
    assert "catalog.db cannot be read" in done.err


@pytest.mark.parametrize("topic", ["billed", "mixed_currencies", "no_usage", "exit-codes"])
def test_explain_knows_terms_warnings_and_reasons(centavo, topic):
    assert centavo("explain", topic).out.strip()


def test_explain_offers_near_topics(centavo):
    assert "coverage" in centavo("explain", "covrage").err


def test_warnings_are_listed_in_full(both):
    assert both("ledger", "--warnings").exit_code == 0


def test_shell_completion_is_offered(centavo, monkeypatch):
    monkeypatch.setenv("_CENTAVO_COMPLETE", "bash_source")
    assert "_centavo_completion" in centavo().out


def test_unknown_settings_are_refused(centavo, tmp_path):
    (tmp_path / "centavo.toml").write_text("[ledgre]\n")
    done = centavo("costs")
    assert done.exit_code == 2
    assert "ledgre" in done.err
