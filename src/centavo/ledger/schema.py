"""The columns of the fact tables: names, types and meanings.

``charges`` carries the 65 Cost and Usage columns of FOCUS 1.4 and centavo's ``x_`` columns;
``usage_events`` one row per request to a model, with OpenTelemetry ``gen_ai`` meanings;
``usage_aggregates`` requests that a meter only tells as sums over an interval;
``resource_samples`` what a machine did over an interval; and FOCUS's three reference tables
(``focus_datasets.py``). Unknown is NULL, never zero.

Source: FOCUS 1.4 Cost and Usage data model; OpenTelemetry GenAI semantic conventions.
"""

from typing import Literal

from centavo.ledger.clusters_table import CLUSTERS
from centavo.ledger.column import Column, SqlType
from centavo.ledger.findings_table import FINDINGS
from centavo.ledger.focus_datasets import BILLING_PERIODS, CONTRACT_COMMITMENTS, INVOICE_DETAILS
from centavo.ledger.outcomes_table import OUTCOMES
from centavo.ledger.reconciliation_lines import RECONCILIATION_LINES
from centavo.ledger.savings_table import SAVINGS

__all__ = [
    "CHARGES",
    "COST_COLUMNS",
    "EVENT_SCOPE",
    "FOCUS_COLUMNS",
    "REGISTERS",
    "RESOURCE_SAMPLES",
    "SCOPE_COLUMNS",
    "TABLES",
    "TOKEN_COLUMNS",
    "USAGE_AGGREGATES",
    "USAGE_EVENTS",
    "TableName",
]

TableName = Literal[
    "charges",
    "usage_events",
    "usage_aggregates",
    "resource_samples",
    "invoice_details",
    "billing_periods",
    "contract_commitments",
    "reconciliation_lines",
    "findings",
    "savings",
    "clusters",
    "outcomes",
]

_TEXT: SqlType = "VARCHAR"
_AMOUNT: SqlType = "DECIMAL(38,12)"
_TIME: SqlType = "TIMESTAMP"


def _focus(name: str, sql_type: SqlType = _TEXT, *, required: bool = False) -> Column:
    return Column(name, sql_type, f"FOCUS 1.4 {name}", required=required)


FOCUS_COLUMNS: tuple[Column, ...] = (
    _focus("AllocatedMethodDetails"),
    _focus("AllocatedMethodId"),
    _focus("AllocatedResourceId"),
    _focus("AllocatedResourceName"),
    _focus("AllocatedTags"),
    _focus("AvailabilityZone"),
    _focus("BilledCost", _AMOUNT, required=True),
    _focus("BillingAccountId", required=True),
    _focus("BillingAccountName"),
    _focus("BillingAccountType"),
    _focus("BillingCurrency", required=True),
    _focus("BillingPeriodEnd", _TIME),
    _focus("BillingPeriodStart", _TIME, required=True),
    _focus("CapacityReservationId"),
    _focus("CapacityReservationStatus"),
    _focus("ChargeCategory", required=True),
    _focus("ChargeClass"),
    _focus("ChargeDescription"),
    _focus("ChargeFrequency"),
    _focus("ChargePeriodEnd", _TIME),
    _focus("ChargePeriodStart", _TIME, required=True),
    _focus("CommitmentDiscountCategory"),
    _focus("CommitmentDiscountId"),
    _focus("CommitmentDiscountName"),
    _focus("CommitmentDiscountQuantity", _AMOUNT),
    _focus("CommitmentDiscountStatus"),
    _focus("CommitmentDiscountType"),
    _focus("CommitmentDiscountUnit"),
    _focus("CommitmentProgramEligibilityDetails"),
    _focus("ConsumedQuantity", _AMOUNT),
    _focus("ConsumedUnit"),
    _focus("ContractApplied"),
    _focus("ContractedCost", _AMOUNT),
    _focus("ContractedUnitPrice", _AMOUNT),
    _focus("EffectiveCost", _AMOUNT),
    _focus("HostProviderName"),
    _focus("InvoiceDetailId"),
    _focus("InvoiceId"),
    _focus("InvoiceIssuerName"),
    _focus("ListCost", _AMOUNT),
    _focus("ListUnitPrice", _AMOUNT),
    _focus("PricingCategory"),
    _focus("PricingCurrency"),
    _focus("PricingCurrencyContractedUnitPrice", _AMOUNT),
    _focus("PricingCurrencyEffectiveCost", _AMOUNT),
    _focus("PricingCurrencyListUnitPrice", _AMOUNT),
    _focus("PricingQuantity", _AMOUNT),
    _focus("PricingUnit"),
    _focus("RegionId"),
    _focus("RegionName"),
    _focus("ResourceId"),
    _focus("ResourceName"),
    _focus("ResourceType"),
    _focus("ServiceCategory"),
    _focus("ServiceName"),
    _focus("ServiceProviderName"),
    _focus("ServiceSubcategory"),
    _focus("SkuId"),
    _focus("SkuMeter"),
    _focus("SkuPriceDetails"),
    _focus("SkuPriceId"),
    _focus("SubAccountId"),
    _focus("SubAccountName"),
    _focus("SubAccountType"),
    _focus("Tags"),
)

