"""Generates the sample company's folder: the same seed and dates give the same bytes."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from centavo.errors import ConfigError, InputError
from centavo.sources.sample.google_bill import GoogleBill, write_google_bill
from centavo.sources.sample.incidents import Facts
from centavo.sources.sample.notes import attribution_rules, prices_note, readme
from centavo.sources.sample.plan import Plan, add_months
from centavo.sources.sample.pricelist import PriceList
from centavo.sources.sample.rates import Rates
from centavo.sources.sample.request_log import write_request_log
from centavo.sources.sample.texts import Texts
from centavo.sources.sample.traffic import all_calls
from centavo.sources.sample.truth import truth
from centavo.sources.sample.utilisation import write_utilisation
from centavo.sources.sample.vendor_costs import write_vendor_costs

__all__ = ["DEFAULT_SEED", "DEFAULT_UNTIL", "MONTHS", "SampleReport", "generate"]

DEFAULT_SEED = 7
DEFAULT_UNTIL = date(2026, 11, 1)
MONTHS = 6


@dataclass(frozen=True)
class SampleReport:
    """What was generated.

    Attributes:
        out: The folder.
        inputs: Files to ingest: bills, costs, requests and utilisation.
        rules: Attribution rules.
        rates: Exchange rates.
        truth: What was planted.
        since: First day.
        until: First day after.
        requests: Requests billed.
        logged_requests: Requests in the log.
        size_bytes: All files together.
    """

    out: Path
    inputs: tuple[Path, ...]
    rules: Path
    rates: Path
    truth: Path
    since: date
    until: date
    requests: int
    logged_requests: int
    size_bytes: int


def generate(
    out: Path,
    *,
    seed: int = DEFAULT_SEED,
    until: date = DEFAULT_UNTIL,
    months: int = MONTHS,
) -> SampleReport:
    """Write the sample into a folder and return what was written.

    Args:
        out: Folder; made when it is not there. Files of the same names are replaced.
        seed: Decides everything that is drawn.
        until: First day after the sample; the first of a month.
        months: Length; with fewer than six, the incidents of later months are left out.

    Raises:
        ConfigError: ``until`` is not the first of a month, or ``months`` is not positive.
        InputError: The folder cannot be written.
    """
    if until.day != 1 or months < 1:
        raise ConfigError(
            f"a sample of {months} months until {until} cannot be made",
            hint="It covers whole months: at least one, and until is the first of a month.",
        )
    try:
        return _generate(out, Plan(add_months(until, -months), until), seed=seed)
    except OSError as error:
        raise InputError(
            f"{out}: the sample cannot be written: {error.strerror or error}",
            hint="Choose a folder that you may write to, with 30 MB free.",
        ) from error


def _generate(out: Path, plan: Plan, *, seed: int) -> SampleReport:
    out.mkdir(parents=True, exist_ok=True)
    prices, texts = PriceList(), Texts(seed)
    rates = Rates.invent(plan, seed)
    calls = all_calls(plan, prices, texts)
    bill = GoogleBill(plan, rates, calls, prices)
    inputs = (
        *write_google_bill(bill, out / "google"),
        *write_vendor_costs(calls, plan, prices=prices, folder=out),
        *write_request_log(calls, out / "requests"),
        *write_utilisation(plan, seed, out / "resources"),
    )
    facts = Facts(plan, calls, bill.charges, prices, rates, texts)
    planted = msgspec.json.format(msgspec.json.encode(truth(facts, seed=seed)), indent=1)
    notes = {
        "attribution.toml": attribution_rules(),
        "rates.csv": rates.as_csv(),
        "TRUTH.json": planted.decode() + "\n",
        "README.md": readme(plan, seed=seed),
        "prices-note.md": prices_note(),
    }
    for name, text in notes.items():
        (out / name).write_text(text, encoding="utf-8", newline="\n")
    files = (*inputs, *(out / name for name in notes))
    return SampleReport(
        out=out,
        inputs=inputs,
        rules=out / "attribution.toml",
        rates=out / "rates.csv",
        truth=out / "TRUTH.json",
        since=plan.since,
        until=plan.until,
        requests=len(calls),
        logged_requests=sum(each.is_logged for each in calls),
        size_bytes=sum(each.stat().st_size for each in files),
    )
