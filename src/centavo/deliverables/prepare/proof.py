"""*Did it work?*: what was promised, simulated and seen on the bill; what is missing where nothing is."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.period_words import period_name
from centavo.deliverables.prepare.savings import in_order
from centavo.deliverables.reading import Reading
from centavo.deliverables.saving_words import proof_method, saving_title, state_name
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.savings.saving import KnownSaving

__all__ = ["proof_page", "verified_total"]

_PROVED = frozenset({"verified", "sustained"})
_STEPS_OF_PROOF = frozenset({"volume", "efficiency", "mix", "price"})
_STEPS = ("identified", "validated", "approved", "enforced", "verified", "sustained")


def proof_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page; the state of a view changes nothing on it but the language."""
    del asked
    known = in_order(reading.savings.values())
    question = say("Did it work?")
    meta = {"now": reading.now.isoformat(timespec="seconds")}
    proved = [each for each in known if each.state in _PROVED]
    if not proved:
        return Page(
            "proof", question, _missing(known, say), sections=_stages(known, say), meta=meta
        )
    totals = verified_total(proved)
    answer = say.count(
        "{number} saving was seen on a closed bill: {money} in 30 days.",
        "{number} savings were seen on closed bills: {money} in 30 days.",
        len(proved),
        money=say.list_of([say.money(total) for total in totals]),
    )
    tiles = tuple(
        Tile(say("Verified saving"), Cell(say.money(total), total), "billed", say("in 30 days"))
        for total in totals
    )
    sections = (_held_against(proved, say), *_made_up(proved, say), *_stages(known, say))
    return Page("proof", question, answer, tiles=tiles, sections=sections, meta=meta)


def verified_total(known: Sequence[KnownSaving]) -> list[Money]:
    """Return what was seen on the bill, a sum for each currency: these amounts are measured apart."""
    sums: dict[str, Decimal] = {}
    for each in known:
        amount = realised(each)
        if amount is not None and each.saving.currency:
            before = sums.get(each.saving.currency, Decimal(0))
            sums[each.saving.currency] = EXACT.add(before, amount)
    return [Money(amount, currency) for currency, amount in sums.items()]


def realised(known: KnownSaving) -> Decimal | None:
    """Return the amount of the last step that saw it on the bill."""
    seen = [step.amount for step in known.history if step.action in _PROVED]
    return next((amount for amount in reversed(seen) if amount is not None), None)


def projected(known: KnownSaving) -> Decimal | None:
    """Return what a rule estimated before anybody simulated it; ``None`` where no rule did."""
    return _first(known, "identified")


def simulated(known: KnownSaving) -> Decimal | None:
    """Return what the replay of recorded traffic last said; ``None`` where none was made."""
    found = [step.amount for step in known.history if step.action == "validated"]
    return found[-1] if found else None


def _first(known: KnownSaving, action: str) -> Decimal | None:
    found = (step.amount for step in known.history if step.action == action)
    return next(found, None)


def _missing(known: Sequence[KnownSaving], say: Language) -> str:
    if not known:
        return say(
            "No saving is planned yet. `centavo savings add` puts a simulation or a finding into the plan."
        )
    live = sum(1 for each in known if each.state == "enforced")
    if not live:
        return say("No saving is live yet: there is nothing to see on a bill.")
    return say.count(
        "{number} saving is live. It is verified when its billing period is closed and late rows have "
        "stopped, ten days after: `centavo savings verify`.",
        "{number} savings are live. They are verified when their billing periods are closed and late rows "
        "have stopped, ten days after: `centavo savings verify`.",
        live,
    )


def _held_against(proved: Sequence[KnownSaving], say: Language) -> Section:
    columns = (
        Column(say("Saving"), "title"),
        Column(say("Projected"), "projected_per_30d", numeric=True),
        Column(say("Simulated"), "simulated_per_30d", numeric=True),
        Column(say("On the bill"), "realised_per_30d", numeric=True),
        Column(say("Difference"), "difference_per_30d", numeric=True),
        Column(say("How it is known"), "method"),
        Column(say("State"), "state"),
    )
    rows = tuple(_held_row(each, say) for each in proved)
    sentences = (
        say(
            "Projected is what a rule estimated, simulated what the replay of recorded traffic said, and on the "
            "bill what the same work would have cost before, less what was billed; all in 30 days."
        ),
    )
    table = Table("held", columns, rows)
    return Section("held", say("Expected and seen"), sentences=sentences, table=table)


