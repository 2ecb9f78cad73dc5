"""Attribution as one SELECT: labels parsed once a row, each rule one CASE branch."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from centavo.ledger.engine import sql_text
from centavo.ledger.globs import glob_condition
from centavo.ledger.rules_file import SCOPES, Condition, Rule

__all__ = [
    "SCOPED_TABLES",
    "ScopedTable",
    "ScopedTableName",
    "attribution_sql",
    "decided_values",
    "known_labels_sql",
]

ScopedTableName = Literal["charges", "usage_events", "usage_aggregates"]
SCOPED_TABLES: tuple[ScopedTableName, ...] = ("charges", "usage_events", "usage_aggregates")

# The scope that decides how a row is said to be attributed: the first of these that it has. A
# project alone says nothing, unless a rule set it.
_DECIDING = (
    "application", "team", "cost_center", "environment", "endpoint", "feature", "use_case",
    "customer",
)  # fmt: skip


@dataclass(frozen=True)
class ScopedTable:
    """Where one fact table keeps what rules look at and set.

    Attributes:
        scope: Column of each scope.
        method: Column of the attribution method.
        confidence: Column of its confidence.
        stated: Column that keeps what the source stated.
        labels: Column of the JSON object of labels.
        conditions: Columns that each condition looks at, beside scope; any of them may fit. A
            condition that the table has no column for never holds.
        default_project: Column that is the project where nothing else says; ``None`` for none.
        given: Columns that the relation really has, where the rows come straight from a source;
            ``None`` when any column may have a value. What no source stated needs no comparing.
    """

    scope: Mapping[str, str]
    method: str
    confidence: str
    stated: str
    labels: str
    conditions: Mapping[str, tuple[str, ...]]
    default_project: str | None
    given: frozenset[str] | None = None

    def has(self, column: str) -> bool:
        """Whether the column may have a value."""
        return self.given is None or column in self.given

    @property
    def says_nothing(self) -> bool:
        """Whether no row can have a scope of its own, stated now or before."""
        facts = (*self.scope.values(), self.method, self.confidence, self.stated)
        return not any(self.has(column) for column in facts)

    @classmethod
    def of(cls, table: ScopedTableName) -> "ScopedTable":
        """Return the places of a fact table."""
        return _PLACES[table]


_CHARGES = ScopedTable(
    scope={
        "project": "x_Project",
        "application": "x_Application",
        "endpoint": "x_Endpoint",
        "feature": "x_Feature",
        "use_case": "x_UseCase",
        "environment": "x_Environment",
        "team": "x_Team",
        "cost_center": "x_CostCenter",
        "customer": "x_CustomerId",
    },
    method="x_AttributionMethod",
    confidence="x_AttributionConfidence",
    stated="x_StatedScope",
    labels="Tags",
    conditions={
        "project": ("SubAccountName",),
        "account": ("BillingAccountId",),
        "provider": ("ServiceProviderName",),
        "service": ("ServiceName",),
        "sku": ("SkuId", "SkuMeter"),
        "resource": ("ResourceId", "ResourceName"),
        "region": ("RegionId",),
        "model": ("x_ModelId", "x_ModelFamily"),
        "source": ("x_Source",),
    },
    default_project="SubAccountId",
)
_EVENTS = ScopedTable(
    scope={scope: scope for scope in SCOPES} | {"customer": "customer_id"},
    method="attribution_method",
    confidence="attribution_confidence",
    stated="stated_scope",
    labels="labels",
    conditions={
        "account": ("account_id",),
        "provider": ("provider",),
        "region": ("inference_geo",),
        "api_key": ("api_key_id",),
        "model": ("answered_model", "requested_model"),
        "source": ("source",),
    },
    default_project=None,
)
_AGGREGATES = replace(_EVENTS, conditions={**_EVENTS.conditions, "model": ("model",)})
_PLACES: Mapping[ScopedTableName, ScopedTable] = {
    "charges": _CHARGES,
    "usage_events": _EVENTS,
    "usage_aggregates": _AGGREGATES,
}


def known_labels_sql(
    sample: str, *, rules: Sequence[Rule], labels: Mapping[str, Sequence[str]]
) -> str:
    """Return the SELECT of what each text of labels says, for ``known``; ``_known_labels`` are given."""
    tags = _Tags.needed(rules, labels)
    parsed = f"SELECT *, {', '.join(tags.columns('_known_labels', known=None))} FROM ({sample})"
    facts = ", ".join(f"{fact} AS _known{column}" for column, fact in tags.facts().items())
    return f"SELECT _known_labels, {facts} FROM ({parsed})"


def attribution_sql(
    relation: str,
    *,
    rules: Sequence[Rule],
    labels: Mapping[str, Sequence[str]],
    table: ScopedTable,
    known: str | None = None,
) -> str:
    """Return the SELECT that fills the scope of ``relation``'s rows, columns as they stand.

    Each level names what the next one uses: DuckDB writes an alias out where it is used within one
    level, and would parse the labels once for each.

    Args:
        relation: Rows of the table.
        rules: In their order.
        labels: Label keys of each scope.
        table: Where the rows keep their scope.
        known: Table of ``known_labels_sql``: what it knows is looked up and not parsed again.
    """
    tags = _Tags.needed(rules, labels)
    deciding = _rule_columns(rules)
    if known:
        relation = f"SELECT * FROM ({relation}) LEFT JOIN {known} ON {table.labels} = _known_labels"
    levels = [
        [*tags.columns(table.labels, known=known), *_before(table)],
        tags.fact_columns(known=known),
        [f"{_own(scope, tags, table)} AS _own_{scope}" for scope in SCOPES],
        [
            f"{_deciding_rule(rules, numbers, tags, table)} AS {column}"
            for numbers, column in deciding.items()
        ],
        [f"{_decision(rules)} AS _decision"],
    ]
    select = relation
    names = ["_known_labels", *(f"_known{fact}" for fact in tags.facts())] if known else []
    for level in levels:
        if level:
            select = f"SELECT *, {', '.join(level)} FROM ({select})"
            names += [column.rpartition(" AS ")[2] for column in level]
    replaced = ", ".join(
        f"{value} AS {column}" for column, value in _replacements(rules, table).items()
    )
    return f"SELECT * EXCLUDE ({', '.join(names)}) REPLACE ({replaced}) FROM ({select})"


@dataclass(frozen=True)
class _Tags:
    """The label keys to read, in groups without two keys that differ only by case.

    One ``json_transform`` parses the labels once for a whole group (0.4 µs for 20 keys, where a
    list of JSON paths costs 0.7 µs), but a DuckDB struct cannot hold ``App`` beside ``app``.
    """

    groups: tuple[tuple[str, ...], ...]
    scopes: Mapping[str, Sequence[str]]
    tested: tuple[str, ...]

    @classmethod
    def needed(cls, rules: Sequence[Rule], labels: Mapping[str, Sequence[str]]) -> "_Tags":
        tested = tuple(
            dict.fromkeys(
                condition.key.removeprefix("tag.")
                for rule in rules
                for condition in rule.match
                if condition.key.startswith("tag.")
            )
        )
        scopes = {scope: labels[scope] for scope in SCOPES if labels.get(scope)}
        keys = [*(key for of in scopes.values() for key in of), *tested]
        groups: list[dict[str, str]] = []
        for key in dict.fromkeys(keys):
            group = next((group for group in groups if key.casefold() not in group), None)
            if group is None:
                groups.append(group := {})
            group[key.casefold()] = key
        return cls(tuple(tuple(group.values()) for group in groups), scopes, tested)

    def facts(self) -> dict[str, str]:
        """Return what is wanted of the parsed labels: each scope's text, each tag that rules test."""
        facts = {
            # A label without text names nobody.
            f"_label_{scope}": f"nullif(coalesce({', '.join(map(self._parsed, keys))}), '')"
            for scope, keys in self.scopes.items()
        }
        return facts | {self.value(key): self._parsed(key) for key in self.tested}

    def fact_columns(self, *, known: str | None) -> list[str]:
        """Return the columns of the facts, looked up where the labels are known."""
        return [
            f"CASE WHEN _known_labels IS NULL THEN {fact} ELSE _known{name} END AS {name}"
            if known
            else f"{fact} AS {name}"
            for name, fact in self.facts().items()
        ]

    def columns(self, source: str, *, known: str | None) -> list[str]:
        """Return the columns that hold the parsed groups; NULL where the labels are known."""
        columns: list[str] = []
        for number, group in enumerate(self.groups):
            shape = sql_text(json.dumps(dict.fromkeys(group, "VARCHAR"), ensure_ascii=False))
            parsed = f"json_transform({source}, {shape})"
            if number and all(key.isascii() for key in group):
                # Later groups hold rarer spellings, so look before parsing a second time. (Not for
                # letters that JSON may also write as escapes.) Most labels have no capital at all,
                # which is three times cheaper to see.
                quoted = "|".join(_regex_literal(json.dumps(key)) for key in group)
                guard = f"regexp_matches({source}, {sql_text(quoted)})"
                if all(key != key.lower() for key in group):
                    guard = f"lower({source}) <> {source} AND {guard}"
                parsed = f"CASE WHEN {guard} THEN {parsed} END"
            if known:
                parsed = f"CASE WHEN _known_labels IS NULL THEN {parsed} END"
            columns.append(f"{parsed} AS _tags{number}")
        return columns

    def value(self, key: str) -> str:
        """Return the column of a tag that rules test; NULL when it is absent."""
        return f"_tag{self.tested.index(key)}"

    def _parsed(self, key: str) -> str:
        number = next(number for number, group in enumerate(self.groups) if key in group)
        return f"_tags{number}.{_quoted(key)}"


