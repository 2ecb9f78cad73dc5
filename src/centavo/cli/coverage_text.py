"""How every report ends: what it rests on, in words and in JSON."""

from centavo.ledger.coverage import Coverage
from centavo.wording import counted

__all__ = ["coverage_json", "coverage_lines"]


def coverage_lines(coverage: Coverage, *, attributed: tuple[int, int] | None = None) -> list[str]:
    """Return the coverage line and, where there are warnings, a line that names them.

    Args:
        coverage: What the report rests on.
        attributed: (rows with a known scope, rows) of the report, where it asks for scope.
    """
    files = counted(coverage.files, "file")
    parts = [f"{counted(coverage.rows_read, 'record')} read from {files}"]
    reasons = sorted(coverage.rows_skipped.items(), key=lambda item: -item[1])
    listed = "; ".join(f"{count:,} {reason}" for reason, count in reasons[:3])
    more = f"; {len(reasons) - 3} more reasons" if len(reasons) > 3 else ""
    parts.append(f"{coverage.skipped:,} skipped" + (f" ({listed}{more})" if listed else ""))
    if coverage.unpriced:
        why = ", ".join(f"{count:,} {reason}" for reason, count in coverage.rows_unpriced.items())
        parts.append(f"{coverage.unpriced:,} without a price ({why}): in no total")
    if coverage.rows_failed:
        parts.append(
            counted(
                coverage.rows_failed,
                "failed request that reports no usage",
                "failed requests that report no usage",
            )
        )
    if coverage.calls_seen_twice:
        parts.append(
            counted(
                coverage.calls_seen_twice,
                "call was seen by two meters and counts once",
                "calls were seen by two meters and count once",
            )
        )
    if coverage.rows_preliminary:
        parts.append(
            f"{counted(coverage.rows_preliminary, 'row')} preliminary (billing period open, or ended less"
            " than 10 days ago)"
        )
    if attributed is not None:
        parts.append(f"{attributed[0]:,} of {attributed[1]:,} rows attributed")
    lines = [f"Coverage: {', '.join(parts)}."]
    codes = list(dict.fromkeys(warning.code for warning in coverage.warnings))
    if codes:
        lines.append(f"Data quality: {', '.join(codes)} (`centavo ledger --warnings` says more).")
    return lines


def coverage_json(coverage: Coverage) -> dict[str, object]:
    """Return the coverage as JSON: counts by reason, and the warnings."""
    return {
        "files": coverage.files,
        "rows_read": coverage.rows_read,
        "rows_written": coverage.rows_written,
        "rows_skipped": dict(coverage.rows_skipped),
        "rows_unpriced": dict(coverage.rows_unpriced),
        "rows_failed_without_usage": coverage.rows_failed,
        "rows_preliminary": coverage.rows_preliminary,
        "calls_seen_twice": coverage.calls_seen_twice,
        "warnings": [
            {"code": w.code, "message": w.message, "rows": w.rows} for w in coverage.warnings
        ],
    }
