"""How others reach us: the port on the router, our address as the world sees it, and what another network asks for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from shoal.engine.policy.network_changes import NetworkChanges
from shoal.engine.policy.peer_priority import UNKNOWN, peer_priority
from shoal.engine.session.port_mapping import PortMapping
from shoal.protocol.compact import address_text
from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.discovery.routers.search import RouterSearch
    from shoal.engine.session.session import Session

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""How often our own addresses are looked at."""


class Reach:
    """Of one session. Loop thread only."""

    def __init__(self, session: Session, search: RouterSearch | None) -> None:
        """`search` None asks no router ever."""
        self._session = session
        self._world = session.world
        self._changes = NetworkChanges()
        self._look_at = 0.0
        self._hosts: tuple[str, ...] = ()
        self._public_port = 0
        self.mapping = PortMapping(
            session.world,
            session.tasks,
            lambda: session.settings,
            lambda: session.connections.listen_port,
            search,
        )

    @property
    def public_port(self) -> int:
        """At which others reach us."""
        return self.mapping.public_port

    @property
    def external_host(self) -> str:
        """Our numeric address as the world sees it, of IPv4 if there is one; "" while not known."""
        return self.mapping.address.host(4) or self.mapping.address.host(6)

    def rank(self, peer: Address) -> int:
        """The canonical priority of a peer (BEP 40); 0 while our own address of its family is not known."""
        host = self.mapping.address.host(6 if ":" in peer.host else 4)
        port = self._session.connections.listen_port
        return peer_priority(Address(host, self.public_port or port), peer) if host else UNKNOWN

    def apply(self) -> None:
        """The settings or the listening port changed."""
        self.mapping.apply()

    def heard(self, voter: str, host: str) -> None:
        """A tracker or peer at `voter` sees us at `host`; both numeric."""
        self.mapping.address.heard(voter, host)

    def peer_heard(self, voter: str, packed: bytes) -> None:
        """A peer at `voter` sees us at `packed`, 4 or 16 bytes (`yourip` of BEP 10)."""
        self.heard(voter, address_text(packed))

    def second(self, now: float) -> None:
        """Once a second."""
        if now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            self._look(now)
        self.mapping.second(now)
        port = self.mapping.public_port
        if port != self._public_port:
            # Trackers were told another port until now; the first one they hear with their first announce.
            if self._public_port:
                self._announce()
            self._public_port = port

    async def close(self) -> None:
        """Take our port back from the routers; bounded in time."""
        await self.mapping.close()

    def _look(self, now: float) -> None:
        hosts = self._world.network.own_hosts()
        before, self._hosts = self._hosts, hosts or self._hosts
        if not self._changes.has_changed(hosts, now, self._world.clock.wall(), LOOK_SECONDS):
            return
        logger.info("another network, or the end of a sleep: everybody is told where we are")
        session = self._session
        self.mapping.network_changed()
        for host in set(before) - set(hosts):
            # Addresses of IPv6 come and go while their connections live on.
            if ":" not in host:
                session.connections.end_from(host)
        session.sources.network_changed()
        session.tasks.start(self._listen_again(), "listen again")

    async def _listen_again(self) -> None:
        session = self._session
        try:
            if not session.connections.listens_everywhere:
                await session.listen()
            else:
                await session.finding.listen(session.connections.listen_port)
        except OSError as error:
            # The address to listen on is gone for now; the next change of the network tries again.
            logger.info("cannot listen in this network: %s", error.strerror)
        self._announce()

    def _announce(self) -> None:
        for entry in self._session.entries.values():
            if entry.lifecycle.is_running:
                entry.announcer.announce_now()
