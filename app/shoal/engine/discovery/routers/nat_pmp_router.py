"""A router that speaks NAT-PMP (RFC 6886)."""

from __future__ import annotations

from shoal.engine.discovery.routers.datagrams import RouterPort
from shoal.engine.discovery.routers.epoch import Epoch
from shoal.engine.discovery.routers.router import Grant, RouterError, RouterNews, Way
from shoal.engine.policy.port_leases import Refusal
from shoal.protocol import nat_pmp
from shoal.protocol.nat_pmp import AddressReply, MapReply, WrongVersion
from shoal.runtime.world import Clock


class NatPmpRouter:
    """`Router` over NAT-PMP."""

    way = Way.NAT_PMP

    def __init__(self, host: str, port: RouterPort, clock: Clock) -> None:
        """Takes `port` over."""
        self.host = host
        self._port = port
        self._epoch = Epoch(clock)

    async def map(self, *, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> Grant:
        """See `Router.map`."""
        reply = await self._ask(is_tcp, internal_port, external_port, seconds)
        if not reply.lifetime:
            raise RouterError(Refusal.REFUSED, "the router gave a mapping of no time")
        return Grant(reply.external_port, float(reply.lifetime))

    async def unmap(self, *, is_tcp: bool, internal_port: int, external_port: int) -> None:
        """See `Router.unmap`."""
        await self._ask(is_tcp, internal_port, 0, 0)

    async def news(self) -> RouterNews:
        """See `Router.news`."""

        def read(datagram: memoryview) -> AddressReply | None:
            reply = _decode(datagram)
            return reply if isinstance(reply, AddressReply) else None

        reply = await self._port.ask(nat_pmp.encode_address_request(), read)
        _check(reply.result)
        return RouterNews(reply.host, self._epoch.has_restarted(reply.epoch))

    async def close(self) -> None:
        """See `Router.close`."""
        self._port.close()

    async def _ask(self, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> MapReply:
        question = nat_pmp.encode_map_request(
            is_tcp=is_tcp, internal_port=internal_port, external_port=external_port, lifetime=seconds
        )

        def read(datagram: memoryview) -> MapReply | None:
            reply = _decode(datagram)
            is_ours = isinstance(reply, MapReply) and (reply.is_tcp, reply.internal_port) == (is_tcp, internal_port)
            return reply if isinstance(reply, MapReply) and is_ours else None

        reply = await self._port.ask(question, read)
        _check(reply.result)
        return reply


def _decode(datagram: memoryview) -> AddressReply | MapReply:
    """Raises RouterError when the router says that it does not speak NAT-PMP."""
    reply = nat_pmp.decode_reply(datagram)
    if isinstance(reply, WrongVersion):
        raise RouterError(Refusal.REFUSED, f"the router speaks version {reply.version}")
    return reply


def _check(result: int) -> None:
    if result != nat_pmp.SUCCESS:
        raise RouterError(Refusal.REFUSED, f"the router refuses by NAT-PMP: {result}")
