"""Screenshots of every page: ``python -m tests.deliverables.pictures LEDGER_FOLDER OUT`` (``make pictures``)."""

import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from centavo.cli.rule_settings import rule_settings
from centavo.deliverables.dashboard.app import Door, application
from centavo.deliverables.dashboard.desk import Desk
from centavo.deliverables.dashboard.pages import PAGES
from centavo.ledger.settings import Settings
from tests.deliverables.browser import chromium, served


def main(folder: Path, out: Path) -> None:
    """Take every page, and the first finding's and saving's, light and dark, narrow and wide, in both languages."""
    out.mkdir(parents=True, exist_ok=True)
    settings = Settings.load(folder)
    desk = Desk(
        settings,
        lambda now: rule_settings(settings, now=now),
        lambda: datetime.now(UTC),  # noqa: TID251 -- pictures are of today
    )
    with served(application(desk, Door())) as address, chromium() as browser:
        for width, scheme, lang in product((360, 1440, 2560), ("light", "dark"), ("en", "pt-BR")):
            context = browser.new_context(
                viewport={"width": width, "height": 900}, color_scheme=scheme
            )
            page = context.new_page()
            # The first page of a ledger with graded answers trains its routers.
            page.set_default_timeout(300_000)
            page.goto(f"{address}/actions")
            firsts = [page.locator(f"a[href^='/{kind}/']").first for kind in ("finding", "saving")]
            links = [link.get_attribute("href") for link in firsts if link.count()]
            for place in (*(f"/{kind.id}" for kind in PAGES), *links):
                page.goto(f"{address}{place.partition('?')[0]}?lang={lang}")
                path = out / f"{place.split('/')[1]}-{width}-{scheme}-{lang}.png"
                page.screenshot(path=path, full_page=True)
                sys.stdout.write(f"{path}\n")
            context.close()
    desk.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
