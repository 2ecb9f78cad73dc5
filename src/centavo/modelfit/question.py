"""Questions to the ledger that model fit asks: named SQL files beside the code."""

from collections.abc import Sequence
from importlib import resources

from centavo.ledger.ledger import Ledger
from centavo.modelfit.outcome_prices import outcomes_table

__all__ = ["ask"]


def ask(ledger: Ledger, name: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
    """Return the rows of ``sql/<name>.sql``."""
    sql = resources.files("centavo.modelfit") / "sql" / f"{name}.sql"
    text = sql.read_text(encoding="utf-8").replace("{outcomes}", outcomes_table(ledger))
    return ledger.rows(text, parameters)
