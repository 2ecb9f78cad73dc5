"""The identity of a finding: the same code on the same subject is the same finding, any week."""

import hashlib
import json
from collections.abc import Mapping

__all__ = ["finding_id"]


def finding_id(code: str, subject: Mapping[str, str]) -> str:
    """Return 12 hex digits; the order of the subject's dimensions does not matter.

    >>> finding_id("CON104", {"model": "m", "provider": "p"})
    'e7a96544d60f'
    >>> finding_id("CON104", {"provider": "p", "model": "m"})
    'e7a96544d60f'
    """
    text = json.dumps([code, sorted(subject.items())], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:12]
