"""What the figures rest on, in sentences: read, skipped, unpriced, preliminary, apart."""

from collections.abc import Mapping
from decimal import Decimal

from centavo.consumption.conversion import RateUse
from centavo.consumption.cost_cells import Basis
from centavo.consumption.costs import CostReport
from centavo.consumption.finding_amounts import ShownFindings
from centavo.deliverables.language import Language
from centavo.deliverables.words import basis_name
from centavo.ledger.coverage import Coverage
from centavo.money import Money

__all__ = ["coverage_sentences", "finding_rate_sentences", "read_sentences"]


def coverage_sentences(report: CostReport, say: Language) -> tuple[str, ...]:
    """Return the coverage of a report of cost."""
    told = list(read_sentences(report.coverage, say))
    share = Decimal(report.attributed_rows) / report.ledger_rows if report.ledger_rows else None
    told.append(
        say(
            "{part} of {whole} rows are attributed ({share}).",
            part=say.number(report.attributed_rows),
            whole=say.number(report.ledger_rows),
            share=say.percent(share),
        )
    )
    told += [_rate(each, say) for each in report.rates if each.used]
    told += _apart(report.others, report, say)
    return tuple(told)


def read_sentences(coverage: Coverage, say: Language) -> tuple[str, ...]:
    """Return what was read, skipped, unpriced and is preliminary."""
    told = [
        say.count(
            "{records} records read from {number} file, {skipped} skipped.",
            "{records} records read from {number} files, {skipped} skipped.",
            coverage.files,
            records=say.number(coverage.rows_read),
            skipped=say.number(coverage.skipped),
        )
    ]
    if coverage.unpriced:
        told.append(
            say.count(
                "{number} request has no price: its cost is unknown and in no total.",
                "{number} requests have no price: their cost is unknown and in no total.",
                coverage.unpriced,
            )
        )
    if coverage.rows_preliminary:
        told.append(
            say.count(
                "{number} row is preliminary: its invoice is still open.",
                "{number} rows are preliminary: their invoices are still open.",
                coverage.rows_preliminary,
            )
        )
    if coverage.calls_seen_twice:
        told.append(
            say.count(
                "{number} call was recorded by two meters and counts once.",
                "{number} calls were recorded by two meters and count once.",
                coverage.calls_seen_twice,
            )
        )
    return tuple(told)


def _rate(use: RateUse, say: Language) -> str:
    """Return at which rates amounts were converted; those without a rate are said apart."""
    if use.file:
        return say.count(
            "{base} is converted to {target} at {number} dated rate of {file}.",
            "{base} is converted to {target} at {number} dated rates of {file}.",
            len(use.used),
            base=use.base,
            target=use.target,
            file=use.file,
        )
    least, greatest = (say.number(Decimal(each), 4) for each in (use.used[0], use.used[-1]))
    return say(
        "{base} is converted to {target} at the bill's own rates, from {least} to {greatest} for one {target}.",
        base=use.base,
        target=use.target,
        least=least,
        greatest=greatest,
    )


def finding_rate_sentences(shown: ShownFindings, say: Language) -> tuple[str, ...]:
    """Return at which rates money of findings was converted, and what was not."""
    at = say("Findings, at the rate of their last day:")
    told = [f"{at} {_rate(use, say)}" for use in shown.rates if use.used]
    told += [
        say.count(
            "The money of {number} finding stays in {base}: no rate to {target} is known.",
            "The money of {number} findings stays in {base}: no rate to {target} is known.",
            use.rows,
            base=use.base,
            target=use.target,
        )
        for use in shown.rates
        if not use.used
    ]
    amounts = (known.finding.per_30d for known in shown.known.values())
    currencies = {money.currency for money in amounts if money}
    if not shown.rates and len(currencies) > 1:
        told.append(
            say(
                "Money of findings stands in {currencies}: no exchange rates are set.",
                currencies=say.list_of(sorted(currencies)),
            )
        )
    return tuple(told)


def _apart(
    others: Mapping[Basis, tuple[Money, ...]], report: CostReport, say: Language
) -> list[str]:
    told = [
        say(
            "Beside it, never added: {amounts}, {basis}.",
            amounts=say.list_of([say.money(total) for total in totals]),
            basis=basis_name(basis, say),
        )
        for basis, totals in others.items()
    ]
    if len(report.totals) > 1:
        told.append(
            say(
                "Without a rate, and not added: {amounts}.",
                amounts=say.list_of([say.money(total) for total in report.totals[1:]]),
            )
        )
    return told
