"""Dated exchange rates: from the user's file, or from the rows of a bill, and always named."""

import bisect
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation, localcontext
from itertools import pairwise
from pathlib import Path

from centavo.errors import BadValueError, ConfigError, CurrencyError
from centavo.ledger.toml_lines import near_names
from centavo.money import LEDGER_DECIMALS, Money, currency_code

__all__ = ["DEFAULT_MAX_AGE_DAYS", "Conversion", "ExchangeRates", "Rate"]

# A weekend and a holiday pass without rates; more than a week is another rate.
DEFAULT_MAX_AGE_DAYS = 7

_PIVOT = "USD"
_COLUMNS = ("date", "from", "to", "rate")


@dataclass(frozen=True)
class Rate:
    """Units of ``to`` for one unit of ``base``, as the file states them, from ``day`` on.

    Attributes:
        source: Who published it, where the file says.
        line: Line of the file.
    """

    day: date
    base: str
    to: str
    value: Decimal
    source: str
    line: int


@dataclass(frozen=True)
class Conversion:
    """How an amount becomes another currency: times ``multiply``, divided by ``divide``.

    Attributes:
        currency: Currency of the result.
        multiply: Exact factor of 12 decimals; 1 for none.
        divide: Exact divisor of 12 decimals; 1 for none.
        source: Which rate of which day from where: "BRL per USD 5.4321 of 2026-10-03 from rates.csv".
    """

    currency: str
    multiply: Decimal
    divide: Decimal
    source: str

    def apply(self, amount: Decimal) -> Money:
        """Return the converted amount; each step is rounded half to even at the 12th decimal."""
        with localcontext(prec=100, rounding=ROUND_HALF_EVEN):
            product = (amount * self.multiply).quantize(LEDGER_DECIMALS)
            return Money((product / self.divide).quantize(LEDGER_DECIMALS), self.currency)


class ExchangeRates:
    """The dated rates of one file.

    The rate of a day is the latest on or before it, if it is not too old. Between two currencies the
    rate as stated comes first, then the inverse of the opposite rate, then the way through USD.

    Args:
        rates: In any order; one per day and pair of currencies.
        name: Shown with every rate that is used: ``rates.csv``.
        max_age_days: A rate older than this is unknown.
    """

    def __init__(
        self, rates: Iterable[Rate], *, name: str, max_age_days: int = DEFAULT_MAX_AGE_DAYS
    ) -> None:
        self.name = name
        self.max_age_days = max_age_days
        self._by_pair: dict[tuple[str, str], list[Rate]] = {}
        for rate in sorted(rates, key=lambda rate: rate.day):
            self._by_pair.setdefault((rate.base, rate.to), []).append(rate)

    @classmethod
    def load(cls, path: Path, *, max_age_days: int = DEFAULT_MAX_AGE_DAYS) -> "ExchangeRates":
        """Return the rates of a CSV file with the columns date, from, to, rate and maybe source.

        Columns are found by name, in any order; others are ignored.

        Raises:
            ConfigError: The file is missing, not text, or has no such header.
            BadValueError: A value cannot be read; with file, line, column and value.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise ConfigError(f"{path} does not exist") from None
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path} is not UTF-8 text (byte {error.start})") from None
        rates = list(_read(text.splitlines(), str(path)))
        if not rates:
            raise ConfigError(
                f"{path} has no rates", hint="One line a day: 2026-10-03,USD,BRL,5.4321"
            )
        return cls(rates, name=path.name, max_age_days=max_age_days)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Every currency that the file names, in alphabetical order."""
        return tuple(sorted({currency for pair in self._by_pair for currency in pair}))

    def find(self, base: str, to: str, day: date) -> Conversion | None:
        """Return how an amount of that day converts; ``None`` when the rate is not known."""
        ways = (
            ((base, to),),
            ((base, _PIVOT), (_PIVOT, to)),
        )
        for way in ways:
            conversion = self._along(way, day)
            if conversion is not None:
                return conversion
        return None

    def intervals(self, base: str, to: str) -> Iterator[tuple[date, date, Conversion]]:
        """Yield the days, last excluded, on which one conversion holds; days without are left out."""
        legs = ((base, to), (base, _PIVOT), (_PIVOT, to))
        pairs = {*legs, *((second, first) for first, second in legs)}
        rates = [rate for pair in pairs for rate in self._by_pair.get(pair, [])]
        lasts = timedelta(days=self.max_age_days + 1)
        days = sorted({rate.day for rate in rates} | {rate.day + lasts for rate in rates})
        for first, end in pairwise(days):
            conversion = self.find(base, to, first)
            if conversion is not None:
                yield first, end, conversion

    def _along(self, way: tuple[tuple[str, str], ...], day: date) -> Conversion | None:
        multiply = divide = Decimal(1)
        sources: list[str] = []
        for base, to in way:
            rate = self._latest(base, to, day)
            if rate is not None:
                multiply = (multiply * rate.value).quantize(LEDGER_DECIMALS)
            else:
                rate = self._latest(to, base, day)
                if rate is None:
                    return None
                divide = (divide * rate.value).quantize(LEDGER_DECIMALS)
            sources.append(self._named(rate))
        if not (multiply and divide):  # two tiny rates whose product has no digit left
            return None
        return Conversion(way[-1][1], multiply, divide, " and ".join(sources))

    def _latest(self, base: str, to: str, day: date) -> Rate | None:
        rates = self._by_pair.get((base, to), [])
        index = bisect.bisect_right(rates, day, key=lambda rate: rate.day) - 1
        if index < 0 or (day - rates[index].day).days > self.max_age_days:
            return None
        return rates[index]

    def _named(self, rate: Rate) -> str:
        publisher = f" ({rate.source})" if rate.source else ""
        value = f"{rate.value.normalize():f}"
        return f"{rate.to} per {rate.base} {value} of {rate.day} from {self.name}{publisher}"


