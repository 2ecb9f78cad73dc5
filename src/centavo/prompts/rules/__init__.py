"""The rules of prompts, in report order."""

from centavo.findings import Rule
from centavo.prompts.rules import (
    carried_outputs,
    constant_examples,
    grown_prompt,
    output_limit,
    repeated_chunks,
    repeated_requests,
    resent_files,
    resent_requests,
    said_again,
    uncached_prefix,
    unread_writes,
    unused_tools,
    verbose_json,
    verbose_outputs,
    volatile_prefix,
)

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    uncached_prefix.RULE,
    unread_writes.RULE,
    volatile_prefix.RULE,
    unused_tools.RULE,
    carried_outputs.RULE,
    repeated_chunks.RULE,
    verbose_json.RULE,
    said_again.RULE,
    repeated_requests.RULE,
    output_limit.RULE,
    verbose_outputs.RULE,
    resent_requests.RULE,
    constant_examples.RULE,
    resent_files.RULE,
    grown_prompt.RULE,
)
