"""The route file: YAML that a person can review and a gateway can enforce, read back line by line.

Weights of tokens and of remembered prompts stand in it as base64 of little-endian 32-bit floats, topics and
remembered prompts of 16-bit ones; everything else is text. The
schema is described in docs/certify.md.
"""

import binascii
import math
import struct
from base64 import b64decode, b64encode
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast

from centavo.errors import ConfigError
from centavo.ledger.toml_lines import near_names
from centavo.policy.limits import SCOPES, Match
from centavo.policy.route import (
    CERTIFICATE_TESTS,
    ROUTERS,
    Certificate,
    CertificateTest,
    FormWeight,
    Nearness,
    Route,
    Router,
    RouteScore,
)
from centavo.policy.route_features import DIMENSIONS, FORM, TOPICS, VOCABULARY
from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["SCHEMA", "parse_route", "read_route", "route_text"]

SCHEMA = "centavo.route/1"
_HINT = "docs/certify.md describes the file; `centavo certify --out FILE` writes one."
_ROUTE = ("schema", "name", "match", "keep", "candidate", "router", "threshold", "fallbacks",
          "certificate", "score")  # fmt: skip
_CERTIFICATE = ("loss_limit", "confidence", "share", "labels", "loss", "loss_at_most",
                "thresholds", "bets", "test")  # fmt: skip
_SCORE = (
    "intercept",
    "dimension",
    "categories",
    "form",
    "agreement",
    "near",
    "vocabulary",
    "tokens",
)
_NEAR = ("topics", "remembered", "weights")
_WEIGHT = ("mean", "scale", "weight")


