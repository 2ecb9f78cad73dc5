"""Files of one account's bill, read in one command or in several: none is lost, none counts twice."""

import gzip
import itertools

import pytest

from tests.sources.focus_files import rows, write
from tests.sources.gcp_files import record
from tests.sources.gcp_files import write as write_google


def total(centavo):
    return centavo("costs", "--json").json["total"]["amount"]


def usage(start, *, invoice, exported, cost, project="p1"):
    return record(
        usage_start_time=f"{start} UTC",
        usage_end_time=f"{start[:13]}:59:59 UTC",
        export_time=f"{exported} 09:00:00 UTC",
        invoice={"month": invoice},
        cost=cost,
        credits=[],
        project={"id": project},
    )


# Google bills months of the US Pacific coast, and exports January's last hours in February.
JANUARY = [
    usage("2026-01-10 03:00:00", invoice="202601", exported="2026-01-10", cost=1),
    usage("2026-01-31 20:00:00", invoice="202601", exported="2026-02-01", cost=2),
    usage("2026-01-30 03:00:00", invoice="202602", exported="2026-02-03", cost=4),
]
FEBRUARY = [
    usage("2026-02-01 03:00:00", invoice="202601", exported="2026-02-01", cost=8),
    usage("2026-02-02 03:00:00", invoice="202602", exported="2026-02-02", cost=16),
    usage("2026-02-20 03:00:00", invoice="202602", exported="2026-02-20", cost=32),
]


@pytest.mark.parametrize("order", [("jan", "feb"), ("feb", "jan")])
@pytest.mark.parametrize("calls", [1, 2])
def test_months_of_usage_keep_each_others_late_rows(centavo, tmp_path, order, calls):
    write_google(tmp_path / "jan.jsonl", *JANUARY)
    write_google(tmp_path / "feb.jsonl", *FEBRUARY)
    names = [f"{name}.jsonl" for name in order]
    for together in [names] if calls == 1 else [[name] for name in names]:
        assert "Replaced" not in centavo("ingest", *together).err
    assert total(centavo) == "63"


def test_a_corrected_google_month_still_replaces_it(centavo, tmp_path):
    write_google(tmp_path / "jan.jsonl", *JANUARY)
    write_google(tmp_path / "feb.jsonl", *FEBRUARY)
    centavo("ingest", "jan.jsonl", "feb.jsonl")
    later = usage("2026-01-11 03:00:00", invoice="202601", exported="2026-02-09", cost=100)
    write_google(tmp_path / "again.jsonl", *JANUARY, later)
    centavo("ingest", "again.jsonl")
    assert total(centavo) == "163"


def test_an_export_day_read_again_under_its_own_name_replaces_all_of_it(centavo, tmp_path):
    path = tmp_path / "2026-02-01.jsonl"
    write_google(path, JANUARY[1], FEBRUARY[0])
    centavo("ingest", path)
    write_google(path, FEBRUARY[0])
    centavo("ingest", path)
    assert total(centavo) == "8"


def test_exports_by_subscription_do_not_replace_each_other(centavo, tmp_path):
    for cost, name in (("1", "a"), ("2", "b")):
        write(tmp_path / f"{name}.csv", rows({"SubAccountId": name, "BilledCost": cost}))
        assert "Replaced" not in centavo("ingest", f"{name}.csv").err
    write(tmp_path / "b2.csv", rows({"SubAccountId": "b", "BilledCost": "4"}))
    assert "Replaced 1 row that" in centavo("ingest", "b2.csv").err
    assert total(centavo) == "5"


@pytest.mark.parametrize(("first", "second"), [("", "a"), ("a", "")])
def test_a_file_without_sub_accounts_may_be_the_whole(centavo, tmp_path, first, second):
    write(tmp_path / "first.csv", rows({"SubAccountId": first}))
    write(tmp_path / "second.csv", rows({"SubAccountId": second, "BilledCost": "9"}))
    centavo("ingest", "first.csv")
    assert "Replaced 1 row that" in centavo("ingest", "second.csv").err
    assert total(centavo) == "9"


