"""The levers that work on the parts of prompts, one file each."""

from centavo.prompts.levers.compression import EXTRACT, LLMLINGUA
from centavo.prompts.levers.drop_tools import KIND as DROP_TOOLS
from centavo.prompts.levers.history import KIND as HISTORY
from centavo.prompts.levers.prompt_cache import KIND as PROMPT_CACHE
from centavo.prompts.levers.semantic_cache import KIND as SEMANTIC_CACHE
from centavo.prompts.levers.texts import COMPACT, DISTINCT_CHUNKS, ONCE, WHITESPACE

__all__ = ["KINDS"]

# In the usual order of a plan: what need not be asked, then shorter prompts, then what is left of them in the cache.
KINDS = (
    SEMANTIC_CACHE, DROP_TOOLS, DISTINCT_CHUNKS, COMPACT, ONCE, WHITESPACE, EXTRACT, LLMLINGUA, HISTORY,
    PROMPT_CACHE,
)  # fmt: skip
