"""The tiers of a transfer's trackers, and how they change when one is moved, edited or taken away. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shoal.api.details import TrackerRow

Tiers = tuple[tuple[str, ...], ...]


def tiers_of(rows: Iterable[TrackerRow]) -> Tiers:
    """The addresses that belong to the transfer itself, tier by tier, in the order in which they are tried."""
    tiers: dict[int, list[str]] = {}
    for row in rows:
        if is_own(row):
            tiers.setdefault(row.tier, []).append(row.url)
    return tuple(tuple(tiers[number]) for number in sorted(tiers))


def is_own(row: TrackerRow) -> bool:
    """A tracker of the transfer, not one that the settings add."""
    return row.is_tracker and not row.is_automatic


def moved_up(tiers: Tiers, url: str) -> Tiers:
    """One step towards the front: within its tier, then to the end of the one before, or to a new first one."""
    work, number, at = _found(tiers, url)
    if number < 0:
        return tiers
    tier = work[number]
    if at > 0:
        tier[at - 1], tier[at] = tier[at], tier[at - 1]
    elif number > 0:
        work[number - 1].append(tier.pop(0))
    elif len(tier) > 1:
        work.insert(0, [tier.pop(0)])
    return _settled(work)


def moved_down(tiers: Tiers, url: str) -> Tiers:
    """One step towards the end, likewise."""
    mirrored = tuple(tuple(reversed(tier)) for tier in reversed(tiers))
    return tuple(tuple(reversed(tier)) for tier in reversed(moved_up(mirrored, url)))


def placed(tiers: Tiers, url: str, before: str | None) -> Tiers:
    """In the tier of `before`, in front of it; None: a tier of its own at the end."""
    if url == before:
        return tiers
    work, number, _ = _found(tiers, url)
    if number < 0:
        return tiers
    work[number].remove(url)
    home = next((tier for tier in work if before in tier), None) if before is not None else None
    if home is None or before is None:
        work.append([url])
    else:
        home.insert(home.index(before), url)
    return _settled(work)


def renamed(tiers: Tiers, url: str, new: str) -> Tiers:
    """With another address in the place of `url`."""
    return tuple(tuple(new if each == url else each for each in tier) for tier in tiers)


def without(tiers: Tiers, urls: Collection[str]) -> Tiers:
    """Without these."""
    return _settled([[url for url in tier if url not in urls] for tier in tiers])


def _found(tiers: Tiers, url: str) -> tuple[list[list[str]], int, int]:
    """A copy to work on, and where `url` is in it; -1 when it is not."""
    work = [list(tier) for tier in tiers]
    for number, tier in enumerate(work):
        if url in tier:
            return work, number, tier.index(url)
    return work, -1, -1


def _settled(work: Iterable[Iterable[str]]) -> Tiers:
    return tuple(tier for tier in (tuple(urls) for urls in work) if tier)
