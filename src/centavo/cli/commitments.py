"""``centavo commitments``: what is committed, and how much of it was used."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.consumption.commitments import (
    Commitment,
    CommitmentTotal,
    commitment_totals,
    commitments,
)
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import EXACT, Money
from centavo.period import Period

__all__ = ["command"]


@click.command("commitments")
@click.option("--since", help="First day of the charges, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    folder: Path | None, *, since: str | None, until: str | None, json_out: bool, form: str | None
) -> None:
    """Show savings plans, reservations and contracts: bought, used, and paid for nothing.

    Commitments come from FOCUS's Contract Commitment dataset; those that it does not have are
    derived from what charges say of them. Costs are amortised costs of billed charges.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    period = Period.parse(since, until)
    found = commitments(Ledger.open(settings.location), period)
    totals = commitment_totals(found)
    if json_out:
        print_json(_as_json(found, totals, period))
        return
    if not found:
        say("No commitments: no contract is here, and no charge speaks of one.")
        return
    say(*(_answer(total) for total in totals))
    print_table(_table(found), form=cast("Format", form or "table"))
    say(_coverage(found), "Next: centavo costs --metric effective --by application")


def _answer(total: CommitmentTotal) -> str:
    unit = total.currency
    whole = EXACT.add(total.used_cost, total.unused_cost)
    share = share_text(total.unused_cost, whole)
    return (
        f"{total.commitments:,} commitments in {unit}: used {amount_text(total.used_cost)},"
        f" unused {amount_text(total.unused_cost)}"
        + (f" ({share})" if share else "")
        + " (billed)."
    )


def _coverage(found: Sequence[Commitment]) -> str:
    contracts = sum(each.origin == "contract" for each in found)
    silent = sum(not each.charges for each in found)
    rows = sum(each.charges for each in found)
    return (
        f"Coverage: {contracts:,} from contracts, {len(found) - contracts:,} derived from charges;"
        f" {rows:,} charges speak of them; of {silent:,} no charge speaks."
    )


def _table(found: Sequence[Commitment]) -> Table:
    columns = [
        Column("commitment"),
        Column("type", drop=3),
        Column("category", drop=6),
        Column("from", drop=4),
        Column("until", drop=5),
        Column("currency"),
        Column("committed", numeric=True, drop=2),
        Column("bought", numeric=True, drop=1),
        Column("used", numeric=True),
        Column("unused", numeric=True),
        Column("used share", numeric=True, drop=1),
        Column("known from", drop=2),
        Column("grade", drop=7),
    ]
    return Table(
        columns,
        [_row(each, exact=False) for each in found],
        [_row(each, exact=True) for each in found],
    )


def _row(each: Commitment, *, exact: bool) -> list[str | None]:
    amounts = (each.committed_cost, each.purchased_cost, each.used_cost, each.unused_cost)
    share = each.used_share
    return [
        each.commitment_id,
        each.type,
        each.category,
        each.period_start,
        each.period_end,
        each.currency,
        *(_exact(amount) if exact else amount_text(amount) for amount in amounts),
        None if share is None else share_text(share, Decimal(1)),
        each.origin,
        _grade(each),
    ]


def _grade(each: Commitment) -> str | None:
    return "billed" if each.charges else None


def _exact(amount: Decimal | None) -> str | None:
    return None if amount is None else Money(amount, "").as_json()["amount"]


def _as_json(
    found: Sequence[Commitment], totals: Sequence[CommitmentTotal], period: Period
) -> dict[str, object]:
    return {
        "schema": "centavo.commitments/1",
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "totals": [
            {
                "commitments": total.commitments,
                "purchased_cost": Money(total.purchased_cost, total.currency).as_json(),
                "used_cost": Money(total.used_cost, total.currency).as_json(),
                "unused_cost": Money(total.unused_cost, total.currency).as_json(),
            }
            for total in totals
        ],
        "commitments": [_commitment_json(each) for each in found],
    }


def _commitment_json(each: Commitment) -> dict[str, object]:
    def money(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else Money(amount, each.currency or "").as_json()

    return {
        "commitment_id": each.commitment_id,
        "origin": each.origin,
        "grade": _grade(each),
        "provider": each.provider,
        "name": each.name,
        "type": each.type,
        "category": each.category,
        "period_start": each.period_start,
        "period_end": each.period_end,
        "committed_cost": money(each.committed_cost),
        "committed_quantity": _exact(each.committed_quantity),
        "purchased_cost": money(each.purchased_cost),
        "used_cost": money(each.used_cost),
        "unused_cost": money(each.unused_cost),
        "used_quantity": _exact(each.used_quantity),
        "unused_quantity": _exact(each.unused_quantity),
        "unit": each.unit,
        "charges": each.charges,
        "first_day": each.first_day,
        "last_day": each.last_day,
    }
