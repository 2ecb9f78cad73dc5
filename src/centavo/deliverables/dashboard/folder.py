"""The dashboard as a folder of files that opens without a server."""

from pathlib import Path

from centavo.deliverables.asked import Asked
from centavo.deliverables.dashboard.desk import Desk
from centavo.deliverables.dashboard.drawing import page_html
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.dashboard.twins import page_csv, page_json
from centavo.deliverables.language import Language
from centavo.errors import ConfigError
from centavo.whole_files import whole_folder

__all__ = ["write_folder"]

_FORMS = ("html", "json", "csv")
_NAMES = frozenset(f"{kind.id}.{form}" for kind in PAGES for form in _FORMS)


def write_folder(desk: Desk, asked: Asked, say: Language, folder: Path) -> list[Path]:
    """Write every page in one state, with its twins, whole or not at all, and return the files.

    Raises:
        CentavoError: The ledger or the state cannot be used, or the folder cannot be written; what an
            earlier writing left there stands there still.
    """
    try:
        with whole_folder(folder, ours=_NAMES) as draft:
            for kind in PAGES:
                page = desk.page(kind.id, asked, say)
                shown = (
                    page_html(page, asked, say, is_static=True),
                    page_json(page),
                    page_csv(page),
                )
                for form, text in zip(_FORMS, shown, strict=True):
                    (draft / f"{kind.id}.{form}").write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise ConfigError(str(error), hint="Name a folder of its own for the pages.") from error
    except OSError as error:
        raise ConfigError(f"{folder} cannot be written: {error.strerror or error}") from error
    return [folder / f"{kind.id}.{form}" for kind in PAGES for form in _FORMS]
