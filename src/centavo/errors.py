"""Every error that centavo raises on purpose, as one tree.

```
CentavoError                 message (what, where, which value) and hint (what to do next)
├── InputError               a file that cannot be read as what it claims to be      exit 2
│   ├── UnknownFormatError   no source recognises the file                           exit 2
│   └── BadValueError        one value: file, line, column, value                    exit 2
├── ConfigError              a setting, option or rules file that cannot be used     exit 2
├── LedgerError              the ledger is missing, read-only, full or damaged       exit 2
│   ├── LedgerBusyError      another process is writing                              exit 2
│   └── ChangedMeanwhileError  somebody else acted since the reader looked          exit 2
├── CurrencyError            amounts that must not be added, or a missing rate       exit 2
├── PriceError               a price file or model name that cannot be used          exit 2
├── GateError                a check found what it was told to fail on               exit 1
└── ProviderError            a cloud provider or the network failed                  exit 3
```
"""

from typing import ClassVar

__all__ = [
    "BadValueError",
    "CentavoError",
    "ChangedMeanwhileError",
    "ConfigError",
    "CurrencyError",
    "GateError",
    "InputError",
    "LedgerBusyError",
    "LedgerError",
    "PriceError",
    "ProviderError",
    "UnknownFormatError",
]


class CentavoError(Exception):
    """What went wrong, for the reader: a message and a hint.

    Args:
        message: What, where and which value, as one sentence.
        hint: What to do next; empty when there is nothing to add.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(CentavoError):
    """A file that cannot be read as what it claims to be."""


class UnknownFormatError(InputError):
    """No source recognises the file."""


class BadValueError(InputError):
    """One value of one file that cannot be read.

    Args:
        problem: What is wrong with the value, as a phrase: "is not a decimal number".
        file: The file as the user named it.
        line: 1-based line of the file; ``None`` where the format has no lines (Parquet).
        column: Column or key as the file names it.
        value: The value as it stands in the file; shortened for the message; ``...`` where there is
            none to show, as of a missing key.
        hint: What to do next.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str,
        line: int | None,
        column: str,
        value: object = ...,
        hint: str = "",
    ) -> None:
        shown = "" if value is ... else f": {value!r}"
        shown = shown if len(shown) <= 82 else shown[:79] + "..."
        where = file if line is None else f"{file}, line {line}"
        super().__init__(f"{where}: {column} {problem}{shown}", hint=hint)
        self.problem = problem
        self.file = file
        self.line = line
        self.column = column
        self.value = value


class ConfigError(CentavoError):
    """A setting, option or rules file that cannot be used."""


class LedgerError(CentavoError):
    """The ledger is missing, read-only, full or damaged."""


class LedgerBusyError(LedgerError):
    """Another process is writing to the ledger."""


class ChangedMeanwhileError(LedgerError):
    """Somebody else acted on a finding or a saving since the reader looked at it.

    Args:
        what: "finding 3e59dcad6660".
        actor: Who did.
        action: What they did: "resolved".
    """

    def __init__(self, what: str, actor: str, action: str) -> None:
        super().__init__(
            f"{actor} was quicker: {what} is {action} meanwhile",
            hint="Look at it again, then decide.",
        )
        self.actor = actor
        self.action = action


class CurrencyError(CentavoError):
    """Amounts in currencies that must not be added, or a rate that is not known."""


class PriceError(CentavoError):
    """A price file or model name that cannot be used."""


class GateError(CentavoError):
    """A check found what it was told to fail on."""

    exit_code = 1


class ProviderError(CentavoError):
    """A cloud provider or the network failed."""

    exit_code = 3
