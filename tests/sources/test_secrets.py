"""Secrets are found by their shape or their name; what only looks random stays."""

import json

import pytest

from centavo.sources.secrets import RedactionCount, redact, redact_labels

# Put together here, so that no scanner takes this file for a leak.
A40 = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2bC3d"
SECRETS = {
    "openai_key": ["sk-" + "proj-" + A40, "sk-" + "svcacct-" + A40],
    "api_key": [
        "sk-" + A40,
        "sk-" + "or-v1-" + "0123456789abcdef" * 4,
        "hf" + "_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH",
        "gsk" + "_" + A40 + "0123456789",
        "xai" + "-" + A40,
        "glpat" + "-" + A40[:20],
        "sk" + "_live_" + A40[:24],
    ],
    "anthropic_key": ["sk-" + "ant-api03-" + A40 + "_-AA"],
    "aws_key": ["AKIA" + "IOSFODNN7EXAMPLE", "ASIA" + "Y34FZKBOKMUTVV7A"],
    "google_key": ["AIza" + "SyA-1234567890abcdefghijklmnopqrstu", "ya29" + "." + A40],
    "github_token": ["ghp" + "_" + A40[:36], "github" + "_pat_" + A40[:22] + "_" + A40],
    "slack_token": ["xox" + "b-123456789012-abcdefABCDEF", "xapp" + "-1-A012345-6789012345"],
    "jwt": [
        "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"
    ],
    "private_key": [
        "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIEow\nIBAAKC==\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN " + "PRIVATE KEY-----\\nMIIEow\\n-----END PRIVATE KEY-----",
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXkt",
    ],
}
KEPT = {
    "Authorization: Bearer " + A40: "Authorization: Bearer [redacted:bearer_token]",
    "authorization=bearer  0123456789abcdef": "authorization=bearer  [redacted:bearer_token]",
    "Authorization: Basic dXNlcjpwYXNzd29yZA==": "Authorization: Basic [redacted:login]",
    "postgresql://app:s3cr3t!@db.example:5432/x": "postgresql://app:[redacted:password]@db.example:5432/x",
    "redis://:hunter2@cache": "redis://:[redacted:password]@cache",
    "Server=x;User=y;Password=Tr0ub4dor&3;": "Server=x;User=y;Password=[redacted:password]&3;",
    "aws_secret_access_key = " + A40: "aws_secret_access_key = [redacted:named]",
    "OPENAI_API_KEY=" + A40: "OPENAI_API_KEY=[redacted:named]",
    '{"client_secret":"' + A40 + '"}': '{"client_secret":"[redacted:named]"}',
    "https://x.example/v1?key="
    + A40
    + "&alt=sse": "https://x.example/v1?key=[redacted:named]&alt=sse",
    "https://s.example/b?sv=1&sig=ab12cd34EF%2Bgh%3D": "https://s.example/b?sv=1&sig=[redacted:named]",
    "https://hooks.slack.com/services/T00000000/B00000000/XXXX": "https://hooks.slack.com/[redacted:slack_token]",
}
ORDINARY = [
    "550e8400-e29b-41d4-a716-446655440000",
    "req_011CSHoEeqs5C35K2UUqR7Fy",
    "chatcmpl-9Xa1b2C3d4E5f6G7h8I9j0K1l2M3n",
    "msg_01XFDUDYJgAACzvnptvVoYEL",
    "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b",
    "gen-1234567890-abcdefghijklmnopqrst",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "asst_abc123ABC456def789GHI012",
    "task-0123456789abcdefghijABCDEFGHIJ",
    "sk-learn-pipeline-production-v2",
    "desk-booking-assistant-for-employees-2",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4",
    "https://api.openai.com/v1/chat/completions",
    "https://user@host.example/path:8080/@x",
    "projects/acme/locations/us-central1/endpoints/1234567890123456789",
    "max_tokens=4096",
    "max_token: 1024 tokens: 2048",
    "key=550e8400-e29b-41d4-a716-446655440000",
    "cache_key=user-profile-page-v2-2026-03-05",
    "primary_key: 12345678901234567890",
    "user_api_key_hash=88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
    "api_key=sk-...4f2a",
    "api_key=****************",
    "password=required field",
    "the bearer of responsibilities",
    "bearer authentication-is-required",
    "basic functionalities, basic understanding",
    "Incorrect API key provided",
    "token limit reached: 128000",
    "session started 2026-03-05T12:00:00.000Z",
    "gpt-4o-mini-2024-07-18",
    "AKIANOTAKEY",
    "secretary-agent-for-the-board-room",
    "",
]


