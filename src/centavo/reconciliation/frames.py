"""By whose days and months each account is billed: UTC, US Pacific time, or whole months only."""

from dataclasses import dataclass

from centavo.ledger.ledger import Ledger
from centavo.reconciliation.preparing import fill_table, read_sql
from centavo.reconciliation.question import ReconcileQuestion

__all__ = ["Frame", "find_frames"]

_UTC, _PACIFIC = "utc", "pacific"
_SHARE_THAT_CONVINCES = 0.5
# Invoice months of these are US Pacific, whatever days their rows carry. Source: Cloud Billing data
# export, `invoice.month`.
_PACIFIC_INVOICES = frozenset({"google"})

_SURVEY = """
SELECT r.provider, account,
  bool_or(span = 'longer') AS is_monthly,
  count(*) FILTER (span IN ('day', 'pacific_day')) AS daily_rows,
  count(*) FILTER (span = 'pacific_day') AS pacific_rows,
  bool_or(span <> 'longer' AND date_trunc('month', day) <> billing_month) AS crosses
FROM reconcile_bill_rows AS r
JOIN reconcile_accounts AS accounts
  ON accounts.provider = r.provider
  AND accounts.spelled_project IS NOT DISTINCT FROM r.raw_project
  AND accounts.spelled_account IS NOT DISTINCT FROM r.raw_account
WHERE accounts.side = 'bill' AND is_in_scope AND kind = 'usage' AND is_reference
GROUP BY ALL
"""


@dataclass(frozen=True)
class Frame:
    """How an account's bill cuts time.

    Attributes:
        label: Zone whose days the bill's rows carry.
        member: Zone in which a call belongs to a day or month of the bill.
        grain: day, or month where the bill's rows cover more than two days.
    """

    label: str = _UTC
    member: str = _UTC
    grain: str = "day"


def find_frames(ledger: Ledger, question: ReconcileQuestion) -> dict[tuple[str, str], Frame]:
    """Return the frame of every account and fill ``reconcile_frames`` with them.

    Rows that begin at 7:00 or 8:00 UTC and last a day say it themselves. Rows that carry dates only
    are laid beside the meter's days of both zones, and the closer one counts.
    """
    survey = _survey(ledger)
    fits = {
        (str(provider), str(account)): float(str(gain)) >= _SHARE_THAT_CONVINCES * float(str(most))
        for provider, account, gain, most in ledger.rows(read_sql("frame_fit"))
        if most is not None and float(str(most)) > 0
    }
    frames: dict[tuple[str, str], Frame] = {}
    places = ledger.rows("SELECT DISTINCT provider, account FROM reconcile_accounts")
    for key in ((str(provider), str(account)) for provider, account in places):
        frames[key] = _frame(
            key, survey.get(key), question=question, fits_pacific=fits.get(key, False)
        )
    rows: list[tuple[object, ...]] = [
        (*key, frame.label, frame.member, frame.grain) for key, frame in frames.items()
    ]
    fill_table(
        ledger,
        "reconcile_frames",
        "provider VARCHAR, account VARCHAR, label VARCHAR, member VARCHAR, grain VARCHAR",
        rows,
    )
    return frames


@dataclass(frozen=True)
class _Survey:
    """What the rows of an account say: see ``_SURVEY``."""

    is_monthly: bool
    daily_rows: int
    pacific_rows: int
    crosses: bool


def _survey(ledger: Ledger) -> dict[tuple[str, str], _Survey]:
    """Return what the bill's rows of each account say about time."""
    return {
        (str(provider), str(account)): _Survey(
            bool(monthly), int(str(daily)), int(str(pacific)), bool(crosses)
        )
        for provider, account, monthly, daily, pacific, crosses in ledger.rows(_SURVEY)
    }


def _frame(
    key: tuple[str, str],
    survey: _Survey | None,
    *,
    question: ReconcileQuestion,
    fits_pacific: bool,
) -> Frame:
    if survey is None:
        return Frame()
    crosses = question.by_invoice and (survey.crosses or key[0] in _PACIFIC_INVOICES)
    if survey.is_monthly:
        return Frame(_UTC, _PACIFIC if crosses else _UTC, "month")
    says_so = survey.pacific_rows > 0 and survey.pacific_rows >= 0.9 * survey.daily_rows
    label = _PACIFIC if survey.daily_rows and (says_so or fits_pacific) else _UTC
    return Frame(label, _PACIFIC if crosses else label, "day")
