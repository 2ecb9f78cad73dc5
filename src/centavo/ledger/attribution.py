"""Who spent it: scope from rules, from what the row states, and from labels, in that order."""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from centavo.ledger.attribution_sql import (
    SCOPED_TABLES,
    ScopedTable,
    ScopedTableName,
    attribution_sql,
    decided_values,
    known_labels_sql,
)
from centavo.ledger.rules_file import SCOPES, Rule, read_rules

if TYPE_CHECKING:
    import duckdb

__all__ = ["DEFAULT_LABELS", "SCOPED_TABLES", "Attribution"]

# Raised when the same rules file would attribute a row in another way.
_VERSION = 1

# Keys that carry a scope by habit: plain, as in Google labels (lower case, - and _), as in AWS tags
# (capitals) and as in OpenTelemetry resources and Kubernetes' recommended labels (with dots). A
# project has no label by default: it is the bill's own sub-account.
DEFAULT_LABELS: Mapping[str, tuple[str, ...]] = {
    "application": (
        "application", "app", "app_name", "app-name", "service-name", "service_name",
        "service.name", "app.kubernetes.io/name", "Application", "App",
    ),
    "endpoint": ("endpoint", "route"),
    "feature": ("feature", "Feature"),
    "use_case": ("use_case", "use-case", "UseCase"),
    "environment": (
        "environment", "env", "deployment.environment", "deployment.environment.name",
        "Environment", "Env",
    ),
    "team": ("team", "squad", "Team"),
    "cost_center": ("cost_center", "cost-center", "costcenter", "cost_centre", "CostCenter"),
    "customer": ("customer", "customer_id", "customer-id", "tenant", "tenant_id", "Customer"),
}  # fmt: skip


@dataclass(frozen=True)
class Attribution:
    """Rules and label keys that give every row its scope.

    For each scope column: the first rule, in the file's order, that matches and sets it; else what
    the source stated; else the first of its label keys that the row carries; else, for a charge's
    project, the sub-account.

    Attributes:
        rules: In the file's order.
        labels: Label keys of each scope, the first present wins.
    """

    rules: tuple[Rule, ...]
    labels: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def load(cls, path: Path | None) -> "Attribution":
        """Return the attribution of a rules file, or of the built-in label keys alone.

        A scope named under ``[labels]`` has these keys instead of the built-in ones.

        Raises:
            ConfigError: The file cannot be used; names file, line, key, value and near names.
        """
        if path is None:
            return cls((), tuple(DEFAULT_LABELS.items()))
        file = read_rules(path)
        stated = dict(file.labels)
        keys = ((scope, stated.get(scope, DEFAULT_LABELS.get(scope, ()))) for scope in SCOPES)
        return cls(file.rules, tuple((scope, labels) for scope, labels in keys if labels))

    @property
    def fingerprint(self) -> str:
        """12 hex digits that change when any row could be attributed in another way."""
        rules = [
            [[(each.key, each.globs) for each in rule.match], rule.sets, rule.confidence]
            for rule in self.rules
        ]
        text = json.dumps([_VERSION, rules, self.labels])
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def select(
        self,
        relation: str,
        *,
        table: ScopedTableName,
        given: Collection[str] | None = None,
        known: str | None = None,
    ) -> str:
        """Return the SELECT of the same rows and columns with their scope filled.

        Rows that were attributed before are attributed afresh: ``x_StatedScope`` (``stated_scope``)
        keeps what their source stated, so that doing it twice changes nothing.

        Args:
            relation: A SELECT that has all columns of the table, missing ones as NULL.
            table: Fact table that the rows belong to.
            given: Columns that a source really filled, where the rows come straight from one; the
                others are known to be NULL. ``None`` when any may have a value.
            known: Name of the table that ``remember`` made.
        """
        places = ScopedTable.of(table)
        if given is not None:
            places = replace(places, given=frozenset(given))
        return attribution_sql(
            relation, rules=self.rules, labels=dict(self.labels), table=places, known=known
        )

    def values(
        self, *, table: ScopedTableName, given: Collection[str]
    ) -> Mapping[str, tuple[str, ...]]:
        """Return every value of the columns whose values ``select`` alone decides."""
        return decided_values(replace(ScopedTable.of(table), given=frozenset(given)))

    def remember(
        self, connection: "duckdb.DuckDBPyConnection", sample: str, *, table: ScopedTableName
    ) -> str:
        """Make a table of what the labels of some rows say, and return its name.

        The same few labels stand on most rows of a bill: looking them up takes a tenth of the time
        of parsing them.

        Args:
            connection: Where the table is made, a temporary one.
            sample: SELECT of some of the rows.
            table: Fact table that the rows belong to.
        """
        places = ScopedTable.of(table)
        labels = (
            f"SELECT DISTINCT {places.labels} AS _known_labels FROM ({sample}) "
            f"WHERE {places.labels} IS NOT NULL"
        )
        known = known_labels_sql(labels, rules=self.rules, labels=dict(self.labels))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE known_labels AS {known}")
        return "known_labels"
