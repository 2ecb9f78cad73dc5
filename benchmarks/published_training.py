"""Published training throughput (llm-foundry's benchmarking tables) as what sizing is fitted to."""

from pathlib import Path

from centavo.planning.sizing.training import TrainingRun
from centavo.planning.sizing.training_fit import TrainingMeasurement

# Layers and width of the MPT models of the tables.
_SHAPES = {
    "125m": (12, 768), "350m": (24, 1024), "760m": (24, 1536), "1b": (24, 2048), "3b": (32, 2560),
    "7b": (32, 4096), "13b": (40, 5120), "30b": (48, 7168), "70b": (80, 8192),
}  # fmt: skip
_GPUS = {"h100_80gb": "h100-sxm", "a100_80gb": "a100-80gb", "a100_40gb": "a100-40gb"}


def read_tables(path: Path) -> list[TrainingMeasurement]:
    """Return every row of every table."""
    found: list[TrainingMeasurement] = []
    header: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip().startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == "Model":
            header = cells
        elif not cells[0].startswith("---"):
            found.append(_measurement(dict(zip(header, cells, strict=True))))
    return found


def _measurement(row: dict[str, str]) -> TrainingMeasurement:
    layers, hidden = _SHAPES[row["Model"]]
    run = TrainingRun(
        parameters=float(row["NumParams"]), layers=layers, hidden=hidden,
        context=float(row["SeqLen (T)"]), gpu=_GPUS[row["GPU"]],
        eight_bit="fp8" in row["Precision"],
        recomputes=row["Activation Checkpointing"] == "True",
    )  # fmt: skip
    return TrainingMeasurement(row["Model"], run, float(row["Throughput (T/s/GPU)"]))
