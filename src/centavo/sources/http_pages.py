"""The one place where centavo speaks HTTP to a vendor: GET a page, patiently, and never a key leaks.

Every try has a timeout and a largest answer. What fails for a moment (no connection, 408, 425, 429,
5xx, an answer that is cut off) is tried again after a random wait that doubles ("full jitter",
aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter), and never earlier than the server
asks. Redirects are not followed, because the key would go with them.
"""

import json
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from centavo.errors import ConfigError, ProviderError
from centavo.sources.rate_limits import retry_after_s, spent_limit_s
from centavo.sources.record_values import as_object, text
from centavo.sources.secrets import redact

if TYPE_CHECKING:
    import httpx2

__all__ = ["Answer", "HttpPages", "Pacing", "RetryPolicy", "Server", "http_pages"]

_MOMENTARY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 522, 524, 529})
_REFUSED = frozenset({401, 403})
_LARGEST_BYTES = 128 * 1024 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_SHOWN = 200


@dataclass(frozen=True)
class RetryPolicy:
    """How long a page is tried for.

    Attributes:
        attempts: Tries for each page.
        first_wait_s: Upper end of the first random wait; it doubles with each try.
        longest_wait_s: No single wait is longer; a server that asks for more is given up.
        timeout_s: For a connection, and between two pieces of an answer.
        answer_s: For a whole answer.
    """

    attempts: int = 6
    first_wait_s: float = 1.0
    longest_wait_s: float = 120.0
    timeout_s: float = 60.0
    answer_s: float = 300.0


@dataclass(frozen=True)
class Pacing:
    """What time and chance are, so that a test may say.

    Attributes:
        clock: Now, aware, UTC.
        sleep: Waits so many seconds.
        random: A number from 0 up to, not including, 1.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    random: Callable[[], float]


@dataclass(frozen=True)
class Server:
    """A vendor's API and the key for it. The key is in no message and no ``repr``.

    Attributes:
        name: For messages: ``OpenAI``.
        url: Base address, without a slash at its end.
        key_name: Environment variable that holds the key.
        key: The key.
        headers: Sent with each request; they may hold the key.
    """

    name: str
    url: str
    key_name: str
    key: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)

    def __post_init__(self) -> None:
        try:
            address = urlsplit(self.url)
        except ValueError:
            address = urlsplit("")
        if address.scheme != "https" and address.hostname not in _LOOPBACK:
            raise ConfigError(
                f"{self.url!r} is not an https address", hint="A key is not sent over plain HTTP."
            )
        if not self.key.isascii() or not self.key.isprintable() or " " in self.key:
            raise ConfigError(
                f"{self.key_name} holds something that cannot be a key",
                hint="It has a space, a line break or a letter beyond ASCII; set it again.",
            )


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        status: HTTP status.
        body: Decompressed bytes.
        headers: By lower-case name.
    """

    status: int
    body: bytes
    headers: Mapping[str, str]


class _PassingError(Exception):
    """A failure that may be gone at the next try; its text says what failed."""


@contextmanager
def http_pages(
    server: Server,
    *,
    pacing: Pacing,
    policy: RetryPolicy | None = None,
    transport: "httpx2.BaseTransport | None" = None,
) -> Generator["HttpPages", None, None]:
    """Open a connection to the server for GETs.

    Args:
        server: Where, and with which key.
        pacing: Clock, sleep and random.
        policy: How long a page is tried for.
        transport: Stands in for the network.

    Raises:
        ConfigError: The library ``httpx2`` is not installed.
    """
    try:
        import httpx2
    except ImportError:
        raise ConfigError(
            "reading from a vendor's API needs httpx2", hint="Install it: pip install httpx2."
        ) from None
    chosen = policy or RetryPolicy()
    with httpx2.Client(
        headers=dict(server.headers),
        timeout=httpx2.Timeout(chosen.timeout_s),
        follow_redirects=False,
        transport=transport,
    ) as client:
        yield HttpPages(client, server, pacing, policy=chosen)


