"""What an environment's name says: production, or not."""

import re
from typing import Literal

__all__ = ["EnvironmentKind", "environment_kind"]

EnvironmentKind = Literal["production", "other"]
_PRODUCTION = re.compile(r"^(prd|prod|production|producao|produção|live)([-_ ]?\w{0,3})?$")
_OTHER = re.compile(
    r"(^|[-_ ])(dev|devel|development|desenvolvimento|test|tests|testing|teste|qa|uat|sit|stage|"
    r"staging|stg|sandbox|sbx|hml|hom|homolog|homologacao|homologação|preview|preprod|pre-prod|ci|"
    r"demo|lab|local|experiment|ephemeral|nonprod|non-prod)([-_ ]|\d|$)"
)


def environment_kind(name: str | None) -> EnvironmentKind | None:
    """Return whether an environment is production; ``None`` when its name says nothing.

    >>> [environment_kind(name) for name in ("Production", "ephemeral-test", "eu-west", None)]
    ['production', 'other', None, None]
    """
    text = (name or "").strip().lower()
    # "pre-prod" and "nonprod" must not pass as production: what is not production is asked first.
    if _OTHER.search(text):
        return "other"
    return "production" if _PRODUCTION.match(text) else None
