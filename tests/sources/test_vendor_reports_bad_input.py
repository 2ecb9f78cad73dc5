"""Pages that repeat, skip, are cut in half or change shape."""

import json
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from tests.sources.vendor_pages import pages, read, recorded


@pytest.fixture
def costs():
    return pages("openai_admin/costs-1.json", "openai_admin/costs-2.json")


def file(folder, value, name="pages.json"):
    path = folder / name
    path.write_bytes(value if isinstance(value, bytes) else json.dumps(value).encode())
    return path


def total(rows):
    return sum(row["BilledCost"] for row in rows)


def codes(tally):
    return {warning.code for warning in tally.warnings} - {"decimals_rounded"}


def test_a_page_that_repeats_counts_once(tmp_path, costs):
    rows, tally = read("openai-costs", file(tmp_path, [costs[0], costs[0], costs[1]]))
    assert total(rows) == Decimal("-0.4225")
    assert {reason: n for (_, reason), n in tally.skipped.items()} == {
        "repeated by a later page": 6
    }
    assert sum(tally.read.values()) == len(rows) + 6


def test_a_page_that_repeats_in_another_file_counts_once(tmp_path, costs):
    rows, _ = read(
        "openai-costs",
        file(tmp_path, costs, "a.json"),
        file(tmp_path, json.dumps(costs[0], indent=3).encode(), "b.json"),
    )
    assert total(rows) == Decimal("-0.4225")


def test_a_later_page_restates_the_lines_of_its_buckets(tmp_path, costs):
    later = json.loads(json.dumps(costs[0]))
    later["data"][0]["results"][0]["amount"]["value"] = 0.25
    rows, tally = read("openai-costs", file(tmp_path, [costs[0], costs[1], later]))
    assert total(rows) == Decimal("-0.2975")
    assert tally.skipped["0" * 16, "restated by a later page"] == 1


def test_equal_lines_of_one_bucket_are_both_counted(tmp_path, costs):
    results = costs[1]["data"][1]["results"]
    results.append(dict(results[1]))
    rows, _ = read("openai-costs", file(tmp_path, costs[1]))
    assert total(rows) == Decimal("-3.05")


def test_equal_lines_of_usage_are_rows_of_their_own(tmp_path):
    page = pages("anthropic_admin/messages-1.json")[0]
    page["data"][0]["results"].append(page["data"][0]["results"][0])
    rows, _ = read("anthropic-usage", file(tmp_path, page))
    assert len({row["aggregate_id"] for row in rows}) == 3


def test_pages_of_two_projects_add_up(tmp_path, costs):
    other = json.loads(json.dumps(costs[0]).replace("proj_", "proj_other_"))
    rows, tally = read("openai-costs", file(tmp_path, [costs[0], other]))
    assert len(rows) == 12
    assert "report_overlap" not in codes(tally)


def test_pages_grouped_differently_are_a_warning(tmp_path, costs):
    whole = json.loads(json.dumps(costs[0]))
    for bucket in whole["data"]:
        bucket["results"] = [
            {
                "object": "organization.costs.result",
                "amount": {"value": 1.5, "currency": "usd"},
                "line_item": None,
                "project_id": None,
                "organization_id": "org-synthetic",
            }
        ]
    _, tally = read("openai-costs", file(tmp_path, [costs[0], costs[1], whole]))
    (warning,) = [w for w in tally.warnings if w.code == "report_overlap"]
    assert "2026-05-01" in warning.message


def test_a_gap_is_named(tmp_path, costs):
    costs[0]["data"].pop()
    _, tally = read("openai-costs", file(tmp_path, costs))
    (warning,) = [w for w in tally.warnings if w.code == "report_gap"]
    assert "2026-05-02 to 2026-05-03" in warning.message
    assert warning.rows == 1


def test_empty_buckets_are_no_gap(tmp_path, costs):
    _, tally = read("openai-costs", file(tmp_path, costs))
    assert codes(tally) == set()


def test_a_missing_last_page_is_named(tmp_path, costs):
    _, tally = read("openai-costs", file(tmp_path, costs[0]))
    (warning,) = [w for w in tally.warnings if w.code == "report_cut"]
    assert "page 1 of pages.json" in warning.message
    assert "2026-05-03" in warning.message


def test_an_endpoint_that_stops_early_is_no_gap_of_another(tmp_path):
    _, tally = read(
        "openai-usage",
        file(tmp_path, recorded("openai_admin/completions-1.json"), "completions.json"),
        file(tmp_path, recorded("openai_admin/web_search_calls-1.json"), "searches.json"),
    )
    assert codes(tally) == set()


