"""``centavo prices``: each verb on a small log, priced by a file of the house's own."""

from datetime import date, timedelta

import pytest

from tests.cli.test_ingest import bill, row
from tests.pricing.house_prices import PRICES, request, write_log, write_map

FOCUS = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
    "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,ProviderName"
)


@pytest.fixture
def house(centavo, tmp_path):
    """A ledger with three priced requests of 2026-03-05."""
    (tmp_path / "prices.toml").write_text(PRICES, encoding="utf-8")
    (tmp_path / "centavo.toml").write_text('[prices]\nfile = "prices.toml"\n')
    done = centavo("ingest", write_log(tmp_path / "log.jsonl", request(1), request(2), request(3)))
    assert done.exit_code == 0, done.err
    return centavo


def settings(tmp_path, **files):
    lines = "".join(f'{key} = "{name}"\n' for key, name in files.items())
    (tmp_path / "centavo.toml").write_text(f"[prices]\n{lines}", encoding="utf-8")


def metered(centavo):
    return centavo("costs", "--basis", "metered", "--json").json["total"]["amount"]


def test_the_help_lists_every_verb(centavo):
    shown = centavo("prices", "--help").out
    for verb in ("show", "missing", "disputes", "calendar", "diff", "reprice", "contract", "cloud"):
        assert verb in shown


def test_show_says_what_is_announced(house):
    done = house("prices", "show", "house-model-1", "--at", "2026-03-05")
    assert "Changes on 2026-05-01: input_mtok 1 -> 3; output_mtok 2 -> 6." in done.err
    found = house("prices", "show", "house-model-1", "--at", "2026-03-05", "--json").json
    assert found["announced"] == [
        {"day": "2026-05-01", "changes": ["input_mtok 1 -> 3", "output_mtok 2 -> 6"]}
    ]
    assert "Changes" not in house("prices", "show", "house-model-1", "--at", "2026-06-01").err


def test_show_says_that_a_model_ends(house, tmp_path):
    (tmp_path / "ends.yaml").write_text(
        "as_of: 2026-03-01\nshutdowns:\n  - models: [house-model-2]\n    date: 2099-01-01\n"
        "    successor: house-model-1\n    source: our plan\n"
    )
    settings(tmp_path, file="prices.toml", shutdowns="ends.yaml")
    done = house("prices", "show", "house-model-2")
    assert "Shuts down on 2099-01-01; successor house-model-1" in done.err


def test_a_pipe_gets_every_column_and_plain_numbers(house):
    header, *rows = house("prices", "show", "house-model-1", "--at", "2026-03-05").out.splitlines()
    assert header.split("\t")[:5] == ["unit", "tier", "price", "currency", "per"]
    assert rows[0].split("\t")[:5] == ["input_mtok", "standard", "1", "USD", "1000000"]


def test_disputes_show_both_prices_and_the_money(house, tmp_path):
    write_map(
        tmp_path / "map.json",
        **{
            "house-model-1": {
                "input_cost_per_token": "3.3e-06",
                "output_cost_per_token": "2e-06",
            }
        },
    )
    used = ("--since", "2026-03-05", "--until", "2026-03-06")
    done = house("prices", "disputes", "--file", tmp_path / "map.json", "--json", *used)
    assert done.exit_code == 0, done.err
    (found,) = (it for it in done.json["disputes"] if it["unit"] == "input_mtok")
    assert found["theirs"] == {"amount": "3.3", "currency": "USD"}
    assert found["ours_source"] == "prices.toml"
    # The clock says which of the two prices holds today; the ratio is another in each.
    assert found["cause"] == "regional_premium"
    failing = house("prices", "disputes", "--file", tmp_path / "map.json", "--fail-on-any", *used)
    assert failing.exit_code == 1
    assert "Nothing was changed" in failing.err


def test_disputes_need_a_second_opinion(house, monkeypatch):
    monkeypatch.setattr("centavo.cli.prices_disputes.installed_map", lambda: None)
    done = house("prices", "disputes")
    assert done.exit_code == 2
    assert "second_opinion" in done.err


