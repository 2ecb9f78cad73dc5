"""Open-weights models: sizes and shapes from their published configurations."""

from dataclasses import dataclass

__all__ = ["OPEN_MODELS", "OpenModel"]


@dataclass(frozen=True)
class OpenModel:
    """One model.

    Attributes:
        family: Models of one maker and generation; a fit is judged on families it has not seen.
        parameters: All of them.
        active: Those that one token uses.
        layers: Transformer layers.
        hidden: Width.
        cache_values: Values of the key-value cache that one token adds over all layers.
        experts: Experts of a layer; 0 for a dense model.
        routed: Experts that one token uses.
        source: Model card.
        checked: Day and configuration against which the shape was read (sizes in billions are the
            makers' own rounded ones); ``None`` where nobody did.
    """

    name: str
    family: str
    parameters: float
    active: float
    layers: int
    hidden: int
    cache_values: int
    experts: int
    routed: int
    source: str
    checked: str | None


def _model(
    name: str, family: str, sizes: tuple[float, float], shape: tuple[int, int, int],
    experts: tuple[int, int], pages: tuple[str, str | None],
) -> OpenModel:  # fmt: skip
    card, checked = pages
    return OpenModel(
        name, family, sizes[0] * 1e9, sizes[1] * 1e9, *shape, *experts,
        source=f"https://huggingface.co/{card}",
        checked=None if checked is None else f"2026-11-30, {checked}",
    )  # fmt: skip


_ASCEND = "https://gitcode.com/Ascend/MindSpeed-RL/blob/master/configs/model"
_HUB = "https://huggingface.co"

OPEN_MODELS: dict[str, OpenModel] = {
    it.name: it
    for it in (
        _model("llama-3.1-8b", "llama", (8.03, 8.03), (32, 4096, 65_536), (0, 0),
               ("meta-llama/Llama-3.1-8B", f"{_HUB}/bunnycore/Llama3-OneForAll-8B (3 has its shape)")),
        _model("llama-3.1-70b", "llama", (70.6, 70.6), (80, 8192, 163_840), (0, 0),
               ("meta-llama/Llama-3.1-70B", f"{_HUB}/nvidia/Llama3-ChatQA-1.5-70B (3 has its shape)")),
        _model("qwen3-32b", "qwen3", (32.8, 32.8), (64, 5120, 131_072), (0, 0),
               ("Qwen/Qwen3-32B", f"{_ASCEND}/qwen3_32b.yaml")),
        _model("qwen3-235b-a22b", "qwen3", (235, 22), (94, 4096, 96_256), (128, 8),
               ("Qwen/Qwen3-235B-A22B", f"{_ASCEND}/qwen3_235b_a22b.yaml")),
        _model("qwen3.5-397b-a17b", "qwen3.5", (397, 17), (60, 4096, 15_360), (512, 10),
               ("Qwen/Qwen3.5-397B-A17B", f"{_HUB}/mlx-community/Qwen3.5-397B-A17B-4bit (from its card)")),
        _model("gpt-oss-120b", "gpt-oss", (117, 5.1), (36, 2880, 36_864), (128, 4),
               ("openai/gpt-oss-120b", f"{_HUB}/witflag/AlphaMind (a copy of it)")),
        _model("deepseek-v3", "deepseek", (671, 37), (61, 7168, 35_136), (256, 8),
               ("deepseek-ai/DeepSeek-V3", f"{_HUB}/FILM6912/DeepSeek-V3 (a copy of it)")),
        _model("minimax-m2.5", "minimax", (230, 10), (62, 3072, 126_976), (256, 8),
               ("MiniMaxAI/MiniMax-M2.5", f"{_HUB}/amd/MiniMax-M2.7-BF16 (M2.1 and 2.7 agree)")),
        _model("kimi-k2.5", "kimi", (1040, 32), (61, 7168, 35_136), (384, 8),
               ("moonshotai/Kimi-K2.5", "https://docs.nvidia.com/nemo/megatron-bridge (Kimi K2)")),
        _model("glm-5", "glm", (744, 40), (78, 6144, 44_928), (256, 8),
               ("zai-org/GLM-5", "GlmMoeDsaConfig of transformers, whose defaults are GLM-5's")),
    )
}  # fmt: skip
