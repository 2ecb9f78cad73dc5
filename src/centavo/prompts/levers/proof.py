"""What a lossy lever must show before it counts: the measured loss of quality, and where it is known from.

What a shorter prompt does to answers is nobody's guess. Without both, a lever says what it would take off
and counts nothing.
"""

from dataclasses import dataclass
from decimal import Decimal

from centavo.message import N_
from centavo.savings.lever import Change, LeverSettings, Parameter, Quality
from centavo.savings.traffic import Traffic

__all__ = ["PROOF_PARAMETERS", "Proof"]

_UNPROVED = "what it does to answers is not certified: state loss= and evidence="
PROOF_PARAMETERS = (
    Parameter(
        "loss", "measured loss of quality, in points of 0 to 1; without it nothing is counted"
    ),
    Parameter("evidence", "where the loss comes from, e.g. a certificate"),
)


@dataclass(frozen=True)
class Proof:
    """What somebody measured of a lossy lever.

    Attributes:
        loss: Of quality, in points of 0 to 1; ``None`` when it is not stated.
        evidence: Where it is known from; empty when it is not stated.
    """

    loss: Decimal | None
    evidence: str

    @classmethod
    def of(cls, settings: LeverSettings) -> "Proof":
        """Return what the settings of a lever state.

        Raises:
            CentavoError: The loss is no number from 0 to 1; names the place.
        """
        loss = settings.number("loss")
        if loss is not None and loss > 1:
            raise settings.fail("loss", "is not between 0 and 1")
        return cls(loss, settings.text("evidence"))

    @property
    def quality(self) -> Quality:
        """What is known of the answers."""
        return Quality(
            is_lossless=False,
            change=None if self.loss is None else -self.loss,
            basis=self.evidence or N_("not measured: nothing is counted"),
        )

    def counted(self, traffic: Traffic, change: Change) -> Change:
        """Return the change, or one that changes nothing and says what it would have taken off.

        Args:
            traffic: That the change was made of.
            change: With parts, or empty.
        """
        if (self.loss is not None and self.evidence) or not change.parts:
            return change
        row = traffic.engine.execute(
            f"WITH new AS ({change.parts}) SELECT (SELECT count(DISTINCT request_no) FROM new),"
            " (SELECT sum(tokens) FROM new),"
            f" (SELECT sum(tokens) FROM {traffic.parts} SEMI JOIN new USING (request_no))"
        ).fetchone()
        if not row or not row[2]:
            return Change()
        share = 100 * (1 - float(row[1] or 0) / float(row[2]))
        said = f"would take {share:.0f} % off the input of {row[0]:,} requests; nothing is counted"
        return Change(not_simulated={_UNPROVED: int(row[0])}, notes=(said,))
