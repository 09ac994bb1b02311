"""One connection: handshakes, both sides' state, and everything a hostile peer may send."""

import random

import pytest
from tests.support.wire_peer import INFO_HASH, OUR_ID, THEIR_ID, FakeHost, Wire, WireScene, messages_in, piece_message

from shoal.engine.peer.connection import MOST_ALLOWED_FAST, MOST_UNSENT_BYTES
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.transport.stream import RECEIVE_BYTES, SMALL_RECEIVE_BYTES
from shoal.metainfo.bitfield import all_pieces, to_wire
from shoal.protocol import peer_wire
from shoal.protocol.extension import ExtensionHandshake, decode_extension_handshake, encode_extension_handshake

COUNT = 16
ALL = all_pieces(COUNT)


def scene(**values: object) -> tuple[WireScene, FakeHost]:
    host = FakeHost(piece_count=COUNT, **values)  # type: ignore[arg-type]
    return WireScene(host), host


def ready(*, fast: bool = True, **values: object) -> tuple[Wire, FakeHost]:
    made, host = scene(**values)
    return made.wire().handshake(fast=fast), host


def is_refused(wire: Wire, host: FakeHost, data: bytes) -> bool:
    wire.feed(data)
    return not wire.is_open and len(host.reasons()) == 1


# --- handshake


def test_we_greet_first_when_we_dialled() -> None:
    made, host = scene()
    wire = made.wire()
    greeting = peer_wire.decode_handshake(wire.raw())
    assert (greeting.info_hash, greeting.peer_id) == (INFO_HASH, OUR_ID)
    assert greeting.supports_fast
    assert greeting.supports_extensions
    wire.feed(peer_wire.encode_handshake(INFO_HASH, THEIR_ID))
    assert host.told == [("ready",)]
    assert wire.peer.peer_id == THEIR_ID
    assert wire.peer.is_ready


def test_a_stranger_greets_first_and_names_the_torrent() -> None:
    made, host = scene()
    wire = made.wire(incoming=True)
    assert wire.raw() == b""
    wire.feed(peer_wire.encode_handshake(INFO_HASH, THEIR_ID, extensions=False))
    sent = wire.raw()
    assert peer_wire.decode_handshake(sent[:68]).info_hash == INFO_HASH
    assert messages_in(sent[68:]) == [("have_none",)]
    assert host.told == [("ready",)]


@pytest.mark.parametrize(
    ("fast", "have", "expected"),
    [
        (True, 0, [("have_none",)]),
        (True, ALL, [("have_all",)]),
        (True, 5, [("bitfield", to_wire(5, COUNT))]),
        (False, 0, []),
        (False, ALL, [("bitfield", to_wire(ALL, COUNT))]),
    ],
)
def test_what_we_have_follows_the_handshake(fast: bool, have: int, expected: list[tuple[object, ...]]) -> None:
    made, _ = scene(have=have)
    wire = made.wire()
    wire.raw()
    wire.feed(peer_wire.encode_handshake(INFO_HASH, THEIR_ID, fast=fast, extensions=False))
    assert wire.take() == expected


def test_the_extension_handshake_goes_to_those_who_know_it() -> None:
    made, _ = scene(have=ALL)
    wire = made.wire()
    wire.raw()
    wire.feed(peer_wire.encode_handshake(INFO_HASH, THEIR_ID, extensions=True))
    kind, extended_id, payload = wire.take()[0]
    assert (kind, extended_id) == ("extended", 0)
    told = decode_extension_handshake(payload)
    assert told.client == "Shoal test"
    assert told.listen_port == 6881
    assert told.upload_only
    assert told.your_ip == bytes((203, 0, 113, 9))


