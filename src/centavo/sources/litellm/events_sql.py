"""SQL that makes usage events of rows with the columns of ``columns.TYPES``."""

from importlib.resources import files as package_files

from centavo.sources.requests.scope import SCOPE_NAMES

__all__ = ["events_select"]


def events_select(rows: str) -> str:
    """Return the SELECT of the events of a relation of rows."""
    template = package_files("centavo.sources.litellm").joinpath("sql/litellm_events.sql")
    scopes = ",\n    ".join(
        f"scope_{column} AS {column}" for column in SCOPE_NAMES if column != "customer_id"
    )
    return template.read_text("utf-8").format(rows=rows, scopes=scopes)
