import contextlib
import gzip
import os
import resource
import signal
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from centavo.cli.recognising import recognise
from centavo.cli.source_list import all_sources
from centavo.errors import CentavoError

HEADER = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
    "ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,ConsumedQuantity,Tags"
)


def row(cost="1.50", *, day="2026-03-05", quantity="2", tags="{}", account="A"):
    quoted = tags.replace('"', '""')
    return (
        f"{cost},{account},USD,{day[:7]}-01T00:00:00Z,2026-04-01T00:00:00Z,Usage,"
        f'{day}T00:00:00Z,{day}T01:00:00Z,Compute,{quantity},"{quoted}"'
    )


def bill(path, *rows, header=HEADER):
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def test_a_bill_is_recognised_and_added_up(centavo, tmp_path):
    done = centavo("ingest", bill(tmp_path / "bill.csv", row(), row("0.25")))
    assert done.exit_code == 0
    assert centavo("costs", "--json").json["total"] == {"amount": "1.75", "currency": "USD"}


def test_the_same_file_twice_changes_nothing(centavo, tmp_path):
    path = bill(tmp_path / "bill.csv", row())
    centavo("ingest", path)
    before = centavo("ledger", "--json").json
    again = centavo("ingest", path)
    assert "1 unchanged file" in again.err
    assert centavo("ledger", "--json").json == before


def test_a_corrected_file_says_what_it_replaced(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "bill.csv", row("1")))
    done = centavo("ingest", bill(tmp_path / "bill-corrected.csv", row("5")))
    assert "Replaced 1 row " in done.err
    assert centavo("costs", "--json").json["total"]["amount"] == "5"


def test_parts_named_together_do_not_replace_each_other(centavo, tmp_path):
    folder = tmp_path / "bill"
    folder.mkdir()
    bill(folder / "part-1.csv", row("1"))
    bill(folder / "part-2.csv", row("2"))
    centavo("ingest", folder)
    bill(folder / "part-2.csv", row("7"))
    centavo("ingest", folder)
    assert centavo("costs", "--json").json["total"]["amount"] == "8"