def test_a_peer_tells_at_which_address_it_sees_us() -> None:
    made, _ = scene()
    heard: list[tuple[str, bytes]] = []
    made.environment.heard_our_address = lambda host, packed: heard.append((host, packed))
    wire = made.wire().handshake(extensions=True)
    told = encode_extension_handshake(ExtensionHandshake(your_ip=bytes((45, 1, 2, 3))))
    wire.feed(peer_wire.encode_extended(0, told))
    assert heard == [("203.0.113.9", bytes((45, 1, 2, 3)))]
    assert wire.is_open


@pytest.mark.parametrize("incoming", [False, True])
@pytest.mark.parametrize(
    "greeting",
    [
        b"GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: a browser that came to the wrong port\r\n\r\n",
        bytes(68),
        b"\x13BitTorrent protocoL" + bytes(48),
        peer_wire.encode_handshake(b"another torrent.....", THEIR_ID),
    ],
)
def test_what_is_no_handshake_of_ours_ends_the_connection(greeting: bytes, incoming: bool) -> None:
    made, host = scene()
    wire = made.wire(incoming=incoming)
    wire.feed(greeting)
    assert not wire.is_open
    assert host.told == []
    assert made.lost == [wire.peer]


def test_a_connection_to_ourselves_is_told_and_ended() -> None:
    made, host = scene()
    wire = made.wire()
    wire.feed(peer_wire.encode_handshake(INFO_HASH, OUR_ID))
    assert not wire.is_open
    assert host.told == [("ourselves",)]


def test_a_torrent_that_refuses_the_peer_hears_nothing_more_of_it() -> None:
    made, host = scene()
    host.when_ready = lambda peer: peer.close("this torrent has enough peers")
    wire = made.wire(incoming=True)
    wire.feed(peer_wire.encode_handshake(INFO_HASH, THEIR_ID) + peer_wire.HAVE_ALL + peer_wire.INTERESTED)
    assert not wire.is_open
    assert host.told == [("ready",), ("closed", "this torrent has enough peers")]
    assert made.lost == [wire.peer]


# --- bytes


def test_every_cut_of_the_bytes_tells_the_same_story() -> None:
    story = (
        peer_wire.encode_handshake(INFO_HASH, THEIR_ID)
        + peer_wire.encode_bitfield(to_wire(0b1011, COUNT))
        + peer_wire.KEEP_ALIVE
        + peer_wire.UNCHOKE
        + peer_wire.encode_have(7)
        + peer_wire.INTERESTED
        + peer_wire.encode_extended(0, encode_extension_handshake(ExtensionHandshake(client="X 1", listen_port=7)))
        + b"\0\0\0\5\x63abcd"
        + piece_message(3, 16384, bytes(300))
        + peer_wire.encode_port(9)
        + peer_wire.encode_reject(1, 0, 16384)
        + peer_wire.CHOKE
    )
    expected: list[object] = []
    for step in (0, *range(1, 30), 67, 68, 69, 100):
        made, host = scene()
        wire = made.wire(incoming=step % 2 == 1)
        wire.feed(story, step=step)
        assert wire.is_open
        assert wire.peer.wasted == 300
        assert (wire.peer.client, wire.peer.remote_listen_port) == ("X 1", 7)
        assert wire.peer.bits == 0b10001011
        # Haves are told at the end of the read they came in, so only their place among the others differs.
        told = sorted(host.told, key=repr)
        expected = expected or told
        assert told == expected
    assert sorted(told[0] for told in expected if isinstance(told, tuple)) == [
        "choked", "extensions", "has pieces", "has pieces", "interest", "node", "ready", "rejected", "unchoked",
    ]  # fmt: skip


def test_a_bitfield_of_two_million_pieces_is_taken() -> None:
    count = 1 << 21
    host = FakeHost(piece_count=count)
    wire = WireScene(host).wire().handshake()
    bits = random.Random(2).getrandbits(count)
    wire.feed(peer_wire.encode_bitfield(to_wire(bits, count)) + peer_wire.UNCHOKE)
    assert wire.peer.bits == bits
    assert not wire.peer.peer_choking
    assert wire.is_open


