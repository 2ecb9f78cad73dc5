"""One name for one thing: providers and models as meters, vendors and bills spell them."""

import re
from functools import cached_property

from centavo.ledger.provider_names import provider_id
from centavo.pricing.catalogue import Catalogue, ListedModel

__all__ = ["ModelNames", "provider_id"]

# What stands before and after a model's own name: vendor and region on Bedrock, dates, revisions.
_BEFORE = re.compile(r"^.*/|^(?:[a-z0-9-]+\.)+(?=[a-z])")
_AFTER = re.compile(
    r"(?:[-@](?:20\d{2}-?\d{2}-?\d{2}|latest|default|\d{3}|v\d+(?::\d+)?(?::\d+k)?))+$|:\d+$"
)


class ModelNames:
    """Names of models as the price book knows them, each looked up once.

    Args:
        aliases: The user's own: a name on a bill or in a log, and the model that it is.
    """

    def __init__(self, aliases: dict[str, str] | None = None) -> None:
        self._aliases = {key.lower(): value for key, value in (aliases or {}).items()}
        self._known: dict[tuple[str, str], str] = {}

    def model(self, provider: str, name: str | None) -> str | None:
        """Return the model's name in the price book, or a plain form of the name as it stands."""
        if not name or not name.strip():
            return None
        spelled = self._aliases.get(name.strip().lower(), name.strip())
        key = (provider, spelled.lower())
        if key not in self._known:
            self._known[key] = self._find(provider, spelled)
        return self._known[key]

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue()

    def _find(self, provider: str, name: str) -> str:
        hyphened = re.sub(r"[\s_]+", "-", name.lower())
        plain = _plain(hyphened)
        for candidate in dict.fromkeys((name, hyphened, plain)):
            for served_by in (provider, None):
                found = self._catalogue.find(served_by, candidate)
                if isinstance(found, ListedModel):
                    return _plain(found.model.lower())
        return plain


def _plain(name: str) -> str:
    """Return the name without vendor, region, date and revision.

    >>> _plain("us.anthropic.claude-3-5-haiku-20241022-v1:0"), _plain("gpt-4o-2024-08-06")
    ('claude-3-5-haiku', 'gpt-4o')
    """
    return _AFTER.sub("", _BEFORE.sub("", _BEFORE.sub("", name))) or name
