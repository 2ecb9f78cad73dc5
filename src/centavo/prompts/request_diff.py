"""A request as it was sent beside what a finding would have sent instead, for pages and the command line.

Prompts may hold what people wrote: whoever shows a difference shows what the bodies hold.
"""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from centavo.findings import Finding
from centavo.ledger.bodies import BodyPart
from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.prompts.anatomy import PartCounter, prompt_tables
from centavo.prompts.payload import decoded, texts_in
from centavo.prompts.rewrites import example_of, parts_of, rewrites, rewritten

__all__ = ["DiffLine", "RequestDiff", "can_diff", "lines_of", "request_diff"]

DiffKind = Literal["same", "removed", "added", "skipped"]
_AROUND = 2


@dataclass(frozen=True)
class DiffLine:
    """One line.

    Attributes:
        kind: ``skipped`` stands for equal lines that are not shown; its text counts them.
        text: Without a sign before it.
    """

    kind: DiffKind
    text: str


@dataclass(frozen=True)
class RequestDiff:
    """What changes in one request.

    Attributes:
        event_id: Of the request.
        code: Of the finding's rule.
        tokens_before: Of its parts as they were sent, counted with the vocabulary of ``basis``.
        tokens_after: As the finding would have it.
        basis: How tokens are counted, or that they are estimated.
        lines: What changes, with some lines around it; parts begin with ``== kind (role)``.
    """

    event_id: str
    code: str
    tokens_before: int
    tokens_after: int
    basis: str
    lines: tuple[DiffLine, ...]


def can_diff(finding: Finding) -> bool:
    """Say whether the finding names a request and its rule rewrites requests; reads nothing."""
    evidence = finding.evidence
    has_example = example_of(evidence.columns, evidence.rows) is not None
    return finding.code in rewrites() and has_example


def request_diff(ledger: Ledger, finding: Finding, period: Period) -> RequestDiff | None:
    """Return the difference; ``None`` where the rule rewrites nothing or the prompt is not kept any more.

    Args:
        ledger: Opened at the moment to answer from.
        finding: Of ``centavo prompts``.
        period: That the finding was made for: other requests of its scope say what is constant.
    """
    event_id = example_of(finding.evidence.columns, finding.evidence.rows)
    parts = parts_of(ledger, event_id) if event_id else []
    if not event_id or not parts:
        return None
    prompt_tables(ledger, period)
    after = rewritten(ledger, finding.code, event_id, parts)
    if after is None:
        return None
    counter = PartCounter(_model(ledger, event_id))
    return RequestDiff(
        event_id,
        finding.code,
        _tokens(parts, counter),
        _tokens(after, counter),
        counter.basis,
        tuple(_diff(lines_of(parts), lines_of(after))),
    )


def lines_of(parts: Sequence[BodyPart]) -> list[str]:
    """Return a request as lines: the text of each part, and what else there is as JSON."""
    lines: list[str] = []
    for part in parts:
        value = decoded(part.text)
        lines.append(f"== {part.kind}{f' ({part.role})' if part.role else ''}")
        texts = "\n".join(texts_in(value)) if part.kind not in ("settings", "tools") else ""
        whole = texts or json.dumps(value, indent=1, ensure_ascii=False)
        lines += whole.split("\n")
        if texts and '"cache_control"' in part.text:
            lines.append("[cache_control: ephemeral]")
    return lines


def _diff(before: Sequence[str], after: Sequence[str]) -> list[DiffLine]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    lines: list[DiffLine] = []
    shown_until = 0
    for group in matcher.get_grouped_opcodes(_AROUND):
        lines += _skipped(group[0][1] - shown_until)
        for tag, start, end, new_start, new_end in group:
            if tag == "equal":
                lines += [DiffLine("same", text) for text in before[start:end]]
                continue
            lines += [DiffLine("removed", text) for text in before[start:end]]
            lines += [DiffLine("added", text) for text in after[new_start:new_end]]
        shown_until = group[-1][2]
    return [*lines, *_skipped(len(before) - shown_until)] if lines else []


def _skipped(count: int) -> list[DiffLine]:
    return [DiffLine("skipped", str(count))] if count > 0 else []


def _tokens(parts: Sequence[BodyPart], counter: PartCounter) -> int:
    return sum(counter.count(decoded(part.text)) for part in parts if part.kind != "settings")


def _model(ledger: Ledger, event_id: str) -> str | None:
    rows = ledger.rows("SELECT logged_model FROM prompt_calls WHERE event_id = ?", [event_id])
    return str(rows[0][0]) if rows and rows[0][0] is not None else None
