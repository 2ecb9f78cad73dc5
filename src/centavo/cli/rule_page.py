"""The page of a rule, from its docstring and its thresholds: ``centavo explain CODE``."""

from centavo.findings import Rule

__all__ = ["rule_page", "rule_pages"]


def rule_pages() -> dict[str, str]:
    """Return the page of every built-in and installed rule, by its code."""
    # The rules bring the engine with them: only who asks for an explanation waits for it.
    from centavo.consumption.rules import RULES
    from centavo.findings.installed import installed_rules
    from centavo.modelfit.rules import RULES as MODELFIT_RULES
    from centavo.prompts.rules import RULES as PROMPT_RULES

    own = (*RULES, *MODELFIT_RULES, *PROMPT_RULES)
    return {rule.code: rule_page(rule) for rule in (*own, *installed_rules())}


def rule_page(rule: Rule) -> str:
    """Return the page as Markdown; its first line is the rule's title."""
    parts = [f"{rule.doc.title} ({rule.code}, {rule.name})."]
    for name, text in rule.doc.sections.items():
        parts += ["", f"{name}:", *(f"  {line}" if line else "" for line in text.splitlines())]
    if rule.thresholds:
        parts += ["", f"Thresholds, under [rules.{rule.code}] in centavo.toml:"]
        for each in rule.thresholds:
            parts += [f"  {each.name} = {each.default:f} ({each.unit})", f"    {each.source}"]
    return "\n".join(parts) + "\n"