# Scope: who spent it. The same nine questions for a charge and for a request.
SCOPE_COLUMNS: tuple[Column, ...] = (
    Column("x_Project", _TEXT, "Cloud project, subscription or linked account"),
    Column("x_Application", _TEXT, "Application that made the cost"),
    Column("x_Endpoint", _TEXT, "Endpoint or route of the application"),
    Column("x_Feature", _TEXT, "Feature of the application"),
    Column("x_UseCase", _TEXT, "What the call was for"),
    Column("x_Environment", _TEXT, "production, staging, test, development …"),
    Column("x_Team", _TEXT, "Team that owns the cost"),
    Column("x_CostCenter", _TEXT, "Cost centre that pays"),
    Column("x_CustomerId", _TEXT, "Customer of the user's own product"),
    Column("x_AttributionMethod", _TEXT, "label, key, gateway, rule, split or cluster"),
    Column("x_AttributionConfidence", "DOUBLE", "0 to 1"),
)

CHARGES: tuple[Column, ...] = (
    *FOCUS_COLUMNS,
    Column("x_CostBasis", _TEXT, "billed, vendor_reported, metered or estimated", required=True),
    Column("x_Source", _TEXT, "Source that read the row", required=True),
    Column(
        "x_IngestionBatchId", _TEXT, "The file and reading that the row came from", required=True
    ),
    Column("x_RestatementDate", "DATE", "Day by which the source restates this row", required=True),
    Column("x_SourceExportTime", _TIME, "When the provider exported the row"),
    Column("x_CostType", _TEXT, "The provider's own cost type: regular, tax, adjustment …"),
    Column(
        "x_GrossCost", _AMOUNT, "Cost before credits where it differs from BilledCost, which is net"
    ),
    Column("x_CreditCost", _AMOUNT, "Sum of the row's credits, in BillingCurrency, at most 0"),
    Column("x_Credits", _TEXT, "JSON array of the row's credits as exported"),
    Column("x_ModelDeveloper", _TEXT, "Who made the model"),
    Column("x_ModelFamily", _TEXT, "Model family"),
    Column("x_ModelId", _TEXT, "Model as priced, without version"),
    Column("x_ModelVersion", _TEXT, "Version or date of the model"),
    Column("x_TokenDirection", _TEXT, "Input or Output"),
    Column("x_TokenCacheAction", _TEXT, "Uncached, Read, Write or Other"),
    Column("x_CacheRetention", _TEXT, "5m, 30m, 1h, 12h or storage"),
    Column("x_ProcessingTier", _TEXT, "standard, batch, flex, priority, fast or provisioned"),
    Column("x_ContextTier", _TEXT, "standard or long"),
    Column("x_TokenModality", _TEXT, "text, image, audio or video"),
    Column("x_IsReasoning", "BOOLEAN", "Whether the tokens are reasoning (thinking) tokens"),
    Column("x_InferenceGeo", _TEXT, "global or regional"),
    Column(
        "x_TokenCount", _AMOUNT, "Tokens of this row where ConsumedQuantity does not count them"
    ),
    Column("x_RequestCount", "BIGINT", "Requests that the row covers"),
    Column("x_ErrorRequestCount", "BIGINT", "Of which failed"),
    Column("x_RetryRequestCount", "BIGINT", "Of which were retries"),
    *SCOPE_COLUMNS,
    Column("x_StatedScope", _TEXT, "JSON: scope as the source stated it, before attribution"),
    Column("x_ClusterId", _TEXT, "Cluster of unlabelled consumption"),
    Column("x_PriceSnapshotId", _TEXT, "Price book snapshot that priced the row"),
    Column("x_ReconciliationStatus", _TEXT, "matched, metered_only, billed_only, …"),
    Column("x_BilledVarianceCost", _AMOUNT, "Metered minus billed"),
    Column("x_FxRate", _AMOUNT, "Units of BillingCurrency for one PricingCurrency, from the bill"),
    Column("x_FxSource", _TEXT, "Where x_FxRate comes from"),
    Column("x_FxDate", "DATE", "Day of x_FxRate"),
)

