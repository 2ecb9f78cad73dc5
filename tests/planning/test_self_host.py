"""Self-hosting on the traffic that the ledger metered, hour by hour."""

import json
from decimal import Decimal

import pytest


def request(number, hour, tokens):
    return {
        "request": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]},
        "response": {
            "id": f"chatcmpl-{number}", "object": "chat.completion", "model": "gpt-4o-mini",
            "created": 1_767_258_000 + hour * 3600,
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant"}}],
            "usage": {"prompt_tokens": 1000, "completion_tokens": tokens,
                      "total_tokens": 1000 + tokens},
        },
    }  # fmt: skip


@pytest.fixture
def metered(centavo, tmp_path):
    records = [request(1, 0, 500), request(2, 0, 300), request(3, 5, 200)]
    text = "".join(json.dumps(it) + "\n" for it in records)
    (tmp_path / "log.jsonl").write_text(text)
    assert centavo("ingest", tmp_path / "log.jsonl").exit_code == 0
    return centavo


ASKED = ("plan", "self-host", "--model", "llama-3.1-8b", "--gpu", "h100-sxm", "--gpu-hour", "2.69")


def test_quiet_hours_are_paid_for(metered):
    found = metered(*ASKED, "--json").json
    assert (found["hours"], found["requests"], found["output_tokens"]) == (
        6,
        3,
        "1000.000000000000",
    )
    one = next(it for it in found["steps"] if it["factor"] == "1")
    assert one["replicas"] == 1
    assert Decimal(one["hosted"]["amount"]) == 6 * Decimal("2.69")
    assert Decimal(one["hosted_by_the_hour"]["amount"]) == 2 * Decimal("2.69")
    assert Decimal(one["api"]["amount"]) == round(Decimal(found["paid"]["amount"]), 2)


def test_the_staircase_is_drawn_and_the_answer_says_how_much_is_used(metered, tmp_path):
    done = metered(*ASKED, "--svg", tmp_path / "stairs.svg")
    assert done.exit_code == 0, done.err
    assert "3 requests in 6 hours cost" in done.err
    assert "Hosting is first cheaper at beyond x 300 of this traffic" in done.err
    assert "own replicas" in (tmp_path / "stairs.svg").read_text("utf-8")


def test_no_traffic_and_no_price_are_refused(metered):
    assert "no metered request" in metered(*ASKED, "--where", "model=claude*").err
    assert metered(*ASKED[:-1], "free").exit_code == 2
    assert metered(*ASKED[:3], "llama-9", *ASKED[4:]).exit_code == 2


def test_a_model_that_the_memory_does_not_hold_is_refused(metered):
    large = ("llama-3.1-70b", *ASKED[4:], "--precision", "bf16")
    assert "takes 141 GB at bf16" in metered(*ASKED[:3], *large).err
