"""Price books that rows were priced with, kept beside the ledger, one compact file each.

A row names its price book by ``price_snapshot_id``. With the book itself kept, any period can be
priced with it again, whatever is installed meanwhile.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import msgspec

from centavo.errors import PriceError
from centavo.pricing.book import PriceBook
from centavo.pricing.catalogue import ListData
from centavo.pricing.list_codec import providers_from_json, providers_to_json
from centavo.whole_files import write_whole

__all__ = ["SNAPSHOT_ID", "KeptBook", "KeptBooks"]

_FORMAT = "centavo.price-book/1"
_SUFFIX = ".json.gz"
SNAPSHOT_ID = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True)
class KeptBook:
    """What is known of a kept book without opening it for prices.

    Attributes:
        snapshot_id: As in ``price_snapshot_id``.
        source: Price list, ``genai-prices 0.2.3``.
        file_name: Name of the user's price file in it, if any.
        size_bytes: Size of the file.
    """

    snapshot_id: str
    source: str
    file_name: str | None
    size_bytes: int


@dataclass(frozen=True)
class KeptBooks:
    """The folder of kept books: ``prices`` in the ledger's folder."""

    folder: Path

    @classmethod
    def beside(cls, ledger_folder: Path) -> "KeptBooks":
        """Return the kept books of a ledger."""
        return cls(ledger_folder / "prices")

    def keep(self, book: PriceBook) -> None:
        """Keep a book, unless it is kept already; the file appears whole or not at all."""
        target = self._path(book.snapshot_id)
        if target.exists():
            return
        content = {
            "format": _FORMAT,
            "snapshot_id": book.snapshot_id,
            "source": book.data.source,
            "fingerprint": book.data.fingerprint.hex(),
            "price_file": None
            if book.file is None
            else {"name": book.file.name, "content": book.file.content.decode()},
            "history": None if book.history is None else book.history.content.decode(),
            "units": book.data.units,
            "providers": providers_to_json(book.data.providers),
        }
        try:
            write_whole(target, gzip.compress(msgspec.json.encode(content), 6, mtime=0))
        except OSError as error:
            raise PriceError(
                f"the price book cannot be kept in {self.folder}: {error.strerror}",
                hint="Free space or correct the folder's rights, then run it again.",
            ) from error

    def open(self, snapshot_id: str) -> PriceBook:
        """Return a kept book.

        Raises:
            PriceError: It is not kept here, is damaged, or needs another version of its library.
        """
        content = self._content(snapshot_id)
        source = str(content.get("source"))
        file = cast("dict[str, str] | None", content.get("price_file"))
        try:
            data = ListData(
                providers_from_json(cast("list[object]", content["providers"])),
                cast("Mapping[str, Mapping[str, object]]", content["units"]),
                source,
                bytes.fromhex(str(content["fingerprint"])),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise PriceError(
                f"the price book {snapshot_id} cannot be read with the installed library: {error}",
                hint=f"It was kept with {source}: install that version to use it.",
            ) from error
        history = cast("str | None", content.get("history"))
        book = PriceBook.of(
            data,
            (file["name"], file["content"].encode()) if file else None,
            history=None if history is None else history.encode(),
        )
        if book.snapshot_id != snapshot_id:
            raise PriceError(
                f"{self._path(snapshot_id)} holds the price book {book.snapshot_id}",
                hint="The file was changed or renamed; restore it from a backup.",
            )
        return book

    def known(self) -> Iterator[KeptBook]:
        """Iterate over the kept books, by identifier."""
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            snapshot_id = path.name.removesuffix(_SUFFIX)
            content = self._content(snapshot_id)
            file = cast("dict[str, str] | None", content.get("price_file"))
            yield KeptBook(
                snapshot_id,
                str(content.get("source")),
                file["name"] if file else None,
                path.stat().st_size,
            )

    def _path(self, snapshot_id: str) -> Path:
        return self.folder / f"{snapshot_id}{_SUFFIX}"

    def _content(self, snapshot_id: str) -> dict[str, object]:
        path = self._path(snapshot_id)
        try:
            content: object = json.loads(gzip.decompress(path.read_bytes()))
        except FileNotFoundError:
            raise self._missing(snapshot_id) from None
        except (OSError, EOFError, ValueError) as error:
            raise PriceError(
                f"the kept price book {path} is damaged: {error}",
                hint="Restore it from a backup, or remove it: the next ingest keeps today's again.",
            ) from error
        if not isinstance(content, dict) or content.get("format") != _FORMAT:  # pyright: ignore[reportUnknownMemberType] -- any JSON may stand there
            raise PriceError(f"{path} is no kept price book of this version of centavo")
        return cast("dict[str, object]", content)

    def _missing(self, snapshot_id: str) -> PriceError:
        kept = [path.name.removesuffix(_SUFFIX) for path in self.folder.glob(f"*{_SUFFIX}")]
        return PriceError(
            f"the price book {snapshot_id} is not kept in {self.folder}",
            hint=f"Kept: {', '.join(sorted(kept))}."
            if kept
            else "Books are kept from the next `centavo ingest` on.",
        )
