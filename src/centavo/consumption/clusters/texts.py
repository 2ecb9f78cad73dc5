"""Texts one after the other in one block of bytes: what vectorised work reads."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Ints", "Texts"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Texts:
    """UTF-8 texts: text ``n`` is ``data[starts[n]:starts[n + 1]]``."""

    data: bytes
    starts: Ints

    @classmethod
    def of(cls, texts: Sequence[str | bytes]) -> "Texts":
        """Return the texts as one block; half a surrogate pair is kept as it stands."""
        encoded = [
            text if isinstance(text, bytes) else text.encode(errors="surrogatepass")
            for text in texts
        ]
        sizes = np.array([0, *(len(text) for text in encoded)], np.int64)
        return cls(b"".join(encoded), sizes.cumsum())

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.starts) - 1

    def __getitem__(self, place: int) -> bytes:
        """Return one text."""
        return self.data[self.starts[place] : self.starts[place + 1]]

    def between(self, first: int, last: int) -> "Texts":
        """Return the texts from a place to another, which is excluded, without copying the block."""
        return Texts(self.data, self.starts[first : last + 1])

    def some(self, places: Ints) -> "Texts":
        """Return the texts at these places, in this order."""
        return Texts.of([self[int(place)] for place in places])
