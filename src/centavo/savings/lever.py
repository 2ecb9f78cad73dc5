"""A lever: a function from recorded usage to the usage that would have been.

How to write one
----------------

A lever reads ``traffic.events`` (and ``traffic.parts``) and answers with a ``Change``: a SELECT of the
requests that it touches, complete, as they would have been. It never prices anything and never looks
at other levers: the plan replays the levers in order, each on what the one before left, and prices
each touched request once with the price book.

    def apply(traffic: Traffic) -> Change:
        return Change(f"SELECT * REPLACE ('batch' AS processing_tier) FROM {traffic.events} "
                      f"WHERE {settings.where_sql} AND coalesce(processing_tier, 'standard') = 'standard'")

* Keep ``request_no`` and every column; give only ``REWRITABLE`` ones another value.
* A request that would not have been made: let its rows out and name it in ``Change.dropped``, a SELECT
  of ``request_no``. A request may also come back as several rows (a cascade that asks twice).
* Leave out what would not change: it is the share of traffic that the report calls touched.
* A lever that works on parts answers with ``Change.parts`` instead: a SELECT of ``PART_COLUMNS`` with
  all parts of each touched request as they would have been. Its tokens follow from the parts
  (``parts.py``): input shrinks by the counted proportion, and cached tokens are lost where the cached
  beginning shrinks.
* What cannot be simulated is counted, never guessed: ``Change.not_simulated`` maps a reason to the
  number of requests of the scope that it keeps from being simulated. Requests that the price book
  cannot price as changed stay as they were and are counted by the plan itself.
* A long computation (a cache simulator in Python) may put its answer into a temporary table of
  ``traffic.engine`` and SELECT from that; make its name unique with ``next_name``.

A ``LeverKind`` makes a lever of the settings that a plan file or the command line states. Each module
lists its kinds in a tuple (``levers/__init__.py``, ``prompts/levers``); the command line joins them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Literal

from centavo.message import Words
from centavo.savings.traffic import Traffic
from centavo.savings.where import Where

__all__ = [
    "Change", "Lever", "LeverKind", "LeverSettings", "Parameter", "Quality", "SavingKind", "next_name",
]  # fmt: skip

_NUMBER = count(1)

SavingKind = Literal["reduction", "avoidance"]
"""Reduction: the bill falls against the baseline. Avoidance: future spend that is not incurred."""


@dataclass(frozen=True)
class Quality:
    """What a lever does to the answers.

    Attributes:
        is_lossless: Whether answers stay what they were, by construction.
        change: Measured change of quality in points of 0 to 1, below zero for worse; ``None`` when
            nobody measured it.
        basis: How that is known: "same bytes sent", "certificate 2026-11: …", "not measured".
    """

    is_lossless: bool
    change: Decimal | None
    basis: Words


@dataclass(frozen=True)
class Change:
    """What a lever makes of its traffic; SQL that runs on the traffic's engine.

    Attributes:
        events: SELECT of touched requests as they would have been; empty for none.
        parts: SELECT of all parts of touched requests as they would have been; empty for none.
        dropped: SELECT of ``request_no`` that would not have been made; empty for none.
        keeps_beginning: With ``parts``: whether the beginning that requests have in common stays
            common. A window over the history moves with every turn and breaks it.
        not_simulated: Requests of the scope that could not be simulated, by reason.
        notes: What a reader must know of this run: assumptions with their figures.
        quality: What it does to the answers, where that is known of this traffic only; ``None`` for
            what the lever says of itself.
    """

    events: str = ""
    parts: str = ""
    dropped: str = ""
    keeps_beginning: bool = True
    not_simulated: Mapping[str, int] = field(default_factory=dict[str, int])
    notes: tuple[str, ...] = ()
    quality: Quality | None = None


@dataclass(frozen=True)
class Lever:
    """One lever of a plan, with its settings in it.

    Attributes:
        kind: Name of its kind.
        label: What it does, for a person: "claude-haiku-4-5 instead of claude-opus-4-6".
        apply: Pure function of the traffic.
        where: Scope that it is confined to.
        quality: What it does to the answers.
        saving: Reduction or avoidance.
        needs_parts: Whether it reads parts; without bodies it then simulates nothing and says so.
        words: The lever as the command line writes it, by which it can be made again; set by the plan.
    """

    kind: str
    label: str
    apply: Callable[[Traffic], Change]
    where: Where
    quality: Quality
    saving: SavingKind = "reduction"
    needs_parts: bool = False
    words: str = ""


@dataclass(frozen=True)
class Parameter:
    """A setting of a kind of lever.

    Attributes:
        name: Key in the plan file and on the command line.
        doc: What it means, with the unit.
        is_required: Whether there is no default.
    """

    name: str
    doc: str
    is_required: bool = False


@dataclass(frozen=True)
class LeverSettings:
    """What a plan states for one lever: its scope, and text by parameter.

    ``fail`` raises the error that names the place of a parameter: file and line, or the option.
    """

    where: Where
    values: Mapping[str, str]
    fail: Callable[[str, str], Exception]

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as it was typed."""
        return self.values.get(name, default)

    def number(self, name: str, default: Decimal | None = None) -> Decimal | None:
        """Return a parameter as a decimal number of 0 or more.

        Raises:
            CentavoError: It is none; names the place.
        """
        value = self.values.get(name)
        if value is None:
            return default
        try:
            number = Decimal(value)
        except ArithmeticError:
            number = Decimal(-1)
        if not number.is_finite() or number < 0:
            raise self.fail(name, "is not a number of 0 or more")
        return number

    @property
    def where_sql(self) -> str:
        """The condition of the scope, for a WHERE on ``events``."""
        return self.where.sql


@dataclass(frozen=True)
class LeverKind:
    """A kind of lever, as plans name it.

    Attributes:
        name: In plan files and on the command line.
        doc: What it does and what it assumes, for the list of levers.
        parameters: Its settings, beside the scope.
        make: Makes the lever; raises through ``LeverSettings.fail``.
        place: Where it stands in the usual order of a plan: the least first.
        excludes: Names of kinds that do the same to the same requests.
        is_harmless: Whether it fits every request without a setting: answers stay, and when they come.
    """

    name: str
    doc: str
    parameters: Sequence[Parameter]
    make: Callable[[LeverSettings], Lever]
    place: int
    excludes: frozenset[str] = frozenset()
    is_harmless: bool = False


def next_name(purpose: str) -> str:
    """Return a name for a temporary table that no other lever has."""
    return f"lever_{purpose}_{next(_NUMBER)}"