def _before(table: ScopedTable) -> list[str]:
    """Return the column of what the source stated, where rows may have been attributed before."""
    if not table.has(table.stated):
        return []
    shape = dict.fromkeys((*SCOPES, "method"), "VARCHAR") | {"confidence": "DOUBLE"}
    return [
        f"CASE WHEN {table.stated} <> '{{}}' "
        f"THEN json_transform({table.stated}, {sql_text(json.dumps(shape))}) END AS _before"
    ]


def _said(name: str, column: str, table: ScopedTable) -> str:
    """Return what the source stated for a column, whether attributed before or not."""
    if not table.has(table.stated):
        kind = "DOUBLE" if name == "confidence" else "VARCHAR"
        return column if table.has(column) else f"NULL::{kind}"
    return f"CASE WHEN {table.stated} IS NULL THEN {column} ELSE _before.{name} END"


def _own(scope: str, tags: _Tags, table: ScopedTable) -> str:
    """Return the scope that a row has without rules: stated, or by its labels."""
    said = _said(scope, table.scope[scope], table)
    parts = [said]
    if scope in tags.scopes:
        parts.append(f"_label_{scope}")
    if scope == "project" and table.default_project is not None:
        parts = [f"nullif({said}, {table.default_project})", *parts[1:], table.default_project]
    return f"coalesce({', '.join(parts)})" if len(parts) > 1 else said