def test_a_bitfield_beyond_the_usual_message_limit_is_taken_when_the_torrent_is_that_large() -> None:
    count = peer_wire.MAX_PIECE_MESSAGE * 8 + 80
    wire = WireScene(FakeHost(piece_count=count)).wire().handshake()
    wire.bitfield(1 << (count - 1), count)
    assert wire.peer.bits == 1 << (count - 1)


@pytest.mark.parametrize(
    ("length", "is_open"), [(peer_wire.MAX_PIECE_MESSAGE, True), (peer_wire.MAX_PIECE_MESSAGE + 1, False)]
)
def test_a_message_may_be_as_long_as_the_limit(length: int, is_open: bool) -> None:
    wire, _ = ready()
    wire.feed(length.to_bytes(4, "big") + b"\xc8")
    assert wire.is_open is is_open
    if is_open:
        wire.feed(bytes(length - 1) + peer_wire.UNCHOKE)
        assert not wire.peer.peer_choking


def test_a_huge_length_is_refused_before_anything_is_kept_for_it() -> None:
    wire, host = ready()
    assert is_refused(wire, host, b"\xff\xff\xff\xff")


@pytest.mark.parametrize("seed", range(30))
def test_noise_after_the_handshake_harms_nobody(seed: int) -> None:
    rng = random.Random(seed)
    wire, host = ready(fast=seed % 2 == 0)
    for _ in range(200):
        kind = rng.randrange(22)
        body = rng.randbytes(rng.choice([0, 1, 2, 3, 4, 5, 8, 9, 12, 12, 12, 13, 40]))
        wire.feed((1 + len(body)).to_bytes(4, "big") + bytes([kind]) + body)
        if not wire.is_open:
            break
    assert len(host.reasons()) == (0 if wire.is_open else 1)
    wire.hang_up()
    assert wire.scene.lost == [wire.peer]


# --- pieces


def test_haves_and_bitfields_are_told_once() -> None:
    wire, host = ready()
    wire.feed(peer_wire.encode_have(3) + peer_wire.encode_have(3))
    wire.bitfield(0b1100, COUNT)
    wire.bitfield(0b1100, COUNT)
    wire.feed(peer_wire.HAVE_ALL)
    assert host.told[1:] == [("has pieces", 0b1000, 0), ("has pieces", 0b1100, 0b1000), ("has pieces", ALL, 0b1100)]


def test_the_haves_of_one_read_are_told_together() -> None:
    wire, host = ready()
    wire.feed(b"".join(peer_wire.encode_have(index) for index in (5, 1, 9, 5)))
    assert host.told[1:] == [("has pieces", 0b1000100010, 0)]


@pytest.mark.parametrize("index", [COUNT, 1 << 31, (1 << 32) - 1])
def test_a_have_out_of_range_ends_the_connection(index: int) -> None:
    wire, host = ready()
    wire.feed(peer_wire.encode_have(COUNT - 1))
    assert wire.is_open
    assert is_refused(wire, host, peer_wire.encode_have(index))


@pytest.mark.parametrize("bits", [b"", b"\xff", b"\xff\xff\xff", bytes(1000)])
def test_a_bitfield_of_the_wrong_length_ends_the_connection(bits: bytes) -> None:
    wire, host = ready()
    assert is_refused(wire, host, peer_wire.encode_bitfield(bits))


def test_a_bitfield_with_spare_bits_ends_the_connection() -> None:
    host = FakeHost(piece_count=13)
    wire = WireScene(host).wire().handshake()
    assert is_refused(wire, host, peer_wire.encode_bitfield(b"\xff\xfc"))


@pytest.mark.parametrize(
    "message",
    [
        peer_wire.HAVE_ALL,
        peer_wire.HAVE_NONE,
        peer_wire.encode_reject(0, 0, 16384),
        peer_wire.encode_suggest(0),
        peer_wire.encode_allowed_fast(0),
    ],
)
def test_fast_messages_need_the_extension(message: bytes) -> None:
    wire, host = ready(fast=False)
    assert is_refused(wire, host, message)
    wire, host = ready(fast=True)
    wire.feed(message)
    assert wire.is_open


