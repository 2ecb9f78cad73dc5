"""The notes beside the data: what it is, the attribution rules and where the prices come from."""

from decimal import Decimal
from importlib.metadata import version

from centavo.sources.sample.company import APPLICATIONS, COMPANY, UNLABELLED
from centavo.sources.sample.plan import Plan

__all__ = ["attribution_rules", "prices_note", "readme"]

# Who uses the shared platform, as the company agreed once; adds up to 1.
_SHARES = {
    "atendimento-chat": Decimal("0.30"),
    "busca-semantica": Decimal("0.35"),
    "extracao-documentos": Decimal("0.20"),
    "treino-modelos": Decimal("0.15"),
}


def readme(plan: Plan, *, seed: int) -> str:
    """Return README.md of the sample's folder."""
    return f"""# {COMPANY}

THIS DATA IS SYNTHETIC. The company, its teams, customers, amounts and texts are invented; a program
(`centavo.sources.sample`, seed {seed}) wrote all of it. Prices of models are those of genai-prices
{version("genai-prices")}; exchange rates and machine prices are invented.

It covers {plan.since} until {plan.until} (that day excluded).

| path | what |
|---|---|
| `google/billing_export_YYYY-MM.jsonl` | Google Cloud bill in reais: detailed export, one row per day, project and SKU |
| `openai/focus_costs_YYYY-MM.csv`, `anthropic/focus_costs_YYYY-MM.csv` | costs in dollars: FOCUS 1.2 |
| `requests/requests-YYYY-MM.jsonl.gz` | one line per request to a model, some with bodies |
| `resources/utilisation-YYYY-MM.csv.gz` | hourly use of GPUs and virtual machines |
| `attribution.toml` | cost centres, and how the shared platform is split |
| `rates.csv` | reais per dollar by day |
| `prices-note.md` | where the prices come from |
| `TRUTH.json` | what was planted: every incident with its money, and the totals of the files |

Days are UTC. Tokens of logged bodies are counted at four characters each, so that the bodies and
the usage beside them agree. Three in ten requests of `{UNLABELLED}` are on the bill and not in the
log; every other request is in both.
"""


def prices_note() -> str:
    """Return prices-note.md."""
    return f"""# Prices

Models: genai-prices {version("genai-prices")}, the price of the request's UTC day, the standard tier,
and the long-context price where the whole request is above the model's step. Machines, storage and
logs: fixed prices of the size of public list prices, invented. Google bills in reais at one rate a
month, that of the last day before the month in `rates.csv`; each row is rounded half to even to six
decimals, so reais divided by the rate differ from dollars by less than 0.000001 a row. Above that
come a tax of 2.9 % of each invoice, two refunds and monthly fees, which no request explains.
"""


def attribution_rules() -> str:
    """Return attribution.toml: scope that the labels do not carry, and one shared cost."""
    lines = [
        "# SYNTHETIC: belongs to the sample company. The labels already name application, team",
        "# and environment; the rules add the cost centre. Nobody has claimed proj_default yet.",
        "",
    ]
    for each in APPLICATIONS:
        if each.name == UNLABELLED:
            continue
        lines += [
            "[[rule]]",
            f'name = "cost centre of {each.name}"',
            f'match = {{ application = "{each.name}" }}',
            f'set = {{ cost_center = "{each.cost_center}", team = "{each.team}" }}',
            "confidence = 1.0",
            "",
        ]
    lines += [
        "[[shared]]",
        'name = "data platform"',
        'match = { application = "plataforma-dados" }',
        'to = "application"',
        'split = "fixed"',
        "",
        "[shared.shares]",
        *(f'{name} = "{share}"' for name, share in _SHARES.items()),
        "",
    ]
    return "\n".join(lines)