def _rule_columns(rules: Sequence[Rule]) -> dict[tuple[int, ...], str]:
    """Return the column of each distinct set of rules that can decide a scope.

    Scopes that the same rules set are decided together, so that a rule is tested once and not once
    for each scope it sets. Rules are numbered from 1.
    """
    columns: dict[tuple[int, ...], str] = {}
    for scope in SCOPES:
        numbers = _setters(rules, scope)
        if numbers:
            columns.setdefault(numbers, f"_rule{len(columns)}")
    return columns


def _setters(rules: Sequence[Rule], scope: str) -> tuple[int, ...]:
    return tuple(number for number, rule in enumerate(rules, 1) if scope in dict(rule.sets))


def _deciding_rule(
    rules: Sequence[Rule], numbers: Iterable[int], tags: _Tags, table: ScopedTable
) -> str:
    """Return the number of the first of the rules that matches; NULL when none does."""
    branches = (
        "WHEN "
        + " AND ".join(_condition(each, tags, table) for each in rules[number - 1].match)
        + f" THEN {number}"
        for number in numbers
    )
    return f"CASE {' '.join(branches)} END"


def _condition(condition: Condition, tags: _Tags, table: ScopedTable) -> str:
    if condition.key.startswith("tag."):
        return glob_condition(tags.value(condition.key.removeprefix("tag.")), condition.globs)
    columns = [*table.conditions.get(condition.key, ())]
    if condition.key in SCOPES:
        columns.insert(0, f"_own_{condition.key}")
    if not columns:
        return "false"
    tests = [glob_condition(column, condition.globs) for column in columns]
    return tests[0] if len(tests) == 1 else f"({' OR '.join(tests)})"


