"""GPUs: what they compute, read and hold, as their makers state it (dense, without sparsity)."""

from dataclasses import dataclass

__all__ = ["GPUS", "Gpu"]


@dataclass(frozen=True)
class Gpu:
    """One GPU.

    Attributes:
        flops: Dense 16-bit floating-point operations a second.
        eight_bit: How many times that at 8 bits; 1 where it has no 8-bit units.
        four_bit: How many times that at 4 bits.
        bytes_s: Memory bandwidth.
        memory_gb: Memory.
        blackwell: Whether it is of NVIDIA's Blackwell generation.
        source: Data sheet.
    """

    name: str
    flops: float
    eight_bit: float
    four_bit: float
    bytes_s: float
    memory_gb: float
    blackwell: bool
    source: str


_NVIDIA = "https://www.nvidia.com/en-us/data-center"

GPUS: dict[str, Gpu] = {
    it.name: it
    for it in (
        Gpu("a100-40gb", 312e12, 1, 1, 1.555e12, 40, blackwell=False, source=f"{_NVIDIA}/a100/"),
        Gpu("a100-80gb", 312e12, 1, 1, 2.039e12, 80, blackwell=False, source=f"{_NVIDIA}/a100/"),
        Gpu("h100-sxm", 989e12, 2, 2, 3.35e12, 80, blackwell=False, source=f"{_NVIDIA}/h100/"),
        Gpu("h200-sxm", 989e12, 2, 2, 4.8e12, 141, blackwell=False, source=f"{_NVIDIA}/h200/"),
        Gpu("b200-sxm", 2250e12, 2, 4, 8e12, 180, blackwell=True, source=f"{_NVIDIA}/hgx/"),
        Gpu("gb200", 2500e12, 2, 4, 8e12, 186, blackwell=True, source=f"{_NVIDIA}/gb200-nvl72/"),
        Gpu("b300-sxm", 2300e12, 2, 4, 8e12, 270, blackwell=True, source=f"{_NVIDIA}/hgx/"),
        Gpu("gb300", 2500e12, 2, 4, 8e12, 279, blackwell=True, source=f"{_NVIDIA}/gb300-nvl72/"),
    )
}
