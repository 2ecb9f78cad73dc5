"""What a finding says, in the reader's language.

Rules write one English sentence with their figures; the register keeps it and the command line prints it.
Each is one of the messages below with values in it: it is taken apart by its message, and said again by the
message's translation, numbers and days as the reader writes them. What no message knows stays unsaid in
other languages; a test holds that every rule's golden finding is known.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import cache

from centavo.deliverables.language import N_, Language
from centavo.deliverables.words import dimension_name, lower

__all__ = ["finding_sentence"]

# Values in braces; those that name things stay as they are, in capitals or not.
_NAMES = frozenset(
    {
        "place",
        "model",
        "other",
        "who",
        "list",
        "kind",
        "unit",
        "what",
        "said",
        "text",
        "day",
        "tier",
    }
)
_MESSAGES: tuple[str, ...] = (
    # How an owner is known
    N_("team of {share} of the cost"),
    N_("cost centre of {share} of the cost"),
    N_("application of {share} of the cost"),
    N_("project of {share} of the cost"),
    # CON101, CON102
    N_("{place} cost {unit} {cost} on {date} where {unit2} {expected} were expected (spread of a day {spread})."),
    N_("{place} cost {unit} {cost} from {date} to {date2} where {unit2} {expected} were expected (spread of a day {spread})."),
    N_("That is what has arrived so far."),
    N_("{share} of the extra requests are of {kind} {who}."),
    N_("It moved in {count} parts at once: {list}."),
    N_("{place} costs {unit} {cost} a day since {date}, {times} times as much; {unit2} {expected} were expected (spread {spread})."),
    N_("{place} costs {unit} {cost} a day since {date}; {unit2} {expected} were expected (spread {spread})."),
    N_("{place} runs day and night since {date} at {unit} {cost} a day."),
    N_("{place} run day and night since {date} at {unit} {cost} a day."),
    N_("{place} runs day and night since {date} at {unit} {cost} a day; {unit2} {extra} of it took no other's place."),
    N_("{place} run day and night since {date} at {unit} {cost} a day; {unit2} {extra} of it took no other's place."),
    # CON103
    N_("{place} doubles every {days} days from {date} to {date2}; nine in ten estimates are below {most}, and no budget covers it."),
    N_("{place} doubles every {days} days from {date} to {date2}, and no budget covers it."),
    # CON104
    N_("{place} costs {change} more per unit since {date}; the volume of a day is the same."),
    N_("{place} costs {change} more per unit since {date}; the volume of a day is {volume} more."),
    N_("{place} costs {change} more per unit since {date}; the volume of a day is {volume} less."),
    N_("{place} costs {change} less per unit since {date}; the volume of a day is the same."),
    N_("{place} costs {change} less per unit since {date}; the volume of a day is {volume} more."),
    N_("{place} costs {change} less per unit since {date}; the volume of a day is {volume} less."),
    # CON105, CON106
    N_("{place} of {who}: {share} less of the list cost is taken off since {date} (\"{text}\")."),
    N_("{place} of {who}: {share} less of the list cost is taken off since {date} (\"{text}\" and {count} more)."),
    N_("{place} of {who}: {share} less of the list cost is taken off since {date}."),
    N_("{place}: {before} of the input came from the cache, {after} since {date}."),
    # CON107: counts stand in phrases of their own
    N_("{place} sent {originals} again, {repeats} {span}: {share} of its cost in that time."),
    N_("{place} paid for {failures} {span}: {share} of its cost in that time."),
    # CON108
    N_("{place}: {what} costs {share} of production in the last 30 days."),
    N_("{place}: {what} costs {share} of production in the period."),
    N_("{share} of the spend with a known environment is not production: {list}."),
    # CON109, CON110
    N_("No budget covers {place}: {money} in {days} days."),
    N_("There is no policy file: no budget or quota covers anything ({money} in {days} days)."),
    N_("No quota covers {place}: {count} requests in {days} days."),
    # CON111, CON112
    N_("Customer {who} makes {share} of the cost of {place}; the first ten make {most}."),
    N_("Customer {who} makes {share} of the requests of {place}; the first ten make {most}."),
    N_("Customer {who} makes {share} of the cost of {place}."),
    N_("Customer {who} makes {share} of the requests of {place}."),
    N_("Key {who} makes {share} of the cost of {place}; the first ten make {most}."),
    N_("Key {who} makes {share} of the requests of {place}; the first ten make {most}."),
    N_("Key {who} makes {share} of the cost of {place}."),
    N_("Key {who} makes {share} of the requests of {place}."),
    N_("Keys {who} and {other} send the same traffic (correlation {correlation} over {count} windows)."),
    N_("Customers {who} and {other} send the same traffic (correlation {correlation} over {count} windows)."),
    # CON113 to CON116
    N_("{what} is new since {date} in {place}: {money} in 30 days."),
    N_("{place}: {count} requests in {days} days, none with an answer since {date}."),
    N_("{place}: {count} requests in {days} days, none with an answer."),
    N_("{share} of the cost and {rows} of the rows belong to nobody; of all rows {part} with {cost} of all cost have no tag."),
    N_("{share} of the cost and {rows} of the rows belong to nobody."),
    N_("{place}: {share} of its cost belongs to nobody ({money} in 30 days)."),
    N_("{place}: {share} of its cost falls outside office hours, though people at work use it."),
    # CON117: signs stand in phrases of their own
    N_("{place}: {signs}; as a batch it costs half."),
    N_("{place}: {count} clients ({list}) get answers of fewer than {limit} tokens: {requests} requests, {share} of all."),
    # CON118 to CON122
    N_("{hours} hours from {date} {time} UTC are missing from the log, in which about {count} requests usually come."),
    N_("{place}: {days} days from {date} are missing from the bill."),
    N_("{place}: {days} day from {date} is missing from the bill."),
    N_("{place}: {failed} of {count} tasks failed and took {share} of the cost; a solved task costs {money}."),
    N_("{place}: {failed} of {count} tasks failed and took {share} of the cost."),
    N_("{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; its budget is {limit}, and nine in ten such forecasts end above it."),
    N_("{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; its budget is {limit}."),
    N_("{place}: {month} will end at {p50}, 80 % between {p10} and {p90}; {spent} of it is spent, more than its budget of {limit}."),
    N_("{place} is shut down on {date}, successor {other}: {money} in 30 days depend on it."),
    N_("{place} is shut down on {date}: {money} in 30 days depend on it."),
    N_("{place} stays at least until {date}, successor {other}: {money} in 30 days depend on it."),
    N_("{place} stays at least until {date}: {money} in 30 days depend on it."),
    # FIT2xx
    N_("{place} answers in {count} tokens or fewer with {model}; with {other} the same tokens cost {share} less."),
    N_("{place} runs at the {tier} tier and nobody waits; at the standard tier it costs {share} less."),
    N_("{place}: keeping the fine-tuned model cost {kept}, its tokens {used}: {share} is for standing by."),
    N_("{place}: most requests pass {count} input tokens, few by much; cut to that they cost {share} less."),
    N_("{place} answers in {count} tokens or fewer, and {part} of its output is reasoning; without it, it costs at most {share} less."),
    N_("{place}: on {span} {share} of the requests went on from {model} to {other}."),
    N_("{place}: {other} is newer and costs {share} less for the same tokens."),
    N_("{model}: provisioned capacity for {cost} served requests worth {money} by token."),
    N_("{place} embeds {count} tokens a request and nobody waits; as a batch it costs {share} less."),
    # PRM3xx
    N_("{place}: the same {count} tokens begin {share} of the requests and are paid in full; a cache of {minutes} minutes would be read."),
    N_("{place}: cache writes cost {money} more than plain input, reads saved {saved}."),
    N_("{place}: line {line} of the system prompt changes with every request ({text}) and keeps {count} constant tokens behind it from the cache."),
    N_("{place}: {part} of {whole} tools are never called, {count} tokens in a request and {share} of the input."),
    N_("{place}: results of tools that are old are {share} of the input ({count} tokens in a request)."),
    N_("{place}: {share} of the input are passages that stand in it already ({count} tokens in a request)."),
    N_("{place}: {share} of the input is JSON that could be shorter without loss ({count} tokens in a request)."),
    N_("{place}: {share} of the input stands in it twice or is idle whitespace ({count} tokens in a request)."),
    N_("{place}: {share} of the requests repeat an earlier one, to the last character or but for case and whitespace, and were paid again."),
    N_("{place}: up to {count} output tokens are asked for, of which one answer in a thousand takes {needed}."),
    N_("One answer of that length costs {money}."),
    N_("A guard, not a saving."),
    N_("{place}: {share} of the answers is the same in most of them ({part} tokens of {whole})."),
    N_("{place}: {count} requests were sent again within a minute although they were charged ({share} of the requests)."),
    N_("{place}: examples that never vary are {share} of the input ({count} tokens in a request)."),
    N_("{place}: {share} of the requests send a file again that an earlier one sent ({count} tokens each)."),
    N_("{place}: {count} tokens of tools and instructions since {date}, {before} before; {again} of them stand in it more than once."),
    N_("{place}: {count} tokens of tools and instructions since {date}, {before} before."),
    # Parts of sentences
    N_("{count} answered request"), N_("{count} answered requests"),
    N_("{count} failed request"), N_("{count} failed requests"),
    N_("{count} time"), N_("{count} times"),
    N_("within {count} day"), N_("within {count} days"), N_("in {count} day"), N_("in {count} days"),
    N_("{count} day"), N_("{count} days"),
    N_("answers have {count} tokens"),
    N_("{share} of the requests come in {hours} hours outside work"),
    N_("no customer asks and nothing is streamed"),
)  # fmt: skip
_NUMBER = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)( %| [A-Z]{3})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Parts that are themselves messages, joined by "and".
_PARTS: dict[str, str] = {
    "originals": r"[\d,]+ answered requests?",
    "repeats": r"[\d,]+ times?",
    "failures": r"[\d,]+ failed requests?",
    "span": r"(?:within |in )?[\d,]+ days?",
    "signs": ".+?",
}
# What a value looks like, where it is neither a name nor a figure.
_SHAPES: dict[str, str] = {
    **_PARTS,
    **dict.fromkeys(_NAMES, ".+?"),
    **dict.fromkeys(("date", "date2"), _DAY.pattern),
    "month": r"[A-Z][a-z]+ \d{4}",
    "time": r"\d\d:\d\d",
    "unit2": "[A-Z]{3}",
}
_FIGURE = r"-?\d[\d,]*(?:\.\d+)?(?: %| [A-Z]{3})?"
# Between a thing and where it is: "gpt-4o of search".
_OF = N_("of")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip


def finding_sentence(sentence: str, say: Language) -> str | None:
    """Return what a rule said, in the reader's language; ``None`` where no message knows it."""
    if say.code == "en":
        return sentence
    return _said(sentence, say)