# The same scope on requests, by the names that gen_ai telemetry uses.
EVENT_SCOPE: tuple[Column, ...] = (
    Column("project", _TEXT, "Cloud project or organisation"),
    Column("application", _TEXT, "Application that made the call"),
    Column("endpoint", _TEXT, "Endpoint or route of the application"),
    Column("feature", _TEXT, "Feature of the application"),
    Column("use_case", _TEXT, "What the call was for"),
    Column("environment", _TEXT, "production, staging, test, development …"),
    Column("team", _TEXT, "Team that owns the call"),
    Column("cost_center", _TEXT, "Cost centre that pays"),
    Column("customer_id", _TEXT, "Customer of the user's own product"),
    Column("attribution_method", _TEXT, "label, key, gateway, rule, split or cluster"),
    Column("attribution_confidence", "DOUBLE", "0 to 1"),
)


def _tokens(name: str, doc: str) -> Column:
    return Column(name, "BIGINT", doc)


# Exclusive classes first: input = uncached + read + writes. Then parts of those ("of which").
TOKEN_COLUMNS: tuple[Column, ...] = (
    _tokens("input_uncached_tokens", "Input tokens neither read from nor written to a cache"),
    _tokens("cache_read_tokens", "Input tokens read from a prompt cache"),
    _tokens("cache_write_tokens", "Input tokens written to a cache, retention not stated"),
    _tokens("cache_write_5m_tokens", "Input tokens written to a 5-minute cache"),
    _tokens("cache_write_1h_tokens", "Input tokens written to a 1-hour cache"),
    _tokens("output_tokens", "All output tokens, reasoning included"),
    _tokens("reasoning_tokens", "Of output_tokens: reasoning (thinking)"),
    _tokens("input_text_tokens", "Of all input: text, where the provider states it"),
    _tokens("input_audio_tokens", "Of all input: audio"),
    _tokens("input_image_tokens", "Of all input: image"),
    _tokens("input_video_tokens", "Of all input: video"),
    _tokens("input_tool_tokens", "Of all input: tool use prompt, where the provider states it"),
    _tokens("cache_read_text_tokens", "Of cache_read_tokens: text"),
    _tokens("cache_read_audio_tokens", "Of cache_read_tokens: audio"),
    _tokens("cache_read_image_tokens", "Of cache_read_tokens: image"),
    _tokens("cache_read_video_tokens", "Of cache_read_tokens: video"),
    _tokens("output_text_tokens", "Of output_tokens: text, where the provider states it"),
    _tokens("output_audio_tokens", "Of output_tokens: audio"),
    _tokens("output_image_tokens", "Of output_tokens: image"),
    _tokens("web_searches", "Web searches that the provider ran and charges for"),
)

