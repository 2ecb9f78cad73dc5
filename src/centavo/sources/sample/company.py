"""Who the sample company is: invented teams, applications, cost centres and customers.

"Loja Exemplo" does not exist. It is a mid-size online shop with a marketplace of small sellers
("lojistas"), billed by Google in reais and by OpenAI and Anthropic in dollars.
"""

from dataclasses import dataclass

__all__ = [
    "APPLICATIONS",
    "BILLING_ACCOUNT",
    "COMPANY",
    "CUSTOMERS",
    "UNLABELLED",
    "Application",
    "application",
    "google_project",
    "vendor_project",
]

COMPANY = "Loja Exemplo (synthetic)"
BILLING_ACCOUNT = "00SYNT-HETIC0-EXAMPL"
# Sellers of the marketplace, with the weight of their traffic.
CUSTOMERS: tuple[tuple[str, int], ...] = (
    ("lojista-001", 24),
    ("lojista-002", 17),
    ("lojista-003", 13),
    ("lojista-004", 10),
    ("lojista-005", 8),
    ("lojista-006", 7),
    ("lojista-007", 6),
    ("lojista-008", 5),
    ("lojista-009", 4),
    ("lojista-010", 3),
    ("lojista-011", 2),
    ("lojista-012", 1),
)


@dataclass(frozen=True)
class Application:
    """One application and who answers for it.

    Attributes:
        name: As in labels and metadata.
        team: Owner.
        cost_center: Cost centre that pays.
        google: Short name of its Google project; ``None`` when it uses none.
        purpose: What it does, one phrase.
    """

    name: str
    team: str
    cost_center: str
    google: str | None
    purpose: str


# The application that nobody labelled: its calls carry no metadata and its vendor project no tags.
UNLABELLED = "resumo-relatorios"

APPLICATIONS: tuple[Application, ...] = (
    Application(
        "atendimento-chat", "atendimento", "CC-1010", None, "support chat and copilot of the agents"
    ),
    Application(
        "busca-semantica", "busca", "CC-1020", "busca", "answers above the shop's search results"
    ),
    Application(
        "extracao-documentos",
        "financeiro",
        "CC-1030",
        "documentos",
        "reads invoices and contracts of sellers",
    ),
    Application(
        "assistente-codigo", "plataforma", "CC-1040", None, "coding agent of the engineers"
    ),
    Application("conteudo-marketing", "marketing", "CC-1050", None, "product texts and mailings"),
    Application("notas-fraude", "credito", "CC-1060", None, "yes or no on a suspicious order"),
    Application(
        "plataforma-dados", "plataforma", "CC-1070", "dados", "shared storage, logs and pipelines"
    ),
    Application("treino-modelos", "ciencia-dados", "CC-1080", "ml", "training and notebooks"),
    Application(
        "recomendacao-v1", "ciencia-dados", "CC-1080", "ml", "old recommender, replaced in the shop"
    ),
    Application(UNLABELLED, "financeiro", "CC-1030", None, "nightly summaries of reports"),
)
_BY_NAME = {each.name: each for each in APPLICATIONS}


def application(name: str) -> Application:
    """Return the application of that name."""
    return _BY_NAME[name]


def google_project(short: str, environment: str) -> str:
    """Return a Google project id.

    >>> google_project("busca", "production")
    'loja-exemplo-busca-prod'
    """
    suffix = {"production": "prod", "development": "dev"}.get(environment, environment)
    return f"loja-exemplo-{short}-{suffix}"


def vendor_project(name: str, environment: str) -> str:
    """Return the id of the OpenAI project or Anthropic workspace.

    >>> vendor_project("notas-fraude", "production")
    'proj_notas-fraude-production'
    >>> vendor_project(UNLABELLED, "production")
    'proj_default'
    """
    return "proj_default" if name == UNLABELLED else f"proj_{name}-{environment}"
