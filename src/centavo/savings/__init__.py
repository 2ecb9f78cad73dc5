"""What the same work would have cost: levers replayed jointly on recorded traffic, and the register of savings."""

from centavo.savings.certificate import (
    CertificatePlan,
    CertifiedMove,
    certify_move,
    plan_certificate,
)
from centavo.savings.certificate_bounds import labels_needed, largest_loss
from centavo.savings.certificate_projection import Projection, project_total
from centavo.savings.certificate_stream import CertificateStream, proved_thresholds
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter, Quality
from centavo.savings.simulate import simulate
from centavo.savings.simulation import Simulation, Step
from centavo.savings.traffic import Traffic

__all__ = [
    "CertificatePlan",
    "CertificateStream",
    "CertifiedMove",
    "Change",
    "Lever",
    "LeverKind",
    "LeverSettings",
    "Parameter",
    "Projection",
    "Quality",
    "Simulation",
    "Step",
    "Traffic",
    "certify_move",
    "labels_needed",
    "largest_loss",
    "plan_certificate",
    "project_total",
    "proved_thresholds",
    "simulate",
]
