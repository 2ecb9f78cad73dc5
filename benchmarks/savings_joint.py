"""Claim: a plan's joint saving on tau-bench is within 2 points of a replay that edits the text itself.

    python benchmarks/savings_joint.py --data FOLDER_OF_TAU_BENCH

The plan leaves out the tool schemas that a session never calls, says JSON compactly, and caches what a
request has in common with the one before it in its session (no least length, no lifetime: the rule of the
published figures). centavo simulates it on the ledger: parts, hashes and counts. The replay beside it knows neither
ledger nor parts: it takes the trajectories, edits the messages and tools of every request, encodes and
counts all of it again, and prices it with three numbers.

Without edits, the cached share and the saving are held against the published figures of the data
(--truth GROUND_TRUTH.json), and what the levers would claim one by one is printed beside the joint figure.
"""

import argparse
import gzip
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from centavo.cli.levers import body_parts, lever_kinds
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.prompts.transforms import transform_named
from centavo.savings import Change, Lever, Quality, Simulation, Traffic, simulate
from centavo.savings.plan_file import levers_of_texts
from centavo.savings.recording import Question
from centavo.savings.where import EVERYTHING
from centavo.tokens import TokenCounter

LIMIT_POINTS = Decimal(2)
# gpt-4o: input, cached input and output, dollars for a million tokens.
PRICES = (Decimal("2.5"), Decimal("1.25"), Decimal(10))
Json = dict[str, object]

# Each request's parts that stand at the same place, with the same text, in the request before it.
_CACHED = """
WITH sized AS (
  SELECT request_no, json_extract_string(labels, '$.session') AS session, sum(tokens) AS whole
  FROM {events} JOIN metered_events USING (event_id) JOIN {parts} USING (request_no)
  GROUP BY ALL
),
turns AS (
  SELECT *, row_number() OVER (PARTITION BY session ORDER BY whole, request_no) AS turn FROM sized
),
placed AS (SELECT * FROM {parts} JOIN turns USING (request_no)),
shared AS (
  SELECT mine.request_no, mine.position, mine.tokens,
    mine.content_hash IS NOT DISTINCT FROM before.content_hash AS is_same
  FROM placed AS mine LEFT JOIN placed AS before
    ON before.session = mine.session AND before.turn = mine.turn - 1
    AND before.position = mine.position
),
beginnings AS (
  SELECT request_no, min(position) FILTER (NOT is_same) AS differs_at FROM shared GROUP BY request_no
),
found AS (
  SELECT request_no, coalesce(sum(tokens) FILTER (position < coalesce(differs_at, 1e9)), 0)::BIGINT
    AS cached
  FROM shared JOIN beginnings USING (request_no) GROUP BY request_no
)
SELECT * EXCLUDE (cached) REPLACE (
  input_uncached_tokens + coalesce(cache_read_tokens, 0) - cached AS input_uncached_tokens,
  cached AS cache_read_tokens)
FROM {events} JOIN found USING (request_no)
WHERE cached > 0
"""


def ideal_cache() -> Lever:
    """Return the lever that caches what two neighbours of a session have in common."""

    def apply(traffic: Traffic) -> Change:
        return Change(_CACHED.format(events=traffic.events, parts=traffic.parts))

    quality = Quality(is_lossless=True, change=None, basis="the same tokens are read")
    return Lever("cache", "beginnings cached", apply, EVERYTHING, quality, needs_parts=True)