def _held_row(known: KnownSaving, say: Language) -> Row:
    saving, seen = known.saving, realised(known)
    currency = saving.currency or ""

    def cell(amount: Decimal | None) -> Cell:
        money = None if amount is None else Money(amount, currency)
        return Cell(say.money(money), money)

    expected = saving.expected_per_30d
    gap = None if seen is None or expected is None else EXACT.subtract(seen, expected)
    method = proof_of(known).get("method", "")
    return Row(
        (
            Cell(saving_title(saving, say), saving.id),
            cell(projected(known)),
            cell(simulated(known)),
            cell(seen),
            cell(gap),
            Cell(proof_method(method, say), method or None),
            Cell(state_name(known.state, say), known.state),
        )
    )


def proof_of(known: KnownSaving) -> Mapping[str, str]:
    """Return what the last bill showed; empty where nobody held the saving against one."""
    for step in reversed(known.history):
        if step.proof:
            return step.proof
    return {}


def _made_up(proved: Sequence[KnownSaving], say: Language) -> tuple[Section, ...]:
    """Return how each bill was arrived at: the old policy, four steps, and what was billed."""
    shown = [(each, proof_of(each)) for each in proved if proof_of(each)]
    if not shown:
        return ()
    names = (
        Column(say("Saving"), "title"),
        Column(say("Days"), "days"),
        Column(say("Before"), "baseline", numeric=True),
        Column(say("Requests"), "volume", numeric=True),
        Column(say("Tokens"), "efficiency", numeric=True),
        Column(say("Mix"), "mix", numeric=True),
        Column(say("Price"), "price", numeric=True),
        Column(say("On the bill"), "actual", numeric=True),
        Column(say("At least"), "low", numeric=True),
        Column(say("At most"), "high", numeric=True),
    )
    rows = tuple(_made_row(known, proof, names, say) for known, proof in shown)
    sentences = [
        say(
            "Amounts of the days on the bill. Before is the same work under the old policy, at the prices of these days. "
            "From there to the bill: fewer requests for the same work, fewer tokens a request, cheaper models or token "
            "classes (mix), lower prices; to the last digit. The last two columns hold the saving nine times in ten."
        )
    ]
    if any(proof.get("joint", "1") != "1" for _, proof in shown):
        sentences.append(
            say(
                "Savings of one scope are seen on the bill as one: their rows are equal, and each takes the share that "
                "it was expected to have."
            )
        )
    table = Table("made", names, rows)
    return (Section("made", say("How the bill shows it"), sentences=tuple(sentences), table=table),)


def _made_row(
    known: KnownSaving, proof: Mapping[str, str], columns: Sequence[Column], say: Language
) -> Row:
    currency = known.saving.currency or ""
    cells = [Cell(saving_title(known.saving, say), known.saving.id)]
    days = period_name(Period.parse(proof["since"], proof["until"]), say)
    cells.append(Cell(days, f"{proof['since']}/{proof['until']}"))
    for column in columns[2:]:
        text = proof.get(column.key)
        sign = -1 if column.key in _STEPS_OF_PROOF else 1
        money = (
            None if text is None else Money(EXACT.multiply(Decimal(text), Decimal(sign)), currency)
        )
        cells.append(Cell(say.money(money), money))
    return Row(tuple(cells))


def _stages(known: Sequence[KnownSaving], say: Language) -> tuple[Section, ...]:
    if not known:
        return ()
    columns = (Column(say("State"), "state"), Column(say("Savings"), "count", numeric=True))
    counts = {step: sum(1 for each in known if each.state == step) for step in _STEPS}
    rows = tuple(
        Row((Cell(state_name(step, say), step), Cell(say.number(count), count)))
        for step, count in counts.items()
    )
    return (Section("stages", say("Where savings stand"), table=Table("stages", columns, rows)),)
