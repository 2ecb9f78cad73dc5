"""What routers see, as blocks of columns: category, form and tokens of the text, what it is near to, agreement.

Each block is scaled so that a row has about unit length, so that one number tells how much the
block may say.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from centavo.modelfit.routing.near import MOST_TEXTS, NearBasis, learn_basis
from centavo.modelfit.routing.paired import PairedOutcomes
from centavo.policy.route_features import (
    DIMENSIONS,
    FARTHEST,
    FORM,
    hashed_tokens,
    read_part,
    request_form,
    token_encoder,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float32]
    Rows = npt.NDArray[np.intp]

__all__ = ["BlockName", "Blocks", "Standard", "read_blocks"]

BlockName = Literal["category", "form", "near", "tokens", "agreement"]


@dataclass(frozen=True)
class Standard:
    """Mean and scale that a block's columns were taken to, from training rows."""

    mean: "npt.NDArray[np.float64]"
    scale: "npt.NDArray[np.float64]"


@dataclass(frozen=True)
class Blocks:
    """Blocks of the same rows.

    Attributes:
        columns: By block, of shape (rows, columns).
        standards: Of the blocks that are standardised.
        categories: Column names of the category block.
        basis: Of the block of nearness.
    """

    columns: "dict[BlockName, Matrix]"
    standards: "dict[BlockName, Standard]"
    categories: tuple[str, ...]
    basis: NearBasis | None = None

    def take(self, rows: "Rows") -> "Blocks":
        """Return the blocks of these rows."""
        taken: dict[BlockName, Matrix] = {name: block[rows] for name, block in self.columns.items()}
        return Blocks(taken, self.standards, self.categories, self.basis)


def read_blocks(
    pairs: PairedOutcomes,
    *,
    encode: Callable[[str], list[int]] | None = None,
    standard_rows: int | None = None,
    unlabelled: Sequence[str] = (),
) -> Blocks:
    """Return every block that the outcomes allow.

    Args:
        pairs: The outcomes.
        encode: Text to token ids; ``None`` takes the vocabulary that routes use.
        standard_rows: Of the first rows only, mean and scale of figures are taken, and topics learned: those
            that train.
        unlabelled: More texts to learn topics of.

    Raises:
        ConfigError: There are texts and splintr-rs is not installed.
    """
    import numpy as np

    columns: dict[BlockName, Matrix] = {}
    standards: dict[BlockName, Standard] = {}
    basis = None
    names = tuple(sorted({name for name in pairs.categories if name}))
    if len(names) > 1:
        place = {name: number for number, name in enumerate(names)}
        block = np.zeros((len(pairs), len(names)), dtype=np.float32)
        for row, name in enumerate(pairs.categories):
            if name:
                block[row, place[name]] = 1
        columns["category"] = block
    if pairs.texts is not None:
        encode = encode or token_encoder()
        columns["tokens"], form, tokens = _read_texts(pairs.texts, encode)
        columns["form"], standards["form"] = _standardised(form, standard_rows)
        known, form_block = tokens[:standard_rows], columns["form"][:standard_rows]
        more = [
            _token_places(text, encode) for text in unlabelled[: max(MOST_TEXTS - len(known), 0)]
        ]
        basis = learn_basis(known, form_block, unlabelled=more)
        columns["near"] = basis.columns(tokens, columns["form"])
    if pairs.agreements is not None:
        columns["agreement"], standards["agreement"] = _standardised(
            pairs.agreements[:, None], standard_rows
        )
    return Blocks(columns, standards, names, basis)


def _token_places(text: str, encode: Callable[[str], list[int]]) -> "Rows":
    places, _, distinct = hashed_tokens(encode(read_part(text)))
    return places[:distinct]


def _read_texts(
    texts: Sequence[str], encode: Callable[[str], list[int]]
) -> "tuple[Matrix, npt.NDArray[np.float64], list[Rows]]":
    import numpy as np

    known: list[Rows] = []
    tokens = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
    form = np.zeros((len(texts), len(FORM)))
    for row, text in enumerate(texts):
        part = read_part(text)
        ids = encode(part)
        places, signs, distinct = hashed_tokens(ids)
        tokens[row] = np.bincount(places, weights=signs, minlength=DIMENSIONS)
        known.append(places[:distinct])
        form[row] = request_form(part, tokens=len(ids), distinct=distinct)
    return tokens, form, known


def _standardised(block: "npt.NDArray[np.float64]", rows: int | None) -> "tuple[Matrix, Standard]":
    import numpy as np

    mean, spread = block[:rows].mean(axis=0), block[:rows].std(axis=0)
    # The root: all columns of the block together have unit length.
    scale = np.where(spread > 1e-12, spread, 1.0) * np.sqrt(block.shape[1])
    limit = FARTHEST / np.sqrt(block.shape[1])
    scaled = np.clip((block - mean) / scale, -limit, limit)
    return scaled.astype(np.float32), Standard(mean, scale)
