"""What a torrent says about its swarm: `SwarmPolicy`, from its state and the settings in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent


class SwarmWishes:
    """Of one torrent."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent

    @property
    def is_seeding(self) -> bool:
        return self._torrent.is_seeding

    @property
    def wants_peers(self) -> bool:
        return self._torrent.wants_peers

    @property
    def most_peers(self) -> int:
        return self._torrent.services.settings().max_peers_per_torrent

    @property
    def upload_slots(self) -> int:
        return self._torrent.services.settings().upload_slots

    @property
    def gives_first(self) -> bool:
        return self._torrent.services.settings().give_first

    @property
    def holds_back_takers(self) -> bool:
        return self._torrent.services.settings().hold_back_takers
