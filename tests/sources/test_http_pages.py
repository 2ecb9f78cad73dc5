"""The HTTP seam: patience, limits, and a key that never shows."""

import traceback
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx2
import pytest

from centavo.errors import ConfigError, ProviderError
from centavo.sources.http_pages import RetryPolicy, Server, http_pages
from centavo.sources.rate_limits import retry_after_s, spent_limit_s
from tests.sources.vendor_pages import KEY, NOW, Clock, connected, recorded

PATH = "/v1/organization/costs"


def fine(_body):
    """Accept every body."""


def get(http, **options):
    return http.get(PATH, [("group_by[]", "a"), ("group_by[]", "b")], check=fine, **options)


def answering(*answers):
    """Return a server that gives these answers in turn, and the requests that it saw."""
    left, seen = list(answers), []

    def handler(request):
        seen.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    handler.seen = seen
    return handler


def ok(**headers):
    return httpx2.Response(200, json={"data": []}, headers=headers)


def limited(**headers):
    return httpx2.Response(429, content=recorded("openai_admin/429.json"), headers=headers)


def test_only_get_with_the_key_and_repeated_parameters():
    handler = answering(ok())
    with connected(handler) as http:
        assert get(http).body == b'{"data":[]}'
    (request,) = handler.seen
    assert request.method == "GET"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.url.params.get_list("group_by[]") == ["a", "b"]


@pytest.mark.parametrize(
    "failure",
    [
        httpx2.ConnectTimeout("no"),
        httpx2.ReadTimeout("no"),
        httpx2.RemoteProtocolError("peer closed connection"),
        httpx2.Response(503),
        httpx2.Response(529, json={"error": {"type": "overloaded_error"}}),
        limited(),
    ],
    ids=lambda failure: getattr(failure, "status_code", type(failure).__name__),
)
def test_what_fails_for_a_moment_is_tried_again(failure):
    clock, handler = Clock(), answering(failure, ok())
    with connected(handler, clock=clock) as http:
        assert get(http).status == 200
    assert clock.slept == [0.5]


def test_waits_double_with_full_jitter():
    clock, handler = Clock(), answering(httpx2.Response(500))
    with connected(handler, clock=clock) as http, pytest.raises(ProviderError):
        get(http)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert len(handler.seen) == 6


def test_retry_after_is_the_least_wait():
    clock, handler = Clock(), answering(limited(**{"retry-after": "20"}), ok())
    with connected(handler, clock=clock) as http:
        get(http)
    assert clock.slept == [20.5]


def test_a_429_storm_ends_and_says_what_to_do():
    clock, handler = Clock(), answering(limited(**{"retry-after": "3"}))
    with connected(handler, clock=clock) as http, pytest.raises(ProviderError) as caught:
        get(http)
    assert "OpenAI keeps failing with 429 Too Many Requests" in caught.value.message
    assert "after 6 tries" in caught.value.message
    assert "goes on where it stopped" in caught.value.hint
    assert caught.value.exit_code == 3
    assert all(seconds >= 3 for seconds in clock.slept)


def test_a_server_that_asks_for_an_hour_is_not_waited_for():
    clock, handler = Clock(), answering(limited(**{"retry-after": "3600"}))
    with connected(handler, clock=clock) as http, pytest.raises(ProviderError, match="wait 3600 s"):
        get(http)
    assert clock.slept == []


