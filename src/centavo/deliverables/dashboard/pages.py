"""The pages: their names in the address, their questions, and what prepares each."""

from collections.abc import Callable
from dataclasses import dataclass

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Page
from centavo.deliverables.prepare.actions import actions_page
from centavo.deliverables.prepare.happened import happened_page
from centavo.deliverables.prepare.outlook import outlook_page
from centavo.deliverables.prepare.proof import proof_page
from centavo.deliverables.prepare.trust import trust_page
from centavo.deliverables.prepare.where import where_page
from centavo.deliverables.reading import LongAnswer, Reading

__all__ = ["PAGES", "PageKind"]


@dataclass(frozen=True)
class PageKind:
    """A page.

    Attributes:
        id: Its name in the address.
        question: A message.
        prepare: What prepares it.
        beside: What it draws on that takes seconds and an engine of its own: it is asked for beside other pages.
    """

    id: str
    question: str
    prepare: Callable[[Reading, Asked, Language], Page]
    beside: tuple[LongAnswer, ...] = ()


PAGES: tuple[PageKind, ...] = (
    PageKind("where", N_("Where does it go?"), where_page),
    PageKind("happened", N_("What happened?"), happened_page),
    PageKind("actions", N_("What should we do?"), actions_page, ("frontier", "cache_plan")),
    PageKind("proof", N_("Did it work?"), proof_page),
    PageKind("outlook", N_("What will it cost?"), outlook_page),
    PageKind("trust", N_("Can I trust it?"), trust_page, ("disputes",)),
)