USAGE_EVENTS: tuple[Column, ...] = (
    Column(
        "event_id", _TEXT, "Idempotency key: the same request read twice is one row", required=True
    ),
    Column("source", _TEXT, "Source that read the row", required=True),
    Column("batch_id", _TEXT, "The file and reading that the row came from", required=True),
    Column(
        "call_id", _TEXT, "Provider's id of the answer: the same call in another meter has it too"
    ),
    Column("meter", _TEXT, "gateway, application or agent: who saw the call; NULL = application"),
    Column(
        "tokens_basis", _TEXT, "NULL = stated by the log; else who estimated: counted:o200k_base …"
    ),
    Column("started_at", _TIME, "Start of the request, UTC", required=True),
    Column("started_at_basis", _TEXT, "stated, header, file (not known better) …"),
    Column("duration_ms", "BIGINT", "Whole request"),
    Column("ttft_ms", "BIGINT", "Time to first token"),
    Column("provider", _TEXT, "gen_ai.provider.name: openai, anthropic, google, aws, azure …"),
    Column("server_address", _TEXT, "Host that answered"),
    Column(
        "operation", _TEXT, "chat, responses, embeddings, messages, generate_content, converse …"
    ),
    Column("requested_model", _TEXT, "gen_ai.request.model"),
    Column("answered_model", _TEXT, "gen_ai.response.model"),
    Column("account_id", _TEXT, "Provider account, organisation or workspace"),
    Column("api_key_id", _TEXT, "Identifier (never the secret) of the key used"),
    *EVENT_SCOPE,
    *TOKEN_COLUMNS,
    _tokens("max_output_tokens", "Asked for"),
    Column("tool_count", "BIGINT", "Tool schemas that the request carried; NULL without a body"),
    Column("request_bytes", "BIGINT", "Bytes of the request body; NULL without a body"),
    Column("response_bytes", "BIGINT", "Bytes of the response body; NULL without a body"),
    Column("finish_reason", _TEXT, "gen_ai.response.finish_reasons, the first"),
    Column("status_code", "BIGINT", "HTTP status of the answer"),
    Column("is_error", "BOOLEAN", "Whether the request failed"),
    Column("error_class", _TEXT, "Provider's error type"),
    Column("attempt", "BIGINT", "1 for the first try"),
    Column(
        "parent_event_id", _TEXT, "Request that this one retries, or falls back or cascades from"
    ),
    Column("streamed", "BOOLEAN", "Whether the answer was streamed"),
    Column("processing_tier", _TEXT, "standard, batch, flex, priority, fast or provisioned"),
    Column("context_tier", _TEXT, "standard or long"),
    Column("inference_geo", _TEXT, "global, regional or as stated"),
    Column("cache_verdict", _TEXT, "Gateway cache: hit, miss, bypass"),
    Column("policy_id", _TEXT, "Policy that decided the route"),
    Column("is_holdout", "BOOLEAN", "Kept on the old policy to measure a saving"),
    Column("reported_cost", "DECIMAL(18,12)", "Cost that the log itself states, USD"),
    Column("cost", "DECIMAL(18,12)", "Cost at the price book, in cost_currency; NULL = no price"),
    Column("cost_currency", _TEXT, "Currency of cost"),
    Column("input_cost", "DECIMAL(18,12)", "Part of cost for input, caches included"),
    Column("output_cost", "DECIMAL(18,12)", "Part of cost for output"),
    Column("cache_read_cost", "DECIMAL(18,12)", "Of input_cost: tokens read from a cache"),
    Column("cache_write_cost", "DECIMAL(18,12)", "Of input_cost: tokens written to a cache"),
    Column("priced_model", _TEXT, "Model of the price book that priced the row"),
    Column("price_source", _TEXT, "genai-prices, or the user's price file"),
    Column("price_snapshot_id", _TEXT, "Price book snapshot that priced the row"),
    Column("price_problem", _TEXT, "Why cost is NULL: no_model, unknown_model, no_usage, …"),
    Column("system_hash", _TEXT, "Content hash of the system prompt"),
    Column("tools_hash", _TEXT, "Content hash of the tool schemas"),
    Column("messages_hash", _TEXT, "Content hash of all messages"),
    Column("body_hash", _TEXT, "Body of the request in bodies/, also after it is dropped"),
    Column("answer_hash", _TEXT, "Body of the answer in bodies/, also after it is dropped"),
    Column("template_id", _TEXT, "Prompt template the request was made from"),
    Column("labels", _TEXT, "JSON object of every label and metadata entry the log carried"),
    Column("stated_scope", _TEXT, "JSON: scope as the log stated it, before attribution"),
)

# What the price book fills, and nothing else may.
COST_COLUMNS: tuple[str, ...] = (
    "cost",
    "cost_currency",
    "input_cost",
    "output_cost",
    "cache_read_cost",
    "cache_write_cost",
    "priced_model",
    "price_source",
    "price_snapshot_id",
    "price_problem",
)

