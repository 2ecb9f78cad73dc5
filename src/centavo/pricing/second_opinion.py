"""A second opinion on prices: the map that LiteLLM keeps, as a file or from its package.

The map is LiteLLM's (MIT) and is not shipped with centavo. It has one object per model, prices in
USD per token, no dates, and variants as endings of a key: ``_batches``, ``_flex``, ``_priority``,
``_above_200k_tokens``. Source: ``model_prices_and_context_window.json`` and its ``sample_spec``.
"""

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from centavo.errors import BadValueError, InputError
from centavo.pricing.event_units import EXACT
from centavo.pricing.slices import UnitPrice
from centavo.pricing.tiers import STANDARD, Tier

__all__ = ["OPINION_CURRENCY", "OpinionEntry", "SecondOpinion", "installed_map"]

OPINION_CURRENCY = "USD"
_MAP_IN_PACKAGE = "model_prices_and_context_window_backup.json"
_PER = Decimal(1_000_000)
_UNITS: Mapping[str, str] = {
    "input_cost_per_token": "input_mtok",
    "output_cost_per_token": "output_mtok",
    "cache_read_input_token_cost": "cache_read_mtok",
    "cache_creation_input_token_cost": "cache_write_mtok",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h_mtok",
    "input_cost_per_audio_token": "input_audio_mtok",
    "output_cost_per_audio_token": "output_audio_mtok",
    "output_cost_per_reasoning_token": "output_reasoning_mtok",
}
_TIERS: Mapping[str, Tier] = {"batches": "batch", "flex": "flex", "priority": "priority"}
_KEY = re.compile(
    r"(?P<base>.+?)(?:_above_(?P<thousands>\d+)k_tokens)?(?:_(?P<tier>batches|flex|priority))?"
)
# LiteLLM's names for what the price list calls by another; longer names by their beginning.
_PROVIDERS: Mapping[str, str] = {
    "azure": "azure", "bedrock": "aws", "codestral": "mistral", "cohere": "cohere",
    "fireworks_ai": "fireworks", "gemini": "google", "moonshot": "moonshotai",
    "text-completion-openai": "openai", "together_ai": "together", "vertex_ai": "google",
    "voyage": "voyageai", "xai": "x-ai",
}  # fmt: skip


@dataclass(frozen=True)
class OpinionEntry:
    """What the map says of one model.

    Attributes:
        key: As in the map.
        provider: As the map names it.
        prices: By tier and price key; USD per million tokens. A tier holds only what it changes.
    """

    key: str
    provider: str
    prices: Mapping[Tier, Mapping[str, UnitPrice]]

    def of_tier(self, tier: Tier) -> Mapping[str, UnitPrice] | None:
        """Return every unit's price in a tier; ``None`` where the map has no prices of the tier."""
        if tier not in self.prices:
            return None
        return {**self.prices.get(STANDARD, {}), **self.prices[tier]}


