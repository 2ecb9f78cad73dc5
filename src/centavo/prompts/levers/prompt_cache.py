"""The provider's prompt cache asked for: requests replayed in their order under the terms of their day."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from centavo.message import N_
from centavo.prompts.cache import CachePrices, CacheRequest, Lifetime, choose_policy, terms_of
from centavo.prompts.cache.choice import POLICIES
from centavo.prompts.cache.ratios import cache_ratios
from centavo.prompts.cache.replay import CacheUse, replay
from centavo.prompts.cache.terms import CacheTerms
from centavo.prompts.levers.retexting import sql_of
from centavo.savings.lever import (
    Change,
    Lever,
    LeverKind,
    LeverSettings,
    Parameter,
    Quality,
    next_name,
)
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]

_HOUR_S = 3600
_NO_TERMS = "the provider's cache is not asked for by marks, or its terms are not known"
_NO_BODY = "the bodies of requests were not kept"


def _make(settings: LeverSettings) -> Lever:
    policy = settings.text("policy", "best")
    if policy not in {*POLICIES, "best"}:
        raise settings.fail("policy", f"is none of best, {', '.join(POLICIES)}")
    lifetime_s = int(settings.number("lifetime_s") or 300)

    def apply(traffic: Traffic) -> Change:
        return _cached(traffic, settings.where.sql, policy=policy, lifetime_s=lifetime_s)

    return Lever(
        kind=KIND.name,
        label=f"prompt cache of {lifetime_s // 60} minutes, policy {policy}",
        apply=apply,
        where=settings.where,
        quality=Quality(is_lossless=True, change=None, basis=N_("the same tokens are read")),
        needs_parts=True,
    )


def _cached(traffic: Traffic, where: str, *, policy: str, lifetime_s: int) -> Change:
    engine = traffic.engine
    names = {"parts": traffic.parts, "events": traffic.events, "where": where}
    rows = engine.execute(sql_of("blocks_of_requests").format(**names)).fetchall()
    uses: list[tuple[int, int, int, int, int]] = []
    left_out = 0
    for key, group in groupby(rows, key=lambda row: row[:3]):
        listed = list(group)
        found = _uses(key, listed, policy=policy, lifetime_s=lifetime_s)
        left_out += len(listed) if found is None else 0
        uses += found or []
    unknown = engine.execute(sql_of("without_parts").format(**names)).fetchone()
    reasons = {_NO_TERMS: left_out, _NO_BODY: int(unknown[0]) if unknown else 0}
    not_simulated = {reason: count for reason, count in reasons.items() if count}
    if not uses:
        return Change(not_simulated=not_simulated)
    table = next_name("cached")
    engine.execute(
        f"CREATE TEMP TABLE {table} (request_no BIGINT, plain BIGINT, read BIGINT, short BIGINT, long BIGINT)"
    )
    engine.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", uses)
    return Change(
        events=sql_of("with_cache").format(cached=table, **names),
        not_simulated=not_simulated,
        notes=("requests whose prompts were not kept begin as nine in ten of their scope do",),
    )


def _uses(
    key: tuple[Any, ...], rows: Sequence[tuple[Any, ...]], *, policy: str, lifetime_s: int
) -> list[tuple[int, int, int, int, int]] | None:
    """Return the tokens of each request by class; ``None`` where no terms are known."""
    provider, _, model = key
    at = rows[-1][4]
    terms = next(iter(terms_of(provider, model, at.date())), None)
    if terms is None or terms.written == "stored":
        return None
    ratios = cache_ratios(provider, model, at, terms)
    if ratios is None:
        return None
    is_long = lifetime_s >= _HOUR_S and _HOUR_S in terms.lifetimes_s
    written = ratios.write_1h if is_long else ratios.write
    requests = [_request(row) for row in rows]
    lifetime = _lifetime(terms, lifetime_s)
    prices = CachePrices(written / written, ratios.read, written)
    name = policy
    if policy == "best":
        name = choose_policy(requests, lifetime, prices)[0].name
    if terms.written == "automatic":
        name = "everything"
    found = replay(requests, lifetime, POLICIES[name](prices, lifetime))
    charged = terms.write != "free"
    return [
        _row(row[3], use, is_long=is_long, is_charged=charged)
        for row, use in zip(rows, found, strict=True)
    ]


def _row(
    request_no: int, use: CacheUse, *, is_long: bool, is_charged: bool
) -> tuple[int, int, int, int, int]:
    if not is_charged:
        return request_no, use.uncached + use.written, use.read, 0, 0
    short, long = (0, use.written) if is_long else (use.written, 0)
    return request_no, use.uncached, use.read, short, long


def _request(row: tuple[Any, ...]) -> CacheRequest:
    """Return the request with its parts as blocks, scaled to the input that the provider counted."""
    hashes, counted, stated, at_s = row[5], row[6], int(row[7]), float(row[8])
    whole = sum(counted) or 1
    blocks: list[int] = []
    sizes: list[int] = []
    chain, ends, before = 0, 0, 0
    for name, tokens in zip(hashes, counted, strict=True):
        chain = hash((chain, name))
        ends += tokens
        upto = stated * ends // whole
        blocks.append(chain)
        sizes.append(upto - before)
        before = upto
    return CacheRequest(at_s, blocks, sizes)


def _lifetime(terms: CacheTerms, lifetime_s: int) -> Lifetime:
    seconds = lifetime_s if lifetime_s in terms.lifetimes_s else terms.lifetimes_s[0]
    return Lifetime(
        seconds,
        is_refreshed=terms.is_refreshed,
        minimum_tokens=terms.minimum_tokens,
        block_tokens=terms.block_tokens,
    )


KIND = LeverKind(
    "prompt-cache",
    "The beginning of prompts written to the provider's cache where that pays, and read from it: replayed part by part "
    "in the order of time, with the provider's terms and prices of the day; never dearer than no cache "
    "with policy best.",
    (
        Parameter("policy", "best, none, everything or learning [default: best]"),
        Parameter("lifetime_s", "seconds that what is written lives [default: 300]"),
    ),
    _make,
    place=60,
    is_harmless=True,
)
