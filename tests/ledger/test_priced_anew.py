"""A request that is read again at another price book says what it cost before."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PRICE = '[[price]]\nprovider = "house"\nmodel = "m"\ninput_mtok = {}\noutput_mtok = 1\n'


def _log(folder: Path, name: str, *tokens: int) -> Path:
    calls = [
        {
            "event_id": str(number),
            "started_at": f"2026-03-05T12:00:0{number}Z",
            "provider": "house",
            "requested_model": "m",
            "input_uncached_tokens": count,
            "output_tokens": 0,
        }
        for number, count in enumerate(tokens)
    ]
    path = folder / name
    path.write_text("\n".join(map(json.dumps, calls)))
    return path


def _warnings(done: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["message"]) for each in done.json["sources"][0]["warnings"]]


def test_a_grown_log_at_another_price_is_not_priced_anew_in_silence(
    centavo: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "centavo.toml").write_text('[prices]\nfile = "prices.toml"\n')
    (tmp_path / "prices.toml").write_text(_PRICE.format(2))
    assert _warnings(centavo("ingest", _log(tmp_path, "a.jsonl", 10**6, 0), "--json")) == []
    assert _warnings(centavo("ingest", _log(tmp_path, "b.jsonl", 10**6, 0, 5), "--json")) == []
    (tmp_path / "prices.toml").write_text(_PRICE.format(3))
    grown = _log(tmp_path, "c.jsonl", 10**6, 0, 5, 7)
    ((code, message),) = _warnings(centavo("ingest", grown, "--json"))
    assert code == "priced_anew"
    assert message.startswith(
        "2 requests that the ledger had came again and cost otherwise: 2.00001 USD before (price book "
    )
    assert "3.000015 USD now (" in message
