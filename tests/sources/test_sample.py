"""The sample company: the same bytes for a seed, files that agree, and truth that can be measured.

Everything is computed again from the files, with the price library alone: nothing of the generator
is used to check the generator.
"""

import gzip
import hashlib
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from statistics import median

import duckdb
import pytest

from centavo.errors import ConfigError, InputError
from centavo.ledger.reading import InputFile
from centavo.ledger.rules_file import read_rules
from centavo.sources.focus.source import FocusSource
from centavo.sources.gcp.source import GcpBillingSource
from centavo.sources.requests.source import RequestLogSource
from centavo.sources.resources import ResourceSamplesSource
from centavo.sources.sample import SampleReport, generate
from centavo.sources.source import ReadOptions, Source
from tests.sources.sample_files import (
    CLASSES,
    Request,
    Sample,
    net,
    read_rates,
    read_utilisation,
    unit_prices,
)

JULY_FIRST = date(2026, 7, 1)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return Sample.read(generate(tmp_path_factory.mktemp("sample")))


@pytest.fixture(scope="module")
def one_month(tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    return generate(tmp_path_factory.mktemp("month"), until=JULY_FIRST, months=1)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_gives_the_same_bytes(one_month: SampleReport, tmp_path: Path) -> None:
    again = generate(tmp_path / "again", until=JULY_FIRST, months=1)
    assert hashes(again.out) == hashes(one_month.out)


def test_another_seed_gives_another_company(one_month: SampleReport, tmp_path: Path) -> None:
    other = hashes(generate(tmp_path / "other", seed=8, until=JULY_FIRST, months=1).out)
    ours = hashes(one_month.out)
    assert other.keys() == ours.keys()
    constant = {"attribution.toml", "prices-note.md"}
    assert {name for name in ours if other[name] == ours[name]} == constant


def test_whole_months_are_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="2026-07-15"):
        generate(tmp_path, until=date(2026, 7, 15))
    with pytest.raises(ConfigError, match="0 months"):
        generate(tmp_path, months=0)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        generate(tmp_path / "taken", until=JULY_FIRST, months=1)


def test_it_is_small_and_complete(sample: Sample) -> None:
    report = sample.report
    on_disk = [path for path in report.out.rglob("*") if path.is_file()]
    assert report.size_bytes == sum(path.stat().st_size for path in on_disk) < 25_000_000
    assert 60_000 <= report.requests <= 120_000
    assert report.logged_requests == len(sample.log) == sample.truth["log"]["logged"]
    assert len(report.inputs) == 6 * 5


def test_everything_says_that_it_is_synthetic(sample: Sample) -> None:
    out = sample.report.out
    assert "SYNTHETIC" in (out / "README.md").read_text(encoding="utf-8")
    assert sample.truth["synthetic"] is True
    assert "SYNTHETIC" in sample.report.rules.read_text(encoding="utf-8")
    assert all(row["BillingAccountName"].endswith("(synthetic)") for row in sample.openai)
    rates = read_rates(sample.report.rates)
    assert {row["source"] for row in rates} == {"synthetic"}
    assert {(row["from"], row["to"]) for row in rates} == {("USD", "BRL")}
    assert len({row["date"] for row in rates}) == len(rates) > 184


def test_the_log_gives_no_incident_away(sample: Sample) -> None:
    stated = {key for each in sample.log for key in each.metadata}
    assert stated == {
        "api_key_id", "application", "customer", "endpoint", "environment", "feature",
        "parent_event_id", "project", "session_id", "team",
    }  # fmt: skip
    ids = [each.record["request_id"] for each in sample.log]
    assert len(set(ids)) == len(ids)
    assert [each.record["started_at"] for each in sample.log] == sorted(
        each.record["started_at"] for each in sample.log
    )


def test_credits_are_negative_and_amounts_have_six_decimals(sample: Sample) -> None:
    names = set()
    for row in sample.google:
        assert row["currency"] == "BRL"
        assert isinstance(row["credits"], list)
        assert Decimal(row["cost"]) == round(Decimal(row["cost"]), 6)
        for credit in row["credits"]:
            names.add(credit["type"])
            assert -Decimal(row["cost"]) <= Decimal(credit["amount"]) < 0
    assert names == {"COMMITTED_USAGE_DISCOUNT", "SUSTAINED_USAGE_DISCOUNT", "FREE_TIER"}
    assert {row["cost_type"] for row in sample.google} == {"regular", "tax", "adjustment"}