# Usage that comes summed over an interval. Never added to events: it may cover the same calls.
USAGE_AGGREGATES: tuple[Column, ...] = (
    Column(
        "aggregate_id", _TEXT, "Idempotency key: same interval and scope, same row", required=True
    ),
    Column("source", _TEXT, "Source that read the row", required=True),
    Column("batch_id", _TEXT, "The file and reading that the row came from", required=True),
    Column("basis", _TEXT, "vendor_reported or metered", required=True),
    Column("interval_start", _TIME, "Start of the interval, UTC", required=True),
    Column("interval_end", _TIME, "End of the interval, exclusive", required=True),
    Column("provider", _TEXT, "gen_ai.provider.name"),
    Column("operation", _TEXT, "chat, embeddings …"),
    Column("model", _TEXT, "Model as the meter names it"),
    Column("account_id", _TEXT, "Provider account, organisation or workspace"),
    Column("api_key_id", _TEXT, "Identifier (never the secret) of the key used"),
    *EVENT_SCOPE,
    Column("request_count", "BIGINT", "Requests of the interval"),
    Column("error_request_count", "BIGINT", "Of which failed"),
    *(Column(column.name, _AMOUNT, column.doc) for column in TOKEN_COLUMNS),
    Column("input_tokens_low", _AMOUNT, "All input at least, where lengths are not known"),
    Column("input_tokens_high", _AMOUNT, "All input at most; NULL = no bound is known"),
    Column("output_tokens_low", _AMOUNT, "All output at least"),
    Column("output_tokens_high", _AMOUNT, "All output at most; NULL = no bound is known"),
    Column("processing_tier", _TEXT, "standard, batch, flex, priority, fast or provisioned"),
    Column("context_tier", _TEXT, "standard or long"),
    Column("inference_geo", _TEXT, "global, regional or as stated"),
    Column("reported_cost", _AMOUNT, "Cost that the meter itself states"),
    Column("reported_cost_currency", _TEXT, "Currency of reported_cost"),
    Column("labels", _TEXT, "JSON object of labels"),
    Column("stated_scope", _TEXT, "JSON: scope as the meter stated it, before attribution"),
)

RESOURCE_SAMPLES: tuple[Column, ...] = (
    Column("source", _TEXT, "Source that read the row", required=True),
    Column("batch_id", _TEXT, "The file and reading that the row came from", required=True),
    Column("resource_id", _TEXT, "Resource as the bill names it, where it can", required=True),
    Column(
        "kind",
        _TEXT,
        "gpu, vm, pod, volume, bucket, log_group, pipeline_task, workflow",
        required=True,
    ),
    Column(
        "metric",
        _TEXT,
        "utilisation, memory, disk …: what capacity, requested and used count",
        required=True,
    ),
    Column("interval_start", _TIME, "Start of the interval, UTC", required=True),
    Column("interval_end", _TIME, "End of the interval, exclusive", required=True),
    Column("unit", _TEXT, "Unit of capacity, requested and used"),
    Column("capacity", "DOUBLE", "What the resource offers"),
    Column("requested", "DOUBLE", "What was asked for"),
    Column("used_p50", "DOUBLE", "Median of use over the interval"),
    Column("used_p95", "DOUBLE", "95th percentile of use"),
    Column("used_max", "DOUBLE", "Maximum of use"),
    Column("power_w", "DOUBLE", "Mean electrical power"),
    Column("state", _TEXT, "running, idle, stopped, failed …"),
    Column("sample_count", "BIGINT", "Telemetry samples in the interval: missing is not zero"),
    Column("unit_price", _AMOUNT, "Price per hour where known"),
    Column("unit_price_currency", _TEXT, "Currency of unit_price"),
    *EVENT_SCOPE,
    Column("labels", _TEXT, "JSON object of labels"),
)

TABLES: dict[TableName, tuple[Column, ...]] = {
    "charges": CHARGES,
    "usage_events": USAGE_EVENTS,
    "usage_aggregates": USAGE_AGGREGATES,
    "resource_samples": RESOURCE_SAMPLES,
    "invoice_details": INVOICE_DETAILS,
    "billing_periods": BILLING_PERIODS,
    "contract_commitments": CONTRACT_COMMITMENTS,
    "reconciliation_lines": RECONCILIATION_LINES,
    "findings": FINDINGS,
    "savings": SAVINGS,
    "clusters": CLUSTERS,
    "outcomes": OUTCOMES,
}
# What people and runs keep: a step in one of them changes no fact and no cost.
REGISTERS: frozenset[TableName] = frozenset({"findings", "savings"})
