"""What the warnings of sources mean, by their codes, in the reader's language.

A warning's own sentence is English and names columns and files; where pages speak another language its code
says what it means. The words are those of ``centavo explain CODE``.
"""

from centavo.deliverables.language import N_, Language

__all__ = ["WARNINGS", "warning_text"]

WARNINGS: dict[str, str] = {
    "agent_sums_without_calls": N_(
        "Spans of agents or workflows state tokens, but the calls that they sum up were not traced."
    ),
    "amortised_without_actual": N_("An amortised Azure export was read without the actual one."),
    "cached_tasks": N_(
        "A pipeline run took tasks over from an earlier run, and the platform counts their cost again."
    ),
    "cached_tokens_doubtful": N_(
        "Spans do not say whether their input tokens include the cached ones."
    ),
    "clock_skew": N_(
        "Calls start in the future, end before they start, or are older than such calls can be."
    ),
    "cost_disagrees": N_("A log states a cost and the price book computes another."),
    "credits_not_a_list": N_("Credits are written as one object where Google exports a list."),
    "currency_not_stated": N_("A bill's rows state no currency."),
    "day_before_month": N_("Days are read as day/month/year."),
    "decimals_rounded": N_("An amount has more than 12 decimals and was rounded to 12."),
    "duplicate_tag_keys": N_("A key stands twice in one row's tags or labels."),
    "effective_cost_rounded": N_("A provider's EffectiveCost is a whole amount on every row."),
    "effective_cost_unknown": N_(
        "Use that a reservation or savings plan covers has no effective cost."
    ),
    "execution_data_missing": N_("Executions of n8n came without their data."),
    "flattened_credits_differ": N_("A flattened column contradicts the JSON of the same row."),
    "floating_point_costs": N_("A file stores money as floating-point numbers."),
    "further_model_runs": N_(
        "An answer lists further model runs (compaction, advisors) beside its totals."
    ),
    "input_cut_off": N_(
        "Requests of one session have the same logged input and different answers."
    ),
    "input_not_logged": N_("Requests were logged with an empty input."),
    "lengths_unknown": N_("Requests are known, their lengths are not."),
    "line_item_not_understood": N_("A cost report names a line in words that are not known."),
    "mixed_currencies": N_("One reading holds bills in several currencies."),
    "negative_quantity": N_("Usage with a negative quantity that is not marked as a correction."),
    "no_export_time": N_("Google rows have no export_time."),
    "no_rows": N_("A file has a header and no rows."),
    "overage_not_added": N_("Oracle states an overage beside a line's cost."),
    "priced_anew": N_(
        "Requests that the ledger had were read again and cost otherwise, at another price book."
    ),
    "repeated_rows": N_("Two files of a bill have the same rows on one day, and both were added."),
    "report_cut": N_("A report's page says that more pages follow, and they are not here."),
    "report_gap": N_("The recorded pages of a vendor's report skip days."),
    "report_incomplete": N_("The manifest of an AWS report names files that are not beside it."),
    "report_overlap": N_("The same days of a report stand in pages that were grouped differently."),
    "secrets_redacted": N_("Keys, tokens or passwords stood in a log, and were not stored."),
    "short_rows": N_("The records of a file have fewer values than its header has names."),
    "sku_not_understood": N_("The SKU of an AI service has words that the grammar does not know."),
    "tags_not_understood": N_("Tags are written in a form that cannot be read."),
    "time_not_stated": N_("Requests state no time of their own."),
    "times_relative": N_("The times of a trace count from its own start."),
    "times_without_zone": N_("Times are written without a zone and were read as UTC."),
    "tokens_estimated": N_("The tokens of some requests are the log's own estimate."),
    "tool_schemas_not_logged": N_("Requests are counted without the tool schemas they carried."),
    "unknown_columns": N_("A file has columns that are not read."),
    "unknown_cost_type": N_("A Google row has a cost_type that is not known."),
    "usage_not_understood": N_("A usage block has a shape that is not known."),
}


def warning_text(code: str, message: str, say: Language) -> str:
    """Return what a warning says: its own sentence in English, else what its code means.

    A warning whose code is not known here, of somebody else's source, stays as it stands.
    """
    return message if say.code == "en" or code not in WARNINGS else say(WARNINGS[code])
