"""What a request costs in tokens when its parts are others: input by class, cached beginning included."""

from importlib.resources import files

from centavo.ledger.schema import TOKEN_COLUMNS

__all__ = ["events_of_parts"]

_NAMES = tuple(column.name for column in TOKEN_COLUMNS)
_WRITES = tuple(name for name in _NAMES if name.startswith("cache_write_"))
_OF_INPUT = tuple(
    name for name in _NAMES if name.startswith("input_") and name != "input_uncached_tokens"
)
_OF_READS = tuple(
    name for name in _NAMES if name.startswith("cache_read_") and name != "cache_read_tokens"
)


def events_of_parts(
    events: str, parts: str, new_parts: str, *, keeps_beginning: bool = True
) -> str:
    """Return a SELECT of the touched requests with the tokens that their new parts need.

    All input shrinks (or grows) by the proportion of counted tokens, so that a request whose parts
    stay costs to the token what it cost. Of each part the share stays cached that was cached.

    Args:
        events: Relation of requests, as in ``Traffic``.
        parts: Relation of their parts.
        new_parts: Relation of all parts of the touched requests; a part that stays, or only
            shrinks, keeps its ``position``.
        keeps_beginning: Whether the beginning that requests have in common stays common. If not,
            nothing from the first changed part on counts as cached.
    """
    text = files("centavo.savings").joinpath("sql", "events_of_parts.sql").read_text("utf-8")
    return text.format(
        events=events,
        parts=parts,
        new_parts=new_parts,
        cached_share_read=_share("read_until", keeps_beginning=keeps_beginning),
        cached_share_written=_share("written_until", keeps_beginning=keeps_beginning),
        writes=", ".join(f"{_scaled(name, 'new_writes', '_writes')} AS {name}" for name in _WRITES),
        parts_of_input=", ".join(
            f"{_scaled(name, 'new_input', '_input')} AS {name}" for name in _OF_INPUT
        ),
        parts_of_reads=", ".join(
            f"{_scaled(name, 'new_reads', '_reads')} AS {name}" for name in _OF_READS
        ),
    )


def _share(until: str, *, keeps_beginning: bool) -> str:
    """Return SQL of the share of an old part that lies before ``until``; 0 of a new part."""
    begins = "(old_parts.ends_at - old_parts.tokens)"
    share = (
        f"coalesce(greatest(least(({until} - {begins}) / nullif(old_parts.tokens, 0), 1), 0), 0)"
    )
    if keeps_beginning:
        return share
    return f"(CASE WHEN fresh.position >= broken_at THEN 0 ELSE {share} END)"


def _scaled(name: str, new: str, old: str) -> str:
    """Return SQL of a count in the proportion of its whole, never more than the whole."""
    return f"({name}::HUGEINT * {new} // nullif({old}, 0))::BIGINT"
