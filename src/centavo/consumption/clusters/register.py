"""The register of clusters: ids and names that were given, so that the next run gives them again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from centavo.consumption.clusters.identity import Sketch
from centavo.errors import CentavoError, LedgerError
from centavo.ledger.clusters_table import CLUSTERS
from centavo.ledger.diary import WriteRequest
from centavo.ledger.ledger import Ledger
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.writer import writing

__all__ = ["KnownCluster", "load_clusters", "save_clusters"]


@dataclass(frozen=True)
class KnownCluster:
    """A cluster that was found before: its id, name and sketch."""

    cluster_id: str
    name: str
    sketch: Sketch


def load_clusters(ledger: Ledger) -> dict[str, KnownCluster]:
    """Return every known cluster by its id."""
    rows = ledger.rows("SELECT cluster_id, name, sketch FROM clusters ORDER BY cluster_id")
    return {
        str(name): KnownCluster(str(name), str(title), Sketch.from_json(str(sketch)))
        for name, title, sketch in rows
    }


def save_clusters(
    ledger: Ledger,
    known: Mapping[str, KnownCluster],
    found: Sequence[KnownCluster],
    *,
    now: datetime,
    wait_s: float = 30.0,
) -> int:
    """Write the clusters that are new, in one commit, and return how many; none changes a known one.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    new = [each for each in found if each.cluster_id not in known]
    if not new:
        return 0
    ids = " ".join(sorted(each.cluster_id for each in new))
    digest = hashlib.sha256(f"{now.isoformat()} {ids}".encode()).hexdigest()
    # Not a file: the diary knows each run by a name of its own.
    path = ledger.location.folder / "clusters" / digest[:16]
    file = InputFile(path, "centavo clusters", digest, digest[:16], 0)
    columns = ", ".join(f"{column.name} {column.type}" for column in CLUSTERS)
    engine = ledger.engine
    engine.execute(f"CREATE OR REPLACE TEMP TABLE new_clusters ({columns})")
    engine.executemany(
        f"INSERT INTO new_clusters VALUES ({', '.join('?' * len(CLUSTERS))})",
        [_row(each, file.batch_id, now) for each in new],
    )
    reading = Reading("clusters", "SELECT * FROM new_clusters", Tally(), _explain)
    request = WriteRequest(source="clusters", reading=reading, files=[file])
    with writing(ledger.location, engine, now=now, wait_s=wait_s) as writer:
        writer.write(request)
    return len(new)


def _row(each: KnownCluster, batch_id: str, now: datetime) -> tuple[object, ...]:
    kind = each.sketch.kind
    seen = now.replace(tzinfo=None)
    return each.cluster_id, "clusters", batch_id, kind, each.name, each.sketch.to_json(), seen


def _explain(error: duckdb.Error) -> CentavoError:
    return LedgerError(f"the clusters cannot be written: {error}")
