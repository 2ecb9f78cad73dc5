"""What the pages of a reading leave out or tell twice: gaps, missing last pages, overlaps."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from centavo.ledger.reading import QualityWarning
from centavo.sources.vendor_reports.pages import Bucket, Page, ReportLine

__all__ = ["Coverage"]

_SHOWN = 3


class Coverage:
    """The intervals that a reading's pages cover, per organization and kind of line."""

    def __init__(self) -> None:
        # By (organization, kind); a page without lines has no kind and counts for every one.
        self._buckets: defaultdict[tuple[str, str], set[Bucket]] = defaultdict(set)
        self._cut: list[tuple[tuple[str, str], datetime, Page]] = []
        self._groupings: defaultdict[
            tuple[str, str, Bucket], defaultdict[tuple[int, int], set[str]]
        ] = defaultdict(lambda: defaultdict(set))

    def add_page(self, page: Page, *, kind: str) -> None:
        """Take note of a page's buckets, the empty ones included; its ``kind`` may be empty."""
        key = (page.organization or "", kind)
        self._buckets[key].update(bucket for bucket, _, _ in page.buckets)
        if page.has_more and page.buckets:
            self._cut.append((key, max(b.end for b, _, _ in page.buckets), page))

    def add_line(self, line: ReportLine, *, kind: str, stated: frozenset[str]) -> None:
        """Take note of the dimensions that a line states."""
        key = (line.organization or "", kind, line.bucket)
        self._groupings[key][line.occurrence] |= stated

    def warnings(self, report: str) -> Iterator[QualityWarning]:
        """Yield what a reader must know before trusting the sums of ``report``."""
        covered = self._covered()
        gaps = sorted({gap for buckets in covered.values() for gap in _gaps(buckets)})
        if gaps:
            spans = [f"{_day(gap.start)} to {_day(gap.end)}" for gap in gaps[:_SHOWN]]
            more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
            yield QualityWarning(
                "report_gap",
                f"the pages of {report} skip {', '.join(spans)}{more} (UTC, end excluded): what "
                "was used then is not counted",
                len(gaps),
            )
        cut = [
            (end, page)
            for key, end, page in self._cut
            if not any(bucket.start >= end for bucket in covered.get(key, ()))
        ]
        if cut:
            end, page = cut[0]
            yield QualityWarning(
                "report_cut",
                f"page {page.number} of {page.file.name} says that more pages follow, but no page "
                f"goes beyond {_day(end)} (UTC)",
                len(cut),
            )
        mixed = [bucket for (_, _, bucket), seen in self._groupings.items() if _differ(seen)]
        if mixed:
            yield QualityWarning(
                "report_overlap",
                f"{len(mixed)} buckets of {report} stand in pages that are grouped differently, "
                f"the first from {_day(min(mixed).start)}: the same use is counted more than once",
                len(mixed),
            )

    def _covered(self) -> dict[tuple[str, str], set[Bucket]]:
        covered: dict[tuple[str, str], set[Bucket]] = {}
        for (account, kind), buckets in self._buckets.items():
            unknown = self._buckets.get((account, ""), set[Bucket]())
            covered[account, kind] = buckets | unknown
        kinds = {account for account, kind in covered if kind}
        return {key: found for key, found in covered.items() if key[1] or key[0] not in kinds}


def _gaps(buckets: set[Bucket]) -> Iterator[Bucket]:
    covered: datetime | None = None
    for bucket in sorted(buckets):
        if covered is not None and bucket.start > covered:
            yield Bucket(covered, bucket.start)
        covered = max(covered, bucket.end) if covered else bucket.end


def _differ(occurrences: "defaultdict[tuple[int, int], set[str]]") -> bool:
    return len({frozenset(stated) for stated in occurrences.values()}) > 1


def _day(moment: datetime) -> str:
    return moment.date().isoformat() if moment.hour == moment.minute == 0 else f"{moment}Z"
