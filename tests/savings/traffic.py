"""A ledger in memory with requests for simulations, and levers by the words of the command line."""

from datetime import datetime, timedelta

from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.savings import Lever, LeverSettings, Simulation, simulate
from centavo.savings.levers import KINDS
from centavo.savings.recording import Question
from centavo.savings.where import Where
from tests.memory_ledger import empty_ledger, insert

START = datetime(2026, 11, 2)  # noqa: DTZ001 -- naive UTC, as in the ledger
BOOK = PriceBook.load()


def request(number: int, **columns: object) -> dict[str, object]:
    """Return a request of claude-opus-4-6, a minute after the one before."""
    default: dict[str, object] = {
        "event_id": f"e{number}",
        "source": "requests",
        "batch_id": "b",
        "started_at": START + timedelta(minutes=number),
        "provider": "anthropic",
        "requested_model": "claude-opus-4-6",
        "answered_model": "claude-opus-4-6",
        "application": "chat",
        "environment": "production",
        "is_error": False,
        "input_uncached_tokens": 1000,
        "cache_read_tokens": 0,
        "output_tokens": 100,
    }
    return default | columns


def ledger_of(*requests: dict[str, object]) -> Ledger:
    """Return a ledger with these requests, priced by nobody yet."""
    ledger = empty_ledger()
    insert(ledger, "usage_events", requests)
    return ledger


def lever(kind: str, where: dict[str, list[str]] | None = None, **values: str) -> Lever:
    """Return a lever with its settings."""

    def fail(name: str, problem: str) -> Exception:
        return ConfigError(f"{name} {problem}")

    made = next(each for each in KINDS if each.name == kind)
    return made.make(LeverSettings(Where.of(where or {}), values, fail))


def run(ledger: Ledger, *levers: Lever, by: tuple[str, ...] = (), seed: int = 0) -> Simulation:
    """Return the simulation of levers on the whole ledger."""
    return simulate(ledger, levers, Question(Period(), by, seed), book=BOOK)
