"""Which account of the bill a meter's account is: the user's word, the same name, or the only one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["SideAccount", "match_accounts"]


@dataclass(frozen=True)
class SideAccount:
    """An account as one side names it.

    Attributes:
        side: bill, vendor or meter.
        provider: Provider by its one name.
        project: Project, workspace or sub-account.
        account: Billing account or organisation.
    """

    side: str
    provider: str
    project: str | None
    account: str | None


def match_accounts(
    found: Iterable[SideAccount], aliases: Mapping[str, str]
) -> dict[SideAccount, str]:
    """Return one name for each account; the empty text where a provider is compared as a whole.

    A provider's bill is compared by project where some meter names one of its projects, else by
    billing account, else as a whole: a meter that names no account cannot be held against one.

    Args:
        found: Every account of every side.
        aliases: The user's names: a meter's account or project, and the bill's.
    """
    by_provider: dict[str, list[SideAccount]] = {}
    for each in found:
        by_provider.setdefault(each.provider, []).append(each)
    names: dict[SideAccount, str] = {}
    for accounts in by_provider.values():
        names |= _match(accounts, aliases)
    return names


def _match(accounts: list[SideAccount], aliases: Mapping[str, str]) -> dict[SideAccount, str]:
    sides = {each.side for each in accounts}
    first = next(side for side in ("bill", "vendor", "meter") if side in sides)
    leading = [each for each in accounts if each.side == first]
    others = [each for each in accounts if each.side != first]
    projects = {each.project for each in leading if each.project}
    whole = {each.account for each in leading if each.account}
    if not others:
        return {each: each.project or each.account or "" for each in leading}
    named = {name for each in others for name in _candidates(each, aliases)}
    if named & projects:
        chosen = {each: each.project or each.account or "" for each in leading}
    elif named & whole:
        chosen = {each: each.account or "" for each in leading}
    else:
        return dict.fromkeys(accounts, next(iter(whole)) if len(whole) == 1 else "")
    known = set(chosen.values())
    for each in others:
        candidates = _candidates(each, aliases)
        fits = [name for name in candidates if name in known]
        chosen[each] = fits[0] if fits else (candidates or [""])[0]
    return chosen


def _candidates(each: SideAccount, aliases: Mapping[str, str]) -> list[str]:
    stated = [name for name in (each.project, each.account) if name]
    return [aliases[name] for name in stated if name in aliases] + stated
