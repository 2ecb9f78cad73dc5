"""``centavo plan size`` of stores, logs and a host of one's own: sums by hand, and what cannot be."""

from decimal import Decimal

import pytest

from centavo.errors import InputError
from centavo.planning.sizing.stores import checkpoint_gb, internet_cost_per_month

HOST = ("local-host", "--watts-busy", "400", "--watts-idle", "100", "--busy-share", "0.5",
        "--tariff", "0.92")  # fmt: skip


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("embeddings", "--chunks", "1e6", "--dimensions", "1000", "--chunk-tokens", "512"),
         {"GB": "6", "tokens to embed": "512000000"}),
        (("storage", "--tokens", "250000000", "--model", "llama-3.1-8b", "--kept", "2"),
         {"GB": "225.84", "GB of data set": "1", "GB of checkpoints": "224.84"}),
        (("storage", "--parameters", "8e9", "--method", "lora", "--adapter-parameters", "5e8"),
         {"GB of checkpoints": "1"}),
        (("logs", "--requests", "2e6", "--bytes-per-request", "3000", "--months-kept", "3"),
         {"GB a month": "6", "GB kept": "18"}),
        ((*HOST, "--internet", "119.90", "--internet-share", "0.25"),
         {"BRL a month": "197.875", "BRL of energy": "167.9", "BRL of internet": "29.975",
          "kWh a month": "182.5"}),
    ],
)  # fmt: skip
def test_sums_are_those_of_a_hand_calculation(centavo, options, expected):
    found = centavo("plan", "size", *options, "--json").json
    assert {name: Decimal(found[name]["value"]) for name in expected} == {
        name: Decimal(it) for name, it in expected.items()
    }
    assert found["grade"] == "estimated"
    assert found[next(iter(expected))]["low"] is None


def test_the_answer_comes_first_and_says_what_it_rests_on(centavo):
    said = centavo("plan", "size", *HOST)
    assert said.err.startswith("a local host: 167.90 BRL a month, estimated.")
    assert "Coverage: an exact sum of what you stated" in said.err
    assert "167.900" in said.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("storage",), "nothing to size"),
        (("storage", "--model", "llama-3.1-8b", "--parameters", "1"), "say the same thing twice"),
        (("storage", "--parameters", "8e9", "--method", "lora"), "needs the parameters of its adapter"),
        (("embeddings", "--chunks", "-3", "--dimensions", "8"), "--chunks '-3' is not above 0"),
        (("logs", "--requests", "nan", "--bytes-per-request", "1"), "--requests 'nan' is not above 0"),
        ((*HOST[:-3], "1.5", "--tariff", "1"), "must be from 0 to 1"),
        ((*HOST, "--internet-share", "2"), "the share of the internet plan is 2"),
        ((*HOST, "--currency", "reais"), "reais"),
    ],
)  # fmt: skip
def test_what_cannot_be_sized_is_said(centavo, options, said):
    done = centavo("plan", "size", *options)
    assert done.exit_code == 2
    assert said in done.err


def test_an_adapter_of_unknown_size_is_not_nothing():
    with pytest.raises(InputError, match="qlora needs the parameters of its adapter"):
        checkpoint_gb(Decimal(8_000_000_000), method="qlora")
    with pytest.raises(InputError, match="from 0 to 1"):
        internet_cost_per_month(Decimal(100), share=Decimal("1.01"))
