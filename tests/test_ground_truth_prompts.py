"""Kept prompts of real recordings: what is cached of them, what comes back, and what is not claimed."""

import json
import tarfile
from decimal import Decimal

import pytest

from centavo.findings import RuleSettings
from centavo.ledger.bodies import BodyPart, json_text, rebuilt
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.period import Period
from centavo.prompts.anatomy import prompt_tables
from centavo.prompts.cache import CachePrices, CacheRequest, Lifetime, everything
from centavo.prompts.cache.choice import run_policy
from centavo.prompts.payload import decoded
from centavo.prompts.rules import RULES
from centavo.prompts.transforms import TRANSFORMS
from tests.prompts.rules.small_ledgers import NOW
from tests.shared_data import shared_data

FOREVER = Lifetime(10**9)
# Half price for what is read, as OpenAI charges for gpt-4o: 2.5 and 10 dollars.
PRICES = CachePrices(Decimal("2.5"), Decimal("1.25"), Decimal("2.5"), Decimal(10))
_BLOCKS = """
SELECT json_extract_string(any_value(labels), '$.session'), any_value(e.output_tokens),
  list(content_hash ORDER BY position), list(counted ORDER BY position)
FROM prompt_parts JOIN prompt_calls USING (call_no) JOIN usage_events AS e USING (event_id)
GROUP BY event_id ORDER BY min(call_no)
"""


def truth(name):
    return json.loads((shared_data(name).parent / "GROUND_TRUTH.json").read_text())[name]


def opened(folder):
    return Ledger.open(LedgerLocation(folder / ".centavo"))


def test_tau_bench_parts_add_up_and_its_cached_share_and_saving(centavo, tmp_path):
    expected = truth("tau-bench-airline")
    folder = shared_data("tau-bench-airline")
    centavo("ingest", next(folder.rglob("*airline*.json*")), "--keep-bodies")
    ledger = opened(tmp_path)
    assert prompt_tables(ledger, Period()).with_bodies == expected["requests"]
    counted = ledger.rows("SELECT sum(counted), sum(tokens) FROM prompt_parts")[0]
    assert counted == (expected["tokens_in"], pytest.approx(expected["tokens_in"]))
    requests = []
    for at, (session, output, hashes, sizes) in enumerate(ledger.rows(_BLOCKS)):
        # The figure is of beginnings within one conversation: each has its own cache.
        chain, blocks = hash(session), []
        for name in hashes:
            chain = hash((chain, name))
            blocks.append(chain)
        requests.append(CacheRequest(float(at), blocks, sizes, output))
    found = run_policy("everything", requests, FOREVER, PRICES, policy=everything)
    assert found.use.read / expected["tokens_in"] == pytest.approx(
        expected["prefix_share"], rel=1e-12
    )
    assert float(found.cost_without) == pytest.approx(expected["usd_2_5_10"], rel=1e-12)
    assert float(found.cost) == pytest.approx(expected["usd_if_prefix_half_price"], rel=1e-12)


@pytest.mark.parametrize(
    ("name", "archive", "bodies"),
    [
        ("llama-stack-recordings", "recordings.tar.xz", 500),
        ("pydantic-ai-cassettes", "cassettes.tar.xz", 500),
    ],
)
def test_every_lossless_transformation_comes_back_on_every_body(
    centavo, tmp_path, name, archive, bodies
):
    with tarfile.open(shared_data(name) / archive) as packed:
        packed.extractall(tmp_path / "files", filter="data")
    centavo("ingest", tmp_path / "files", "--keep-bodies", "--skip-bad")
    ledger = opened(tmp_path)
    rows = ledger.rows(
        "SELECT body_hash, kind, member, role, text FROM body_parts JOIN body_contents USING"
        " (content_hash) ORDER BY body_hash, position"
    )
    assert len({row[0] for row in rows}) > bodies
    changed = dict.fromkeys((each.name for each in TRANSFORMS), 0)
    for _, kind, _, _, text in rows:
        value = decoded(text)
        assert decoded(json_text(value)) == value
        for transform in TRANSFORMS:
            new = transform.apply(value)
            changed[transform.name] += new != value
            assert transform.is_proved(value, new), (kind, transform.name, text[:200])
    assert changed["compact-json"] > 0
    if name.startswith("llama"):
        check_bodies_are_as_sent(rows, tmp_path / "files")


def check_bodies_are_as_sent(rows, folder):
    bodies: dict[str, list[BodyPart]] = {}
    for name, *part in rows:
        if part[0] != "output":
            bodies.setdefault(str(name), []).append(BodyPart(*part))
    paths = folder.rglob("*.json")
    sent = [json.loads(path.read_text())["request"]["body"] for path in paths]
    kept = [json_text(rebuilt(parts)) for parts in bodies.values()]
    assert {json_text(body) for body in sent} == set(kept)


def test_no_duplicate_is_claimed_of_the_web_agents_truncated_inputs(centavo, tmp_path):
    with tarfile.open(shared_data("lmcache-agent-trace") / "magagent.tar.xz") as packed:
        packed.extractall(tmp_path / "files", filter="data")
    centavo("ingest", tmp_path / "files", "--keep-bodies", "--skip-bad")
    ledger = opened(tmp_path)
    assert prompt_tables(ledger, Period()).with_bodies > 300
    for rule in RULES:
        if rule.code in ("PRM309", "PRM312"):
            limits = RuleSettings(NOW).with_limits(
                rule.code, {each.name: each.default for each in rule.thresholds}
            )
            assert rule.find(ledger, Period(), limits) == []
