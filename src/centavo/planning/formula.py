"""Formulas of derived quantities: names, numbers with a unit, ``+ - * /`` and brackets, nothing else.

There is nothing to call, index or look up, so that a plan from elsewhere can be opened safely. A
formula is checked once for its unit and then computed over exact decimals or over arrays of draws.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, Self, TypeVar

from centavo.planning.units import ONE, Unit, UnitError, parse_unit

__all__ = ["Formula", "FormulaError", "Values", "parse_formula"]

_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>[-+*/()%]))"
)
_LONGEST = 1_000
_DEEPEST = 40


class FormulaError(ValueError):
    """A formula that cannot be read or whose units do not go together."""


class _Number(Protocol):
    """What formulas compute with: exact decimals, or arrays of floats."""

    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...
    def __truediv__(self, other: Self, /) -> Self: ...


_N = TypeVar("_N", bound=_Number)
_Found_co = TypeVar("_Found_co", covariant=True)


class Values(Protocol[_Found_co]):
    """Values by name; a mapping is one."""

    def __getitem__(self, name: str, /) -> _Found_co: ...


@dataclass(frozen=True)
class Formula:
    """A formula in postfix order: what ``2 * data`` means, ready to be computed many times.

    Attributes:
        text: As written.
        steps: Base-unit constants, names, or one of ``+ - * /``; operands come first.
        units: Unit of each constant, by its place in ``steps``.
    """

    text: str
    steps: tuple[Decimal | str, ...]
    units: Mapping[int, Unit]

    @property
    def names(self) -> frozenset[str]:
        """The quantities that it is computed from."""
        return frozenset(
            step for step in self.steps if isinstance(step, str) and step not in "+-*/"
        )

    def unit(self, known: Mapping[str, Unit]) -> Unit:
        """Return the unit of the result, at scale 1.

        Raises:
            FormulaError: A name is not known, or a sum is of different units.
        """
        stack: list[Unit] = []
        for place, step in enumerate(self.steps):
            if isinstance(step, Decimal):
                stack.append(self.units[place].base)
            elif step not in "+-*/":
                if step not in known:
                    raise FormulaError(f"names {step!r}, which is no driver or quantity here")
                stack.append(known[step].base)
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_combined(left, right, step))
        return stack[0]

    def value(self, values: Values[_N], constant: Callable[[Decimal], _N]) -> _N:
        """Return the result in base units.

        Args:
            values: Each name's value in base units.
            constant: Turns an exact constant into the kind of number computed with.

        Raises:
            ZeroDivisionError: A divisor is zero (decimals only).
        """
        stack: list[_N] = []
        for step in self.steps:
            if isinstance(step, Decimal):
                stack.append(constant(step))
            elif step not in "+-*/":
                stack.append(values[step])
            else:
                right, left = stack.pop(), stack.pop()
                stack.append(_computed(left, right, step))
        return stack[0]


def _combined(left: Unit, right: Unit, sign: str) -> Unit:
    if sign in "*/":
        return left.times(right, power=1 if sign == "*" else -1)
    if not left.measures_the_same(right):
        verb = "adds" if sign == "+" else "subtracts"
        raise FormulaError(f"{verb} {left.text} and {right.text}")
    return left


def _computed(left: _N, right: _N, sign: str) -> _N:
    if sign == "+":
        return left + right
    if sign == "-":
        return left - right
    return left * right if sign == "*" else left / right


def parse_formula(text: str, *, own_units: Collection[str] = ()) -> Formula:
    """Return the formula of a text such as ``users * 3 GB * 1 month``.

    A number may be followed by the name of a unit, which binds tighter than any sign; after a unit,
    ``-`` and ``/`` are signs of the formula: write ``2 GB * 1 month``, or put ``GB-month`` in quotes of
    a driver's ``unit``.

    Raises:
        FormulaError: It is not a formula, is too long, or calls something.
        UnitError: A unit is not known.

    >>> sorted(parse_formula("users * 3 GB").names)
    ['users']
    """
    if len(text) > _LONGEST:
        raise FormulaError(f"is longer than {_LONGEST:,} characters")
    parser = _Parser(list(_tokens(text)), own_units)
    parser.sum(0)
    parser.end()
    return Formula(text.strip(), tuple(parser.steps), parser.units)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    called = _CALL.search(text)
    if called is not None:
        raise FormulaError(f"calls {called[1]}: formulas call nothing")
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise FormulaError(f"has {text[place:].strip()[:1]!r}, which no formula has")
        place = found.end()
        kind = found.lastgroup or ""
        yield kind, found[kind]


class _Parser:
    """Recursive descent over the tokens; ``steps`` and ``units`` grow in postfix order."""

    def __init__(self, tokens: list[tuple[str, str]], own_units: Collection[str]) -> None:
        self._tokens = tokens
        self._place = 0
        self._own = own_units
        self.steps: list[Decimal | str] = []
        self.units: dict[int, Unit] = {}

    def _next(self) -> tuple[str, str]:
        return self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")

    def sum(self, depth: int) -> None:
        """Read terms joined by plus and minus."""
        if depth > _DEEPEST:
            raise FormulaError(f"has brackets more than {_DEEPEST} deep")
        self._signs("+-", lambda: self._signs("*/", lambda: self._factor(depth)))

    def end(self) -> None:
        """Check that nothing is left."""
        if self._place < len(self._tokens):
            raise FormulaError(f"goes on with {self._next()[1]!r} where it should end")

    def _signs(self, signs: str, operand: Callable[[], None]) -> None:
        operand()
        while (token := self._next())[0] == "sign" and token[1] in signs:
            self._place += 1
            operand()
            self.steps.append(token[1])

    def _factor(self, depth: int) -> None:
        kind, text = self._next()
        self._place += 1
        if kind == "number":
            self._constant(Decimal(text.replace("_", "")))
        elif kind == "name":
            if self._next()[1] == "(":
                raise FormulaError(f"calls {text}: formulas call nothing")
            self.steps.append(text)
        elif text == "(":
            self.sum(depth + 1)
            if self._next()[1] != ")":
                raise FormulaError("has a bracket that is not closed")
            self._place += 1
        else:
            raise FormulaError(f"has {text or 'its end'!r} where a number or a name should stand")

    def _constant(self, number: Decimal) -> None:
        kind, text = self._next()
        unit = ONE
        if kind == "name" or text == "%":
            unit = self._unit(text)
            self._place += 1
        self.units[len(self.steps)] = unit
        self.steps.append(number * unit.scale)

    def _unit(self, text: str) -> Unit:
        try:
            return parse_unit(text, own=self._own)
        except UnitError as error:
            raise FormulaError(f"has an unknown unit: {error}") from None