def test_a_spent_limit_is_waited_for_before_the_next_request():
    reset = (NOW + timedelta(seconds=30)).isoformat()
    spent = {
        "anthropic-ratelimit-requests-remaining": "0",
        "anthropic-ratelimit-requests-reset": reset,
    }
    clock, handler = Clock(), answering(ok(**spent), ok())
    with connected(handler, clock=clock) as http:
        get(http)
        assert clock.slept == []
        get(http)
    assert clock.slept == [30.0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_is_named_and_never_shown(status):
    refused = httpx2.Response(status, content=recorded("openai_admin/401.json"))
    with connected(answering(refused)) as http, pytest.raises(ProviderError) as caught:
        get(http)
    error = caught.value
    assert "refused the key in OPENAI_ADMIN_KEY" in error.message
    shown = "".join(traceback.format_exception(error)) + error.hint + repr(error)
    assert KEY not in shown
    assert KEY[-12:] not in shown


def test_a_refusal_that_quotes_the_key_is_shown_without_it():
    body = {"error": {"message": f"bad request with {KEY} and sk-proj-" + "Ab1" * 20}}
    with (
        connected(answering(httpx2.Response(400, json=body))) as http,
        pytest.raises(ProviderError, match="bad request with") as caught,
    ):
        get(http)
    assert KEY not in caught.value.message
    assert "Ab1Ab1" not in caught.value.message


def test_the_key_is_in_no_repr():
    server = Server("OpenAI", "https://x.example", "OPENAI_ADMIN_KEY", KEY, {"a": KEY})
    assert KEY not in repr(server)


def test_a_redirect_is_not_followed():
    away = httpx2.Response(302, headers={"location": "https://evil.example/"})
    handler = answering(away)
    with connected(handler) as http, pytest.raises(ProviderError, match="redirect"):
        get(http)
    assert len(handler.seen) == 1


def test_an_answer_that_is_no_page_is_asked_for_again():
    handler = answering(httpx2.Response(200, text="<html>maintenance"), ok())

    def check(body):
        if body.startswith(b"<"):
            raise ValueError("not JSON")

    with connected(handler) as http:
        assert http.get(PATH, [], check=check).body == b'{"data":[]}'
    assert len(handler.seen) == 2


def test_a_tolerated_status_is_an_answer():
    with connected(answering(httpx2.Response(404))) as http:
        assert get(http, tolerated={404}).status == 404


def test_an_answer_that_drips_is_given_up():
    clock = Clock()

    def drip():
        for _ in range(10):
            clock.now += timedelta(seconds=100)
            yield b" "

    def handler(_request):
        return httpx2.Response(200, content=drip())

    policy = RetryPolicy(attempts=2)
    with (
        connected(handler, clock=clock, policy=policy) as http,
        pytest.raises(ProviderError, match="took 400 s"),
    ):
        get(http)


def test_plain_http_is_refused_but_on_this_machine():
    with pytest.raises(ConfigError, match="not an https address"):
        Server("OpenAI", "http://proxy.example", "OPENAI_ADMIN_KEY", KEY, {})
    assert Server("OpenAI", "http://127.0.0.1:8080", "OPENAI_ADMIN_KEY", KEY, {})


def test_a_key_with_a_line_break_is_refused_without_showing_it():
    with pytest.raises(ConfigError) as caught:
        Server("OpenAI", "https://x.example", "OPENAI_ADMIN_KEY", f"{KEY}\nX: y", {})
    assert KEY not in caught.value.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Tue, 05 May 2026 12:00:10 GMT"}, 10.0),
        ({"retry-after": "Tue, 05 May 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after-ms": "1200", "retry-after": "9"}, 1.2),
        ({"retry-after": "whenever"}, None),
        ({"retry-after": "-1"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers, seconds):
    assert retry_after_s(headers, NOW) == seconds


def test_reset_times_of_all_spellings():
    for reset in ("1m30s", "90", "90s", str(int(NOW.timestamp()) + 90), "2026-05-05T12:01:30Z"):
        headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": reset}
        assert spent_limit_s(headers, NOW) == 90.0, reset
    assert spent_limit_s({}, datetime(2026, 5, 1, tzinfo=UTC)) == 0.0


def test_a_connection_that_breaks_inside_an_answer_is_tried_again():
    """The only test over a real socket: loopback, without a transport in between."""
    bodies = [b'{"data": [', b'{"data": []}']

    class Breaking(BaseHTTPRequestHandler):
        def do_GET(self):
            body = bodies.pop(0) if len(bodies) > 1 else bodies[0]
            self.send_response(200)
            self.send_header("content-length", "12")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_arguments):
            """Say nothing."""

    clock = Clock()
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as listener:
        thread = Thread(target=listener.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{listener.server_address[1]}"
        server = Server("OpenAI", url, "OPENAI_ADMIN_KEY", KEY, {})
        with http_pages(server, pacing=clock.pacing()) as http:
            assert get(http).body == b'{"data": []}'
        listener.shutdown()
        thread.join()
    assert clock.slept == [0.5]
