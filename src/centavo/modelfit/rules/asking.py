"""The questions of the rules of model fit: the named SQL files beside them."""

from functools import partial

from centavo.findings.question import ask as ask_package

__all__ = ["ask"]

ask = partial(ask_package, "centavo.modelfit.rules")
