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


def _model(
    name: str, family: str, sizes: tuple[float, float], shape: tuple[int, int, int],
    experts: tuple[int, int], card: str,
) -> OpenModel:  # fmt: skip
    return OpenModel(
        name, family, sizes[0] * 1e9, sizes[1] * 1e9, *shape, *experts,
        source=f"https://huggingface.co/{card}",
    )  # fmt: skip


OPEN_MODELS: dict[str, OpenModel] = {
    it.name: it
    for it in (
        _model("llama-3.1-8b", "llama", (8.03, 8.03), (32, 4096, 65_536), (0, 0),
               "meta-llama/Llama-3.1-8B"),
        _model("llama-3.1-70b", "llama", (70.6, 70.6), (80, 8192, 163_840), (0, 0),
               "meta-llama/Llama-3.1-70B"),
        _model("qwen3-32b", "qwen3", (32.8, 32.8), (64, 5120, 131_072), (0, 0), "Qwen/Qwen3-32B"),
        _model("qwen3-235b-a22b", "qwen3", (235, 22), (94, 4096, 96_256), (128, 8),
               "Qwen/Qwen3-235B-A22B"),
        _model("qwen3.5-397b-a17b", "qwen3.5", (397, 17), (60, 4096, 15_360), (512, 10),
               "Qwen/Qwen3.5-397B-A17B"),
        _model("gpt-oss-120b", "gpt-oss", (117, 5.1), (36, 2880, 36_864), (128, 4),
               "openai/gpt-oss-120b"),
        _model("deepseek-v3", "deepseek", (671, 37), (61, 7168, 35_136), (256, 8),
               "deepseek-ai/DeepSeek-V3"),
        _model("minimax-m2.5", "minimax", (230, 10), (62, 3072, 126_976), (256, 8),
               "MiniMaxAI/MiniMax-M2.5"),
        _model("kimi-k2.5", "kimi", (1040, 32), (61, 7168, 35_136), (384, 8),
               "moonshotai/Kimi-K2.5"),
        _model("glm-5", "glm", (744, 40), (78, 6144, 44_928), (256, 8), "zai-org/GLM-5"),
    )
}  # fmt: skip
