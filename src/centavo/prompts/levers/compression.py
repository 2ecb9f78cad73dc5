"""Lossy compression: an extract of the most central sentences, or llmlingua's; counted only with a proof."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from centavo.errors import ConfigError
from centavo.prompts.levers.proof import PROOF_PARAMETERS, Proof
from centavo.prompts.levers.retexting import retexted
from centavo.prompts.payload import mapped
from centavo.prompts.transforms.extract import LEAST_CHARS, extract
from centavo.savings.lever import Change, Lever, LeverKind, LeverSettings, Parameter
from centavo.savings.traffic import Traffic

__all__ = ["EXTRACT", "LLMLINGUA"]

Compress = Callable[[str], str]
_KINDS = ("context", "tool_output", "history")


def _lever(
    settings: LeverSettings, kind: str, label: str, compressor: Callable[[], Compress]
) -> Lever:
    proof = Proof.of(settings)
    kinds = tuple(settings.text("parts").split("|")) if settings.text("parts") else _KINDS
    unknown = [each for each in kinds if each not in _KINDS]
    if unknown:
        raise settings.fail("parts", f"is none of {', '.join(_KINDS)}")

    def apply(traffic: Traffic) -> Change:
        compress = compressor()
        change = retexted(
            traffic, settings.where.sql, lambda value, _: mapped(value, compress), kinds=kinds
        )
        return proof.counted(traffic, change)

    return Lever(
        kind=kind,
        label=label,
        apply=apply,
        where=settings.where,
        quality=proof.quality,
        needs_parts=True,
    )


def _share(settings: LeverSettings, name: str) -> float:
    share = settings.number(name)
    if share is None or not 0 < share < 1:
        raise settings.fail(name, "is not between 0 and 1")
    return float(share)


def _extract(settings: LeverSettings) -> Lever:
    share = _share(settings, "share")
    label = f"the most central sentences, {100 * share:.0f} % of the text"
    return _lever(settings, "extract", label, lambda: lambda text: extract(text, share))


def _llmlingua(settings: LeverSettings) -> Lever:
    rate, model = _share(settings, "rate"), settings.text("compressor")
    return _lever(
        settings, "llmlingua", f"compressed by llmlingua to {100 * rate:.0f} %",
        lambda: _compressor(model, rate),
    )  # fmt: skip


def _compressor(model: str, rate: float) -> Compress:
    """Return llmlingua's compression with a model that is on this machine.

    Raises:
        ConfigError: The extra is not installed, or the model cannot be opened.
    """
    try:
        library: Any = import_module("llmlingua")
    except ImportError:
        raise ConfigError(
            "lever llmlingua needs the library llmlingua", hint="pip install 'centavo[llmlingua]'"
        ) from None
    try:
        made = library.PromptCompressor(model_name=model, use_llmlingua2=True, device_map="cpu")
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"llmlingua cannot open the model {model!r}: {error}",
            hint="compressor= names a folder with a model of LLMLingua-2; centavo downloads none.",
        ) from error

    def compress(text: str) -> str:
        if len(text) < LEAST_CHARS:
            return text
        done = made.compress_prompt_llmlingua2(text, rate=rate, force_tokens=["\n", "?", "."])
        return str(done["compressed_prompt"])

    return compress


_PROOF = (
    *PROOF_PARAMETERS,
    Parameter("parts", f"of {'|'.join(_KINDS)} [default: all]"),
)
EXTRACT = LeverKind(
    "extract",
    "Long prose in retrieved context, tool results and history cut to its most central sentences (TextRank). Lossy: "
    "counted only where loss and evidence are stated.",
    (Parameter("share", "of the text that stays, between 0 and 1", is_required=True), *_PROOF),
    _extract,
    place=47,
    excludes=frozenset({"llmlingua"}),
)
LLMLINGUA = LeverKind(
    "llmlingua",
    "The same texts compressed by LLMLingua-2 (extra llmlingua), with a model that is on this machine. Lossy: counted "
    "only where loss and evidence are stated.",
    (
        Parameter("rate", "of the tokens that stay, between 0 and 1", is_required=True),
        Parameter("compressor", "folder of the compression model", is_required=True),
        *_PROOF,
    ),
    _llmlingua,
    place=47,
    excludes=frozenset({"extract"}),
)