def test_allowed_fast_pieces_are_bounded_and_in_range() -> None:
    wire, host = ready()
    for index in (COUNT, 1 << 31, *range(MOST_ALLOWED_FAST + 1)):
        wire.feed(peer_wire.encode_allowed_fast(index))
    assert wire.is_open
    assert wire.peer.allowed_fast == all_pieces(MOST_ALLOWED_FAST)
    assert ("unchoked",) not in host.told


def test_an_allowed_piece_is_news_when_we_are_choked_and_interested() -> None:
    wire, host = ready()
    wire.peer.set_interested(True)
    wire.feed(peer_wire.encode_allowed_fast(3))
    assert host.told[-1] == ("unchoked",)


def test_state_changes_are_told_once_each_way() -> None:
    wire, host = ready()
    for message in (
        peer_wire.CHOKE, peer_wire.UNCHOKE, peer_wire.UNCHOKE, peer_wire.CHOKE, peer_wire.CHOKE,
        peer_wire.NOT_INTERESTED, peer_wire.INTERESTED, peer_wire.INTERESTED, peer_wire.NOT_INTERESTED,
    ):  # fmt: skip
        wire.feed(message)
    assert host.told[1:] == [("unchoked",), ("choked",), ("interest", True), ("interest", False)]


def test_what_we_say_is_said_once() -> None:
    wire, _ = ready()
    for _ in range(2):
        wire.peer.set_interested(True)
        wire.peer.set_choking(False)
    wire.peer.set_interested(False)
    wire.peer.set_choking(True)
    assert wire.take() == [("interested",), ("unchoke",), ("not_interested",), ("choke",)]


# --- extension handshake


def test_what_the_extension_handshake_says_is_kept() -> None:
    made, host = scene()
    wire = made.wire().handshake(extensions=True)
    handshake = ExtensionHandshake(client="Other 2.0", request_queue=11, listen_port=50_000, upload_only=True)
    wire.feed(peer_wire.encode_extended(0, encode_extension_handshake(handshake)))
    assert (wire.peer.client, wire.peer.remote_listen_port, wire.peer.is_upload_only) == ("Other 2.0", 50_000, True)
    wire.peer.requests.pipeline.delivered(1000)
    assert wire.peer.requests.pipeline.depth == 11
    wire.feed(peer_wire.encode_extended(0, b"de"))
    assert wire.peer.client == "Other 2.0"
    assert is_refused(wire, host, peer_wire.encode_extended(0, b"d1:v"))


def test_extensions_that_we_did_not_offer_are_skipped() -> None:
    made, _ = scene()
    wire = made.wire().handshake(extensions=True)
    wire.feed(peer_wire.encode_extended(3, b"\0" * 100) + peer_wire.UNCHOKE)
    assert wire.is_open
    assert not wire.peer.peer_choking


# --- ends


def test_the_end_is_told_once_whoever_ends_it() -> None:
    wire, host = ready()
    wire.peer.close("we had enough")
    wire.peer.close("again")
    wire.hang_up()
    assert host.reasons() == ["we had enough"]
    wire, host = ready()
    wire.hang_up(ConnectionResetError("reset"))
    assert host.reasons() == ["reset"]
    assert wire.peer.stream is None
    wire, host = ready()
    wire.hang_up()
    assert host.reasons() == ["closed by the other side"]


def test_nothing_is_sent_or_taken_after_the_end() -> None:
    wire, host = ready()
    wire.peer.set_interested(True)
    wire.peer.close("done")
    wire.peer.send(peer_wire.UNCHOKE)
    assert wire.raw() == b""
    assert wire.peer.on_bytes(memoryview(peer_wire.UNCHOKE)) == len(peer_wire.UNCHOKE)
    assert host.told[-1] == ("closed", "done")