def _said(sentence: str, say: Language) -> str | None:
    for message in _MESSAGES:
        found = _pattern(message).fullmatch(sentence)
        if found is None:
            continue
        values = found.groupdict()
        rest = values.pop("rest", None)
        told = say(message, **{name: _value(name, it, say) for name, it in values.items()})
        if not rest:
            return told
        more = _said(rest.strip(), say)
        if more is not None:
            return f"{told} {more}"
    return None


@cache
def _pattern(message: str) -> re.Pattern[str]:
    """Return what a message looks like with values in it; after a whole sentence others may follow."""
    pieces = re.split(r"\{(\w+)\}", message)
    text = "".join(
        (f"(?P<{piece}>{_SHAPES.get(piece, _FIGURE)})" if place % 2 else re.escape(piece))
        for place, piece in enumerate(pieces)
    )
    return re.compile(text + (r"(?P<rest> .+)?" if message.endswith(".") else ""))


def _value(name: str, text: str, say: Language) -> str:
    if name in _PARTS:
        return say.list_of([_said(part, say) or part for part in _parts(text)])
    if name in _NAMES:
        return _name(name, text, say)
    if name == "month":
        word, year = text.split()
        return say.month(date(int(year), _MONTHS.index(word) + 1, 1))
    if _DAY.fullmatch(text):
        return say.day(date.fromisoformat(text))
    number = _NUMBER.fullmatch(text)
    return text if number is None else _number(number, say)


def _name(name: str, text: str, say: Language) -> str:
    """Return what a thing is called; only what centavo itself put between names is translated."""
    if name == "kind":
        return lower(dimension_name(text, say))
    if name == "list":
        return re.sub(r"-?\d[\d,]*\.\d+ %", lambda it: _value("share", it.group(), say), text)
    if name == "place":
        whole = {"all requests": N_("all requests"), "everything": N_("everything")}
        return say(whole[text]) if text in whole else text.replace(" of ", f" {say(_OF)} ")
    return text


def _parts(text: str) -> Iterator[str]:
    """Yield the parts of a list; one of them has an "and" of its own."""
    last = N_("no customer asks and nothing is streamed")
    if text.endswith(last):
        yield from (
            part for part in text.removesuffix(last).removesuffix(" and ").split(" and ") if part
        )
        yield last
    else:
        yield from text.split(" and ")


def _number(found: re.Match[str], say: Language) -> str:
    digits, unit = found.groups()
    exact = Decimal(digits.replace(",", ""))
    exponent = exact.as_tuple().exponent
    shown = say.number(exact, -exponent if isinstance(exponent, int) and exponent < 0 else 0)
    return f"{shown}{unit.replace(' ', chr(0xA0)) if unit else ''}"
