"""The proof on the bill: what the same work would have cost under the old policy, less what was billed for it."""

from centavo.savings.proof.question import DRIVERS, Driver, ProofQuestion
from centavo.savings.proof.verdict import outcome, proved_register
from centavo.savings.proof.verify import Proof, verify

__all__ = [
    "DRIVERS",
    "Driver",
    "Proof",
    "ProofQuestion",
    "outcome",
    "proved_register",
    "verify",
]
