"""One request to a model, as the generator knows it: also what the log will not say."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

__all__ = ["Body", "Call", "Tokens"]


class Tokens(NamedTuple):
    """Tokens of a request, in exclusive classes; ``reasoning`` is a part of ``output``."""

    uncached: int
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def input(self) -> int:
        """All input tokens."""
        return self.uncached + self.cache_read + self.cache_write


class Body(NamedTuple):
    """What was said, for the few requests that are logged with their bodies.

    Attributes:
        system: System prompt.
        tools: Names of the tools whose schemas the request carried.
        messages: User and assistant texts in turn; the first and the last are the user's.
        answer: What the model said.
    """

    system: str
    tools: tuple[str, ...]
    messages: tuple[str, ...]
    answer: str


@dataclass(slots=True)
class Call:
    """A request and its truth.

    Attributes:
        at_ms: Start, milliseconds since 1970 in UTC.
        day: UTC day of the start.
        stream: Code of the stream that made it, such as ``chat``.
        application: True application, whether the log names it or not.
        environment: production, staging, test or development.
        endpoint: Route of the application.
        feature: Feature of the application.
        provider: openai, anthropic or google.
        model: As priced.
        tokens: All zero when the request failed.
        cost_pico: Price of the day, in 10⁻¹² USD.
        duration_ms: Whole request.
        status: HTTP status.
        customer: Seller that asked; empty when nobody outside did.
        session: Conversation or run.
        event_id: Unique in the sample.
        attempt: 1 for the first try.
        parent: ``event_id`` that this one retries; empty otherwise.
        is_long: Whether the long-context price applied.
        is_logged: Whether the request log has it; the bill always has it.
        incident: Id of the incident that made the whole call; empty otherwise.
        plain_cost_pico: What the call would have cost without the ramp; ``None`` outside it.
        excess_tokens: Input tokens that only the bloated prompt adds.
        prefix_tokens: Input tokens at the start that are the same in every call of the stream.
        body: Logged texts, or ``None``.
    """

    at_ms: int
    day: date
    stream: str
    application: str
    environment: str
    endpoint: str
    feature: str
    provider: str
    model: str
    tokens: Tokens
    cost_pico: int
    duration_ms: int
    status: int
    customer: str
    session: str
    event_id: str = ""
    attempt: int = 1
    parent: str = ""
    is_long: bool = False
    is_logged: bool = True
    incident: str = ""
    plain_cost_pico: int | None = None
    excess_tokens: int = 0
    prefix_tokens: int = 0
    body: Body | None = None
