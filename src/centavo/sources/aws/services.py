"""What kind of service an AWS service is, by the product code and name on the bill."""

from collections.abc import Sequence

__all__ = ["services_values"]

# FOCUS category and subcategory, then lineItem/ProductCode. What is not here is 'Other'.
# Source: FOCUS 1.4, columns ServiceCategory and ServiceSubcategory; aws.amazon.com/products.
_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("AI and Machine Learning", "Generative AI", (
        "AmazonBedrock", "AmazonBedrockService", "AmazonBedrockFoundationModels",
        "AmazonBedrockAgentCore", "AmazonQ", "AmazonQBusiness", "Kiro")),
    ("AI and Machine Learning", "AI Platforms", ("AmazonSageMaker", "AmazonNovaAct")),
    ("AI and Machine Learning", "Bots", ("AmazonLex",)),
    ("AI and Machine Learning", "Machine Learning", (
        "AmazonForecast", "AmazonFraudDetector", "AmazonPersonalize", "AmazonRekognition",
        "AWSPanorama", "AmazonTextract")),
    ("AI and Machine Learning", "Natural Language Processing", (
        "AmazonComprehend", "AmazonKendra", "AmazonPolly", "AmazonTranslate", "comprehend",
        "transcribe", "translate")),
    ("Analytics", "Data Processing", (
        "AWSGlue", "ElasticMapReduce", "AmazonDataZone", "AWSLakeFormation")),
    ("Analytics", "Analytics Platforms", ("AmazonAthena", "AWSDataExchange")),
    ("Analytics", "Business Intelligence", ("AmazonQuickSight",)),
    ("Analytics", "Search", ("AmazonES", "AmazonCloudSearch")),
    ("Analytics", "Streaming Analytics", (
        "AmazonKinesis", "AmazonKinesisAnalytics", "AmazonKinesisFirehose", "AmazonMSK")),
    ("Business Applications", "Productivity and Collaboration", (
        "AmazonChime", "AmazonConnect", "AmazonWorkDocs", "AmazonWorkMail", "AmazonSES")),
    ("Compute", "Virtual Machines", (
        "AmazonEC2", "AmazonLightsail", "AWSBatch", "AWSOutposts", "AWSElasticBeanstalk",
        "AWSComputeOptimizer", "ComputeSavingsPlans", "MachineLearningSavingsPlans")),
    ("Compute", "Containers", (
        "AmazonECR", "AmazonECRPublic", "AmazonECS", "AmazonEKS", "AWSAppRunner")),
    ("Compute", "Serverless Compute", ("AWSLambda",)),
    ("Compute", "End User Computing", ("AmazonAppStream", "AmazonWorkSpaces")),
    ("Databases", "Relational Databases", ("AmazonRDS", "AmazonAuroraDSQL")),
    ("Databases", "NoSQL Databases", (
        "AmazonDynamoDB", "AmazonDocDB", "AmazonNeptune", "AmazonMCS", "AmazonSimpleDB")),
    ("Databases", "Caching", ("AmazonElastiCache", "AmazonMemoryDB", "AmazonDAX")),
    ("Databases", "Data Warehouses", ("AmazonRedshift",)),
    ("Databases", "Time Series Databases", ("AmazonTimestream",)),
    ("Databases", "Ledger Databases", ("AmazonQLDB",)),
    ("Developer Tools", "Continuous Integration and Deployment", (
        "AWSCodePipeline", "CodeBuild", "AWSCodeDeploy", "AWSCodeArtifact")),
    ("Developer Tools", "Development Environments", ("AWSCloud9", "AWSCloudShell")),
    ("Developer Tools", "Source Code Management", ("AWSCodeCommit",)),
    ("Identity", "Identity and Access Management", (
        "AmazonCognito", "AWSDirectoryService", "AWSIAM", "AmazonVerifiedPermissions")),
    ("Integration", "API Management", ("AmazonApiGateway", "AWSAppSync")),
    ("Integration", "Messaging", (
        "AmazonSNS", "AWSQueueService", "AmazonMQ", "AWSEvents", "AmazonPinpoint")),
    ("Integration", "Workflow Orchestration", ("AmazonStates", "AmazonMWAA", "AmazonSWF")),
    ("Internet of Things", "IoT Platforms", (
        "AWSIoT", "IoTDeviceManagement", "AWSIoTFleetWise", "AWSGreengrass")),
    ("Internet of Things", "IoT Analytics", ("AWSIoTAnalytics", "AWSIoTSiteWise", "AWSIoTEvents")),
    ("Management and Governance", "Observability", (
        "AmazonCloudWatch", "AWSXRay", "AmazonGrafana", "AmazonPrometheus")),
    ("Management and Governance", "Compliance", (
        "AWSCloudTrail", "AWSConfig", "AWSAuditManager")),
    ("Management and Governance", "Cost Management", (
        "AWSCostExplorer", "AWSBudgets", "AWSBillingConductor")),
    ("Management and Governance", "Support", (
        "AWSSupportBusiness", "AWSSupportDeveloper", "AWSSupportEnterprise",
        "AWSDeveloperSupport", "OCBPremiumSupport")),
    ("Management and Governance", "Other (Management and Governance)", (
        "AWSSystemsManager", "AWSCloudFormation", "AWSServiceCatalog", "AWSResilienceHub")),
    ("Media", "Media Streaming", ("AmazonIVS", "AWSElementalMediaLive", "AmazonKinesisVideo")),
    ("Media", "Content Creation", ("AWSElementalMediaConvert", "AmazonETS")),
    ("Migration", "Data Migration", ("AWSDatabaseMigrationSvc", "AWSDataSync", "AWSTransfer")),
    ("Migration", "Resource Migration", (
        "AWSApplicationMigrationSvc", "AWSMigrationHubRefactorSpaces", "RefactorSpaces",
        "refactor-spaces")),
    ("Networking", "Content Delivery", ("AmazonCloudFront",)),
    ("Networking", "Network Routing", ("AmazonRoute53", "AWSGlobalAccelerator")),
    ("Networking", "Application Networking", ("AWSELB", "AmazonVPCLattice", "AWSCloudMap")),
    ("Networking", "Network Connectivity", ("AWSDirectConnect", "AmazonVPN", "AWSCloudWAN")),
    ("Networking", "Network Infrastructure", ("AmazonVPC", "AWSDataTransfer")),
    ("Networking", "Network Security", ("AWSNetworkFirewall", "awswaf", "AWSShield", "AWSFMS")),
    ("Security", "Other (Security)", (
        "awskms", "AWSSecretsManager", "AmazonGuardDuty", "AmazonInspector", "AmazonInspectorV2",
        "AmazonMacie", "AWSSecurityHub", "AmazonDetective", "AWSCertificateManager", "CloudHSM",
        "AmazonSecurityLake")),
    ("Storage", "Object Storage", ("AmazonS3", "AmazonGlacier", "AmazonS3GlacierDeepArchive")),
    ("Storage", "File Storage", ("AmazonEFS", "AmazonFSx", "AmazonFSxWindows")),
    ("Storage", "Backup Storage", ("AWSBackup",)),
    ("Storage", "Storage Platforms", ("AWSStorageGateway", "AWSSnowball")),
)  # fmt: skip


def services_values() -> str:
    """Return the rows of VALUES: product code in lower case, category, subcategory.

    >>> services_values().splitlines()[0]
    "('amazonbedrock', 'AI and Machine Learning', 'Generative AI'),"
    """
    return ",\n".join(
        f"({_text(code.lower())}, {_text(category)}, {_text(sub)})"
        for category, sub, codes in _GROUPS
        for code in _sorted_unique(codes)
    )


def _sorted_unique(codes: Sequence[str]) -> list[str]:
    return list({code.lower(): code for code in codes}.values())


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