def simulated(path: Path, levers: Sequence[Lever]) -> Simulation:
    """Return the simulation of levers on a ledger that holds the file and its bodies."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(Path(folder), ledger=Path(folder) / "ledger")
        recognised, _ = recognise_all(find_files([str(path)]))
        options = IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC), keep_bodies=True)
        for _ in ingest(settings, recognised, options):
            pass
        ledger = Ledger.open(settings.location)
        return simulate(
            ledger, levers, Question(Period()), book=PriceBook.load(), parts=body_parts()
        )


def session_tools(replay: "Replay") -> Lever:
    """Return the lever that sends each session only the tools that it calls.

    A bound for what leaving tools out can save: nobody knows before a session which it will call.
    """

    def apply(traffic: Traffic) -> Change:
        traffic.engine.execute(
            "CREATE OR REPLACE TEMP TABLE session_tools (session VARCHAR, new_tokens BIGINT, new_hash VARCHAR)"
        )
        traffic.engine.executemany(
            "INSERT INTO session_tools VALUES (?, ?, ?)", replay.tool_sizes()
        )
        return Change(
            parts=f"""SELECT parts.* REPLACE (
                CASE WHEN kind = 'tools' THEN new_tokens ELSE tokens END AS tokens,
                CASE WHEN kind = 'tools' THEN new_hash ELSE content_hash END AS content_hash)
            FROM {traffic.parts} AS parts JOIN {traffic.events} USING (request_no)
            JOIN metered_events USING (event_id)
            JOIN session_tools ON session = json_extract_string(labels, '$.session')"""
        )

    quality = Quality(is_lossless=False, change=None, basis="known only afterwards")
    return Lever("tools", "tools of the session", apply, EVERYTHING, quality, needs_parts=True)


class Replay:
    """The requests of the trajectories as text, edited and counted anew."""

    def __init__(self, path: Path) -> None:
        records = json.loads(gzip.decompress(path.read_bytes()))
        self._sessions = [f"{each['task_id']}/{each['trial']}" for each in records]
        self._trajectories = [
            [{k: v for k, v in message.items() if v is not None} for message in each["traj"]]
            for each in records
        ]
        self._tools = json.loads((path.parent / "tools.json").read_text())
        self._counter = TokenCounter("gpt-4o")
        self._counts: dict[str, int] = {}

    def cost(self, *, drops: bool, compacts: bool, caches: bool) -> tuple[Decimal, int, int]:
        """Return dollars, input tokens and cached input tokens of all requests."""
        edit = self._compact if compacts else lambda message: message
        inputs = cached = outputs = 0
        for before, sent, answered in self._requests(edit, drops=drops):
            inputs += sent
            cached += before if caches else 0
            outputs += answered
        fresh, read, written = PRICES
        dollars = ((inputs - cached) * fresh + cached * read + outputs * written) / 10**6
        return dollars, inputs, cached

    def tool_sizes(self) -> list[tuple[str, int, str]]:
        """Return session, tokens of the tools that it calls, and a name for these."""
        return [
            (session, self._tokens(tools), f"tools of {session}")
            for session, messages in zip(self._sessions, self._trajectories, strict=True)
            for tools in [self._called(messages)]
        ]

    def _requests(
        self, edit: Callable[[Json], Json], *, drops: bool
    ) -> Iterator[tuple[int, int, int]]:
        """Yield input of the request before it (0 for the first), input and output of each request."""
        for messages in self._trajectories:
            before = 0
            tools = self._tokens(self._called(messages) if drops else self._tools)
            for at, answer in enumerate(messages):
                if answer["role"] == "assistant":
                    sent = tools + sum(self._tokens(edit(message)) for message in messages[:at])
                    yield before, sent, self._tokens(answer)
                    before = sent

    def _called(self, messages: Sequence[Json]) -> list[Json]:
        calls = [call for message in messages for call in message.get("tool_calls", ())]
        called = {call["function"]["name"] for call in calls}
        return [tool for tool in self._tools if tool["function"]["name"] in called]

    def _compact(self, message: Json) -> Json:
        changed: object = message
        for name in ("compact-json", "tabular"):
            changed = transform_named(name).apply(changed)
        return changed if self._tokens(changed) < self._tokens(message) else message

    def _tokens(self, value: object) -> int:
        text = json.dumps(value)
        if text not in self._counts:
            self._counts[text] = self._counter.count(text)
        return self._counts[text]


def main() -> None:
    """Simulate, replay, and print what was measured against what was promised."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--truth", type=Path)
    given = parser.parse_args()
    path = next(given.data.glob("*airline.json.gz"))
    replay = Replay(path)
    compact = levers_of_texts(["compact"], lever_kinds())
    found = simulated(path, [session_tools(replay), *compact, ideal_cache()])
    baseline = found.baseline_cost("USD")
    print(
        f"tau-bench, {found.baseline.priced_requests:,} requests, {baseline:,.4f} USD as they ran"
    )
    _compare(found, replay, baseline)
    if given.truth:
        _hold(simulated(path, [ideal_cache()]), replay, json.loads(given.truth.read_text()))


def _compare(found: Simulation, replay: Replay, baseline: Decimal) -> None:
    switches = ({"drops": True}, {"compacts": True}, {"caches": True})
    off = {"drops": False, "compacts": False, "caches": False}
    plain = replay.cost(**off)[0]
    taken = dict(off)
    alone_sum = Decimal(0)
    for place, (step, switch) in enumerate(zip(found.steps, switches, strict=True), 1):
        taken |= switch
        alone = 1 - replay.cost(**(off | switch))[0] / plain
        alone_sum += alone
        mine = 1 - found.cost_after("USD", place) / baseline
        theirs = 1 - replay.cost(**taken)[0] / plain
        print(
            f"  after {step.lever.kind:<11} centavo {100 * mine:6.2f} %  replay {100 * theirs:6.2f} %  "
            f"alone {100 * step.alone.get('USD', Decimal(0)) / baseline:6.2f} % (replay {100 * alone:6.2f} %)"
        )
    joint = 100 * found.saved("USD") / baseline
    replayed = 100 * (1 - replay.cost(**taken)[0] / plain)
    naive = 100 * found.naive_sum("USD") / baseline
    gap = abs(joint - replayed)
    verdict = "holds" if gap <= LIMIT_POINTS else "DOES NOT HOLD"
    print(f"  joint {joint:.2f} %, replay {replayed:.2f} %: {gap:.2f} points (limit 2): {verdict}")
    print(f"  the naive sum claims {naive:.2f} % (replay {100 * alone_sum:.2f} %): wrong")


def _hold(found: Simulation, replay: Replay, truth: Json) -> None:
    stated = truth["tau-bench-airline"]
    _, inputs, cached = replay.cost(drops=False, compacts=False, caches=True)
    share = Decimal(str(stated["prefix_share"]))
    cost = Decimal(str(stated["usd_if_prefix_half_price"]))
    after = found.cost_after("USD", 1)
    same = abs(after - cost) < Decimal("1e-6") and abs(Decimal(cached) / inputs - share) < Decimal(
        "1e-9"
    )
    print(f"  cached share {Decimal(cached) / inputs:.9f}, stated {share:.9f}")
    print(f"  cost with cached input at half price {after:.8f}, stated {cost}: "
          f"{'equal' if same else 'NOT EQUAL'}")  # fmt: skip


if __name__ == "__main__":
    main()
