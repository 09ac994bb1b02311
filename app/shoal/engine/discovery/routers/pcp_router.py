"""A router that speaks PCP (RFC 6887), over IPv4 or IPv6."""

from __future__ import annotations

from shoal.engine.discovery.routers.datagrams import RouterPort
from shoal.engine.discovery.routers.epoch import Epoch
from shoal.engine.discovery.routers.router import Grant, RouterError, RouterNews, Way
from shoal.engine.policy.port_leases import Refusal
from shoal.protocol import pcp
from shoal.protocol.pcp import Announced, Mapped, PcpResult, WrongVersion
from shoal.runtime.world import Clock


class PcpRouter:
    """`Router` over PCP. Mappings belong to the `nonce`: with the same one they can be renewed and removed later."""

    way = Way.PCP

    def __init__(self, host: str, client_host: str, port: RouterPort, clock: Clock, nonce: bytes) -> None:
        """`client_host` is our address towards the router. Takes `port` over."""
        self.host = host
        self._client_host = client_host
        self._port = port
        self._nonce = nonce
        self._epoch = Epoch(clock)
        self._external_host = ""

    async def map(self, *, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> Grant:
        """See `Router.map`."""
        reply = await self._ask(is_tcp, internal_port, external_port, seconds)
        if not reply.lifetime:
            raise RouterError(Refusal.REFUSED, "the router gave a mapping of no time")
        self._external_host = reply.external_host
        return Grant(reply.external_port, float(reply.lifetime))

    async def unmap(self, *, is_tcp: bool, internal_port: int, external_port: int) -> None:
        """See `Router.unmap`."""
        await self._ask(is_tcp, internal_port, external_port, 0)

    async def news(self) -> RouterNews:
        """See `Router.news`; the address is that of the last mapping."""

        def read(datagram: memoryview) -> Announced | None:
            reply = _decode(datagram)
            return reply if isinstance(reply, Announced) else None

        reply = await self._port.ask(pcp.encode_announce_request(self._client_host), read)
        # A router need not know this question; that it answers in PCP is what counts.
        if reply.result not in (PcpResult.SUCCESS, PcpResult.UNSUPP_OPCODE):
            raise RouterError(Refusal.REFUSED, f"the router refuses by PCP: {reply.result}")
        return RouterNews(self._external_host, self._epoch.has_restarted(reply.epoch))

    async def close(self) -> None:
        """See `Router.close`."""
        self._port.close()

    async def _ask(self, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> Mapped:
        question = pcp.encode_map_request(
            client_host=self._client_host,
            nonce=self._nonce,
            is_tcp=is_tcp,
            internal_port=internal_port,
            external_port=external_port,
            lifetime=seconds,
        )

        def read(datagram: memoryview) -> Mapped | None:
            reply = _decode(datagram)
            if not isinstance(reply, Mapped):
                return None
            is_ours = (reply.nonce, reply.is_tcp, reply.internal_port) == (self._nonce, is_tcp, internal_port)
            return reply if is_ours else None

        reply = await self._port.ask(question, read)
        if reply.result == PcpResult.CANNOT_PROVIDE_EXTERNAL:
            raise RouterError(Refusal.CONFLICT, "the router has given that port away")
        if reply.result != PcpResult.SUCCESS:
            raise RouterError(Refusal.REFUSED, f"the router refuses by PCP: {reply.result}")
        return reply


def _decode(datagram: memoryview) -> Announced | Mapped:
    """Raises RouterError when the router says that it does not speak PCP."""
    reply = pcp.decode_reply(datagram)
    if isinstance(reply, WrongVersion):
        raise RouterError(Refusal.REFUSED, f"the router speaks version {reply.version}")
    return reply
