"""The rules of prompts, in report order."""

from centavo.findings import Rule
from centavo.prompts.rules import grown_prompt, uncached_prefix, verbose_json

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (uncached_prefix.RULE, verbose_json.RULE, grown_prompt.RULE)