def test_the_calendar_needs_requests_or_all(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "bill.csv", row()))
    assert centavo("prices", "calendar").exit_code == 2
    done = centavo("prices", "calendar", "--all", "--until", "2099-01-01", "--json")
    assert done.exit_code == 0
    assert done.json["usage"] is None
    assert centavo("prices", "calendar", "--until", "2001-01-01").exit_code == 2


def test_the_calendar_says_how_old_its_list_is(house):
    done = house("prices", "calendar")
    assert done.exit_code == 0, done.err
    assert "hand-kept list, gone through on 2026-" in done.err


def test_ingest_keeps_the_price_book(house, tmp_path):
    (found,) = house("prices", "snapshots", "--json").json["snapshots"]
    assert (found["kept"], found["installed"], found["requests"]) == (True, True, 3)
    assert (found["price_file"], found["first_day"]) == ("prices.toml", "2026-03-05")
    assert (tmp_path / ".centavo" / "prices" / f"{found['snapshot']}.json.gz").exists()


@pytest.fixture
def cheaper(house, tmp_path):
    """The same ledger after the price file has changed: (run, the old snapshot)."""
    old = house("prices", "snapshots", "--json").json["snapshots"][0]["snapshot"]
    (tmp_path / "prices.toml").write_text(PRICES.replace("input_mtok = 1\n", "input_mtok = 0.5\n"))
    return house, old


def test_diff_of_two_books_and_of_two_days(cheaper):
    run, old = cheaper
    done = run("prices", "diff", old, "now", "--on", "2026-03-05", "--json")
    (change,) = done.json["changes"]
    assert (change["before"]["amount"], change["after"]["amount"]) == ("1", "0.5")
    assert change["difference"] == "-0.5"
    days = run("prices", "diff", "--at", "2026-03-05", "--at", "2026-05-01", "--used", "--json")
    assert [it["unit"] for it in days.json["changes"]] == ["input_mtok", "output_mtok"]
    mixed = run("prices", "diff", f"{old}@2026-05-01", "2026-05-01", "--json")
    assert mixed.json["changes"] == []
    assert "No price differs" in run("prices", "diff", old, old).err


def test_diff_needs_sides_that_exist(house):
    assert "two sides" in house("prices", "diff").err
    done = house("prices", "diff", "0123456789ab")
    assert done.exit_code == 2
    assert "is not kept" in done.err


def test_a_past_row_is_not_repriced_unless_told(cheaper):
    run, _ = cheaper
    before = metered(run)
    done = run("prices", "reprice", "--since", "2026-03", "--json")
    assert done.json["totals"] == [
        {
            "recorded": {"amount": "0.0036", "currency": "USD"},
            "repriced": {"amount": "0.0021", "currency": "USD"},
        }
    ]
    assert not done.json["written"]
    assert metered(run) == before == "0.0036"
    assert "Nothing was written" in run("prices", "reprice").err


def test_apply_writes_once_and_the_old_book_brings_it_back(cheaper, tmp_path):
    run, old = cheaper
    done = run("prices", "reprice", "--apply")
    assert done.exit_code == 0, done.err
    assert metered(run) == "0.0021"
    again = run("prices", "reprice", "--apply", "--json").json
    assert (again["written"], again["models"][0]["changed"]) == (False, 0)
    assert run("prices", "reprice", "--snapshot", old, "--apply").exit_code == 0
    assert metered(run) == "0.0036"
    # The same file again changes nothing: the rows are still those of its reading.
    assert "1 unchanged file" in run("ingest", tmp_path / "log.jsonl").err


def test_apply_leaves_other_days_alone(cheaper):
    run, _ = cheaper
    done = run("prices", "reprice", "--since", "2026-03-06", "--apply")
    assert done.exit_code == 2
    assert "no priced requests" in done.err
    run("prices", "reprice", "--until", "2026-03-06", "--apply")
    assert metered(run) == "0.0021"


