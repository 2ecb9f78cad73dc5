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

    def visit(path, *, heard=None):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
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


@pytest.fixture(scope="module")
def axe():
    return pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed"
    ).Axe()


def broken_rules(axe, page, **options):
    """Return the rules of accessibility that a page breaks; injected by the driver, where its policy forbids it."""
    asked = {"resultTypes": ["violations"], **options}
    found = axe.run(page, options=asked).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:120]) for each in found]


def width_of(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    return page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("lang", ["en", "pt-BR"])
@pytest.mark.parametrize("name", [*NAMES, "finding"])
def test_a_page_is_without_error_accessible_and_fits_every_screen(open_page, axe, name, lang):
    """One visit answers for all: light and dark differ in colours only, and widths in the viewport."""
    path = finding_path(open_page("/actions")) if name == "finding" else f"/{name}"
    heard = Heard()
    page = open_page(f"{path}?lang={lang}", heard=heard)
    assert page.locator("h1").inner_text()
    assert (width_of(page, 360) <= 360, width_of(page, 2560) <= 2560) == (True, True)
    width_of(page, 1280)
    assert broken_rules(axe, page) == []
    page.emulate_media(color_scheme="dark")
    assert broken_rules(axe, page, runOnly=["color-contrast", "link-in-text-block"]) == []
    assert (heard.errors, heard.outside) == ([], [])


def test_a_page_that_says_what_is_wrong_breaks_no_rule_of_accessibility(open_page, axe):
    assert broken_rules(axe, open_page("/where?by=colour")) == []


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


def test_forms_break_no_rule_of_accessibility_and_fit_a_telephone(browser, acting_address, axe):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    heard = Heard()
    heard.listen(page, acting_address)
    page.goto(f"{acting_address}/actions?lang=pt-BR")
    page.goto(acting_address + finding_path(page))
    assert broken_rules(axe, page) == []
    page.emulate_media(color_scheme="dark")
    assert broken_rules(axe, page, runOnly=["color-contrast", "link-in-text-block"]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert (heard.errors, heard.outside) == ([], [])
    context.close()
