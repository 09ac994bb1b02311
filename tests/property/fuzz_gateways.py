"""Fuzz entries of what routers, and whoever poses as one, answer; see fuzz_entries."""

from __future__ import annotations

from contextlib import suppress

from tests.property.fuzz_entries import fuzz_entry

from shoal.protocol import nat_pmp, pcp, ssdp
from shoal.protocol.errors import ProtocolError
from shoal.protocol.ip_scope import scope_of

ADDRESS = bytes.fromhex("0080000000000e10cb007107")
MAP = bytes.fromhex("0082000000000e10c8d5c8d500001c20")
PCP_MAP = (
    bytes.fromhex("02810000000002580000002a") + bytes(12) + bytes(range(12)) + b"\x06\0\0\0" + b"\xc8\xd5\xc8\xd6"
    + bytes(10) + b"\xff\xff\xcb\x00\x71\x07"
)  # fmt: skip
FOUND = (
    b"HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
    b"EXT:\r\nLOCATION: http://192.168.1.1:5000/rootDesc.xml\r\n\r\n"
)


@fuzz_entry(ADDRESS, MAP, b"\x00\x80\x00\x01")
def fuzz_nat_pmp(data: bytes) -> None:
    with suppress(ProtocolError):
        match nat_pmp.decode_reply(data):
            case nat_pmp.MapReply(result=0, lifetime=lifetime) as reply if lifetime:
                assert 0 < reply.internal_port < 65_536
                assert 0 < reply.external_port < 65_536
            case nat_pmp.AddressReply(result=0, host=host) if host:
                assert host.count(".") == 3


@fuzz_entry(PCP_MAP, PCP_MAP[:24], b"\x00\x80\x00\x01\x00\x00\x00\x00")
def fuzz_pcp(data: bytes) -> None:
    with suppress(ProtocolError):
        reply = pcp.decode_reply(data)
        if isinstance(reply, pcp.Mapped):
            assert len(reply.nonce) == pcp.NONCE_BYTES
            assert reply.external_port < 65_536
            scope_of(reply.external_host)


@fuzz_entry(FOUND)
def fuzz_ssdp(data: bytes) -> None:
    with suppress(ProtocolError):
        reply = ssdp.decode_search_reply(data)
        assert 0 < len(reply.location) <= ssdp.MAX_LOCATION_LENGTH
        assert reply.location.isascii()
