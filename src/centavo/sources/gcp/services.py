"""What kind of service a Google Cloud service is, by its name in the bill."""

import re

__all__ = ["is_ai_service", "pricing_category", "service_category"]

# FOCUS service categories by service.description. What is not here is 'Other'.
# Source: FOCUS 1.4, column ServiceCategory; product groups of cloud.google.com/products.
_BY_CATEGORY: dict[str, tuple[str, ...]] = {
    "AI and Machine Learning": (
        "Agent Platform", "Cloud AutoML", "Cloud Document AI API", "Cloud Natural Language API",
        "Cloud Speech API", "Cloud Text-to-Speech API", "Cloud TPU", "Cloud Translation API",
        "Cloud Video Intelligence API", "Cloud Vision API", "Dialogflow API", "Document AI",
        "Gemini API", "Gemini Code Assist", "Gemini Enterprise", "Gemini Enterprise Agent Platform",
        "Generative Language API", "Recommendations AI", "Translate", "Vertex AI",
        "Vertex AI Agent Builder", "Vertex AI Search", "Vertex AI Vision",
    ),
    "Analytics": (
        "BigQuery", "BigQuery BI Engine", "BigQuery Reservation API", "BigQuery Storage API",
        "Cloud Composer", "Cloud Data Fusion", "Cloud Dataflow", "Cloud Dataproc", "Data Catalog",
        "Dataplex", "Looker", "Looker Studio",
    ),
    "Compute": (
        "App Engine", "Cloud Functions", "Cloud Run", "Cloud Run Functions", "Compute Engine",
        "Kubernetes Engine", "VMware Engine", "Bare Metal Solution", "Backup for GKE",
    ),
    "Databases": (
        "AlloyDB", "Cloud Bigtable", "Cloud Datastore", "Cloud Firestore", "Cloud Memorystore",
        "Cloud Memorystore for Redis", "Cloud Spanner", "Cloud SQL", "Datastream",
    ),
    "Developer Tools": (
        "Artifact Registry", "Cloud Build", "Cloud Deploy", "Cloud Source Repositories",
        "Container Registry", "Firebase Hosting", "Source Repository",
    ),
    "Identity": ("Identity Platform", "Cloud Identity", "Identity-Aware Proxy"),
    "Integration": (
        "Apigee", "Application Integration", "Cloud Endpoints", "Cloud Pub/Sub", "Cloud Scheduler",
        "Cloud Tasks", "Eventarc", "Pub/Sub", "Workflows",
    ),
    "Management and Governance": (
        "Cloud Logging", "Cloud Monitoring", "Cloud Trace", "Stackdriver Logging",
        "Stackdriver Monitoring", "Stackdriver Trace", "Support",
    ),
    "Networking": (
        "Cloud CDN", "Cloud DNS", "Cloud Interconnect", "Cloud Load Balancing", "Cloud NAT",
        "Cloud VPN", "Network Connectivity Center", "Network Intelligence Center", "Networking",
    ),
    "Security": (
        "Certificate Authority Service", "Cloud Armor", "Cloud Data Loss Prevention",
        "Cloud Key Management Service (KMS)", "reCAPTCHA Enterprise", "Secret Manager",
        "Security Command Center",
    ),
    "Storage": (
        "Cloud Filestore", "Cloud Storage", "Backup and DR Service", "NetApp Volumes",
        "Storage Transfer Service",
    ),
    "Business Applications": ("Google Workspace", "Google Maps Platform", "Places API", "Maps API"),
}  # fmt: skip
_CATEGORIES = {name.lower(): category for category, names in _BY_CATEGORY.items() for name in names}

# Vertex AI and Gemini API, by service.id; names change, ids do not.
_AI_SERVICE_IDS = frozenset({"C7E2-9256-1C43", "AEFD-7695-64FA", "74B1-77CF-C302"})
# Partners' models are billed under a service of the model's own name.
_MODEL_SERVICE = re.compile(r"^(claude|gemini|llama|mistral|codestral|jamba)\b", re.IGNORECASE)


def service_category(description: str, service_id: str = "") -> str | None:
    """Return the FOCUS ServiceCategory of a service; ``None`` where the bill names no service.

    >>> service_category("Vertex AI")
    'AI and Machine Learning'
    """
    if not description and not service_id:
        return None
    if is_ai_service(description, service_id):
        return "AI and Machine Learning"
    return _CATEGORIES.get(description.lower(), "Other")


def is_ai_service(description: str, service_id: str = "") -> bool:
    """Say whether the service sells models or machine learning."""
    return (
        service_id in _AI_SERVICE_IDS
        or _CATEGORIES.get(description.lower()) == "AI and Machine Learning"
        or _MODEL_SERVICE.match(description) is not None
    )


def pricing_category(consumption: str, sku: str) -> str | None:
    """Return the FOCUS PricingCategory that a consumption model and a SKU state, if they do.

    Args:
        consumption: ``consumption_model.description``, or its id: ``Default``, ``Compute Flexible
            CUDs 1 Year``, ``PREEMPTIBLE_SPOT`` …
        sku: ``sku.description``.
    """
    words = re.sub(r"[^a-z]+", " ", f"{consumption} {sku}".lower())
    if re.search(r"\b(spot|preemptible)\b", words):
        return "Dynamic"
    stated = re.sub(r"[^a-z]+", " ", consumption.lower())
    if re.search(r"\b(cuds?|commitment|committed)\b", stated):
        return "Committed"
    if re.search(r"\b(default|pay as you go)\b", stated):
        return "Standard"
    return None