class SecondOpinion:
    """The map, asked by the names of the price list; ``read`` makes one.

    Args:
        entries: Every entry with a price for tokens.
        source: Where they come from.
    """

    def __init__(self, entries: Sequence[OpinionEntry], source: str) -> None:
        self.source = source
        self.entries = entries
        self._by_name: dict[tuple[str, str], list[OpinionEntry]] = defaultdict(list)
        for entry in entries:
            provider = _list_provider(entry.provider)
            self._by_name[provider, _bare_name(entry.key, entry.provider).lower()].append(entry)

    @classmethod
    def read(cls, path: Path) -> "SecondOpinion":
        """Return the map in a file.

        Raises:
            InputError: The file cannot be read or is not a JSON object of objects.
            BadValueError: A price is not a number; names line, key and value.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
            # Floats would lose digits: 1.25e-7 is read as the decimal that it stands for.
            content: object = json.loads(text, parse_float=Decimal)
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{path} is not UTF-8 (byte {error.start})") from error
        except json.JSONDecodeError as error:
            raise InputError(f"{path}, line {error.lineno}: not JSON: {error.msg}") from error
        if not isinstance(content, dict):
            raise InputError(
                f"{path} is not LiteLLM's price map: no JSON object",
                hint="It is model_prices_and_context_window.json of the LiteLLM project.",
            )
        entries: list[OpinionEntry] = []
        for key, value in cast("dict[str, object]", content).items():
            place = _Place(str(path), text, key)
            if not isinstance(value, dict):
                raise place.error("is not an object", key, value)
            entry = _entry(key, cast("dict[str, object]", value), place)
            if entry is not None:
                entries.append(entry)
        if not entries:
            raise InputError(
                f"{path} has no price per token",
                hint="It is model_prices_and_context_window.json of the LiteLLM project.",
            )
        return cls(entries, path.name)

    def find(
        self,
        provider: str | None,
        names: Sequence[str | None],
        *,
        tier: Tier = STANDARD,
        logged_as: str | None = None,
    ) -> OpinionEntry | None:
        """Return the entry of a model that has prices of a tier.

        Args:
            provider: As in the price list.
            names: Of the model, the best first: a dated name may lack a tier that the other has.
            tier: Processing tier.
            logged_as: Provider's name in the log: Google sells one model in two places.
        """
        home = "vertex_ai" if logged_as == "gcp.vertex_ai" else "gemini"
        for name in names:
            found = self._by_name.get((provider or "", (name or "").lower()), [])
            fitting = [entry for entry in found if tier in entry.prices]
            if fitting:
                return next((it for it in fitting if it.provider.startswith(home)), fitting[0])
        return None


def installed_map() -> Path | None:
    """Return the map of the installed LiteLLM package, which is not imported; ``None`` without."""
    spec = find_spec("litellm")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(place) / _MAP_IN_PACKAGE
        if path.is_file():
            return path
    return None


@dataclass(frozen=True)
class _Place:
    """One entry of the file, to say on which line something is wrong."""

    file: str
    text: str
    entry: str

    def error(self, problem: str, key: str, value: object) -> BadValueError:
        start = max(self.text.find(json.dumps(self.entry, ensure_ascii=False) + ":"), 0)
        found = start if key == self.entry else self.text.find(f'"{key}"', start)
        line = self.text.count("\n", 0, max(found, start)) + 1
        return BadValueError(
            problem, file=self.file, line=line, column=f"{self.entry}: {key}", value=value
        )


def _entry(key: str, fields: Mapping[str, object], place: _Place) -> OpinionEntry | None:
    provider = fields.get("litellm_provider")
    if key == "sample_spec" or not isinstance(provider, str):
        return None
    base: dict[tuple[Tier, str], Decimal] = {}
    above: dict[tuple[Tier, str], dict[int, Decimal]] = defaultdict(dict)
    for name, value in fields.items():
        parts = _KEY.fullmatch(name)
        unit = _UNITS.get(parts["base"]) if parts else None
        if parts is None or unit is None or value is None:
            continue
        if not isinstance(value, Decimal) and type(value) is not int:
            raise place.error("is not a number", name, value)
        price = EXACT.multiply(Decimal(value), _PER).normalize()
        where = (_TIERS.get(parts["tier"] or "", STANDARD), unit)
        if parts["thousands"]:
            above[where][int(parts["thousands"]) * 1000] = price
        else:
            base[where] = price
    for tier, unit in above:
        # A tier may state only what longer input costs: shorter input is then at the standard.
        if (tier, unit) not in base and (STANDARD, unit) in base:
            base[tier, unit] = base[STANDARD, unit]
    prices: dict[Tier, dict[str, UnitPrice]] = defaultdict(dict)
    for (tier, unit), price in base.items():
        steps = above.get((tier, unit), {})
        prices[tier][unit] = UnitPrice(price, tuple(sorted(steps.items())))
    return OpinionEntry(key, provider, dict(prices)) if prices else None


def _list_provider(name: str) -> str:
    """Return the provider as the price list names it: ``vertex_ai-language-models`` is Google."""
    exact = _PROVIDERS.get(name)
    if exact:
        return exact
    known = (
        ours for theirs, ours in _PROVIDERS.items() if name.startswith((f"{theirs}-", f"{theirs}_"))
    )
    return next(known, name)


def _bare_name(key: str, provider: str) -> str:
    """Return the model's name without the provider before it: ``gemini/gemini-2.5-pro``."""
    head, slash, tail = key.partition("/")
    if slash and (head == provider or _list_provider(head) == _list_provider(provider)):
        return tail
    return key