def test_a_copy_in_the_same_command_is_read_once_and_said(centavo, tmp_path):
    first = bill(tmp_path / "a.csv", row("1"))
    copy = bill(tmp_path / "b.csv", row("1"))
    done = centavo("ingest", first, copy)
    assert "1 unchanged file" in done.err
    assert centavo("costs", "--json").json["total"]["amount"] == "1"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\xfd7zXZ\x00\x00\x04\r\n", "an xz archive"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive or a workbook"),
        (b"BZh91AY&SY", "a bzip2 archive"),
        (b"a.txt".ljust(257, b"\x00") + b"ustar\x00", "a tar archive"),
    ],
)
def test_what_is_packed_is_named_with_what_to_do(centavo, tmp_path, start, what):
    (tmp_path / "bill.bin").write_bytes(start)
    done = centavo("ingest", tmp_path / "bill.bin")
    assert done.exit_code == 2
    assert f"is {what}" in done.err
    assert "Unpack it" in done.err


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(head=st.binary(min_size=1, max_size=300))
def test_no_bytes_are_an_internal_error(head, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(head)
    with contextlib.suppress(CentavoError):
        assert recognise(path, "any.csv").source


def test_an_unknown_format_is_named(centavo, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("shopping list\n")
    done = centavo("ingest", path)
    assert done.exit_code == 2
    assert "notes.txt" in done.err
    assert f"{len(all_sources())} sources were tried" in done.err
    assert "centavo explain formats" in done.err


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_named_with_what_to_do(centavo, tmp_path, encoding):
    path = tmp_path / "bill.csv"
    path.write_bytes("\ufeffBilledCost,BillingCurrency\n1,USD\n".encode(encoding))
    done = centavo("ingest", path)
    assert done.exit_code == 2
    assert "bill.csv is UTF-16 text" in done.err
    assert "CSV UTF-8" in done.err


def test_a_folder_of_mixed_formats_reads_what_it_can_and_names_the_rest(centavo, tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    bill(folder / "bill.csv", row())
    (folder / "README.md").write_text("# notes\n")
    done = centavo("ingest", folder)
    assert done.exit_code == 0
    assert "Not read: " in done.err
    assert "README.md" in done.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("cut.csv.gz", gzip.compress((HEADER + "\n" + row() + "\n").encode() * 50)[:-20], "gzip"),
        ("latin.csv", (HEADER + "\n" + row(tags="é")).encode("latin-1"), "UTF-8"),
        ("comma.csv", (HEADER + "\n" + row('"1,50"')).encode(), "line 2"),
        (
            "less.csv",
            HEADER.replace("BillingCurrency", "Currency").encode() + b"\n",
            "BillingCurrency",
        ),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(centavo, tmp_path, name, content, said):
    good = bill(tmp_path / "good.csv", row())
    centavo("ingest", good)
    path = tmp_path / name
    path.write_bytes(content)
    done = centavo("ingest", path, "--source", "focus")
    assert done.exit_code == 2, done.err
    assert name in done.err
    assert said in done.err
    assert "hint:" in done.err
    assert centavo("costs", "--json").json["total"]["amount"] == "1.5"


def test_bad_records_are_counted_when_asked_to_skip(centavo, tmp_path):
    path = bill(tmp_path / "bill.csv", row(), row("abc"))
    assert centavo("ingest", path).exit_code == 2
    assert centavo("ingest", path, "--skip-bad").exit_code == 0
    report = centavo("costs", "--json").json
    assert report["total"]["amount"] == "1.5"
    assert report["coverage"]["rows_read"] == 2
    assert sum(report["coverage"]["rows_skipped"].values()) == 1


def test_negative_quantities_and_double_keys_are_warned_of(centavo, tmp_path):
    path = bill(tmp_path / "bill.csv", row(quantity="-2"), row(tags='{"env":"a","env":"b"}'))
    codes = {w["code"] for w in centavo("ingest", path, "--json").json["sources"][0]["warnings"]}
    assert {"negative_quantity", "duplicate_tag_keys"} <= codes


def test_a_line_without_end_is_refused_in_bounded_memory(centavo, tmp_path):
    path = tmp_path / "endless.jsonl"
    with path.open("wb") as stream:
        stream.write(b'{"model": "gpt-4o", "usage": {"prompt_tokens": 1}, "text": "')
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = centavo("ingest", path, "--source", "requests")
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert done.exit_code == 2
    assert "line 1" in done.err
    assert grown_mb < 400


def test_a_folder_that_cannot_be_written_is_named(centavo, tmp_path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the ledger should be")
    done = centavo("--ledger", blocked / "ledger", "ingest", bill(tmp_path / "bill.csv", row()))
    assert done.exit_code == 2
    assert "cannot be written" in done.err


def test_a_full_disk_loses_nothing(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "good.csv", row()))
    path = bill(tmp_path / "big.csv", *(row(str(n), account="B") for n in range(20_000)))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        done = centavo("ingest", path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    assert done.exit_code == 2, done.err
    assert "hint:" in done.err
    assert centavo("costs", "--json").json["total"]["amount"] == "1.5"
    assert centavo("ingest", path).exit_code == 0


def test_a_second_writer_is_told_who_writes(centavo, tmp_path):
    from centavo.ledger.lock import writer_lock

    path = bill(tmp_path / "bill.csv", row())
    centavo("ingest", path)
    with writer_lock(tmp_path / ".centavo", wait_s=0):
        done = centavo("ingest", bill(tmp_path / "more.csv", row(account="B")), "--wait", "0.1")
        assert done.exit_code == 2
        assert f"process {os.getpid()} is writing" in done.err
        assert centavo("costs").exit_code == 0


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    rows = (row(str(n % 7), account="B") for n in range(60_000))
    return bill(tmp_path_factory.mktemp("big") / "big.csv", *rows)


def begun(folder, path, *, is_writing=True):
    """Start an ingest in a process of its own and return it as soon as it has begun to write, or before."""
    pending = folder / ".centavo" / "pending"
    earlier = set(pending.glob("*.json"))
    process = subprocess.Popen(
        [sys.executable, "-m", "centavo", "ingest", str(path)],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        # Where the tests run in a shell's background, a child would inherit that Ctrl-C is ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- no threads here
    )
    if not is_writing:
        time.sleep(0.3)
        return process
    while process.poll() is None and not set(pending.glob("*.json")) - earlier:
        time.sleep(0.001)
    return process


def test_a_killed_writer_leaves_the_last_commit_and_the_next_run_completes(centavo, tmp_path, big):
    centavo("ingest", bill(tmp_path / "good.csv", row()))
    killed = 0
    for delay_s in (0, 0.02, 0.05, 0.1, 0.2):
        process = begun(tmp_path, big)
        time.sleep(delay_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        total = centavo("costs", "--where", "account=A", "--json").json["total"]["amount"]
        assert total == "1.5"
    assert killed
    assert centavo("ingest", big).exit_code == 0
    expected = str(sum(n % 7 for n in range(60_000)))
    assert centavo("costs", "--where", "account=B", "--json").json["total"]["amount"] == expected
    assert list((tmp_path / ".centavo" / "pending").iterdir()) == []


def test_an_interrupted_command_says_so_and_leaves_the_ledger_whole(centavo, tmp_path, big):
    centavo("ingest", bill(tmp_path / "good.csv", row()))
    codes = []
    for is_writing, delay_s in ((False, 0), (True, 0), (True, 0.03), (True, 0.1)):
        process = begun(tmp_path, big, is_writing=is_writing)
        time.sleep(delay_s)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        codes.append(process.returncode)
        # It may have finished, or not yet have begun to listen; never an internal error.
        assert process.returncode in {0, 130, -signal.SIGINT}, said
        assert "internal" not in said
        assert list((tmp_path / ".centavo" / "pending").iterdir()) == []
        total = centavo("costs", "--where", "account=A", "--json").json["total"]["amount"]
        assert total == "1.5"
    assert 130 in codes


def test_a_header_is_recognised_between_bars_and_with_spaces(centavo, tmp_path):
    header = HEADER.replace(",", " | ")
    centavo("ingest", bill(tmp_path / "bill.csv", row().replace(",", "|"), header=header))
    assert centavo("costs", "--json").json["total"] == {"amount": "1.5", "currency": "USD"}


def test_an_unknown_file_is_named_in_a_few_words(centavo, tmp_path):
    (tmp_path / "long.txt").write_text("x" * 100_000)
    assert len(centavo("ingest", "long.txt").err) < 400
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + b"\0" * 100)
    assert "SELECT" not in centavo("ingest", "cut.parquet").err


def test_an_export_of_an_unknown_evidence_level_is_refused(centavo, tmp_path):
    centavo("ingest", bill(tmp_path / "bill.csv", row()))
    assert centavo("export", "focus", "--out", "a.csv", "--basis", "bill").exit_code == 2
    done = centavo("export", "focus", "--out", "a.csv", "--basis", "metered")
    assert "Left out: 1 row billed (--basis billed writes them)." in done.err


@pytest.mark.parametrize("again", [".", "**/*"])
@pytest.mark.parametrize("ledger", [".centavo", "ledger"])
def test_a_ledger_below_the_folder_is_no_input(centavo, tmp_path, ledger, again):
    (tmp_path / "centavo.toml").write_text(f'[ledger]\nfolder = "{ledger}"\n')
    bill(tmp_path / "january.csv", row(day="2026-01-05"))
    centavo("ingest", ".")
    bill(tmp_path / "february.csv", row(day="2026-02-05"))
    done = centavo("ingest", again)
    assert "Wrote 1 row from 1 file" in done.err
    assert ledger + "/" not in done.err
    assert centavo("costs", "--json").json["total"]["amount"] == "3"
    assert f"{ledger} is a ledger" in centavo("ingest", ledger).err