def days(count, *, last="1"):
    """Rows of the first days of January, as an export from the first of the month on has them."""
    costs = [*(str(day) for day in range(1, count)), last]
    return rows(
        *(
            {"ChargePeriodStart": f"2026-01-{day:02d}T00:00:00Z", "BilledCost": cost}
            for day, cost in zip(itertools.count(1), costs, strict=False)
        )
    )


def test_two_exports_from_the_first_of_the_month_are_not_added(centavo, tmp_path):
    (tmp_path / "exports").mkdir()
    write(tmp_path / "exports" / "10th.csv", days(10))
    write(tmp_path / "exports" / "11th.csv", days(11))
    done = centavo("ingest", "exports")
    assert done.exit_code == 2
    assert (
        "exports/10th.csv and exports/11th.csv have the same 9 rows on 9 days of account acct-1, "
        "the first 2026-01-01" in done.err
    )
    assert centavo("costs").exit_code == 2


def test_nor_is_one_added_to_what_an_earlier_command_read(centavo, tmp_path):
    (tmp_path / "exports").mkdir()
    write(tmp_path / "exports" / "10th.csv", days(10))
    centavo("ingest", "exports")
    write(tmp_path / "exports" / "11th.csv", days(11))
    assert centavo("ingest", "exports").exit_code == 2
    assert total(centavo) == "46"
    centavo("ingest", "exports/11th.csv")
    assert total(centavo) == "56"


def test_a_bill_and_its_compressed_copy_are_not_added(centavo, tmp_path):
    bill = write(tmp_path / "bill.csv", days(3)).path
    (tmp_path / "bill.csv.gz").write_bytes(gzip.compress(bill.read_bytes()))
    assert "have the same 3 rows on 3 days" in centavo("ingest", "bill.csv", "bill.csv.gz").err


def test_a_single_row_alike_is_added_with_a_warning(centavo, tmp_path):
    write(tmp_path / "one.csv", rows({"BilledCost": "7"}))
    later = {"BilledCost": "1", "ChargePeriodStart": "2026-01-20T00:00:00Z"}
    write(tmp_path / "two.csv", rows({"BilledCost": "7"}, later))
    done = centavo("ingest", "one.csv", "two.csv")
    assert done.exit_code == 0
    assert "repeated_rows" in done.err
    assert "one.csv and two.csv have the same 1 row on 1 day of account acct-1" in done.err
    assert total(centavo) == "15"


def test_a_small_days_bill_of_several_accounts_is_not_added_to_its_copy(centavo, tmp_path):
    bill = [
        {"BillingAccountId": account, "SkuId": f"sku-{number}"}
        for account in ("acct-1", "acct-2")
        for number in range(5)
    ]
    path = write(tmp_path / "bill.csv", rows(*bill)).path
    (tmp_path / "bill.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    done = centavo("ingest", "bill.csv", "bill.csv.gz")
    assert done.exit_code == 2
    assert "have the same 10 rows on 1 day of 2 accounts" in done.err


def test_parts_that_look_alike_are_added_when_asked(centavo, tmp_path):
    write(tmp_path / "one.csv", days(3))
    write(tmp_path / "two.csv", [*days(3), *rows({"ChargePeriodStart": "2026-01-20T00:00:00Z"})])
    centavo("ingest", "--part", "one.csv", "two.csv")
    assert total(centavo) == "9.5"


def test_parts_with_equal_sums_and_other_rows_are_added(centavo, tmp_path):
    write(tmp_path / "one.csv", rows({"SkuId": "a"}))
    write(tmp_path / "two.csv", rows({"SkuId": "b"}))
    assert centavo("ingest", "one.csv", "two.csv").exit_code == 0
    assert total(centavo) == "3"
