"""Pages on disk: whole or not there, gone on with after an interruption, and never without end."""

import json

import httpx2
import pytest

from centavo.errors import ProviderError
from centavo.sources.http_pages import RetryPolicy
from centavo.sources.page_spool import PagedRequest, spool_pages
from tests.sources.vendor_pages import RecordedServer, connected

REQUEST = PagedRequest(
    "costs", "/v1/organization/costs", (("start_time", "1777593600"),), "openai-organization"
)
ONCE = RetryPolicy(attempts=1)


def spool(handler, folder, request=REQUEST):
    with connected(handler, policy=ONCE) as http:
        return spool_pages(http, request, folder=folder)


def joined(found, folder):
    found.join(folder / "joined.json")
    return json.loads((folder / "joined.json").read_text())


def endless(cursor_of):
    """Return a server whose pages never end; ``cursor_of`` numbers the next."""
    asked = []

    def handler(request):
        asked.append(request.url.params.get("page"))
        page = {"data": [], "has_more": True, "next_page": cursor_of(len(asked))}
        return httpx2.Response(200, json=page)

    return handler


def test_all_pages_are_fetched_in_order_with_their_organization(tmp_path):
    server = RecordedServer("openai_admin")
    found = spool(server, tmp_path)
    assert (len(found.pages), found.asked, found.organization) == (2, 2, "org-synthetic")
    assert server.asked[1].url.params["page"] == "page_AAAAAGnzAAAAAAAAAAAAAA=="
    pages = joined(found, tmp_path)
    assert [page["organization_id"] for page in pages] == ["org-synthetic"] * 2
    assert "0.30000000000000004" in (tmp_path / "joined.json").read_text()


def test_an_interrupted_fetch_goes_on_at_the_page_where_it_stopped(tmp_path):
    server = RecordedServer("openai_admin", broken={"costs-2"})
    with pytest.raises(ProviderError):
        spool(server, tmp_path)
    server.broken.clear()
    server.asked.clear()
    found = spool(server, tmp_path)
    assert [request.url.params.get("page") for request in server.asked] == [
        "page_AAAAAGnzAAAAAAAAAAAAAA=="
    ]
    assert (len(found.pages), found.asked) == (2, 1)
    whole = spool(RecordedServer("openai_admin"), tmp_path / "other")
    assert joined(found, tmp_path) == joined(whole, tmp_path)


def test_complete_pages_are_not_asked_for_again(tmp_path):
    server = RecordedServer("openai_admin")
    spool(server, tmp_path)
    assert spool(server, tmp_path).asked == 0
    assert len(server.asked) == 2


def test_another_window_starts_anew(tmp_path):
    server = RecordedServer("openai_admin")
    spool(server, tmp_path)
    other = PagedRequest(REQUEST.name, REQUEST.path, (("start_time", "0"),))
    assert spool(server, tmp_path, other).asked == 2


def test_a_page_file_that_is_gone_starts_anew(tmp_path):
    server = RecordedServer("openai_admin")
    spool(server, tmp_path).pages[0].unlink()
    assert spool(server, tmp_path).asked == 2


def test_a_state_that_cannot_be_read_starts_anew(tmp_path):
    server = RecordedServer("openai_admin")
    spool(server, tmp_path)
    (tmp_path / "costs" / "state.json").write_text("{")
    assert spool(server, tmp_path).asked == 2


def test_a_cursor_that_is_no_longer_accepted_starts_anew(tmp_path):
    server = RecordedServer("openai_admin", broken={"costs-2"})
    with pytest.raises(ProviderError):
        spool(server, tmp_path)
    server.broken.clear()
    refused = []

    def handler(request):
        if request.url.params.get("page") and not refused:
            refused.append(request)
            return httpx2.Response(400, json={"error": {"message": "invalid page"}})
        return server(request)

    found = spool(handler, tmp_path)
    assert (len(found.pages), found.asked) == (2, 3)


@pytest.mark.parametrize("period", [1, 2])
def test_a_page_that_repeats_its_cursor_ends_the_fetch(tmp_path, period):
    handler = endless(lambda asked: f"page_{asked % period}")
    with pytest.raises(ProviderError, match="repeats the cursor"):
        spool(handler, tmp_path)
    assert not (tmp_path / "costs").exists()


def test_more_pages_without_a_cursor_are_an_error(tmp_path):
    handler = endless(lambda _asked: None)
    with pytest.raises(ProviderError, match="there is no next_page"):
        spool(handler, tmp_path)


@pytest.mark.parametrize(
    ("page", "named"),
    [
        ({"items": []}, "data"),
        ({"data": {}}, "data"),
        ({"data": [], "has_more": "yes"}, "has_more"),
        ({"data": [], "next_page": 7, "has_more": True}, "next_page"),
    ],
)
def test_a_page_of_another_shape_names_its_key(tmp_path, page, named):
    with pytest.raises(ProviderError, match=rf"another shape: .*{named}") as caught:
        spool(lambda _request: httpx2.Response(200, json=page), tmp_path)
    assert caught.value.exit_code == 3


def test_a_page_cut_in_half_is_asked_for_again_and_never_kept(tmp_path):
    server = RecordedServer("openai_admin")
    cut = []

    def handler(request):
        answer = server(request)
        if not cut:
            cut.append(True)
            return httpx2.Response(200, content=answer.content[: len(answer.content) // 2])
        return answer

    with connected(handler) as http:
        found = spool_pages(http, REQUEST, folder=tmp_path)
    assert len(joined(found, tmp_path)) == 2
    with (
        pytest.raises(ProviderError, match="no whole page"),
        connected(lambda _request: httpx2.Response(200, text='{"data": [')) as http,
    ):
        spool_pages(http, REQUEST, folder=tmp_path / "cut")
    assert list((tmp_path / "cut").rglob("page-*")) == []


def test_a_report_that_is_not_offered_has_no_pages(tmp_path):
    optional = PagedRequest("x", "/v1/organization/x", (), is_optional=True)
    assert spool(lambda _request: httpx2.Response(404), tmp_path, optional).pages == ()
    with pytest.raises(ProviderError, match="404"):
        spool(lambda _request: httpx2.Response(404), tmp_path)
