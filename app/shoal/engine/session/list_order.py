"""The order of a session's list: positions that are shown, keys that are saved, and places kept for what comes back.

What is shown is 1..n without gaps. What is saved is a key per torrent that only grows along the list, with room between
two of them: a removal or a move changes many positions, and hardly any key.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry


KEY_STEP = 1 << 20
"""From one key to the next in a row: so often the middle between two can be halved."""
FIRST_KEY = 1 << 40
"""So much room there is before the first."""


class ListOrder:
    """All torrents of a session, first to last. Loop thread only."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        """`changed(torrent_id)`: it is shown at another place; nothing of it has to be done for that."""
        self._changed = changed
        self._torrents: dict[str, Entry] = {}
        self._order: list[str] = []
        """Every id, first to last, kept places among them."""
        self._kept_places: set[str] = set()
        self._last_key = 0
        self._has_gap = False

    @property
    def ids(self) -> list[str]:
        """First to last."""
        if not self._kept_places:
            return self._order.copy()
        return [torrent_id for torrent_id in self._order if torrent_id in self._torrents]

    def add(self, torrent: Entry) -> None:
        """Take it in at the place that is kept for it, or at the end."""
        torrent_id = torrent.torrent_id
        self._torrents[torrent_id] = torrent
        if torrent_id in self._kept_places:
            self._kept_places.discard(torrent_id)
            if not self._fits(torrent_id):
                self._renew_keys()
            self._number()
            return
        if torrent.order_key <= self._last_key:
            _give_key(torrent, max(self._last_key, FIRST_KEY) + KEY_STEP)
        self._last_key = torrent.order_key
        self._order.append(torrent_id)
        self.settle()
        torrent.queue_position = len(self._torrents)

    def replace(self, torrent: Entry) -> None:
        """Put it in the place of the one of the same id."""
        former = self._torrents[torrent.torrent_id]
        torrent.order_key, torrent.queue_position = former.order_key, former.queue_position
        torrent.has_new_place = True
        self._torrents[torrent.torrent_id] = torrent

    def remove(self, torrent: Entry, *, keep_place: bool) -> None:
        """Take it out; with `keep_place` it comes back between the same neighbours, until `forget_place`."""
        self._torrents.pop(torrent.torrent_id)
        if keep_place:
            self._kept_places.add(torrent.torrent_id)
        else:
            self._order.remove(torrent.torrent_id)
        self._has_gap = True

    def forget_place(self, torrent_id: str) -> None:
        if torrent_id in self._kept_places:
            self._kept_places.discard(torrent_id)
            self._order.remove(torrent_id)

    def arrange(self, ids: Sequence[str], moved: Collection[str]) -> list[Entry]:
        """Take a new order of the same ids, in which all but the `moved` ones follow each other as before.

        Answers those whose place has to be saved.
        """
        # Kept places stay behind whoever was before them.
        followers: dict[str, list[str]] = {}
        before = ""
        for torrent_id in self._order if self._kept_places else ():
            if torrent_id in self._kept_places:
                followers.setdefault(before, []).append(torrent_id)
            else:
                before = torrent_id
        self._order = followers.pop("", [])
        if followers:
            for torrent_id in ids:
                self._order += (torrent_id, *followers.pop(torrent_id, ()))
        else:
            self._order += ids
        if not self._give_keys(frozenset(moved)):
            self._renew_keys()
            moved = ids
        self._number()
        return [torrent for torrent in map(self._torrents.__getitem__, moved) if torrent.has_new_place]

    def settle(self) -> None:
        """Close the gaps that removals have left in the positions."""
        if self._has_gap:
            self._number()

    def _number(self) -> None:
        self._has_gap = False
        for position, torrent_id in enumerate(self.ids, 1):
            torrent = self._torrents[torrent_id]
            if torrent.queue_position != position:
                torrent.queue_position = position
                self._changed(torrent_id)

    def _fits(self, torrent_id: str) -> bool:
        """Its saved key lies between those of its neighbours."""
        ids = self.ids
        place = ids.index(torrent_id)
        keys = [self._torrents[neighbour].order_key for neighbour in ids[max(0, place - 1) : place + 2]]
        return all(key < after for key, after in itertools.pairwise(keys))

    def _give_keys(self, moved: Collection[str]) -> bool:
        """Give the `moved` ones keys that fit where they are now; False when somewhere there is no room for them."""
        ids = self.ids
        places = [place for place, torrent_id in enumerate(ids) if torrent_id in moved]
        for _, row in itertools.groupby(enumerate(places), lambda counted: counted[1] - counted[0]):
            run = [place for _, place in row]
            first, following = run[0], run[-1] + 1
            before = self._torrents[ids[first - 1]].order_key if first else 0
            if following < len(ids):
                after = self._torrents[ids[following]].order_key
            else:
                # Of the last key those that were behind may have to give way.
                self._last_key = max(self._last_key, before) + KEY_STEP * len(run)
                after = self._last_key + 1
            if not _fit_between(before, [self._torrents[ids[place]] for place in run], after):
                return False
        return True

    def _renew_keys(self) -> None:
        for place, torrent_id in enumerate(self.ids, 1):
            _give_key(self._torrents[torrent_id], FIRST_KEY + place * KEY_STEP)
        self._last_key = FIRST_KEY + len(self._torrents) * KEY_STEP


def _fit_between(before: int, run: Sequence[Entry], after: int) -> bool:
    """See to it that the keys of `run` grow, and lie between the two; False when there is no room."""
    keys = [before, *(torrent.order_key for torrent in run), after]
    if all(key < following for key, following in itertools.pairwise(keys)):
        return True
    step = min(KEY_STEP, (after - before) // (len(run) + 1))
    # Close to who follows: the next one that goes to the top finds room.
    for place, torrent in enumerate(reversed(run), 1):
        _give_key(torrent, after - place * step)
    return step > 0


def _give_key(torrent: Entry, key: int) -> None:
    if torrent.order_key != key:
        torrent.order_key = key
        torrent.has_new_place = True