def test_invoice_months_are_those_of_us_pacific_time(sample: Sample) -> None:
    crossed = 0
    for row in sample.google:
        start = datetime.fromisoformat(row["usage_start_time"])
        pacific = start - timedelta(hours=7)
        if row["usage_start_time"][8:10] == "01":
            assert row["invoice"]["month"] == f"{pacific:%Y%m}"
            crossed += f"{start:%Y%m}" != row["invoice"]["month"]
        else:
            assert row["invoice"]["month"] == f"{start:%Y%m}"
    assert crossed > 0


def test_each_invoice_is_taxed_once(sample: Sample) -> None:
    taxed = [row for row in sample.google if row["cost_type"] == "tax"]
    assert len({row["invoice"]["month"] for row in taxed}) == len(taxed) == 6
    for row in taxed:
        of_invoice = [each for each in sample.google if each["invoice"] == row["invoice"]]
        untaxed = sum((net(each) for each in of_invoice), Decimal(0)) - row["cost"]
        assert row["cost"] == round(untaxed * Decimal("0.029"), 6)


def test_requests_add_up_to_the_vendors_costs(sample: Sample) -> None:
    metered: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in sample.log:
        if each.record["provider"] != "google":
            metered[each.day, each.metadata["project"]] += each.cost
    billed: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in sample.openai + sample.anthropic:
        if row["ChargeCategory"] == "Usage":
            billed[row["ChargePeriodStart"][:10], row["SubAccountId"]] += Decimal(row["BilledCost"])
    default = {key for key in billed if key[1] == "proj_default"}
    labelled = billed.keys() - default
    assert {key: cost for key, cost in metered.items() if cost and key not in default} == {
        key: billed[key] for key in labelled
    }
    gap = sum((billed[key] - metered[key] for key in default), Decimal(0))
    assert gap == Decimal(sample.incident("unlabelled-application")["facts"]["unlogged_usd"])
    assert gap == Decimal(sample.truth["log"]["unlogged_cost"]["amount"]) > 100


def test_requests_add_up_to_the_gemini_rows(sample: Sample) -> None:
    metered: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    tokens: defaultdict[str, int] = defaultdict(int)
    for each in sample.log:
        if each.record["provider"] == "google":
            metered[each.day, each.metadata["project"]] += each.cost
            tokens[each.day] += each.input + each.tokens["output"]
    billed: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    billed_tokens: defaultdict[str, int] = defaultdict(int)
    rows: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in sample.google:
        if "Gemini" in row["sku"]["description"]:
            key = (row["usage_start_time"][:10], row["project"]["id"])
            billed[key] += Decimal(row["cost"]) / Decimal(row["currency_conversion_rate"])
            billed_tokens[key[0]] += row["usage"]["amount"]
            rows[key] += 1
    assert billed_tokens == tokens
    assert billed.keys() == {key for key, cost in metered.items() if cost}
    for key, amount in billed.items():
        assert abs(amount - metered[key]) <= Decimal("0.0000005") * rows[key]


def test_the_stated_totals_are_those_of_the_files(sample: Sample) -> None:
    for vendor, rows in (("openai", sample.openai), ("anthropic", sample.anthropic)):
        by_month: defaultdict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            by_month[row["ChargePeriodStart"][:7]] += Decimal(row["BilledCost"])
        stated = sample.truth["billed"][vendor]
        assert {month: Decimal(each["amount"]) for month, each in stated.items()} == by_month
    google: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in sample.google:
        google[row["usage_start_time"][:7]] += net(row)
    stated = sample.truth["billed"]["google"]
    assert {month: Decimal(each["net"]["amount"]) for month, each in stated.items()} == google
    metered = sum((each.cost for each in sample.log), Decimal(0))
    assert Decimal(sample.truth["log"]["logged_cost"]["amount"]) == metered


