"""What secrets look like: the shapes that providers issue, and names that say what a value is.

Sources of the shapes: the providers' own pages on their keys, and GitHub's public list of the
patterns that its secret scanning knows.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from math import log2

__all__ = ["ISSUED", "Shape", "is_bare_key", "is_harmless", "is_named", "is_named_password"]

_HASH = re.compile(r"(?:sha\d+:)?[0-9a-f]{64}\Z", re.IGNORECASE)
_ID = re.compile(r"[0-9a-f-]+\Z", re.IGNORECASE)
_MASKED = re.compile(r"\*\*|\.\.\.|…|\A\[redacted|\A\$|\A%|\Axxx", re.IGNORECASE)


def is_harmless(value: str) -> bool:
    """Return whether a value under a secret's name is none: short, masked, a hash, a number.

    >>> is_harmless("sk-...4f2a"), is_harmless("f00Bar-9")
    (True, False)
    """
    return (
        len(value) < 6
        or _MASKED.search(value) is not None
        or _HASH.match(value) is not None
        or value.replace(".", "").isdigit()
    )


def is_named_password(value: str) -> bool:
    """Return whether a value after ``password=`` is one, and not a word of a sentence.

    >>> is_named_password("Tr0ub4dor"), is_named_password("required")
    (True, False)
    """
    return not is_harmless(value) and not (value.isalpha() and value.islower())


def is_named(value: str) -> bool:
    """Return whether a value after ``api_key=``, ``token=`` and the like looks random.

    >>> is_named("aB3dE5fG7hJ9"), is_named("application"), is_named("128000")
    (True, False, False)
    """
    return (
        len(value) >= 12
        and not is_harmless(value)
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
        and _entropy(value) > 3
    )


def is_bare_key(value: str) -> bool:
    """Return whether a value after ``key=`` is a secret: no id, no hash, no name.

    >>> is_bare_key("550e8400-e29b-41d4-a716-446655440000")
    False
    """
    return len(value) >= 24 and _ID.match(value) is None and _is_random(value)


def _entropy(value: str) -> float:
    """Return bits per character, by how often each character occurs."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in Counter(value).values())


def _is_random(value: str) -> bool:
    """Return whether digits, capitals and small letters are mixed as no word mixes them."""
    mixed = any(map(str.isdigit, value)) and any(map(str.isupper, value))
    return mixed and any(map(str.islower, value)) and _entropy(value) > 3.5


def _is_api_key(value: str) -> bool:
    # sk-learn-pipeline-production-v2 is a name; a key has no words between its dashes, but for
    # those of Langfuse (a UUID) and of Helicone.
    words = re.split("[-_]", value)
    issued = words[1] in ("lf", "helicone") and any(map(str.isdigit, value))
    return issued or _is_random(value) or len(max(words, key=len)) >= 20


def _is_bearer(value: str) -> bool:
    return any(map(str.isdigit, value)) and not _MASKED.search(value)


def _is_cookie(value: str) -> bool:
    return "=" in value and not _MASKED.search(value)


def _is_login(value: str) -> bool:
    return value.endswith("=") or _is_random(value)


def _is_unmasked(value: str) -> bool:
    return _MASKED.search(value) is None


