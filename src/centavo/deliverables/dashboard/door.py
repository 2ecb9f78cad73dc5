"""Who may come in, and who may act: the door of the dashboard."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request

__all__ = ["SESSION", "SIGNED_IN", "Actions", "Door"]

# Cookies: one proves the token, the other only tells one reader's forms from another's.
SIGNED_IN = "centavo"
SESSION = "centavo-session"
# A form that has lain open for longer is asked for again.
_TICKET_S = 12 * 3600


@dataclass(frozen=True)
class Actions:
    """That readers may act, and under which name where no proxy names them.

    A ticket goes into each form. It holds for one session, one name and twelve hours, and only of this
    server: a page elsewhere cannot make one, and a restart makes all of them void.
    """

    actor: str
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def ticket(self, session: str, actor: str, now: datetime) -> str:
        """Return the ticket of a form that is shown now."""
        ends = str(int(now.timestamp()) + _TICKET_S)
        return f"{ends}.{self._sign(session, actor, ends)}"

    def honours(self, ticket: str, session: str, actor: str, now: datetime) -> bool:
        """Say whether a ticket is ours, theirs and not too old."""
        ends, _, signed = ticket.partition(".")
        is_ours = hmac.compare_digest(signed.encode(), self._sign(session, actor, ends).encode())
        return bool(session) and is_ours and now.timestamp() <= int(ends)

    def _sign(self, session: str, actor: str, ends: str) -> str:
        # A separator that no part can hold: no two triples sign alike.
        text = "\0".join((session, actor, ends)).encode()
        return hmac.new(self.secret, text, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Door:
    """Who may come in.

    Attributes:
        token: What a reader types once, or carries as a bearer token; ``None`` asks for none.
        user_header: Header in which a reverse proxy names the reader it has let in.
        hosts: Names under which this machine answers; empty answers under any. A page elsewhere cannot
            then reach it through a name of its own.
        actions: What readers may do; ``None`` lets them only read.
    """

    token: str | None = None
    user_header: str | None = None
    hosts: frozenset[str] = frozenset()
    actions: Actions | None = None

    def knows_host(self, request: Request) -> bool:
        """Say whether the request came under a name of this machine."""
        return not self.hosts or request.url.hostname in self.hosts

    def admits(self, request: Request) -> bool:
        """Say whether the reader may come in."""
        if self.user_header:
            return bool(request.headers.get(self.user_header))
        if self.token is None:
            return True
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        cookie = request.cookies.get(SIGNED_IN, "")
        return hmac.compare_digest(bearer.encode(), self.token.encode()) or hmac.compare_digest(
            cookie.encode(), self.cookie.encode()
        )

    @property
    def cookie(self) -> str:
        """What a signed-in reader carries: it proves the token and does not tell it."""
        return hmac.new(
            (self.token or "").encode(), b"centavo dashboard", hashlib.sha256
        ).hexdigest()

    def actor(self, request: Request) -> str:
        """Return the name that an action of this reader stands under."""
        named = request.headers.get(self.user_header, "") if self.user_header else ""
        return named or (self.actions.actor if self.actions else "")

    def is_from_here(self, request: Request) -> bool:
        """Say whether a form was sent by a page of this server, as the browser tells.

        The proxy in front may speak HTTPS where we hear HTTP, so that names and ports are compared.
        """
        site = request.headers.get("sec-fetch-site", "same-origin")
        origin = urlsplit(request.headers.get("origin", "")).netloc
        return site == "same-origin" and bool(origin) and origin == request.headers.get("host")

    def ticket(self, request: Request, now: datetime) -> tuple[str, str] | None:
        """Return the ticket for the forms of a page, and its session; ``None`` where nobody may act."""
        if self.actions is None:
            return None
        session = request.cookies.get(SESSION) or secrets.token_urlsafe(24)
        return self.actions.ticket(session, self.actor(request), now), session

    def trusts(self, request: Request, ticket: str, now: datetime) -> bool:
        """Say whether a form's ticket is the reader's own and still good."""
        session = request.cookies.get(SESSION, "")
        return self.actions is not None and self.actions.honours(
            ticket, session, self.actor(request), now
        )