def test_google_applications_are_labelled(sample: Sample) -> None:
    by_application: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in sample.google:
        labels = {each["key"]: each["value"] for each in row["labels"]}
        by_application[labels.get("application", "")] += net(row)
    stated = sample.truth["google_by_application"]
    assert {name: Decimal(each["net"]["amount"]) for name, each in stated.items()} == by_application


def test_bodies_agree_with_their_usage(sample: Sample) -> None:
    def tokens(text: str) -> int:
        return -(-len(text) // 4)

    seen: defaultdict[str, int] = defaultdict(int)
    for each in sample.log:
        body = each.record["request"].get("body")
        if body is None:
            continue
        seen[each.metadata["application"]] += 1
        tools = body.get("tools")
        prefix = (
            tokens(json.dumps(tools, ensure_ascii=False, separators=(",", ":"))) if tools else 0
        )
        messages = [message["content"] for message in body["messages"]]
        said = prefix + tokens(body.get("system", "")) + sum(map(tokens, messages))
        assert said == each.input
    assert sum(seen.values()) == sample.truth["log"]["with_bodies"] > 1_000
    assert len(seen) == 3


def test_spike_is_in_the_log(sample: Sample) -> None:
    children: defaultdict[str, list[Request]] = defaultdict(list)
    for each in sample.log:
        if "parent_event_id" in each.metadata:
            children[each.metadata["parent_event_id"]].append(each)
    parent, resent = max(children.items(), key=lambda item: len(item[1]))
    first = next(each for each in sample.log if each.record["request_id"] == parent)
    assert sum((each.cost for each in resent), first.cost) == sample.extra("spike")
    day = sample.incident("spike")["since"]
    usual = median(daily_cost(sample, application="busca-semantica").values())
    of_day = daily_cost(sample, application="busca-semantica")[day]
    assert of_day - usual == pytest.approx(sample.extra("spike"), rel=Decimal("0.1"))
    assert of_day > 10 * usual


def daily_cost(sample: Sample, **scope: str) -> dict[str, Decimal]:
    daily: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in sample.log:
        if each.is_in(**scope):
            daily[each.day] += each.cost
    return dict(daily)


def test_ramp_can_be_measured_from_outside(sample: Sample) -> None:
    incident = sample.incident("ramp")
    calls = [
        each
        for each in sample.log
        if each.is_in(application="assistente-codigo") and each.record["status"] == 200
    ]
    before = [each.cost for each in calls if each.day < incident["since"]]
    inside = [each.cost for each in calls if sample.within("ramp", each.day)]
    after = [each.cost for each in calls if each.day >= incident["until"]]
    mean = sum(before) / len(before)
    assert sum(inside) - mean * len(inside) == pytest.approx(
        sample.extra("ramp"), rel=Decimal("0.15")
    )
    assert sum(after) / len(after) == pytest.approx(mean, rel=Decimal("0.1"))


@pytest.mark.parametrize(
    ("incident", "resource", "share"),
    [
        ("forgotten-endpoint", "recomendacao-v1-endpoint", "1"),
        ("idle-gpu", "gpu-caderno-01", "1"),
        ("oversized-vm", "vm-etl-01", "0.75"),
    ],
)
def test_machine_waste_is_on_the_bill(
    sample: Sample, incident: str, resource: str, share: str
) -> None:
    billed = sample.of_resource(resource, incident) * Decimal(share)
    assert billed == sample.extra(incident, "brl") > 5_000


def test_waste_of_machines_is_in_their_utilisation(sample: Sample) -> None:
    highest: defaultdict[tuple[str, str, bool], float] = defaultdict(float)
    idle_since = {
        "recomendacao-v1-endpoint": sample.incident("forgotten-endpoint")["since"],
        "gpu-caderno-01": sample.incident("idle-gpu")["since"],
    }
    for row in read_utilisation(sample.report.out):
        name, day = row["resource_id"], row["interval_start"][:10]
        # The first hours of the UTC day still belong to the local day before.
        key = (name, row["metric"], day > idle_since.get(name, ""))
        highest[key] = max(highest[key], float(row["used_max"]))
        assert 0 <= float(row["used_p50"]) <= float(row["used_p95"])
        assert float(row["used_p95"]) <= float(row["used_max"]) <= float(row["capacity"])
    assert highest["recomendacao-v1-endpoint", "utilisation", False] > 20
    assert highest["recomendacao-v1-endpoint", "utilisation", True] < 1.3
    assert highest["gpu-caderno-01", "utilisation", True] < 1.3
    assert highest["gpu-inferencia-01", "utilisation", True] > 50
    facts = sample.incident("oversized-vm")["facts"]
    assert highest["vm-etl-01", "cpu", True] < facts["enough_cores"]
    assert highest["vm-etl-01", "memory", True] < facts["enough_memory_gib"]


def test_ended_discount_is_on_the_bill(sample: Sample) -> None:
    gross = sum(
        (
            Decimal(row["cost"])
            for row in sample.google
            if row.get("resource", {}).get("name", "").startswith("gpu-inferencia")
            and sample.within("discount-ended", row["usage_start_time"][:10])
        ),
        Decimal(0),
    )
    assert gross * Decimal("0.37") == sample.extra("discount-ended", "brl") > 3_000


def test_test_environment_spends_like_production(sample: Sample) -> None:
    test = daily_cost(sample, application="extracao-documentos", environment="test")
    production = daily_cost(sample, application="extracao-documentos", environment="production")
    incident = sample.incident("test-like-production")
    inside = [day for day in production if sample.within("test-like-production", day)]
    outside = [day for day in production if day < incident["since"]]
    usual = sum(test.get(day, Decimal(0)) for day in outside) / len(outside)
    spent = sum(test.get(day, Decimal(0)) for day in inside)
    assert spent - usual * len(inside) == pytest.approx(
        sample.extra("test-like-production"), rel=Decimal("0.1")
    )
    assert spent > sum(production[day] for day in inside) * Decimal("0.7")


def test_oversized_model_can_be_priced_with_the_smaller_one(sample: Sample) -> None:
    cheaper = sample.incident("oversized-model")["facts"]["cheaper_model"]
    saved = Decimal(0)
    for each in sample.log:
        if each.is_in(application="notas-fraude"):
            prices = unit_prices("anthropic", cheaper, each.day, 0)
            saved += each.cost - sum(
                (each.tokens[name] * prices[name] for name in CLASSES), Decimal(0)
            )
    assert saved == sample.extra("oversized-model") > 100


def test_bloated_prompt_is_counted_in_tokens(sample: Sample) -> None:
    excess = sample.incident("bloated-prompt")["facts"]["excess_tokens_per_request"]
    calls = [
        each
        for each in sample.log
        if each.is_in(application="conteudo-marketing", environment="production")
        and each.record["status"] == 200
    ]
    # A prompt of version 2 alone is longer than any request of version 1.
    bloated = [each for each in calls if each.input > excess]
    assert all(sample.within("bloated-prompt", each.day) for each in bloated)
    cost = sum((excess * each.prices["uncached"] for each in bloated), Decimal(0))
    assert cost == sample.extra("bloated-prompt") > 100


def test_missing_cache_is_what_a_cache_of_five_minutes_saves(sample: Sample) -> None:
    facts = sample.incident("missing-cache")["facts"]
    saved, warm_until = Decimal(0), None
    for each in sample.log:
        if not each.is_in(endpoint="/v1/copiloto") or each.record["status"] != 200:
            continue
        assert each.tokens["cache_read"] == each.tokens["cache_write"] == 0
        start = datetime.fromisoformat(each.record["started_at"])
        cached = "cache_read" if warm_until and start <= warm_until else "cache_write"
        saved += facts["constant_tokens"] * (each.prices["uncached"] - each.prices[cached])
        warm_until = start + timedelta(seconds=facts["cache_lifetime_s"])
    assert saved == sample.extra("missing-cache") > 50


def test_price_change_is_the_one_of_the_price_library(sample: Sample) -> None:
    incident = sample.incident("price-change")
    model = incident["scope"]["model"]
    calls = [each for each in sample.log if each.record["model"] == model]
    first = min(each.day for each in calls)
    change = Decimal(0)
    for each in calls:
        old = unit_prices("openai", model, first, 0)
        change += each.cost - sum((each.tokens[name] * old[name] for name in CLASSES), Decimal(0))
    assert change == sample.extra("price-change") < -50
    assert incident["since"] == "2026-07-30"


def test_unlabelled_application_is_on_the_bill(sample: Sample) -> None:
    rows = [row for row in sample.openai if row["SubAccountId"] == "proj_default"]
    assert all(not row["Tags"] for row in rows)
    billed = sum((Decimal(row["BilledCost"]) for row in rows), Decimal(0))
    assert billed == sample.extra("unlabelled-application") > 300
    logged = [each for each in sample.log if each.metadata["project"] == "proj_default"]
    assert all("application" not in each.metadata for each in logged)
    facts = sample.incident("unlabelled-application")["facts"]
    assert facts["logged_requests"] == sum(each.record["status"] == 200 for each in logged)
    assert 0.65 < facts["logged_requests"] / facts["requests"] < 0.75


def rounded(amount: str) -> str:
    dollars = round(Decimal(amount))
    return f"{'-' if dollars < 0 else ''}USD {abs(dollars):,}"


def test_every_incident_and_look_alike_is_documented(sample: Sample) -> None:
    page = Path(__file__).parents[2] / "docs" / "sample-company.md"
    text = page.read_text(encoding="utf-8")
    planted = [each["id"] for each in sample.truth["incidents"]]
    assert len(planted) == len(set(planted)) == 12
    for each in (*sample.truth["incidents"], *sample.truth["decoys"]):
        assert f"`{each['id']}`" in text
        assert sample.truth["since"] <= each["since"] < each["until"] <= sample.truth["until"]
        assert all(each["since"] <= day < each["until"] for day in each.get("days", ()))
    for each in sample.truth["incidents"]:
        assert f"| {rounded(each['extra']['usd']['total']['amount'])} |" in text
        for series in each["extra"].values():
            total = Decimal(series["total"]["amount"])
            by_day = sum(map(Decimal, series["by_day"].values()), Decimal(0))
            by_month = sum((Decimal(m["amount"]) for m in series["by_month"].values()), Decimal(0))
            assert total == by_day == by_month


def test_rules_add_the_cost_centres_and_split_the_platform(sample: Sample) -> None:
    rules = read_rules(sample.report.rules)
    centres = {each.match[0].globs[0]: dict(each.sets)["cost_center"] for each in rules.rules}
    stated = {each["application"]: each["cost_center"] for each in sample.truth["applications"]}
    del stated["resumo-relatorios"]
    assert centres == stated
    assert [each.name for each in rules.shared] == ["data platform"]


@pytest.mark.parametrize(
    ("source", "pattern", "rows"),
    [
        (GcpBillingSource(), "google/*.jsonl", None),
        (FocusSource(), "*/focus_costs_*.csv", None),
        (ResourceSamplesSource(), "resources/*.csv.gz", None),
        (RequestLogSource(), "requests/*.jsonl.gz", 500),
    ],
)
def test_the_sources_read_every_row_without_a_warning(
    one_month: SampleReport, tmp_path: Path, source: Source, pattern: str, rows: int | None
) -> None:
    paths = sorted(one_month.out.glob(pattern))
    if rows is not None:
        with gzip.open(paths[0], "rt", encoding="utf-8") as lines:
            paths = [tmp_path / "requests.jsonl"]
            paths[0].write_text("".join(islice(lines, rows)), encoding="utf-8")
    files = [
        InputFile(path, path.name, "", f"{number:016x}", path.stat().st_size)
        for number, path in enumerate(paths)
    ]
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        reading = source.read(connection, files, ReadOptions(now=datetime(2026, 11, 2, tzinfo=UTC)))
        counted = connection.execute(f"SELECT count(*) FROM ({reading.select})").fetchone()
    assert counted is not None
    assert counted[0] == (rows or sum(count_records(path) for path in paths))
    assert not reading.tally.skipped
    assert not reading.tally.warnings


def count_records(path: Path) -> int:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.count(b"\n") - (".csv" in path.suffixes)


def test_incidents_of_later_months_are_left_out_of_a_short_sample(one_month: SampleReport) -> None:
    truth = json.loads(one_month.truth.read_text(encoding="utf-8"))
    planted = {each["id"] for each in truth["incidents"]}
    assert planted == {"missing-cache", "oversized-model", "oversized-vm"}
    assert (one_month.since, one_month.until) == (date(2026, 6, 1), JULY_FIRST)
