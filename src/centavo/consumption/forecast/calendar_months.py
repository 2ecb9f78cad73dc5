"""Calendar months that a forecast speaks of."""

from datetime import date

__all__ = ["month_spans", "months_later"]


def months_later(day: date, months: int) -> date:
    """Return the first day of the month so many months after that of a day.

    >>> months_later(date(2026, 11, 22), 2)
    datetime.date(2027, 1, 1)
    """
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def month_spans(first: date, until: date) -> list[tuple[date, date]]:
    """Return the months from that of a day until an end, excluded; the last may be cut by it.

    >>> month_spans(date(2026, 11, 22), date(2026, 12, 5))
    [(datetime.date(2026, 11, 1), datetime.date(2026, 12, 1)), (datetime.date(2026, 12, 1), datetime.date(2026, 12, 5))]
    """
    spans: list[tuple[date, date]] = []
    begin = months_later(first, 0)
    while begin < until:
        end = months_later(begin, 1)
        spans.append((begin, min(end, until)))
        begin = end
    return spans