def test_a_connection_that_is_closed_before_it_opens_is_dropped_at_once() -> None:
    made, _ = scene()
    wire = made.wire()
    late = wire.peer
    late.close("stopped")
    other = made.wire()
    late.on_connected(other.stream)
    assert not other.is_open


def test_messages_of_one_turn_leave_as_one_write_in_their_order() -> None:
    wire, _ = ready()
    before = wire.transport.writes
    for index in range(5):
        wire.peer.send(peer_wire.encode_have(index))
    assert wire.transport.writes == before
    assert wire.take() == [("have", index) for index in range(5)]
    assert wire.transport.writes == before + 1


# --- bounds


def test_reads_are_small_unless_blocks_are_due() -> None:
    wire, _ = ready()
    assert wire.peer.read_limit() == SMALL_RECEIVE_BYTES
    wire.peer.requests.outstanding.update(dict.fromkeys(range(4)))  # type: ignore[arg-type]
    assert wire.peer.read_limit() == 5 * SMALL_RECEIVE_BYTES
    wire.peer.requests.outstanding.update(dict.fromkeys(range(500)))  # type: ignore[arg-type]
    assert wire.peer.read_limit() == RECEIVE_BYTES


def test_a_peer_that_makes_us_answer_and_never_reads_is_dropped() -> None:
    """Every request while choked is answered by a reject: the answers must not pile up without end."""
    wire, host = ready()
    wire.stream.pause_writing()
    wire.transport.unsent = MOST_UNSENT_BYTES
    wire.feed(peer_wire.encode_request(0, 0, 16384))
    assert wire.is_open
    wire.transport.unsent = MOST_UNSENT_BYTES + 1
    wire.feed(peer_wire.encode_request(0, 0, 16384))
    assert not wire.is_open
    assert "does not read" in host.reasons()[0]


def test_under_a_limit_reading_pauses_when_the_share_is_used_and_the_debt_is_kept() -> None:
    wire, _ = ready(down_bucket=TokenBucket(1000.0))
    noise = piece_message(0, 0, bytes(9_987))
    assert len(noise) == 10_000
    wire.feed(noise * 3)
    assert wire.transport.is_paused
    assert wire.scene.wait_to_read == [wire.peer]
    wire.scene.wait_to_read.clear()
    read = 20_000
    granted = SMALL_RECEIVE_BYTES
    for _ in range(60):
        wire.peer.grant_reading(1_000)
        granted += 1_000
        if not wire.transport.is_paused:
            read += wire.feed(noise)
    # At most one message and the handshake more than was granted, ever.
    assert granted - 1_000 <= read <= granted + 2 * len(noise)


def test_a_lifted_limit_lets_a_reader_in_debt_go_on() -> None:
    bucket = TokenBucket(1000.0)
    wire, _ = ready(down_bucket=bucket)
    wire.feed(piece_message(0, 0, bytes(100_000)))
    assert wire.transport.is_paused
    bucket.set_rate(0, 0.0)
    wire.peer.grant_reading(SMALL_RECEIVE_BYTES)
    assert not wire.transport.is_paused


def test_silence_and_speech_are_timed() -> None:
    wire, _ = ready()
    wire.scene.clock.time += 50
    wire.feed(peer_wire.KEEP_ALIVE)
    assert wire.peer.last_received_at == wire.scene.clock.time
    assert wire.peer.last_sent_at == wire.scene.clock.time - 50
    wire.peer.send(peer_wire.KEEP_ALIVE)
    wire.take()
    assert wire.peer.last_sent_at == wire.scene.clock.time


def test_time_on_the_way_to_the_peer_does_not_count_as_connected() -> None:
    made, _ = scene()
    wire = made.wire()
    made.clock.time += 9
    wire.peer.on_connected(wire.stream)
    assert wire.peer.connected_at == made.clock.time
