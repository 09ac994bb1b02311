"""Fuzz entries of what peers and neighbours tell about other peers; see fuzz_entries."""

from __future__ import annotations

from contextlib import suppress

from tests.property.fuzz_entries import HASH, fuzz_entry

from shoal.protocol.errors import ProtocolError
from shoal.protocol.lsd import GROUP4, MAX_INFO_HASHES, LocalAnnounce, decode_local_announce, encode_local_announce
from shoal.protocol.ut_pex import MAX_PEERS, PexFlag, PexMessage, decode_pex, encode_pex

PEX = PexMessage({("192.0.2.1", 6881): PexFlag.REACHABLE, ("2001:db8::1", 1): PexFlag.UTP}, (("192.0.2.9", 9),))


@fuzz_entry(encode_pex(PEX), b"d5:added6:\x01\x02\x03\x04\x00\x00e")
def fuzz_ut_pex(data: bytes) -> None:
    with suppress(ProtocolError):
        message = decode_pex(data)
        assert len(message.added) <= MAX_PEERS
        assert len(message.dropped) <= MAX_PEERS
        again = decode_pex(encode_pex(message))
        assert dict(again.added) == dict(message.added)


@fuzz_entry(encode_local_announce(LocalAnnounce(6881, (HASH,), "cookie"), GROUP4))
def fuzz_local_announce(data: bytes) -> None:
    with suppress(ProtocolError):
        announce = decode_local_announce(data)
        assert 0 < announce.port < 65_536
        assert 0 < len(announce.info_hashes) <= MAX_INFO_HASHES
        assert all(len(info_hash) == 20 for info_hash in announce.info_hashes)
