"""A price file, a second opinion and requests of a house of our own: no list price is in play."""

import json

PRICES = """
[[price]]
provider = "openai"
model = "house-model-1"
input_mtok = 1
output_mtok = 2
valid_from = 2025-01-01
valid_to = 2026-05-01

[[price]]
provider = "openai"
model = "house-model-1"
input_mtok = 3
output_mtok = 6
valid_from = 2026-05-01

[[price]]
provider = "openai"
model = "house-model-2"
input_mtok = 10
output_mtok = 20
"""


def request(number, *, model="house-model-1", created=1772700000):
    """Return a request of 2026-03-05 with 1,000 tokens of input and 100 of output."""
    return {
        "event_id": f"house-{model}-{created + number}",
        "started_at": created + number,
        "provider": "openai",
        "requested_model": model,
        "input_uncached_tokens": 1000,
        "output_tokens": 100,
    }


def write_log(path, *requests):
    path.write_text("".join(json.dumps(it) + "\n" for it in requests), encoding="utf-8")
    return path


def write_map(path, **entries):
    """Write a map in LiteLLM's shape: prices in USD per token, written as JSON numbers."""
    parts = []
    for name, fields in entries.items():
        texts = {"litellm_provider": '"openai"', "mode": '"chat"', **fields}
        inner = ",\n    ".join(f'"{key}": {value}' for key, value in texts.items())
        parts.append(f'  "{name}": {{\n    {inner}\n  }}')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    return path