def _read(lines: list[str], file: str) -> Iterator[Rate]:
    reader = csv.reader(lines)
    header = [name.strip().casefold() for name in next(reader, None) or ()]
    for column in (*_COLUMNS, "source"):
        if column in _COLUMNS and column not in header:
            raise ConfigError(
                f"{file}, line 1: no column {column}",
                hint=f"The header is date,from,to,rate. {near_names(column, header)}",
            )
        if header.count(column) > 1:
            raise ConfigError(f"{file}, line 1: column {column} stands twice")
    seen: dict[tuple[date, str, str], Rate] = {}
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        rate = _rate(header, cells, file=file, line=reader.line_num)
        before = seen.setdefault((rate.day, rate.base, rate.to), rate)
        if before.value != rate.value:
            raise BadValueError(
                f"contradicts line {before.line}, which says {before.value}",
                file=file, line=rate.line, column="rate", value=str(rate.value),
            )  # fmt: skip
        if before is rate:
            yield rate


def _rate(header: list[str], cells: list[str], *, file: str, line: int) -> Rate:
    row = dict(zip(header, cells, strict=False))

    def bad(problem: str, column: str, hint: str = "") -> BadValueError:
        return BadValueError(
            problem, file=file, line=line, column=column, value=row.get(column, ""), hint=hint
        )

    if len(cells) != len(header):
        raise ConfigError(
            f"{file}, line {line}: {len(cells)} values where the header names {len(header)}",
            hint="Decimals have a point, not a comma; or put the value in quotes.",
        )
    try:
        day = date.fromisoformat(row["date"].strip())
    except ValueError:
        raise bad("is not a date", "date", "Write 2026-10-03.") from None

    def currency(column: str) -> str:
        try:
            return currency_code(row[column])
        except CurrencyError as error:
            raise bad("is not a currency code", column, error.hint) from None

    base, to = currency("from"), currency("to")
    if base == to:
        raise bad("is the same currency as from", "to")
    value = _decimal(row["rate"])
    if value is None:
        raise bad("is not a decimal number", "rate", "Write 5.4321, with a point.")
    if not LEDGER_DECIMALS <= value < Decimal("1e12"):
        raise bad("is not between 0.000000000001 and 1000000000000", "rate")
    return Rate(day, base, to, value, row.get("source", "").strip(), line)


def _decimal(text: str) -> Decimal | None:
    """Return the rate to 12 decimals, half to even; ``None`` when the text is no number."""
    if "_" in text:
        return None
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    with localcontext(prec=100, rounding=ROUND_HALF_EVEN):
        return value.quantize(LEDGER_DECIMALS) if value.is_finite() else None
