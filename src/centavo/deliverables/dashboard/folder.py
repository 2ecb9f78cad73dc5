"""The dashboard as a folder of files that opens without a server."""

from pathlib import Path

from centavo.deliverables.asked import Asked
from centavo.deliverables.dashboard.desk import Desk
from centavo.deliverables.dashboard.drawing import page_html
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.dashboard.twins import page_csv, page_json
from centavo.deliverables.language import Language
from centavo.errors import ConfigError

__all__ = ["write_folder"]


def write_folder(desk: Desk, asked: Asked, say: Language, folder: Path) -> list[Path]:
    """Write every page in one state, with its twins, and return the files.

    Raises:
        ConfigError: The folder cannot be written.
    """
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in PAGES:
            page = desk.page(kind.id, asked, say)
            shown = {
                "html": page_html(page, asked, say, is_static=True),
                "json": page_json(page),
                "csv": page_csv(page),
            }
            for form, text in shown.items():
                path = folder / f"{kind.id}.{form}"
                path.write_text(text, encoding="utf-8")
                written.append(path)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror or error}") from error
    return written
