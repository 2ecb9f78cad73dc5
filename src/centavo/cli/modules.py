"""The modules that have rules, and how the codes of their rules begin; nothing of them is loaded."""

__all__ = ["MODULES"]

# Further modules are added as they come.
MODULES: dict[str, str] = {"consumption": "CON", "modelfit": "FIT", "prompts": "PRM"}