@dataclass(frozen=True)
class Shape:
    """One kind of secret.

    Attributes:
        kind: Stands in the text in its place.
        hints: Texts in lower case, one of which every such secret has in it or before it.
        pattern: Regular expression of the secret, without groups that capture.
        after: What comes before it and stays.
        is_real: Whether a match is a secret indeed, where the pattern alone does not tell.
    """

    kind: str
    hints: tuple[str, ...]
    pattern: str
    after: str = ""
    is_real: Callable[[str], bool] | None = None
    regex: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the pattern once."""
        object.__setattr__(self, "regex", re.compile(f"({self.after})({self.pattern})"))


_T = "[A-Za-z0-9_-]"
# Not in the middle of a word: task-123 holds no sk-123.
_START = "(?<![A-Za-z0-9_-])"
_KEY = "PRIVATE KEY(?: BLOCK)?-----"

ISSUED: tuple[Shape, ...] = (
    Shape(
        "private_key",
        ("private key",),
        rf"-----BEGIN [A-Z0-9 ]{{0,40}}{_KEY}"
        rf"[^\"']*?(?:-----END [A-Z0-9 ]{{0,40}}{_KEY}|(?=[\"'])|\Z)",
    ),
    Shape("anthropic_key", ("sk-ant-",), rf"{_START}sk-ant-{_T}{{16,}}"),
    Shape(
        "openai_key",
        ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-none-"),
        rf"{_START}sk-(?:proj|svcacct|admin|None)-{_T}{{20,}}",
    ),
    Shape("api_key", ("sk-",), rf"{_START}sk-{_T}{{20,}}", is_real=_is_api_key),
    Shape(
        "aws_key",
        ("akia", "asia", "abia", "acca"),
        r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])",
    ),
    Shape(
        "aws_key",
        ("absk", "bedrock-api-key-"),
        rf"{_START}(?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{{60,}}",
    ),
    Shape("google_key", ("aiza",), rf"{_START}AIza{_T}{{35}}(?!{_T})"),
    Shape(
        "google_key",
        ("ya29.", "gocspx-", "aq.ab"),
        rf"{_START}(?:ya29\.|GOCSPX-|AQ\.Ab){_T}{{20,}}",
    ),
    Shape(
        "github_token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        rf"{_START}(?:gh[pousr]_[A-Za-z0-9]{{36,}}|github_pat_\w{{22,}})",
    ),
    Shape("slack_token", ("xox", "xapp-"), rf"{_START}(?:xox[a-z]|xapp)-[A-Za-z0-9-]{{10,}}"),
    Shape("slack_token", ("hooks.slack.com",), r"[A-Za-z0-9/_-]{20,}", after=r"hooks\.slack\.com/"),
    Shape(
        "api_key",
        ("hf_", "gsk_", "xai-", "pplx-", "nvapi-", "r8_", "dapi"),
        rf"{_START}(?:hf_[A-Za-z0-9]{{30,}}|gsk_[A-Za-z0-9]{{40,}}|xai-[A-Za-z0-9]{{40,}}|"
        r"pplx-[A-Za-z0-9]{40,}|nvapi-[A-Za-z0-9_-]{40,}|r8_[A-Za-z0-9]{37}|dapi[0-9a-f]{32})",
    ),
    Shape(
        "api_key",
        ("glpat-", "npm_", "pypi-", "k_live_", "k_test_", "whsec_", "tvly-", "sg."),
        rf"{_START}(?:glpat-[A-Za-z0-9_-]{{20,}}|npm_[A-Za-z0-9]{{36}}|pypi-AgEI{_T}{{50,}}|"
        r"(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}|"
        r"tvly-[A-Za-z0-9-]{24,}|SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})",
    ),
    Shape(
        "api_key",
        (
            "csk-",
            "fw_",
            "tgp_v1_",
            "jina_",
            "lsv2_",
            "pcsk_",
            "hvs.",
            "dop_v1_",
            "shpat_",
            "n8n_api_",
        ),
        rf"{_START}(?:csk-[a-z0-9]{{40,}}|fw_[A-Za-z0-9]{{22,}}|tgp_v1_{_T}{{40,}}|jina_{_T}{{40,}}|"
        rf"lsv2_(?:pt|sk)_[0-9a-f]{{32}}_\w+|pcsk_\w{{40,}}|hvs\.{_T}{{24,}}|dop_v1_[0-9a-f]{{64}}|"
        r"shpat_[0-9a-f]{32}|n8n_api_[0-9a-f]{40,})",
    ),
    Shape(
        "azure_key",
        ("jqqj99",),
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}(?![A-Za-z0-9])",
    ),
    Shape("telegram_token", (":aa",), rf"(?<!\d)\d{{8,10}}:AA{_T}{{33}}(?!{_T})"),
    Shape("jwt", ("eyj",), rf"{_START}eyJ{_T}{{8,}}\.eyJ{_T}{{8,}}\.{_T}*"),
    Shape(
        "bearer_token",
        ("bearer",),
        r"[A-Za-z0-9._~+/=-]{16,}",
        after=r"\b(?:[Bb]earer|BEARER)\s{1,3}",
        is_real=_is_bearer,
    ),
    Shape(
        "login",
        ("basic",),
        r"[A-Za-z0-9+/]{11,}={0,2}",
        after=r"\b(?:[Bb]asic|BASIC)\s{1,3}",
        is_real=_is_login,
    ),
    Shape(
        "cookie",
        ("cookie:",),
        r"[^\r\n\"'\\]{6,4096}",
        after=r"\b(?i:(?:set-)?cookie):\s{0,3}",
        is_real=_is_cookie,
    ),
    Shape(
        "password",
        # Where a list of tags is split at its colons, the scheme of an address is gone.
        ("//",),
        r"[^\s/@\"'\\]{1,200}(?=@)",
        after=r"(?:[:\"']|\A)//[^\s:/@\"'\\]{0,200}:",
        is_real=_is_unmasked,
    ),
)