def test_apply_names_the_book_in_the_snapshot(cheaper, tmp_path):
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    run, _ = cheaper
    run("prices", "reprice", "--since", "2026-03", "--apply")
    plan = Ledger.open(LedgerLocation(tmp_path / ".centavo")).plans["usage_events"]
    summaries = [snapshot.summary for snapshot in plan.snapshots]
    (written,) = [it for it in summaries if "centavo.reprice.snapshot" in it]
    assert len(written["centavo.reprice.snapshot"]) == 12
    assert written["centavo.reprice.since"] == "2026-03"


def test_apply_warns_when_the_former_book_is_not_kept(cheaper, tmp_path):
    run, old = cheaper
    (tmp_path / ".centavo" / "prices" / f"{old}.json.gz").unlink()
    done = run("prices", "reprice", "--apply")
    assert f"The book {old} that priced them before is not kept" in done.err


def test_two_books_at_once_are_refused(house):
    assert house("prices", "reprice", "--now", "--snapshot", "0123456789ab").exit_code == 2


def charges(path, *amounts):
    rows = [
        f"{cost},A,USD,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,{category},"
        f"2026-03-{day:02}T00:00:00Z,2026-03-{day:02}T01:00:00Z,API,{provider}"
        for cost, category, day, provider in amounts
    ]
    path.write_text("\n".join([FOCUS, *rows]) + "\n", encoding="utf-8")
    return path


CONTRACT = """
[[commitment]]
name = "OpenAI"
provider = "openai"
amount = "100"
per = "month"
valid_from = 2026-02-01

[[tax]]
name = "ISS"
percent = "5"
"""


def test_a_contract_stands_against_the_bill(centavo, tmp_path):
    path = charges(
        tmp_path / "bill.csv",
        ("60", "Usage", 5, "OpenAI"),
        ("7", "Tax", 5, "OpenAI"),
        ("500", "Usage", 6, "Other"),
    )
    centavo("ingest", path)
    (tmp_path / "contract.toml").write_text(CONTRACT)
    settings(tmp_path, contract="contract.toml")
    done = centavo("prices", "contract", "--at", "2026-03-20", "--json")
    assert done.exit_code == 0, done.err
    february, march = done.json["promises"]
    assert (february["used"]["amount"], february["state"]) == ("0", "shortfall")
    assert (march["used"]["amount"], march["left"]["amount"]) == ("60", "40")
    assert march["state"] == "running"
    taxes = {it["provider"]: it["tax"]["amount"] for it in done.json["taxes"]}
    assert taxes == {"OpenAI": "3", "Other": "25"}
    # The cost itself is what it was.
    assert centavo("costs", "--json").json["total"]["amount"] == "567"
    failing = centavo("prices", "contract", "--at", "2026-03-20", "--fail-on-shortfall")
    assert failing.exit_code == 1
    assert "short by 100.00 USD" in failing.err


def test_a_contract_file_must_be_named(centavo):
    assert "docs/contract.md" in centavo("prices", "contract").err


def test_a_wrong_contract_names_its_line(house, tmp_path):
    (tmp_path / "contract.toml").write_text('[[tax]]\nname = "ISS"\npercent = "x"\n')
    settings(tmp_path, contract="contract.toml")
    done = house("prices", "contract")
    assert done.exit_code == 2
    assert "contract.toml, line 3: percent is not a decimal number: 'x'" in done.err


def test_cloud_prices_are_listed_and_explained(centavo):
    found = centavo("prices", "cloud", "--at", "2026-11-22", "--json").json["prices"]
    assert {it["kind"] for it in found} >= {"vm", "gpu", "storage", "logs", "egress", "plan"}
    done = centavo("prices", "cloud", "runpod-h100-sxm-secure")
    assert len(done.out.splitlines()) == 3
    assert "2026-10-07: https://" in done.err
    assert centavo("prices", "cloud", "no-such-thing").exit_code == 2


def test_old_prices_are_pointed_out(centavo):
    later = date(2026, 11, 22) + timedelta(days=400)
    assert "check them" in centavo("prices", "cloud", "--at", later.isoformat()).err
