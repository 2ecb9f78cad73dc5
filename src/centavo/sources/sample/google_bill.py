"""The Google Cloud bill in reais, as the detailed export to BigQuery writes it.

One row per day, project and SKU. Invoice months are those of US Pacific time, so the rows of the
first UTC day of a month are cut in two, and the earlier part is on the invoice of the month before.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec

from centavo.sources.sample.call import Call
from centavo.sources.sample.google_rows import Slice, Usage, adjustment_row, tax_row, usage_row
from centavo.sources.sample.machines import COMMITMENT, MACHINES, SUSTAINED, Machine, is_running
from centavo.sources.sample.plan import Plan, add_months
from centavo.sources.sample.pricelist import PriceList, UnitPrice
from centavo.sources.sample.rates import Rates

__all__ = ["COMMITMENT_SHARE", "GoogleBill", "GoogleCharge", "write_google_bill"]

COMMITMENT_SHARE = Decimal("0.37")
SUSTAINED_SHARE = Decimal("0.20")
TAX_SHARE = Decimal("0.029")
SUPPORT_USD = Decimal("250")
REFUND_USD = Decimal("-90")
_PACIFIC_UTC_OFFSET_H = -7
_FAMILIES = {"gemini-2.5-pro": "Gemini 2.5 Pro", "gemini-2.5-flash": "Gemini 2.5 Flash GA"}
_SERVICE = "Vertex AI"


def slices(plan: Plan) -> list[Slice]:
    """Return the stretches of time that a row covers: UTC days, the first of a month in two."""
    found: list[Slice] = []
    for offset in range(plan.whole.days):
        day = plan.since + timedelta(days=offset)
        start = datetime(day.year, day.month, day.day, tzinfo=UTC)
        noon = start + timedelta(hours=-_PACIFIC_UTC_OFFSET_H)
        end = start + timedelta(days=1)
        if day.day == 1:
            found.append(Slice(start, noon, add_months(day, -1)))
            found.append(Slice(noon, end, day))
        else:
            found.append(Slice(start, end, day.replace(day=1)))
    return found


def _start_of(call: Call) -> datetime:
    """Return the start of the slice that the call falls in."""
    start = datetime(call.day.year, call.day.month, call.day.day, tzinfo=UTC)
    cut = start + timedelta(hours=-_PACIFIC_UTC_OFFSET_H)
    is_late = call.day.day == 1 and call.at_ms >= cut.timestamp() * 1000
    return cut if is_late else start


def _gemini_sku(model: str, kind: str, *, is_long: bool) -> str:
    """Return the SKU description.

    >>> _gemini_sku("gemini-2.5-pro", "Text Input", is_long=True)
    'Gemini 2.5 Pro Text Input (Long) - Predictions'
    """
    long = " (Long)" if is_long else ""
    if kind == "Text Input Caching":
        return f"{_FAMILIES[model]} {kind}{long}"
    return f"{_FAMILIES[model]} {kind}{long} - Predictions"


class GoogleCharge(NamedTuple):
    """What a row charged, kept for the truth file.

    Attributes:
        day: UTC day of the usage.
        application: Owner; empty for tax and refund, which belong to nobody.
        resource: Machine; empty where there is none.
        usd: Cost before credits, in dollars; zero for tax and refund.
        brl: Cost before credits, in reais.
        credit_brl: Credits, at most zero.
    """

    day: date
    application: str
    resource: str
    usd: Decimal
    brl: Decimal
    credit_brl: Decimal = Decimal(0)


# Slice start, application, environment, model, long.
_Key = tuple[datetime, str, str, str, bool]


@dataclass
class GoogleBill:
    """Everything that goes on the bill, by slice of time.

    Attributes:
        plan: When things happen.
        rates: Reais per dollar.
        calls: All requests; those to Gemini are billed here.
        prices: Of tokens.
        charges: What ``rows`` charged, once it has run.
    """

    plan: Plan
    rates: Rates
    calls: Iterable[Call]
    prices: PriceList
    charges: list[GoogleCharge] = field(default_factory=list[GoogleCharge])
    _tokens: dict[_Key, list[int]] = field(default_factory=dict[_Key, list[int]])

    def rows(self) -> Iterator[tuple[Slice, dict[str, object]]]:
        """Return every row with the slice that it covers, in order of time."""
        self._tokens = self._count()
        by_start: defaultdict[datetime, list[_Key]] = defaultdict(list)
        for key in sorted(self._tokens):
            by_start[key[0]].append(key)
        net: defaultdict[date, Decimal] = defaultdict(Decimal)
        for part in slices(self.plan):
            rate = self.rates.of_invoice(part.invoice)
            usages = [
                *(each for key in by_start[part.start] for each in self._gemini(key)),
                *(each for machine in MACHINES for each in self._machine(machine, part)),
                *self._platform(part),
            ]
            for usage in usages:
                row, cost, credit = usage_row(usage, part, rate)
                net[part.invoice] += cost + credit
                self.charges.append(
                    GoogleCharge(
                        part.start.date(),
                        usage.application,
                        usage.resource,
                        usage.amount * usage.usd_per_unit,
                        cost,
                        credit,
                    )
                )
                yield part, row
            yield from self._closing(part, rate, net)

    def _count(self) -> dict[_Key, list[int]]:
        """Return tokens: uncached input, cached input, visible output, thinking."""
        sums: defaultdict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        for call in self.calls:
            if call.provider == "google" and call.status == 200:
                used = call.tokens
                counted = sums[
                    _start_of(call), call.application, call.environment, call.model, call.is_long
                ]
                counted[0] += used.uncached
                counted[1] += used.cache_read
                counted[2] += used.output - used.reasoning
                counted[3] += used.reasoning
        return dict(sums)

    def _gemini(self, key: _Key) -> Iterator[Usage]:
        start, name, environment, model, is_long = key
        unit: UnitPrice = self.prices.unit(
            "google", model, day=start.date(), input_tokens=10**9 if is_long else 0
        )
        kinds = (
            ("Text Input", unit.uncached),
            ("Text Input Caching", unit.cache_read),
            ("Text Output", unit.output),
            ("Thinking Text Output", unit.output),
        )
        for (kind, price), tokens in zip(kinds, self._tokens[key], strict=True):
            if tokens:
                yield Usage(
                    _SERVICE,
                    _gemini_sku(model, kind, is_long=is_long),
                    name,
                    environment,
                    amount=Decimal(tokens),
                    usd_per_unit=Decimal(price).scaleb(-12),
                )

    def _machine(self, machine: Machine, part: Slice) -> Iterator[Usage]:
        hours = sum(is_running(machine, hour) for hour in part.hours())
        if not hours:
            return
        share, credit = self._discount(machine, part)
        for each in machine.parts:
            yield Usage(
                each.service,
                each.sku,
                machine.application,
                machine.environment,
                amount=Decimal(each.quantity * hours),
                usd_per_unit=each.usd_per_hour,
                unit="gibibyte hour" if each.is_memory else "hour",
                resource=machine.name,
                region=machine.region,
                credit_share=share,
                credit=credit,
            )

    def _discount(self, machine: Machine, part: Slice) -> tuple[Decimal, str]:
        if machine.credit == SUSTAINED:
            return SUSTAINED_SHARE, SUSTAINED
        if machine.credit == COMMITMENT and part.start.date() not in self.plan.discount_ended:
            return COMMITMENT_SHARE, COMMITMENT
        return Decimal(0), ""

    def _platform(self, part: Slice) -> Iterator[Usage]:
        """Return what everybody shares: storage, logs and queries, growing a little."""
        share = Decimal(int((part.end - part.start).total_seconds())) / 86_400
        grown = 1 + Decimal((part.start.date() - self.plan.since).days) / 400
        of_day = (share * grown).quantize(Decimal("0.000001"))
        shared = ("plataforma-dados", "production")
        stored = Usage(
            "Cloud Storage", "Standard Storage South America Regional", *shared,
            amount=of_day * 140, usd_per_unit=Decimal("0.035"), unit="gibibyte month",
            resource="loja-exemplo-documentos", region="southamerica-east1",
        )  # fmt: skip
        logged = Usage(
            "Cloud Logging", "Log Storage cost", *shared,
            amount=of_day * 6, usd_per_unit=Decimal("0.50"), unit="gibibyte",
            # The first 50 GiB of each month are free.
            credit_share=Decimal(1) if part.start.day <= 8 else Decimal(0), credit="Free tier",
        )  # fmt: skip
        queried = Usage(
            "BigQuery", "Analysis (southamerica-east1)", *shared,
            amount=(of_day * Decimal("0.4")).quantize(Decimal("0.000001")),
            usd_per_unit=Decimal("9.00"), unit="tebibyte", region="southamerica-east1",
        )  # fmt: skip
        yield from (stored, logged, queried)
        if part.start.day == 1 and part.start.hour:
            yield Usage(
                "Support", "Enhanced Support, monthly", *shared,
                amount=Decimal(1), usd_per_unit=SUPPORT_USD, unit="month",
            )  # fmt: skip

    def _closing(
        self, part: Slice, rate: Decimal, net: dict[date, Decimal]
    ) -> Iterator[tuple[Slice, dict[str, object]]]:
        """Return the refund on its day, and the tax in the last slice of each invoice."""
        if part.start.date() == self.plan.refund:
            row, amount = adjustment_row(part, rate, usd=REFUND_USD)
            net[part.invoice] += amount
            self.charges.append(GoogleCharge(part.start.date(), "", "", Decimal(0), amount))
            yield part, row
        is_cut = part.end.hour != 0 and part.invoice >= self.plan.since
        if is_cut or part.end.date() == self.plan.until:
            row, amount = tax_row(part, rate, net=net[part.invoice] * TAX_SHARE)
            self.charges.append(GoogleCharge(part.start.date(), "", "", Decimal(0), amount))
            yield part, row


def write_google_bill(bill: GoogleBill, folder: Path) -> list[Path]:
    """Write ``billing_export_YYYY-MM.jsonl``, by month of usage, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    encoder = msgspec.json.Encoder()
    by_file: defaultdict[Path, list[dict[str, object]]] = defaultdict(list)
    for part, row in bill.rows():
        by_file[folder / f"billing_export_{part.start:%Y-%m}.jsonl"].append(row)
    for path, rows in by_file.items():
        path.write_bytes(encoder.encode_lines(rows))
    return sorted(by_file)
