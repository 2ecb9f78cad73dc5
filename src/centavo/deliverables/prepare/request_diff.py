"""The request of a finding before and after: what would be sent instead, or what is missing to say so."""

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table
from centavo.deliverables.reading import Reading
from centavo.findings import Finding
from centavo.prompts.request_diff import DiffLine, RequestDiff, can_diff
from centavo.prompts.rewrites import is_lossless, rewrites

__all__ = ["diff_section"]

_SIGNS = {"same": "", "removed": "\N{MINUS SIGN}", "added": "+", "skipped": "…"}


def diff_section(reading: Reading, finding: Finding, say: Language) -> Section | None:
    """Return the difference; ``None`` where the rule rewrites no request."""
    if finding.code not in rewrites():
        return None
    title = say("The request, before and after")
    diff = reading.request_diff(finding) if can_diff(finding) else None
    if diff is None:
        missing = say("No prompt of its requests is kept any more, so there is nothing to compare. `centavo ingest --keep-bodies` keeps them.")  # fmt: skip
        return Section("diff", title, (missing,))
    return Section("diff", title, _told(diff, say), table=_table(diff, say), is_diff=True)


def _told(diff: RequestDiff, say: Language) -> tuple[str, ...]:
    saved = diff.tokens_before - diff.tokens_after
    share = saved / diff.tokens_before if diff.tokens_before else None
    tokens = say(
        "Request {id}: {before} input tokens as sent, {after} as {code} would have it ({share} less).",
        id=diff.event_id,
        before=say.number(diff.tokens_before),
        after=say.number(diff.tokens_after),
        code=diff.code,
        share=say.percent(share),
    )
    if not saved:
        tokens = say(
            "Request {id}: {before} input tokens before and after.",
            id=diff.event_id,
            before=say.number(diff.tokens_before),
        )
    loss = (
        say("Lossless: the model can still read everything that was sent.")
        if is_lossless(diff.code)
        else say("Lossy: something is left out or moved. Certify quality before it is enforced.")
    )
    private = say(
        "Known secrets are blotted out; what people wrote is shown. Treat this page like the prompts."
    )
    return tokens, loss, private


def _table(diff: RequestDiff, say: Language) -> Table:
    columns = (Column(say("Change"), "change"), Column(say("Line"), "line"))
    rows = tuple(
        Row((Cell(_SIGNS[line.kind], line.kind), Cell(_text(line, say), line.text)))
        for line in diff.lines
    )
    return Table("diff", columns, rows)


def _text(line: DiffLine, say: Language) -> str:
    if line.kind != "skipped":
        return line.text
    return say.count("{number} equal line", "{number} equal lines", int(line.text))
