"""One runner of golden pairs for every module's rules: rows in, findings out.

``CENTAVO_GOLDEN=write`` writes the expected files anew: read the difference before you commit it.
"""

import os
import re
from decimal import Decimal
from pathlib import Path

from centavo.findings import Blind, Looked, RuleSettings
from centavo.period import Period

__all__ = ["GoldenRules", "check_portuguese", "finding_text"]

ENGLISH = re.compile(
    r"\b(the|of|and|requests?|costs?|is|are|was|were|with|days?|than|since|from)\b"
)


class GoldenRules:
    """The rules of a module and the folder of their pairs, ``CODE.jsonl`` or ``CODE-what.jsonl``."""

    def __init__(self, rules, folder: Path, *, now, render=None) -> None:
        self.rules, self.folder, self.now = rules, folder, now
        self._render = render or _blocks
        self.cases = sorted(path.stem for path in folder.glob("*.jsonl"))

    def limits(self, rule) -> RuleSettings:
        """Return the settings of a rule with its defaults."""
        return self._limits(rule, None)

    def check(self, name: str, ledger) -> None:
        """Compare what a rule says of a ledger with the expected file of the case."""
        rule = next(rule for rule in self.rules if rule.code == name.partition("-")[0])
        policy = self.folder / f"{name}.policy.toml"
        limits = self._limits(rule, policy if policy.exists() else None)
        answer = rule.find(ledger, Period(), limits)
        if not isinstance(answer, Blind):
            for finding in answer.findings if isinstance(answer, Looked) else answer:
                check_portuguese(finding)
        text = (
            f"blind: {answer.reason}\n" if isinstance(answer, Blind) else self._text(ledger, answer)
        )
        expected = self.folder / f"{name}.txt"
        if os.environ.get("CENTAVO_GOLDEN") == "write":
            expected.write_text(text, encoding="utf-8")
        assert text == expected.read_text(encoding="utf-8")

    def check_pairs(self, rule) -> None:
        """Check that a rule has a case in which it finds something, and one in which it does not."""
        mine = [name for name in self.cases if name.partition("-")[0] == rule.code]
        texts = [(self.folder / f"{name}.txt").read_text(encoding="utf-8") for name in mine]
        silent = [text for text in texts if text.startswith(("nothing", "blind"))]
        assert silent
        assert len(silent) < len(texts)

    def check_page(self, rule) -> None:
        """Check that a rule has its sections, and each threshold a unit and a source."""
        assert rule.doc.title
        assert all(rule.doc.sections.values())
        assert all(
            each.source and each.unit and isinstance(each.default, Decimal)
            for each in rule.thresholds
        )

    def check_names(self) -> None:
        """Check that no code and no name stands for two rules."""
        assert len({rule.code for rule in self.rules}) == len(self.rules)
        assert len({rule.name for rule in self.rules}) == len(self.rules)

    def _limits(self, rule, policy: Path | None) -> RuleSettings:
        defaults = {each.name: each.default for each in rule.thresholds}
        return RuleSettings(self.now, policy=policy).with_limits(rule.code, defaults)

    def _text(self, ledger, answer) -> str:
        if not isinstance(answer, Looked):
            return self._render(ledger, answer) or "nothing\n"
        counts = [f"left out: {n} {reason}\n" for reason, n in answer.left_out.items() if n]
        return self._text(ledger, answer.findings) + "".join(counts)


def check_portuguese(finding) -> None:
    """Check that all that a finding says has Portuguese words."""
    from centavo.deliverables.language import language

    say = language("pt-BR")
    for words in (finding.sentence, finding.to_do, finding.wrong_when):
        assert say.knows(words), words
    # Names of the user's and quoted texts are theirs.
    ours = re.sub(r"\([\"'“].*[\"'”]\)", "", say.told(finding.sentence))
    assert not ENGLISH.search(ours), ours


def _blocks(_ledger, answer) -> str:
    return "\n".join(finding_text(finding) for finding in sorted(answer, key=lambda it: it.id))


def finding_text(finding) -> str:
    """Return what a finding says, line by line."""
    money = finding.per_30d
    shown = "unknown" if money is None else f"{money.as_json()['amount']} {money.currency}"
    period = finding.period
    lines = [
        f"{finding.code} {finding.id}",
        str(finding.sentence),
        f"where: {', '.join(f'{k}={v}' for k, v in finding.subject.items()) or 'everything'}",
        f"when: {period.since:%Y-%m-%d} until {period.until:%Y-%m-%d}",
        f"money: {shown} in 30 days, {finding.grade}, {finding.money_kind}",
        f"evidence: {finding.evidence.query}, {finding.evidence.row_count} rows",
    ]
    return "\n".join(lines) + "\n"
