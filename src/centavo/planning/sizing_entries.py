"""``sizing:`` of a driver: its value and its range taken from a sizing model, in the plan file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar, cast

from centavo.errors import BadValueError, InputError
from centavo.ledger.toml_lines import near_names
from centavo.planning.plan_values import PlanValues
from centavo.planning.sizing import GPUS, OPEN_MODELS, Sized
from centavo.planning.sizing.stores import (
    checkpoint_gb,
    data_set_gb,
    embedding_store_gb,
    log_gb_per_month,
    power_kwh_per_month,
)
from centavo.planning.units import ONE, Unit, parse_unit
from centavo.pricing.yaml_entries import YamlEntry

if TYPE_CHECKING:
    from centavo.planning.sizing.serving import Engine, Precision
    from centavo.planning.sizing.training import Method

__all__ = ["SIZING_KEYS", "SizedQuantity", "SizingEntries"]

_METHODS = ("full", "lora", "qlora")
_ENGINES = ("vllm", "sglang", "trtllm")
_PRECISIONS = ("bf16", "fp8", "fp4", "int4")
# More digits would claim more than a fit of a few thousand measurements knows.
_DIGITS = 6
_Named = TypeVar("_Named")

SIZING_KEYS: Mapping[str, tuple[str, ...]] = {
    "serving": (
        "model", "gpu", "engine", "precision", "gpus", "concurrency", "input_tokens",
        "output_tokens", "tokens", "hourly",
    ),
    "fine_tuning": ("model", "gpu", "method", "context", "tokens"),
    "embeddings": ("chunks", "dimensions", "bytes_per_value", "index_share"),
    "storage": (
        "tokens", "bytes_per_token", "parameters", "method", "kept", "adapter_parameters",
    ),
    "logs": ("requests", "bytes_per_request", "months_kept"),
    "power": ("watts_busy", "watts_idle", "busy_share", "overhead"),
}  # fmt: skip


@dataclass(frozen=True)
class SizedQuantity:
    """What a sizing model says, in ``unit``.

    Attributes:
        low: Lower end of the 90 % band; the value itself where it is an exact sum.
        high: Its upper end.
    """

    kind: str
    value: Decimal
    low: Decimal
    high: Decimal
    unit: Unit


@dataclass(frozen=True)
class SizingEntries:
    """Reads ``sizing:`` mappings."""

    values: PlanValues

    def quantity(self, entry: YamlEntry) -> SizedQuantity:
        """Return the sized quantity of a mapping.

        Raises:
            BadValueError: A parameter is missing, unknown or out of what was measured; names its line.
        """
        kind = entry.one_of("kind", SIZING_KEYS)
        entry.check_keys(("kind", *SIZING_KEYS[kind]))
        readers: Mapping[str, Callable[[YamlEntry], Sized | Decimal]] = {
            "serving": self._serving,
            "fine_tuning": self._fine_tuning,
            "embeddings": self._embeddings,
            "storage": self._storage,
            "logs": self._logs,
            "power": self._power,
        }
        try:
            found = readers[kind](entry)
        except BadValueError:
            raise
        except InputError as error:
            return entry.fail(f"cannot be sized: {error}", "kind", kind, hint=error.hint or "")
        if isinstance(found, Decimal):
            unit = parse_unit("kWh" if kind == "power" else "GB-month")
            return SizedQuantity(kind, found, found, found, unit)
        value, low, high = (
            Decimal(f"{it:.{_DIGITS}g}") for it in (found.value, found.low, found.high)
        )
        return SizedQuantity(kind, value, low, high, parse_unit(found.unit))

    def _serving(self, entry: YamlEntry) -> Sized:
        from centavo.planning.sizing.serving import (
            Serving,
            refuse_unfit,
            tokens_per_gpu_hour,
        )
        from centavo.planning.sizing.serving_hours import served_load

        if "tokens" in entry.values and "hourly" in entry.values:
            entry.fail("stands beside tokens, which says the same thing", "hourly")
        asked = Serving(
            model=self._named(entry, "model", OPEN_MODELS),
            gpu=self._named(entry, "gpu", GPUS),
            engine=cast("Engine", entry.one_of("engine", _ENGINES, default="vllm")),
            precision=cast("Precision", entry.one_of("precision", _PRECISIONS, default="fp8")),
            gpus=self._whole(entry, "gpus", default=1),
            concurrency=float(self._number(entry, "concurrency", "request", default=32)),
            input_tokens=float(self._number(entry, "input_tokens", "token", default=1024)),
            output_tokens=float(self._number(entry, "output_tokens", "token", default=1024)),
        )
        refuse_unfit(asked)
        if "hourly" in entry.values:
            texts = entry.texts("hourly")
            hours = [float(self._checked(entry, "hourly", it, "token")) for it in texts]
            return served_load(asked, hours).gpu_hours.times(1, "gpu-h")
        return self._of_tokens(entry, tokens_per_gpu_hour(asked).per(1e6, "gpu-h"))

    def _fine_tuning(self, entry: YamlEntry) -> Sized:
        from centavo.planning.sizing.training import TrainingRun, training_gpu_hours

        model = self._named(entry, "model", OPEN_MODELS)
        gpu = self._named(entry, "gpu", GPUS).name
        context = float(self._number(entry, "context", "token", default=2048))
        run = TrainingRun(model.active, model.layers, model.hidden, context, gpu)
        method = cast("Method", entry.one_of("method", _METHODS, default="full"))
        return self._of_tokens(entry, training_gpu_hours(run, 1e6, method=method))

    def _of_tokens(self, entry: YamlEntry, million: Sized) -> Sized:
        """Return the hours of the stated tokens, or without any those of a million."""
        if "tokens" not in entry.values:
            return million.times(1, "gpu-h/Mtoken")
        return million.times(float(self._number(entry, "tokens", "token")) / 1e6, "gpu-h")

    def _embeddings(self, entry: YamlEntry) -> Decimal:
        share = entry.values.get("index_share")
        return embedding_store_gb(
            self._number(entry, "chunks", "1"),
            dimensions=self._whole(entry, "dimensions"),
            bytes_per_value=self._number(entry, "bytes_per_value", "1", default=4),
            index_share=Decimal("0.5")
            if share is None
            else self.values.share(entry, "index_share"),
        )

    def _storage(self, entry: YamlEntry) -> Decimal:
        if not {"tokens", "parameters"} & entry.values.keys():
            entry.fail(
                "needs the tokens of a data set, the parameters of a checkpoint, or both", "kind"
            )
        total = Decimal(0)
        if "tokens" in entry.values:
            each = self._number(entry, "bytes_per_token", "1", default=4)
            total += data_set_gb(self._number(entry, "tokens", "token"), bytes_per_token=each)
        if "parameters" in entry.values:
            total += checkpoint_gb(
                self._number(entry, "parameters", "1"),
                method=cast("Method", entry.one_of("method", _METHODS, default="full")),
                kept=self._whole(entry, "kept", default=1),
                adapters=self._number(entry, "adapter_parameters", "1", default=0),
            )
        return total

    def _logs(self, entry: YamlEntry) -> Decimal:
        month = log_gb_per_month(
            self._number(entry, "requests", "request"),
            bytes_per_request=self._number(entry, "bytes_per_request", "1"),
        )
        return month * self._number(entry, "months_kept", "1", default=1)

    def _power(self, entry: YamlEntry) -> Decimal:
        return power_kwh_per_month(
            self._number(entry, "watts_busy", "1"),
            self._number(entry, "watts_idle", "1"),
            busy_share=self.values.share(entry, "busy_share"),
            overhead=self._number(entry, "overhead", "1", default=1),
        )

    def _named(self, entry: YamlEntry, key: str, known: Mapping[str, _Named]) -> _Named:
        name = entry.text(key)
        if name not in known:
            entry.fail("is not in the table of sizes", key, name, hint=near_names(name, known))
        return known[name]

    def _number(
        self, entry: YamlEntry, key: str, unit: str, *, default: int | None = None
    ) -> Decimal:
        """Return a number, bare or in a unit of this kind."""
        if default is not None and key not in entry.values:
            return Decimal(default)
        return self._checked(entry, key, entry.text(key), unit)

    def _checked(self, entry: YamlEntry, key: str, text: str, unit: str) -> Decimal:
        stated = self.values.parsed(entry, key, text)
        said = stated.unit or ONE
        if said.dimensions and not said.measures_the_same(parse_unit(unit)):
            entry.fail(f"is not a number{'' if unit == '1' else f' in {unit}s'}", key, text)
        return stated.base()

    def _whole(self, entry: YamlEntry, key: str, *, default: int | None = None) -> int:
        number = self._number(entry, key, "1", default=default)
        if number != int(number) or number < 1:
            entry.fail("is not a whole number of 1 or more", key, entry.text(key))
        return int(number)
