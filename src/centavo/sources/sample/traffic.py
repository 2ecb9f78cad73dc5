"""Every request of the sample, stream by stream, from the seed alone."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from centavo.sources.sample.call import Body, Call, Tokens
from centavo.sources.sample.company import CUSTOMERS, UNLABELLED
from centavo.sources.sample.plan import Plan
from centavo.sources.sample.pricelist import PriceList
from centavo.sources.sample.streams import STREAMS, Span, Stream, model_on, window_of
from centavo.sources.sample.texts import Texts
from centavo.sources.sample.workdays import (
    LOCAL_UTC_OFFSET_H,
    day_factor,
    hour_weights,
    is_month_end,
)

__all__ = ["LOGGED_SHARE_UNLABELLED", "all_calls"]

# The log of the unlabelled application misses three requests in ten; the bill has them all.
LOGGED_SHARE_UNLABELLED = 0.7
SPIKE_CALLS = 1_200
_GROWTH_PER_DAY = 1.03 ** (1 / 30.4)
_NOISE = 0.07
_ERROR_SHARE = 0.012
_ERROR_STATUS = {"openai": (429, 500), "anthropic": (429, 529), "google": (429, 503)}
_HOUR_MS = 3_600_000
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SELLERS = [name for name, _ in CUSTOMERS]
_SELLER_WEIGHTS = [weight for _, weight in CUSTOMERS]


def midnight_ms(day: date) -> int:
    """Return the start of the UTC day in milliseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000


def _draw(rng: random.Random, span: Span) -> int:
    """Return a size in the span, more often small than large."""
    low, high = span
    return low + int((high - low) * rng.random() ** 1.6)


