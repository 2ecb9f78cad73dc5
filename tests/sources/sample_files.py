"""Reads the sample company's files with plain readers and the price library alone."""

import csv
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from genai_prices import Usage, calc_price

from centavo.sources.sample import SampleReport

CLASSES = ("uncached", "cache_read", "cache_write", "output")


@cache
def unit_prices(provider: str, model: str, day: str, tokens: int) -> dict[str, Decimal]:
    """Dollars per token, asked for a request of that many input tokens."""
    found = calc_price(
        Usage(input_tokens=1),
        model,
        provider_id=provider,
        genai_request_timestamp=datetime.fromisoformat(day).replace(tzinfo=UTC),
    ).model_price
    prices = {}
    for name, each in zip(
        CLASSES,
        (found.input_mtok, found.cache_read_mtok, found.cache_write_mtok, found.output_mtok),
        strict=True,
    ):
        price = each or Decimal(0)
        if not isinstance(price, Decimal):
            above = [tier.price for tier in price.tiers if tokens > tier.start]
            price = above[-1] if above else price.base
        prices[name] = price / 1_000_000
    return prices


def token_classes(record: dict[str, Any]) -> dict[str, int]:
    """Exclusive token classes of a logged answer, by each provider's own rules."""
    body = record["response"]["body"]
    if "usageMetadata" in body:
        usage = body["usageMetadata"]
        read = usage.get("cachedContentTokenCount", 0)
        output = usage["candidatesTokenCount"] + usage.get("thoughtsTokenCount", 0)
        assert usage["totalTokenCount"] == usage["promptTokenCount"] + output
        return dict(zip(CLASSES, (usage["promptTokenCount"] - read, read, 0, output), strict=True))
    usage = body.get("usage")
    if usage is None:
        return dict.fromkeys(CLASSES, 0)
    if record["provider"] == "anthropic":
        names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
        return dict(
            zip(CLASSES, (*(usage[name] for name in names), usage["output_tokens"]), strict=True)
        )
    read = usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)
    counts = (usage["prompt_tokens"] - read, read, 0, usage.get("completion_tokens", 0))
    return dict(zip(CLASSES, counts, strict=True))


@dataclass
class Request:
    """A line of the log, with its tokens and its price."""

    record: dict[str, Any]
    day: str
    tokens: dict[str, int]
    prices: dict[str, Decimal]
    cost: Decimal

    @property
    def metadata(self) -> dict[str, Any]:
        return self.record["metadata"]

    @property
    def input(self) -> int:
        return sum(self.tokens[name] for name in CLASSES[:3])

    def is_in(self, **scope: str) -> bool:
        return all(self.metadata.get(key) == value for key, value in scope.items())


def read_log(folder: Path) -> Iterator[Request]:
    for path in sorted((folder / "requests").glob("*.jsonl.gz")):
        with gzip.open(path) as lines:
            for line in lines:
                record = json.loads(line)
                tokens = token_classes(record)
                day = record["started_at"][:10]
                size = sum(tokens[name] for name in CLASSES[:3])
                prices = unit_prices(
                    record["provider"], record["model"], day, 200_001 if size > 200_000 else 0
                )
                cost = sum((tokens[name] * prices[name] for name in CLASSES), Decimal(0))
                yield Request(record, day, tokens, prices, cost)


def read_vendor(folder: Path, vendor: str) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for path in sorted((folder / vendor).glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            rows += csv.DictReader(lines)
    return rows


def read_rates(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def read_utilisation(folder: Path) -> Iterator[dict[str, str]]:
    for path in sorted((folder / "resources").glob("*.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)


def read_google(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted((folder / "google").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            rows += [json.loads(line, parse_float=Decimal) for line in lines]
    return rows


def net(row: dict[str, Any]) -> Decimal:
    return Decimal(row["cost"]) + sum(
        (Decimal(each["amount"]) for each in row["credits"]), Decimal(0)
    )


@dataclass
class Sample:
    report: SampleReport
    truth: dict[str, Any]
    log: list[Request]
    google: list[dict[str, Any]]
    openai: list[dict[str, str]]
    anthropic: list[dict[str, str]]

    def incident(self, name: str) -> dict[str, Any]:
        return next(each for each in self.truth["incidents"] if each["id"] == name)

    @classmethod
    def read(cls, report: SampleReport) -> "Sample":
        return cls(
            report,
            json.loads(report.truth.read_text(encoding="utf-8")),
            list(read_log(report.out)),
            read_google(report.out),
            read_vendor(report.out, "openai"),
            read_vendor(report.out, "anthropic"),
        )

    def extra(self, name: str, currency: str = "usd") -> Decimal:
        return Decimal(self.incident(name)["extra"][currency]["total"]["amount"])

    def within(self, name: str, day: str) -> bool:
        incident = self.incident(name)
        return incident["since"] <= day < incident["until"]

    def of_resource(self, resource: str, incident: str) -> Decimal:
        return sum(
            (
                net(row)
                for row in self.google
                if row.get("resource", {}).get("name") == resource
                and self.within(incident, row["usage_start_time"][:10])
            ),
            Decimal(0),
        )