def _decision(rules: Sequence[Rule]) -> str:
    """Return the rule that says how a row is attributed; 0 for a label, NULL for nothing."""
    columns = _rule_columns(rules)
    branches: list[str] = []
    labelled: list[str] = []
    for scope in (*_DECIDING, "project"):
        column = columns.get(_setters(rules, scope))
        if column is not None:
            branches += _labelled(labelled)
            branches.append(f"WHEN {column} IS NOT NULL THEN {column}")
            labelled = []
        if scope != "project":
            labelled.append(f"_own_{scope}")
    return f"CASE {' '.join([*branches, *_labelled(labelled)])} END"


def _labelled(columns: Sequence[str]) -> list[str]:
    """Return the branch of scopes that follow one another and have no rule: one test for all."""
    return [f"WHEN coalesce({', '.join(columns)}) IS NOT NULL THEN 0"] if columns else []


def _replacements(rules: Sequence[Rule], table: ScopedTable) -> dict[str, str]:
    """Return the final value of every column that attribution fills."""
    values: dict[str, str] = {}
    columns = _rule_columns(rules)
    for scope in SCOPES:
        numbers = _setters(rules, scope)
        own = f"_own_{scope}"
        if numbers:
            branches = " ".join(
                f"WHEN {number} THEN {sql_text(dict(rules[number - 1].sets)[scope])}"
                for number in numbers
            )
            own = f"CASE {columns[numbers]} {branches} ELSE {own} END"
        values[table.scope[scope]] = own
    values[table.method] = _method(rules, table)
    values[table.confidence] = _confidence(rules, table)
    values[table.stated] = _stated(rules, table)
    return values


def _method(rules: Sequence[Rule], table: ScopedTable) -> str:
    said = _said("method", table.method, table)
    by_key = [
        str(number)
        for number, rule in enumerate(rules, 1)
        if {condition.key for condition in rule.match} == {"api_key"}
    ]
    key = f"WHEN _decision IN ({', '.join(by_key)}) THEN 'key' " if by_key else ""
    return (
        f"CASE WHEN _decision = 0 THEN coalesce({said}, 'label') {key}"
        f"WHEN _decision > 0 THEN 'rule' ELSE {said} END"
    )


def decided_values(table: ScopedTable) -> dict[str, tuple[str, ...]]:
    """Return every value of the columns that no source had a say in."""
    values: dict[str, tuple[str, ...]] = {}
    if not table.has(table.stated) and not table.has(table.method):
        values[table.method] = ("label", "key", "rule")
    if table.says_nothing:
        values[table.stated] = ("{}",)
    return values


def _confidence(rules: Sequence[Rule], table: ScopedTable) -> str:
    said = _said("confidence", table.confidence, table)
    branches = "".join(
        f"WHEN {number} THEN {rule.confidence!r} " for number, rule in enumerate(rules, 1)
    )
    return f"CASE _decision WHEN 0 THEN coalesce({said}, 1.0) {branches}ELSE {said} END::DOUBLE"


def _stated(rules: Sequence[Rule], table: ScopedTable) -> str:
    """Return what the source stated, as JSON, so that new rules start from the same facts.

    ``{}`` where it stated nothing. NULL where the row still says what it stated, since writing the
    JSON costs as much as reading the labels.
    """
    if table.says_nothing:
        return "'{}'"
    facts = dict(table.scope) | {"method": table.method, "confidence": table.confidence}
    if table.default_project is not None:
        facts["project"] = f"nullif({table.scope['project']}, {table.default_project})"
    nothing = " AND ".join(f"{fact} IS NULL" for fact in facts.values())
    fields = ", ".join(f"'{name}': {fact}" for name, fact in facts.items())
    same = [f"{column} IS NULL" for column in _rule_columns(rules).values()]
    for scope, column in table.scope.items():
        default = table.default_project if scope == "project" else None
        before = f"coalesce({column}, {default})" if default else column
        same.append(f"_own_{scope} IS NOT DISTINCT FROM {before}")
    return (
        f"CASE WHEN {table.stated} IS NOT NULL THEN {table.stated} WHEN {nothing} THEN '{{}}' "
        f"WHEN {' AND '.join(same)} THEN NULL ELSE to_json({{{fields}}})::VARCHAR END"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _regex_literal(text: str) -> str:
    """Return the text with every character that RE2 gives a meaning made literal."""
    return "".join(
        letter if letter.isalnum() or letter in '_-"' else f"\\{letter}" for letter in text
    )