class HttpPages:
    """GETs pages of one server; made by ``http_pages``."""

    def __init__(
        self, client: "httpx2.Client", server: Server, pacing: Pacing, *, policy: RetryPolicy
    ) -> None:
        self._client = client
        self._server = server
        self._pacing = pacing
        self._policy = policy
        self._pause_s = 0.0

    @property
    def server_name(self) -> str:
        """Return the server's name, for messages."""
        return self._server.name

    def get(
        self,
        path: str,
        params: Sequence[tuple[str, str]],
        *,
        check: Callable[[bytes], None],
        tolerated: Collection[int] = (),
    ) -> Answer:
        """Return the answer, tried until it is whole or the policy is spent.

        Args:
            path: Begins with a slash.
            params: Of the query, in order; a name may stand twice.
            check: Raises ``ValueError`` where a body is no whole page; it is then asked for again.
            tolerated: Statuses beside 200 that are answers, not errors.

        Raises:
            ProviderError: The key was refused, the request was, or the server or the network
                kept failing.
        """
        tries = self._policy.attempts
        for attempt in range(tries):
            try:
                return self._try(path, params, check=check, tolerated=tolerated)
            except _PassingError as problem:
                if attempt + 1 == tries:
                    raise self._given_up(str(problem), f"after {tries} tries") from None
                self._wait(attempt, str(problem))
        raise AssertionError("unreachable: the last try returns or raises")

    def _try(
        self,
        path: str,
        params: Sequence[tuple[str, str]],
        *,
        check: Callable[[bytes], None],
        tolerated: Collection[int],
    ) -> Answer:
        if self._pause_s:
            self._pacing.sleep(min(self._pause_s, self._policy.longest_wait_s))
            self._pause_s = 0.0
        answer = self._ask(path, params)
        now = self._pacing.clock()
        if answer.status in _MOMENTARY:
            self._pause_s = retry_after_s(answer.headers, now) or spent_limit_s(answer.headers, now)
            raise _PassingError(_status(answer))
        self._pause_s = spent_limit_s(answer.headers, now)
        if answer.status != 200:
            if answer.status in tolerated:
                return answer
            raise self._refusal(answer, path)
        try:
            check(answer.body)
        except ValueError as error:
            raise _PassingError(f"an answer that is no whole page ({error})") from None
        return answer

    def _ask(self, path: str, params: Sequence[tuple[str, str]]) -> Answer:
        import httpx2

        begun = self._pacing.clock()
        parts: list[bytes] = []
        size = 0
        try:
            with self._client.stream(
                "GET", self._server.url + path, params=list(params)
            ) as response:
                for part in response.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > _LARGEST_BYTES:
                        raise ProviderError(
                            f"{self._server.name} answered more than {_LARGEST_BYTES >> 20} MiB"
                            f" at {path}",
                            hint="Ask for fewer days with --since and --until.",
                        )
                    taken = self._pacing.clock() - begun
                    if taken.total_seconds() > self._policy.answer_s:
                        raise _PassingError(f"an answer that took {taken.total_seconds():.0f} s")
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            # The type says it: the text may hold addresses, and for proxies passwords.
            raise _PassingError(f"{type(error).__name__} (network)") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, b"".join(parts), headers)

    def _wait(self, attempt: int, problem: str) -> None:
        longest = self._policy.longest_wait_s
        if self._pause_s > longest:
            asked = f"it asks to wait {self._pause_s:.0f} s"
            raise self._given_up(problem, asked)
        jitter = self._pacing.random() * min(longest, self._policy.first_wait_s * 2**attempt)
        # What the server asks for is the least; the jitter keeps a crowd from returning at once.
        self._pacing.sleep(self._pause_s + jitter)
        self._pause_s = 0.0

    def _given_up(self, problem: str, when: str) -> ProviderError:
        return ProviderError(
            f"{self._server.name} keeps failing with {problem}; given up {when}"
            if when.startswith("after")
            else f"{self._server.name} fails with {problem}; {when}",
            hint="The pages fetched so far are kept. Run the same command again later: it goes on "
            "where it stopped.",
        )

    def _refusal(self, answer: Answer, path: str) -> ProviderError:
        server = self._server
        if answer.status in _REFUSED:
            return ProviderError(
                f"{server.name} refused the key in {server.key_name} ({_status(answer)}) at {path}",
                hint="It must be an admin key of the organization that is not revoked or expired; "
                "an ordinary API key is refused. Nothing was written.",
            )
        if 300 <= answer.status < 400:
            return ProviderError(
                f"{server.name} answered {path} with a redirect ({_status(answer)})",
                hint="Redirects are not followed, so that the key stays with its server.",
            )
        said = self._said(answer.body)
        return ProviderError(
            f"{server.name} refused {path} ({_status(answer)}){f': {said}' if said else ''}",
            hint="Nothing was written.",
        )

    def _said(self, body: bytes) -> str:
        """Return the server's own message, short, without anything that looks like a key."""
        try:
            error = as_object(as_object(json.loads(body)).get("error"))
        except ValueError:
            return ""
        message = (text(error.get("message")) or "").replace(self._server.key, "[key]")
        return redact(message)[0][:_SHOWN]


def _status(answer: Answer) -> str:
    from http import HTTPStatus

    try:
        return f"{answer.status} {HTTPStatus(answer.status).phrase}"
    except ValueError:
        return str(answer.status)
