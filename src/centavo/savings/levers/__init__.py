"""The levers that need no bodies, one file each; modules above add theirs."""

from centavo.savings.levers.batch import KIND as BATCH
from centavo.savings.levers.duplicates import KIND as DUPLICATES
from centavo.savings.levers.max_output import KIND as MAX_OUTPUT
from centavo.savings.levers.model import KIND as MODEL
from centavo.savings.levers.off import KIND as OFF
from centavo.savings.levers.retries import KIND as RETRIES
from centavo.savings.levers.tier import KIND as TIER

__all__ = ["KINDS"]

# In the usual order of a plan: what need not run at all first, then what runs on what, then how.
KINDS = (OFF, RETRIES, DUPLICATES, MODEL, TIER, BATCH, MAX_OUTPUT)
