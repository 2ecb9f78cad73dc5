"""What requests are made of: their parts, the tokens of each, and what could be said with fewer."""

from centavo.prompts.anatomy.calls import SCOPE, PromptTables, prompt_tables
from centavo.prompts.anatomy.counting import PartCounter
from centavo.prompts.anatomy.facts import TextFacts, facts_of
from centavo.prompts.anatomy.traffic_parts import traffic_parts

__all__ = [
    "SCOPE",
    "PartCounter",
    "PromptTables",
    "TextFacts",
    "facts_of",
    "prompt_tables",
    "traffic_parts",
]
