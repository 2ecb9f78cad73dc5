"""The dashboard in a real browser: no error, no request elsewhere, accessible, and by keyboard alone."""

import shutil

import pytest

from centavo.deliverables.dashboard.app import Actions, Door, application
from centavo.deliverables.dashboard.pages import PAGES
from tests.deliverables.browser import Heard, chromium, need_browser, served
from tests.deliverables.conftest import desk_over

NAMES = [kind.id for kind in PAGES]


@pytest.fixture(scope="module")
def browser():
    need_browser()
    with chromium() as running:
        yield running


@pytest.fixture(scope="module")
def address(two_month_folder):
    desk = desk_over(two_month_folder)
    with served(application(desk, Door())) as where:
        yield where
    desk.close()


@pytest.fixture(scope="module")
def acting_address(two_month_folder, tmp_path_factory):
    copy = tmp_path_factory.mktemp("acting") / "copy"
    shutil.copytree(two_month_folder, copy)
    desk = desk_over(copy)
    with served(application(desk, Door(actions=Actions("ana")))) as where:
        yield where
    desk.close()


@pytest.fixture
def open_page(browser, address):
    opened = []

    def visit(path, *, width=1280, scheme="light", heard=None):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        opened.append(context)
        page = context.new_page()
        if heard:
            heard.listen(page, address)
        page.goto(f"{address}{path}")
        return page

    yield visit
    for context in opened:
        context.close()


def finding_path(page) -> str:
    return page.locator("tbody th a").first.get_attribute("href")


@pytest.mark.parametrize("lang", ["en", "pt-BR"])
def test_pages_load_without_error_and_ask_nobody_else(open_page, lang):
    for name in NAMES:
        heard = Heard()
        page = open_page(f"/{name}?lang={lang}", heard=heard)
        assert page.locator("h1").inner_text()
        assert (heard.errors, heard.outside) == ([], []), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_breaks_a_rule_of_accessibility(open_page, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    ).Axe()
    finding = finding_path(open_page("/actions"))
    for path in [*(f"/{name}" for name in NAMES), finding, "/where?by=colour"]:
        page = open_page(path, scheme=scheme)
        # Injected by the driver, where a page's own policy would forbid it.
        found = axe.run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == [], path


@pytest.mark.parametrize("width", [360, 2560])
def test_nothing_sticks_out_of_the_page(open_page, width):
    for name in NAMES:
        page = open_page(f"/{name}", width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_filters_round_trip_through_the_address(open_page):
    page = open_page("/where?period=2026-10")
    page.get_by_role("link", name="chat").first.click()
    assert "where=application%3Dchat" in page.url
    shown = page.locator(".answer").inner_text()
    page.goto(page.url)
    assert page.locator(".answer").inner_text() == shown
    page.get_by_title("Remove this filter").click()
    assert "chat" not in page.url


def test_the_keyboard_alone_reaches_every_link(open_page):
    page = open_page("/where?period=2026-10")
    wanted = page.locator("a[href]").count()
    reached = set()
    for _ in range(3 * wanted):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement?.outerHTML"))
    assert len([each for each in reached if each and each.startswith("<a ")]) >= len(
        set(page.locator("a[href]").evaluate_all("all => all.map(a => a.outerHTML)"))
    )


def test_keys_open_pages_and_walk_through_rows(open_page):
    page = open_page("/where?period=2026-10")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "chat"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "busca"
    page.keyboard.press(str(len(NAMES)))
    page.wait_for_url(f"**/{NAMES[-1]}**")


def test_it_works_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/where?period=2026-10")
    page.get_by_role("link", name="Model", exact=True).click()
    assert "by=model" in page.url
    context.close()


def test_the_keyboard_alone_acts_without_scripts(browser, acting_address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{acting_address}/actions?lang=en")
    page.goto(acting_address + finding_path(page))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.locator("input[name=owner]:focus").count():
            break
    page.keyboard.type("search-team")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert "search-team" in page.locator(".tiles").inner_text()
    assert "ana" in page.locator("#history").inner_text()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_break_no_rule_of_accessibility_and_fit_a_telephone(browser, acting_address, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    ).Axe()
    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    heard = Heard()
    heard.listen(page, acting_address)
    page.goto(f"{acting_address}/actions?lang=pt-BR")
    page.goto(acting_address + finding_path(page))
    found = axe.run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (heard.errors, heard.outside) == ([], [])
    context.close()
