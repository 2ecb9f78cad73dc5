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
        checked: Day and page against which the figures were read; ``None`` where nobody did.
    """

    name: str
    flops: float
    eight_bit: float
    four_bit: float
    bytes_s: float
    memory_gb: float
    blackwell: bool
    source: str
    checked: str | None


_NVIDIA = "https://www.nvidia.com/en-us/data-center"
# Reads NVIDIA's data sheets and names them; the makers' own pages state sparse figures, twice these.
_READ = "2026-11-30, https://glennklockwood.com/garden/processors"


def _gpu(
    name: str, speed: tuple[float, float, float], memory: tuple[float, float], sheet: str,
    checked: str | None, *, blackwell: bool = False,
) -> Gpu:  # fmt: skip
    return Gpu(
        name, *speed, *memory, blackwell=blackwell, source=f"{_NVIDIA}/{sheet}/", checked=checked
    )


GPUS: dict[str, Gpu] = {
    it.name: it
    for it in (
        _gpu("a100-40gb", (312e12, 1, 1), (1.555e12, 40), "a100", f"{_READ}/A100"),
        _gpu("a100-80gb", (312e12, 1, 1), (2.039e12, 80), "a100", f"{_READ}/A100"),
        _gpu("h100-sxm", (989e12, 2, 2), (3.35e12, 80), "h100", f"{_READ}/h100"),
        _gpu("h200-sxm", (989e12, 2, 2), (4.8e12, 141), "h200",
             "2026-11-30, https://itkb.uw.cz/2026/06/nvidia-h200-vs-b300-precisions-cores.html"),
        _gpu("b200-sxm", (2250e12, 2, 4), (8e12, 180), "hgx", f"{_READ}/B200", blackwell=True),
        _gpu("gb200", (2500e12, 2, 4), (8e12, 186), "gb200-nvl72",
             f"{_READ}/B200, without the memory's size", blackwell=True),
        _gpu("b300-sxm", (2250e12, 2, 13_125 / 2250), (8e12, 270), "hgx",
             f"{_READ}/B300, without the memory's usable size", blackwell=True),
        _gpu("gb300", (2500e12, 2, 6), (8e12, 279), "gb300-nvl72",
             f"{_READ}/B300, of 72 GPUs: 1.1 EFLOPS at 4 and 0.36 at 8 bits", blackwell=True),
    )
}  # fmt: skip
