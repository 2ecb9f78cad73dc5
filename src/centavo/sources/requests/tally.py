"""What a reading of request logs saw beside its rows: by host, what carried tools and usage."""

from collections import Counter
from dataclasses import dataclass, field

from centavo.ledger.reading import QualityWarning, Tally

__all__ = ["OddRecords", "RequestTally", "SkippedRequests"]

_MOST_HOSTS = 200


@dataclass
class SkippedRequests:
    """Requests to one host that became no row.

    Attributes:
        requests: How many.
        request_bytes: Of their bodies.
        with_tools: Whose body names tools.
        with_usage: Whose answer names a usage of any kind.
    """

    requests: int = 0
    request_bytes: int = 0
    with_tools: int = 0
    with_usage: int = 0


@dataclass
class RequestTally(Tally):
    """A tally that also keeps what skipped requests carried.

    Attributes:
        skipped_by_host: What went to a host and became no row; ``""`` where no host is known.
        rows_with_usage: Rows by host whose answer names a usage of any kind, be it null.
    """

    skipped_by_host: dict[str, SkippedRequests] = field(default_factory=dict[str, SkippedRequests])
    rows_with_usage: Counter[str] = field(default_factory=Counter[str])

    def skip_request(self, batch_id: str, reason: str, host: str | None) -> SkippedRequests:
        """Count a skipped record and return its host's totals, to be added to."""
        known = host or ""
        if known not in self.skipped_by_host and len(self.skipped_by_host) >= _MOST_HOSTS:
            known = "other hosts"
        self.skipped[batch_id, f"{reason} ({known})" if known else reason] += 1
        totals = self.skipped_by_host.setdefault(known, SkippedRequests())
        totals.requests += 1
        return totals


@dataclass
class OddRecords:
    """Records with the same oddity: how many, and the first of them.

    Attributes:
        code: Stable short name of the warning.
        phrase: What is odd, after the number: "records state no time …".
    """

    code: str
    phrase: str
    count: int = 0
    first: str = ""

    def note(self, where: str) -> None:
        """Count one more."""
        self.first = self.first or where
        self.count += 1

    def warning(self) -> QualityWarning:
        """Return the warning."""
        verb = "record" if self.count == 1 else "records"
        return QualityWarning(
            self.code, f"{self.count} {verb} {self.phrase}; the first is {self.first}", self.count
        )
