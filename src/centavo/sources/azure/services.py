"""What kind of service an Azure charge is for, and what its meter counts where it is a model's."""

import re
from functools import cache

from centavo.sources.azure.meter import parse_meter, tokens_per_unit
from centavo.sources.sku_function import NamedSku

__all__ = ["named_meter", "service_category"]

# FOCUS service categories by meterCategory. Source: FOCUS 1.4, column ServiceCategory; product
# groups of azure.microsoft.com/products.
_BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "AI and Machine Learning": (
        "AI Search", "Azure AI Foundry", "Azure AI Foundry Models", "Azure AI Services",
        "Azure Applied AI Services", "Azure Bot Service", "Azure Cognitive Search",
        "Azure Machine Learning", "Azure OpenAI", "Azure OpenAI Service", "Cognitive Services",
        "Foundry Agents", "Foundry Models", "Foundry Tools", "Machine Learning",
        "Machine Learning Studio", "Microsoft Copilot Studio", "Copilot Studio",
    ),
    "Analytics": (
        "Azure Analysis Services", "Azure Data Explorer", "Azure Data Factory",
        "Azure Data Factory v2", "Azure Databricks", "Azure Synapse Analytics", "Data Lake Store",
        "HDInsight", "Microsoft Fabric", "Power BI", "Power BI Embedded", "Stream Analytics",
    ),
    "Compute": (
        "Azure App Service", "Azure Container Apps", "Azure Kubernetes Service", "Azure Spring Cloud",
        "Azure VMware Solution", "Batch", "Cloud Services", "Container Instances", "Functions",
        "Specialized Compute", "Virtual Machines", "Virtual Machines Licenses",
        "Windows Virtual Desktop", "Azure Virtual Desktop",
    ),
    "Databases": (
        "Azure Cosmos DB", "Azure Database for MariaDB", "Azure Database for MySQL",
        "Azure Database for PostgreSQL", "Azure SQL Edge", "Redis Cache", "SQL Database",
        "SQL Managed Instance", "SQL Server Stretch Database", "Azure Managed Redis",
    ),
    "Developer Tools": (
        "Azure DevOps", "Azure Lab Services", "Container Registry", "GitHub", "Visual Studio Subscription",
        "App Configuration", "Azure App Configuration", "Azure Dev Center",
    ),
    "Identity": (
        "Azure Active Directory", "Azure Active Directory B2C", "Azure Active Directory Domain Services",
        "Azure Active Directory for External Identities", "Microsoft Entra ID",
    ),
    "Integration": (
        "API Management", "Event Grid", "Event Hubs", "Logic Apps", "Notification Hubs",
        "Power Automate", "Service Bus",
    ),
    "Internet of Things": ("Digital Twins", "IoT Central", "IoT Hub", "Time Series Insights"),
    "Management and Governance": (
        "Application Insights", "Automation", "Azure Arc Enabled Databases", "Azure Grafana Service",
        "Azure Monitor", "Azure Policy", "Azure Purview", "Azure Site Recovery", "Insight and Analytics",
        "Log Analytics", "Microsoft Purview", "Scheduler", "Azure Update Manager",
    ),
    "Media": ("Azure Media Services", "Media Services"),
    "Migration": ("Azure Database Migration Service", "Azure Migrate", "Data Box"),
    "Networking": (
        "Application Gateway", "Azure Bastion", "Azure DNS", "Azure Firewall", "Azure Front Door Service",
        "Azure NAT Gateway", "Azure Route Server", "Bandwidth", "CDN", "Content Delivery Network",
        "ExpressRoute", "IP Addresses", "Load Balancer", "NAT Gateway", "Network Watcher",
        "Private Link", "Traffic Manager", "Virtual Network", "Virtual Network Private Link",
        "Virtual WAN", "VPN Gateway",
    ),
    "Security": (
        "Advanced Threat Protection", "Azure DDOS Protection", "Azure Defender", "Key Vault",
        "Microsoft Defender for Cloud", "Security Center", "Sentinel", "Dedicated HSM",
    ),
    "Storage": (
        "Azure NetApp Files", "Backup", "Data Lake Storage", "StorSimple", "Storage",
        "Azure HPC Cache", "Azure Elastic SAN",
    ),
    "Web": ("Azure Communication Services", "Azure Maps", "Azure SignalR Service", "Azure Web PubSub",
            "SignalR", "Email", "Messaging", "Azure Static Web Apps"),
}  # fmt: skip
_CATEGORIES = {name.lower(): category for category, names in _BY_CATEGORY.items() for name in names}

# serviceFamily, where the category is not known.
_FAMILIES: dict[str, str] = {
    "ai + machine learning": "AI and Machine Learning",
    "analytics": "Analytics",
    "azure communication services": "Web",
    "compute": "Compute",
    "containers": "Compute",
    "databases": "Databases",
    "developer tools": "Developer Tools",
    "hybrid + multicloud": "Multicloud",
    "identity": "Identity",
    "integration": "Integration",
    "internet of things": "Internet of Things",
    "management and governance": "Management and Governance",
    "media": "Media",
    "migration": "Migration",
    "networking": "Networking",
    "security": "Security",
    "storage": "Storage",
    "web": "Web",
}

# Products under which models are sold, whatever the category of the day is called.
_MODEL_PRODUCT = re.compile(
    r"openai|\bfoundry (models|provisioned)|\b(deepseek|grok|llama|mistral|phi|mai|qwen|cohere|flux|"
    r"fireworks|kimi|claude|anthropic)\b",
    re.IGNORECASE,
)
_TOKENS = re.compile(r"\btokens?\b", re.IGNORECASE)
_SELLS_MODELS = re.compile(r"openai|foundry|cognitive|\bai\b|saas|marketplace", re.IGNORECASE)


def service_category(category: str, family: str = "") -> str | None:
    """Return the FOCUS ServiceCategory of a charge; ``None`` where the bill names no service.

    >>> service_category("Virtual Machines"), service_category("", "AI + Machine Learning")
    ('Compute', 'AI and Machine Learning')
    """
    if not category and not family:
        return None
    return _CATEGORIES.get(category.lower()) or _FAMILIES.get(family.lower(), "Other")


@cache
def named_meter(category: str, product: str, meter: str, unit: str, family: str) -> NamedSku:
    """Return what the names of one charge say.

    Args:
        category: ``meterCategory``: ``Foundry Models``, ``Cognitive Services``, ``Storage`` …
        product: ``meterSubCategory`` and the product's name.
        meter: ``meterName``.
        unit: ``unitOfMeasure``.
        family: ``serviceFamily``.
    """
    kind = service_category(category, family)
    sells_models = _SELLS_MODELS.search(f"{category} {family}") is not None
    if not sells_models or not (_MODEL_PRODUCT.search(product) or _TOKENS.search(meter)):
        return NamedSku(service_category=kind)
    meaning = parse_meter(meter, product)
    is_model = meaning.family is not None or meaning.tier == "provisioned"
    dark = None if meaning.is_understood or not meter else f"{category}: {meter}"
    return NamedSku(
        meaning,
        tokens_per_unit=tokens_per_unit(meaning, meter, unit),
        service_category="AI and Machine Learning" if is_model else kind,
        service_subcategory="Generative AI" if is_model else None,
        dark=dark,
    )
