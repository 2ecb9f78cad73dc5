"""Keys of further providers, and secrets that hide in a text: cookies, addresses without a scheme."""

import pytest

from centavo.sources.secrets import redact, redact_labels

# Put together here, so that no scanner takes this file for a leak.
A40 = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY1zA2bC3d"
HEX = "0123456789abcdef"
API_KEYS = (
    "sk-" + "lf-550e8400-e29b-41d4-a716-446655440000",
    "sk-" + "helicone-ab1cd2e-fg3hi4j-kl5mn6o-pq7rs8t",
    "lsv2" + "_pt_" + HEX * 2 + "_0123456789",
    "csk" + "-" + A40.lower(),
    "fw" + "_" + A40[:24],
    "tgp" + "_v1_" + A40 + "-_x",
    "jina" + "_" + A40,
    "pcsk" + "_" + A40,
    "hvs" + "." + A40,
    "dop" + "_v1_" + HEX * 4,
    "shpat" + "_" + HEX * 2,
    "n8n" + "_api_" + HEX * 3,
)
OTHERS = {
    A40 + A40[:12] + "JQQJ99" + "BAACYeBjFXJ3w3AAABACOG" + "x1y2": "azure_key",
    "123456789" + ":AA" + A40[:33]: "telegram_token",
}
AROUND = {
    "//app:s3cr3t!@db.example/x": "//app:[redacted:password]@db.example/x",
    '{"redis":"//app:s3cr3t!@db"}': '{"redis":"//app:[redacted:password]@db"}',
    "got Cookie: a=1; sid=" + A40: "got Cookie: [redacted:cookie]",
    "set-cookie:sid=" + A40 + "; Secure": "set-cookie:[redacted:cookie]",
    "https://api.telegram.org/bot123456789" + ":AA" + A40[:33] + "/send": (
        "https://api.telegram.org/bot[redacted:telegram_token]/send"
    ),
}
ORDINARY = (
    "// note: see a@b.example",
    "Cookie: required for login",
    "sk-helicone-proxy-in-production",
    "12:34:56 started",
    "jina_embeddings_v3",
    "//cdn.example/a:b",
)


@pytest.mark.parametrize(("secret", "kind"), [*((k, "api_key") for k in API_KEYS), *OTHERS.items()])
def test_a_key_by_its_shape(secret: str, kind: str) -> None:
    assert redact(f"it failed {secret}.") == (f"it failed [redacted:{kind}].", 1)


@pytest.mark.parametrize(("text", "clean"), AROUND.items())
def test_what_is_around_it_stays(text: str, clean: str) -> None:
    assert redact(text) == (clean, 1)


@pytest.mark.parametrize("text", ORDINARY)
def test_what_only_looks_like_one_stays(text: str) -> None:
    assert redact(text) == (text, 0)


def test_a_tag_split_at_the_colon_of_an_address_keeps_no_password() -> None:
    labels, count = redact_labels({"postgres": "//app:s3cr3t!@db"})
    assert (labels, count) == ({"postgres": "//app:[redacted:password]@db"}, 1)
