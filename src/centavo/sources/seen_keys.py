"""Which event ids were seen before, in 16 to 32 bytes each."""

import hashlib
from array import array

__all__ = ["SeenKeys"]

_FEWEST_SLOTS = 1 << 12


class SeenKeys:
    """A set of texts that remembers 64 bits of each, by open addressing.

    Two of ten million texts are taken for the same with a chance of 3 in a million; a Python set
    of as many ids would take a gigabyte.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FEWEST_SLOTS))
        self._count = 0

    def add(self, key: str) -> bool:
        """Remember the key and return whether it is new.

        >>> seen = SeenKeys()
        >>> seen.add("a"), seen.add("b"), seen.add("a")
        (True, True, False)
        """
        digest = hashlib.blake2b(key.encode(errors="surrogatepass"), digest_size=8).digest()
        # Zero marks an empty slot.
        mark = int.from_bytes(digest) or 1
        if not _put(self._slots, mark):
            return False
        self._count += 1
        if self._count * 2 > len(self._slots):
            self._grow()
        return True

    def _grow(self) -> None:
        larger = array("Q", bytes(16 * len(self._slots)))
        for mark in self._slots:
            if mark:
                _put(larger, mark)
        self._slots = larger


def _put(slots: "array[int]", mark: int) -> bool:
    last = len(slots) - 1
    at = mark & last
    while (there := slots[at]) and there != mark:
        at = (at + 1) & last
    if there:
        return False
    slots[at] = mark
    return True
