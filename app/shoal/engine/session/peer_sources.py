"""Where peers come from beside trackers: for every public torrent that runs, the session's other sources look for some.

A private torrent is never named to them (BEP 27): its peers come from its trackers alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shoal.engine.discovery.local_discovery import LocalDiscovery, LocalNews
from shoal.protocol.ip_scope import is_only_loopback
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address, World
from shoal.settings.engine_settings import EngineSettings


class PeerSources:
    """Of one session. Loop thread only."""

    def __init__(
        self,
        world: World,
        tasks: TaskScope,
        settings: Callable[[], EngineSettings],
        listen_port: Callable[[], int],
        found: Callable[[bytes, Sequence[Address], str, str], None],
        joined: Callable[[bytes], None] = lambda info_hash: None,
    ) -> None:
        """`found(info_hash, addresses, source, source_host)` hears of peers; the source as in `KnownPeers.source`.

        `joined` hears of everything that begins to run, so that peers who are known already are dialled at once.
        """
        self._joined = joined
        self._tasks = tasks
        self._settings = settings
        self.local = LocalDiscovery(
            world, listen_port, lambda info_hash, peer: found(info_hash, (peer,), "lsd", peer.host)
        )

    async def apply(self) -> None:
        """Put the settings in force."""
        settings = self._settings()
        await self.local.switch(is_on=settings.local_discovery and not is_only_loopback(settings.listen_hosts))

    def network_changed(self) -> None:
        """Tell the local network at once where our torrents are."""
        self.local.tell_again()

    def join(self, info_hash: bytes, *, is_private: bool) -> None:
        """A torrent runs. Harmless twice."""
        if not is_private:
            self.local.want(info_hash)
        self._joined(info_hash)

    def leave(self, info_hash: bytes) -> None:
        """It runs no more. Harmless for one that never did."""
        self.local.unwant(info_hash)

    @property
    def is_looking(self) -> bool:
        """The local network is asked."""
        return self.local.is_on

    def news(self, info_hash: bytes) -> LocalNews | None:
        """What is known of asking it for a running torrent."""
        return self.local.news(info_hash)

    def second(self, now: float) -> None:
        """Once a second."""
        if self.local.needs_opening(now):
            self._tasks.start(self.local.open(), "open local discovery")
        self.local.second(now)

    def close(self) -> None:
        """Nobody is asked or told any more."""
        self.local.close()
