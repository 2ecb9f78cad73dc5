"""The dashboard in a real browser: no error, no request elsewhere, accessible, and by keyboard alone."""

import shutil
import sys
from contextlib import suppress

import pytest

from centavo.cli import main
from centavo.deliverables.dashboard.app import Actions, Door, application
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.prepare.actions import open_findings
from centavo.findings import load_register
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from tests.deliverables.browser import Heard, chromium, need_browser, served
from tests.deliverables.conftest import NOW, desk_over
from tests.pricing.house_prices import request, write_log, write_map

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
    disputed(copy)
    desk = desk_over(copy)
    with served(application(desk, Door(actions=Actions("ana")))) as where:
        yield where
    desk.close()


def disputed(folder):
    """Add a saving of the first finding, and a request whose price a second list states otherwise."""
    log = folder / "log.jsonl"
    write_log(log, request(0, model="gpt-4o", created=int(NOW.timestamp()) - 5 * 86400))
    write_map(folder / "map.json", **{"gpt-4o": {"input_cost_per_token": 9e-06}})
    with (folder / "centavo.toml").open("a") as settings:
        settings.write('[prices]\nsecond_opinion = "map.json"\n')
    settings = Settings.load(folder, ledger=folder / ".centavo")
    first = open_findings(load_register(Ledger.open(settings.location)))[0].finding.id
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for command in (["savings", "add", first], ["ingest", "log.jsonl"]):
            patch.setattr(sys, "argv", ["centavo", *command])
            with suppress(SystemExit):
                main()


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
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "search-team" in page.locator(".tiles").inner_text()
    assert "ana" in page.locator("#history").inner_text()
    context.close()


def test_forms_savings_and_disputes_break_no_rule_and_fit_a_telephone(browser, acting_address, axe):
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    heard = Heard()
    heard.listen(page, acting_address)
    page.goto(f"{acting_address}/actions?lang=pt-BR")
    paths = [finding_path(page), page.locator("a[href^='/saving/']").first.get_attribute("href")]
    for path in (*paths, "/trust?lang=pt-BR"):
        page.emulate_media(color_scheme="light")
        page.goto(acting_address + path)
        assert page.locator("form" if path in paths else "#disputes tbody tr").count(), path
        assert broken_rules(axe, page) == [], path
        page.emulate_media(color_scheme="dark")
        assert broken_rules(axe, page, runOnly=["color-contrast", "link-in-text-block"]) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    assert (heard.errors, heard.outside) == ([], [])
    context.close()
