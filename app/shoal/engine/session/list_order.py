"""The order of a session's list: positions that are shown, keys that are saved, and places kept for what comes back.

What is shown is 1..n without gaps. What is saved is a key per torrent that only grows along the list: a removal changes
every position behind it, and no key.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

from shoal.engine.torrent.torrent import Torrent


class ListOrder:
    """All torrents of a session, first to last. Loop thread only."""

    def __init__(self, changed: Callable[[str], None]) -> None:
        """`changed(torrent_id)`: it is shown at another place; nothing of it has to be done for that."""
        self._changed = changed
        self._torrents: dict[str, Torrent] = {}
        self._order: list[str] = []
        """Every id, first to last, kept places among them."""
        self._kept_places: set[str] = set()
        self._last_key = 0
        self._has_gap = False

    @property
    def ids(self) -> list[str]:
        """First to last."""
        return [torrent_id for torrent_id in self._order if torrent_id in self._torrents]

    def add(self, torrent: Torrent) -> None:
        """Take it in at the place that is kept for it, or at the end."""
        torrent_id = torrent.torrent_id
        self._torrents[torrent_id] = torrent
        if torrent_id in self._kept_places:
            self._kept_places.discard(torrent_id)
            if not self._fits(torrent_id):
                self._renew_keys()
            self._number()
            return
        if not torrent.order_key:
            _give_key(torrent, self._last_key + 1)
        self._last_key = max(self._last_key, torrent.order_key)
        self._order.append(torrent_id)
        self.settle()
        torrent.queue_position = len(self._torrents)

    def remove(self, torrent: Torrent, *, keep_place: bool) -> None:
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

    def arrange(self, ids: Sequence[str]) -> None:
        """Take a new order of the same ids."""
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
        self._renew_keys()
        self._number()

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

    def _renew_keys(self) -> None:
        for key, torrent_id in enumerate(self.ids, 1):
            _give_key(self._torrents[torrent_id], key)
        self._last_key = len(self._torrents)


def _give_key(torrent: Torrent, key: int) -> None:
    if torrent.order_key != key:
        torrent.order_key = key
        torrent.has_new_place = True