@pytest.mark.parametrize("name", ["pages.json", "pages.jsonl"])
@pytest.mark.parametrize("pretty", [None, 2])
def test_a_page_cut_in_half_is_an_error_with_its_line(tmp_path, costs, name, pretty):
    whole = json.dumps(costs[0], indent=pretty).encode()
    path = file(tmp_path, whole[: len(whole) // 2], name)
    with pytest.raises(BadValueError, match=r"pages\.jsonl?, line \d+: .* is not JSON"):
        read("openai-costs", path)


def test_a_second_page_cut_in_half_names_its_line(tmp_path, costs):
    text = json.dumps(costs[0]) + "\n" + json.dumps(costs[1])[:200]
    with pytest.raises(BadValueError, match=r"pages\.jsonl, line 2: "):
        read("openai-costs", file(tmp_path, text.encode(), "pages.jsonl"))


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("data",), None, "page 2, data is not an array: None"),
        (("data", 0, "results"), {}, "page 2, data[0].results is not an array: {}"),
        (("data", 0, "start_time"), "soon", "page 2, data[0].start_time is not a time"),
        (("data", 0, "end_time"), None, "page 2, data[0].end_time is missing: None"),
        (("data", 0, "end_time"), 1777593600, "page 2, data[0].end_time is not after the start"),
        (("data", 1), 7, "page 2, data[1] is not a JSON object: 7"),
        (("data", 1, "results", 0), "x", "page 2, data[1].results[0] is not a JSON object: 'x'"),
        (
            ("data", 1, "results", 0, "amount"),
            3.5,
            "page 2, data[1].results[0].amount is not an object",
        ),
        (
            ("data", 1, "results", 0, "amount", "value"),
            "1,50",
            "page 2, data[1].results[0].amount.value is not a decimal number: '1,50'",
        ),
        (
            ("data", 1, "results", 0, "amount", "value"),
            None,
            "page 2, data[1].results[0].amount.value is missing: None",
        ),
        (
            ("data", 1, "results", 0, "amount", "currency"),
            "dollars",
            "page 2, data[1].results[0].amount.currency is not a currency code",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_changed_shape_names_page_and_key(tmp_path, costs, path, value, named):
    here = costs[1]
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    text = "\n".join(json.dumps(page) for page in costs).encode()
    target = file(tmp_path, text, "pages.jsonl")
    with pytest.raises(BadValueError) as caught:
        read("openai-costs", target)
    assert caught.value.message.startswith(f"pages.jsonl, line 2: {named}")


def test_a_key_that_is_gone_is_named_with_those_that_are_there(tmp_path):
    text = recorded("openai_admin/completions-1.json").replace(b"num_model_requests", b"requests")
    with pytest.raises(BadValueError, match=r"results\[0\]\.num_model_requests is missing"):
        read("openai-usage", file(tmp_path, text))


def test_more_cached_than_all_input_is_an_error(tmp_path):
    page = pages("openai_admin/completions-1.json")[0]
    page["data"][0]["results"][0]["input_cached_tokens"] = 60_001
    with pytest.raises(BadValueError, match="is more than input_tokens 60000"):
        read("openai-usage", file(tmp_path, page))


def test_a_recorded_refusal_is_named(tmp_path):
    with pytest.raises(BadValueError, match="stands where a page should be"):
        read("anthropic-costs", file(tmp_path, recorded("anthropic_admin/401.json")))


def test_bad_lines_can_be_skipped_and_are_counted(tmp_path, costs):
    costs[0]["data"][0]["results"][0]["amount"]["value"] = "lots"
    costs[1]["data"][1]["results"][0] = None
    text = "\n".join([*map(json.dumps, costs), '{"object": "page"}']).encode()
    rows, tally = read("openai-costs", file(tmp_path, text, "pages.jsonl"), skip_bad=True)
    assert len(rows) == 6
    assert {reason: n for (_, reason), n in tally.skipped.items()} == {
        "malformed result": 2,
        "malformed page": 1,
    }
    assert sum(tally.read.values()) == 9


def test_new_keys_are_a_warning(tmp_path, costs):
    costs[0]["data"][0]["results"][0]["carbon_kg"] = 1
    _, tally = read("openai-costs", file(tmp_path, costs))
    (warning,) = [w for w in tally.warnings if w.code == "unknown_columns"]
    assert "carbon_kg" in warning.message


def test_unknown_words_and_token_types_are_a_warning(tmp_path):
    text = recorded("openai_admin/costs-1.json").replace(b", output, long", b", output, turbo")
    rows, tally = read("openai-costs", file(tmp_path, text))
    assert codes(tally) == {"line_item_not_understood", "report_cut"}
    (row,) = [row for row in rows if row["x_ModelId"] == "gpt-5.2"]
    assert (row["x_TokenDirection"], row["x_TokenCacheAction"]) == ("Output", None)
    text = recorded("anthropic_admin/cost_report-2.json").replace(
        b'"token_type": null', b'"token_type": "thought_tokens"', 1
    )
    rows, tally = read("anthropic-costs", file(tmp_path, text))
    assert codes(tally) == {"line_item_not_understood"}
    assert rows[0]["x_TokenDirection"] is None


def test_usage_that_is_not_known_is_counted(tmp_path):
    text = recorded("openai_admin/images-1.json").replace(b"usage.images", b"usage.holograms")
    rows, tally = read("openai-usage", file(tmp_path, text))
    assert rows == []
    assert tally.skipped["0" * 16, "not usage that is read: holograms"] == 1


def test_a_currency_without_a_known_smallest_unit_is_an_error(tmp_path):
    text = recorded("anthropic_admin/cost_report-1.json").replace(b'"USD"', b'"KWD"')
    with pytest.raises(BadValueError, match="smallest unit that is not known"):
        read("anthropic-costs", file(tmp_path, text))


def test_no_page_at_all_is_an_error(tmp_path):
    with pytest.raises(InputError, match="holds no page"):
        read("anthropic-costs", file(tmp_path, []))


def test_keys_in_labels_are_not_stored(tmp_path):
    text = recorded("anthropic_admin/claude_code-1.json").replace(
        b'"email_address": "developer@example.com"',
        b'"api_key_name": "sk-ant-api03-' + b"aB3" * 31 + b'AA"',
    )
    rows, tally = read("anthropic-claude-code", file(tmp_path, text))
    assert "aB3aB3" not in str(rows)
    assert codes(tally) == {"secrets_redacted"}