@pytest.mark.parametrize(
    ("kind", "secret"), [(kind, one) for kind, many in SECRETS.items() for one in many]
)
def test_a_secret_by_its_shape(kind, secret):
    assert redact(secret) == (f"[redacted:{kind}]", 1)
    assert redact(f'{{"m":"it failed {secret}"}}') == (f'{{"m":"it failed [redacted:{kind}]"}}', 1)


@pytest.mark.parametrize(("text", "clean"), KEPT.items())
def test_what_is_around_a_secret_stays(text, clean):
    assert redact(text) == (clean, 1)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_text_stays(text):
    assert redact(text) == (text, 0)
    assert redact(json.dumps({"label": text})) == (json.dumps({"label": text}), 0)


def test_json_stays_json():
    secrets = [one for many in SECRETS.values() for one in many]
    text = json.dumps({f"n{i}": f"a {one}" for i, one in enumerate(secrets)} | {"last": [1, "x"]})
    clean, count = redact(text)
    assert count == len(secrets)
    assert json.loads(clean)["last"] == [1, "x"]


def test_redacting_twice_changes_nothing():
    for text in [*KEPT, *(one for many in SECRETS.values() for one in many)]:
        once, _ = redact(text)
        assert redact(once) == (once, 0)


def test_labels_lose_named_secrets_at_any_depth():
    labels = {
        "team": "search",
        "litellm_params": {"api_key": "my-own-key", "timeout": 30},
        "tags": ["a", "sk-" + A40],
        "max_tokens": 4096,
        "user_api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
        "sk-" + A40: True,
    }
    clean, count = redact_labels(labels)
    assert count == 3
    assert clean == {
        **{key: labels[key] for key in ("team", "max_tokens", "user_api_key")},
        "litellm_params": {"api_key": "[redacted:named]", "timeout": 30},
        "tags": ["a", "[redacted:api_key]"],
        "[redacted:api_key]": True,
    }


def test_the_warning_counts_secrets_rows_and_kinds():
    count = RedactionCount()
    assert count.warnings() == []
    count.redact("sk-" + A40, rows=3)
    count.redact("nothing")
    (warning,) = count.warnings()
    assert warning.code == "secrets_redacted"
    assert warning.rows == 3
    assert warning.message.startswith("3 secrets")
    assert "api_key 3" in warning.message


def test_a_long_text_takes_no_long_time():
    import time

    for unit in ("a_b-", "sk-", "key=", "://a:", "-----BEGIN PRIVATE KEY-----", "Bearer a1", "eyJ"):
        start = time.process_time()
        redact(unit * (200_000 // len(unit)))
        assert time.process_time() - start < 2, unit


def test_a_secret_in_a_request_log_is_not_stored(centavo, tmp_path):
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    record = {
        "id": "chatcmpl-0123456789abcdefABCD",
        "created": 1772700000,
        "model": "gpt-4o",
        "object": "chat.completion",
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        "metadata": {"note": "sk-" + A40, "app": "search"},
    }
    other = {**record, "id": "chatcmpl-1123456789abcdefABCD", "metadata": {"app": "search"}}
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(record) + "\n" + json.dumps(other) + "\n")
    done = centavo("ingest", log, "--json")
    (warning,) = done.json["sources"][0]["warnings"]
    assert (warning["code"], warning["rows"]) == ("secrets_redacted", 1)
    ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    rows = ledger.rows("SELECT application, labels FROM usage_events ORDER BY event_id")
    assert [application for application, _ in rows] == ["search", "search"]
    assert json.loads(rows[0][1])["note"] == "[redacted:api_key]"
    assert A40 not in "".join(
        p.read_text("latin-1") for p in (tmp_path / ".centavo").rglob("*") if p.is_file()
    )
