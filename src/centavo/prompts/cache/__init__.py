"""Provider prompt caches: their dated terms, their replay on recorded traffic, and the policy that pays."""

from centavo.prompts.cache.bill import CachePrices
from centavo.prompts.cache.block_trace import read_block_trace
from centavo.prompts.cache.choice import PolicyResult, choose_policy
from centavo.prompts.cache.policies import LearningPolicy, everything, nothing, oracle
from centavo.prompts.cache.replay import CacheUse, Lifetime, replay
from centavo.prompts.cache.request import CacheRequest
from centavo.prompts.cache.terms import CacheTerms, load_terms, terms_of

__all__ = [
    "CachePrices",
    "CacheRequest",
    "CacheTerms",
    "CacheUse",
    "LearningPolicy",
    "Lifetime",
    "PolicyResult",
    "choose_policy",
    "everything",
    "load_terms",
    "nothing",
    "oracle",
    "read_block_trace",
    "replay",
    "terms_of",
]
