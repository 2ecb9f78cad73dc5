"""Sizing: tokens, models and GPUs to GPU hours and gigabytes, each as a value with its error band."""

from centavo.planning.sizing.hardware import GPUS, Gpu
from centavo.planning.sizing.open_models import OPEN_MODELS, OpenModel
from centavo.planning.sizing.sized import Sized

__all__ = ["GPUS", "OPEN_MODELS", "Gpu", "OpenModel", "Sized"]