def route_text(route: Route) -> str:
    """Return the route as a file that ``read_route`` reads back."""
    import yaml

    content: dict[str, object] = {
        "schema": SCHEMA,
        "name": route.name,
        "match": {name: list(globs) for name, globs in route.match},
        "keep": route.keep,
        "candidate": route.candidate,
        "router": route.router,
        "threshold": route.threshold,
        "fallbacks": list(route.fallbacks),
    }
    if route.certificate is not None:
        content["certificate"] = _certificate_out(route.certificate)
    content["score"] = _score_out(route.score)
    head = "# Which requests may go to the cheaper model: those that score at most the threshold.\n"
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def read_route(path: Path) -> Route:
    """Return the route of a file.

    Raises:
        ConfigError: The file cannot be read.
        InputError: It is not YAML, or a value is of no use; names file, line, key and value.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    return parse_route(content, file=str(path))


def parse_route(content: bytes, *, file: str) -> Route:
    """Return the route of a file's content.

    Raises:
        InputError: It is not YAML, or a value is of no use; names file, line, key and value.
    """
    entry = read_yaml(content, file=file, hint=_HINT)
    entry.check_keys(_ROUTE)
    entry.one_of("schema", (SCHEMA,))
    router = cast("Router", entry.one_of("router", ROUTERS))
    score = _only(entry, "score") or entry.fail("is missing", "score")
    certificate = _only(entry, "certificate")
    return Route(
        name=entry.text("name"),
        match=_match(entry),
        keep=entry.text("keep"),
        candidate=entry.text("candidate"),
        router=router,
        threshold=_number(entry, "threshold"),
        score=_score(score, router),
        fallbacks=entry.texts("fallbacks"),
        certificate=_certificate(certificate) if certificate else None,
    )


def _certificate_out(certificate: Certificate) -> dict[str, object]:
    return {
        **{key: getattr(certificate, key) for key in _CERTIFICATE[:6]},
        "thresholds": list(certificate.thresholds),
        "bets": [" ".join(map(repr, bets)) for bets in certificate.bets],
        "test": certificate.test,
    }


def _score_out(score: RouteScore) -> dict[str, object]:
    found: dict[str, object] = {"intercept": score.intercept}
    if score.dimension is not None:
        found["dimension"] = score.dimension
    if score.categories is not None:
        found["categories"] = dict(score.categories)
    if score.form is not None:
        found["form"] = {name: _weight_out(weight) for name, weight in score.form.items()}
    if score.agreement is not None:
        found["agreement"] = _weight_out(score.agreement)
    if score.tokens:
        found["vocabulary"] = VOCABULARY
        found["tokens"] = _packed_out(score.tokens)
    if score.near is not None:
        found["near"] = {
            "topics": b64encode(score.near.topics).decode("ascii"),
            "remembered": b64encode(score.near.remembered).decode("ascii"),
            "weights": _packed_out(score.near.weights),
        }
    return found


def _packed_out(weights: Sequence[float]) -> str:
    return b64encode(struct.pack(f"<{len(weights)}f", *weights)).decode("ascii")


def _weight_out(weight: FormWeight) -> dict[str, float]:
    return {"mean": weight.mean, "scale": weight.scale, "weight": weight.weight}


def _match(entry: YamlEntry) -> Match:
    table = _only(entry, "match")
    if table is None:
        return ()
    table.check_keys(SCOPES)
    return tuple((name, table.texts(name)) for name in table.values)


def _certificate(entry: YamlEntry) -> Certificate:
    entry.check_keys(_CERTIFICATE)
    labels = _number(entry, "labels", low=0)
    thresholds = _numbers(entry, "thresholds", entry.texts("thresholds"))
    if list(thresholds) != sorted(thresholds):
        entry.fail("must increase", "thresholds", "as listed")
    bets = tuple(_numbers(entry, "bets", row.split()) for row in entry.texts("bets"))
    if len(bets) != len(thresholds):
        entry.fail(f"must be as many as thresholds, {len(thresholds)}", "bets", len(bets))
    if len({len(row) for row in bets}) > 1:
        entry.fail("must be as many for each threshold", "bets", [len(row) for row in bets])
    return Certificate(
        loss_limit=_number(entry, "loss_limit", low=0, high=1),
        confidence=_number(entry, "confidence", low=0, high=1),
        share=_number(entry, "share", low=0, high=1),
        labels=int(labels) if labels.is_integer() else entry.fail("is not whole", "labels", labels),
        loss=_number(entry, "loss", low=-1, high=1),
        loss_at_most=_number(entry, "loss_at_most", low=-1, high=1),
        thresholds=thresholds,
        bets=bets,
        test=cast("CertificateTest", entry.one_of("test", CERTIFICATE_TESTS))
        if "test" in entry.values
        else "betting",
    )


def _score(entry: YamlEntry, router: Router) -> RouteScore:
    entry.check_keys(_SCORE)
    form, agreement = _only(entry, "form"), _only(entry, "agreement")
    categories = _only(entry, "categories")
    if router == "cascade" and agreement is None:
        entry.fail("is missing: a cascade scores by it", "agreement")
    near = _only(entry, "near")
    if form is not None:
        form.check_keys(FORM)
    elif near is not None:
        entry.fail("is missing: near is told by it", "form")
    return RouteScore(
        intercept=_number(entry, "intercept"),
        dimension=_dimension(entry),
        categories={name: _number(categories, name) for name in categories.values}
        if categories
        else None,
        form={name: _form_weight(form, name) for name in form.values} if form else None,
        tokens=_tokens(entry),
        agreement=_weight(agreement) if agreement else None,
        near=_near(near) if near else None,
    )


def _dimension(entry: YamlEntry) -> str | None:
    name = entry.optional_text("dimension")
    if name is not None and name not in SCOPES:
        entry.fail("is not a scope", "dimension", name, hint=near_names(name, SCOPES))
    return name


def _form_weight(form: YamlEntry, name: str) -> FormWeight:
    return _weight(_only(form, name) or form.fail("is missing", name))


def _weight(entry: YamlEntry) -> FormWeight:
    entry.check_keys(_WEIGHT)
    scale = _number(entry, "scale")
    if scale <= 0:
        entry.fail("is not above zero", "scale", scale)
    return FormWeight(_number(entry, "mean"), scale, _number(entry, "weight"))


def _tokens(entry: YamlEntry) -> tuple[float, ...]:
    text = entry.optional_text("tokens")
    if text is None:
        return ()
    entry.one_of("vocabulary", (VOCABULARY,))
    return _floats(entry, "tokens", DIMENSIONS)


def _near(entry: YamlEntry) -> Nearness:
    entry.check_keys(_NEAR)
    remembered = _packed(entry, "remembered")
    row = 2 * (TOPICS + len(FORM))
    count, rest = divmod(len(remembered), row)
    if rest or not count:
        entry.fail(f"does not hold rows of {row} bytes", "remembered", len(remembered))
    topics = _packed(entry, "topics")
    if len(topics) != 2 * DIMENSIONS * TOPICS:
        entry.fail(f"does not hold {DIMENSIONS} rows of {2 * TOPICS} bytes", "topics", len(topics))
    for key, packed in (("topics", topics), ("remembered", remembered)):
        if not all(map(math.isfinite, struct.unpack(f"<{len(packed) // 2}e", packed))):
            entry.fail("holds a figure that is not a number", key)
    return Nearness(topics, remembered, _floats(entry, "weights", count))


def _floats(entry: YamlEntry, key: str, count: int) -> tuple[float, ...]:
    packed = _packed(entry, key)
    if len(packed) != 4 * count:
        entry.fail(f"does not hold {count} weights of 4 bytes", key, len(packed))
    weights = struct.unpack(f"<{count}f", packed)
    if not all(map(math.isfinite, weights)):
        entry.fail("holds a weight that is not a number", key)
    return weights


def _packed(entry: YamlEntry, key: str) -> bytes:
    text = entry.text(key)
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return entry.fail("is not base64", key, text)


def _only(entry: YamlEntry, key: str) -> YamlEntry | None:
    """Return the one mapping under a key, or ``None`` where there is none."""
    value = entry.values.get(key)
    if value is None or value == ():
        return None
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], YamlEntry):
        return value[0]
    return entry.fail("must be one table of names and values", key, value)


def _number(
    entry: YamlEntry, key: str, *, low: float | None = None, high: float | None = None
) -> float:
    number = _numbers(entry, key, [entry.text(key)])[0]
    if (low is not None and number < low) or (high is not None and number > high):
        bounds = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        entry.fail(f"is not {bounds}", key, number)
    return number


def _numbers(entry: YamlEntry, key: str, texts: Sequence[str]) -> tuple[float, ...]:
    found: list[float] = []
    for text in texts:
        try:
            number = Decimal(text)
        except InvalidOperation:
            entry.fail("is not a number", key, text)
        if not number.is_finite():
            entry.fail("is not a number", key, text)
        found.append(float(number))
    return tuple(found)