def _utc_day(at_ms: int) -> date:
    return date.fromordinal(_EPOCH_ORDINAL + at_ms // (24 * _HOUR_MS))


def _below(rng: random.Random, limit: int) -> int:
    """Return 0 to ``limit`` - 1; three times as fast as ``randrange``, which the log needs."""
    return int(rng.random() * limit)


def _split(
    stream: Stream, turn: int, *, total: int, before: int, luck: float
) -> tuple[int, int, int]:
    """Return uncached, cache-read and cache-written tokens of a turn.

    Args:
        stream: Decides whether and how input is cached.
        turn: 0 for the first of the session.
        total: All input tokens.
        before: Input tokens of the turn before; 0 on the first.
        luck: 0 to 1; whether an automatic cache was warm.
    """
    if stream.caching == "explicit":
        tail = 60 + int(luck * 140)
        return (tail, before, total - before - tail)
    if stream.caching == "automatic" and turn > 0 and luck < 0.9:
        read = before // 128 * 128
        return (total - read, read, 0)
    if stream.caching == "automatic" and luck < 0.12:
        read = min(total, max(1024, stream.prefix)) // 128 * 128
        return (total - read, read, 0)
    return (total, 0, 0)


@dataclass
class _Session:
    """A conversation or run in the making: what every turn adds to."""

    identity: str
    at_ms: int
    customer: str
    captured: bool
    total: int = 0
    plain_total: int = 0
    said: tuple[str, ...] = ()


class _Maker:
    """Makes the calls of one stream."""

    def __init__(self, stream: Stream, plan: Plan, *, prices: PriceList, texts: Texts) -> None:
        self.stream = stream
        self.plan = plan
        self.prices = prices
        self.texts = texts
        self.rng = random.Random(f"{texts.seed}/{stream.code}")
        self.made = 0

    def calls(self) -> Iterator[Call]:
        """Return every call of the stream, failed first tries included."""
        window = window_of(self.stream, self.plan)
        for offset in range(window.days):
            day = window.since + timedelta(days=offset)
            for at_ms in self._session_starts(day):
                yield from self._session(at_ms, day)

    def _session_starts(self, day: date) -> list[int]:
        stream, rng = self.stream, self.rng
        expected = stream.per_day * day_factor(day, stream.profile)
        expected *= _GROWTH_PER_DAY ** (day - self.plan.since).days * rng.gauss(1.0, _NOISE)
        if stream.code == "answer" and day in self.plan.launch:
            expected *= 2
        if stream.code == "extract" and is_month_end(day):
            expected *= 1.8
        sessions = int(expected / (sum(stream.turns) / 2) + rng.random())
        hours = rng.choices(range(24), hour_weights(stream.hours or stream.profile), k=sessions)
        start = midnight_ms(day) - LOCAL_UTC_OFFSET_H * _HOUR_MS
        return sorted(start + hour * _HOUR_MS + _below(rng, _HOUR_MS) for hour in hours)

    def _prompt_name(self, day: date) -> str:
        is_bloated = self.stream.texts == "marketing" and day in self.plan.bloated_prompt
        return "marketing-v2" if is_bloated else self.stream.texts

    def _prefix(self, day: date) -> int:
        if not self.stream.texts:
            return self.stream.prefix
        return self.texts.prompts[self._prompt_name(day)].tokens

    def _session(self, at_ms: int, day: date) -> Iterator[Call]:
        stream, rng = self.stream, self.rng
        self.made += 1
        session = _Session(
            identity=f"{stream.code}/{self.made}",
            at_ms=at_ms,
            customer=rng.choices(_SELLERS, _SELLER_WEIGHTS)[0] if stream.has_customer else "",
            captured=rng.random() < stream.body_share,
        )
        fewest, most = stream.turns
        for turn in range(fewest + _below(rng, most - fewest + 1)):
            yield from self._turn(session, turn, day)

    def _turn(self, session: _Session, turn: int, day: date) -> Iterator[Call]:
        stream, rng = self.stream, self.rng
        fresh = _draw(rng, stream.fresh if turn else stream.opening)
        output = _draw(rng, stream.output)
        reasoning = int(output * stream.reasoning_share * rng.uniform(0.7, 1.3))
        ramp = self.plan.ramp_factor(day) if stream.code == "code" else 1.0
        before, plain_before = session.total, session.plain_total
        grown = int(fresh * ramp)
        session.total = (before or self._prefix(day)) + grown
        session.plain_total = (plain_before or self._prefix(day)) + fresh
        luck = rng.random()
        call = self._priced(session, day, (output, reasoning))
        used = _split(stream, turn, total=session.total, before=before, luck=luck)
        self._settle(call, Tokens(*used, output, reasoning))
        if ramp > 1.0:
            plain = _split(stream, turn, total=session.plain_total, before=plain_before, luck=luck)
            call.plain_cost_pico = self._cost(call, Tokens(*plain, output, reasoning))
        if session.captured:
            self._say(session, call, fresh)
        session.total += output - reasoning
        session.plain_total += output - reasoning
        if rng.random() < _ERROR_SHARE:
            yield self._failed(call)
        session.at_ms = call.at_ms + call.duration_ms + 15_000 + _below(rng, 85_000)
        yield call

    def _priced(self, session: _Session, day: date, output: tuple[int, int]) -> Call:
        stream = self.stream
        self.made += 1
        is_unlabelled = stream.application == UNLABELLED
        prefix = self._prefix(day)
        is_bloated = self._prompt_name(day) == "marketing-v2"
        return Call(
            at_ms=session.at_ms,
            day=_utc_day(session.at_ms),
            stream=stream.code,
            application=stream.application,
            environment=stream.environment,
            endpoint=stream.endpoint,
            feature=stream.feature,
            provider=stream.provider,
            model=model_on(stream, day, self.plan),
            tokens=Tokens(0),
            cost_pico=0,
            duration_ms=350 + output[0] * 11 + session.total // 90 + _below(self.rng, 400),
            status=200,
            customer=session.customer,
            session=session.identity,
            event_id=f"{stream.code}#{self.made}",
            is_logged=not is_unlabelled or self.rng.random() < LOGGED_SHARE_UNLABELLED,
            incident="test-like-production" if stream.code == "extract-nightly" else "",
            excess_tokens=prefix - self.texts.prompts["marketing"].tokens if is_bloated else 0,
            prefix_tokens=prefix,
        )

    def _cost(self, call: Call, tokens: Tokens) -> int:
        price = self.prices.unit(call.provider, call.model, day=call.day, input_tokens=tokens.input)
        call.is_long = price.is_long
        return price.cost(tokens)

    def _settle(self, call: Call, tokens: Tokens) -> None:
        call.tokens = tokens
        call.cost_pico = self._cost(call, tokens)

    def _failed(self, call: Call) -> Call:
        """Return the first try, which failed, and make the call the second."""
        first = replace(
            call,
            event_id=call.event_id + "!",
            tokens=Tokens(0),
            cost_pico=0,
            plain_cost_pico=None,
            excess_tokens=0,
            body=None,
            incident="",
            duration_ms=120 + _below(self.rng, 1_880),
            status=self.rng.choice(_ERROR_STATUS[call.provider]),
        )
        call.at_ms += first.duration_ms + 2_000
        call.attempt = 2
        call.parent = first.event_id
        return first

    def _say(self, session: _Session, call: Call, fresh: int) -> None:
        topic, reply = {
            "chat": ("pergunta", "resposta"),
            "copilot": ("pergunta", "resposta"),
            "marketing": ("marketing", "marketing"),
            "fraud": ("fraude", "fraude"),
        }[self.stream.texts]
        question = self.texts.write(self.rng, topic, fresh)
        visible = call.tokens.output - call.tokens.reasoning
        answer = self.texts.write(self.rng, reply, visible)
        if self.stream.texts == "fraud":
            verdict = self.rng.choices(("APROVAR", "REVISAR"), (9, 1))[0]
            answer = f'{{"decisao":"{verdict}"}}'
        prompt = self.texts.prompts[self._prompt_name(call.day)]
        messages = (*session.said, question)
        call.body = Body(prompt.system, prompt.tools, messages, answer)
        session.said = (*messages, answer)


def _spike(plan: Plan, prices: PriceList, seed: int) -> Iterator[Call]:
    """Return one night of the same search, resent by a client that gives up after 30 seconds."""
    day = plan.spike.since
    if not plan.spike.days:
        return
    rng = random.Random(f"{seed}/spike")
    start = midnight_ms(day) + _HOUR_MS
    template = next(each for each in STREAMS if each.code == "answer")
    first = "spike#0"
    for number in range(SPIKE_CALLS):
        tokens = Tokens(86_412, output=1_150 + _below(rng, 900), reasoning=520)
        at_ms = start + number * 9 * _HOUR_MS // SPIKE_CALLS + _below(rng, 15_000)
        price = prices.unit("google", template.model, day=day, input_tokens=tokens.input)
        yield Call(
            at_ms=at_ms,
            day=day,
            stream="answer",
            application=template.application,
            environment=template.environment,
            endpoint=template.endpoint,
            feature=template.feature,
            provider=template.provider,
            model=template.model,
            tokens=tokens,
            cost_pico=price.cost(tokens),
            duration_ms=31_000 + _below(rng, 9_000),
            status=200,
            customer="lojista-004",
            session="spike/0",
            event_id=first if number == 0 else f"spike#{number}",
            attempt=number + 1,
            parent="" if number == 0 else first,
            incident="spike",
            prefix_tokens=template.prefix,
        )


def all_calls(plan: Plan, prices: PriceList, texts: Texts) -> list[Call]:
    """Return every request of the sample in order of time, with neutral identifiers.

    A call belongs to the UTC day of its start; those that start after the last day are left out.
    """
    calls = list(_spike(plan, prices, texts.seed))
    for stream in STREAMS:
        calls.extend(_Maker(stream, plan, prices=prices, texts=texts).calls())
    end_ms = midnight_ms(plan.until)
    kept = [each for each in calls if each.at_ms < end_ms]
    kept.sort(key=lambda each: (each.at_ms, each.event_id))
    names = {each.event_id: f"req-{number:06d}" for number, each in enumerate(kept, 1)}
    sessions: dict[str, str] = {}
    for each in kept:
        each.event_id = names[each.event_id]
        each.parent = names.get(each.parent, "")
        each.session = sessions.setdefault(each.session, f"run-{len(sessions) + 1:05d}")
    return kept
