"""The peer wire protocol, incoming: finds whole messages in received bytes and calls a sink (BEP 3, 5, 6, 10).

This is the hot path of a download: one unpack per block, no object per message, no copy. Views handed to the sink
are valid during the call only.
"""

from __future__ import annotations

from struct import Struct
from typing import Protocol

from shoal.protocol import peer_wire as wire
from shoal.protocol.errors import ProtocolError

LENGTH_PREFIX = 4

_LENGTH = Struct(">I")
_PIECE_HEAD = Struct(">IBII")
_INDEX = Struct(">I")
_BLOCK = Struct(">III")
_PORT = Struct(">H")

# Message id -> the only length it may have, id included.
_FIXED_LENGTHS = {
    wire.MESSAGE_CHOKE: 1,
    wire.MESSAGE_UNCHOKE: 1,
    wire.MESSAGE_INTERESTED: 1,
    wire.MESSAGE_NOT_INTERESTED: 1,
    wire.MESSAGE_HAVE: 5,
    wire.MESSAGE_REQUEST: 13,
    wire.MESSAGE_CANCEL: 13,
    wire.MESSAGE_PORT: 3,
    wire.MESSAGE_SUGGEST: 5,
    wire.MESSAGE_HAVE_ALL: 1,
    wire.MESSAGE_HAVE_NONE: 1,
    wire.MESSAGE_REJECT: 13,
    wire.MESSAGE_ALLOWED_FAST: 5,
}


class MessageSink(Protocol):
    """Receives the messages of one connection in order; raising from a call stops the reading.

    Nothing but the shape of a message has been checked: indexes, offsets and lengths are the peer's claims.
    """

    def on_keep_alive(self) -> None: ...

    def on_choke(self) -> None: ...

    def on_unchoke(self) -> None: ...

    def on_interested(self) -> None: ...

    def on_not_interested(self) -> None: ...

    def on_have(self, index: int) -> None: ...

    def on_bitfield(self, bits: memoryview) -> None: ...

    def on_request(self, index: int, begin: int, length: int) -> None: ...

    def on_piece(self, index: int, begin: int, block: memoryview) -> None: ...

    def on_cancel(self, index: int, begin: int, length: int) -> None: ...

    def on_port(self, port: int) -> None: ...

    def on_suggest(self, index: int) -> None: ...

    def on_have_all(self) -> None: ...

    def on_have_none(self) -> None: ...

    def on_reject(self, index: int, begin: int, length: int) -> None: ...

    def on_allowed_fast(self, index: int) -> None: ...

    def on_extended(self, extended_id: int, payload: memoryview) -> None: ...

    def on_unknown(self, message_id: int, length: int) -> None:
        """A message that we do not know, skipped; `length` counts its id byte."""
        ...


def read_messages(data: memoryview, sink: MessageSink, max_length: int) -> int:
    """Call `sink` for each whole message at the start of `data` and return the bytes consumed.

    The bytes after that are the head of an unfinished message, to be given again with more behind them. `max_length`
    bounds the announced length of any message (see `peer_wire.default_max_length`); it is checked as soon as the
    length is there, before anybody waits or allocates for the rest.

    Raises:
        ProtocolError: a message that is too long, or whose length is impossible for its kind. Messages before it
            have been delivered.
    """
    size = len(data)
    position = 0
    unpack_head = _PIECE_HEAD.unpack_from
    on_piece = sink.on_piece
    max_piece = min(max_length, wire.MAX_PIECE_MESSAGE)
    while True:
        # Blocks first: nearly all bytes of a download are in them. A length below 9 would make the four fields reach
        # into the next message, so it is left to the general case.
        while position + 13 <= size:
            length, message_id, index, begin = unpack_head(data, position)
            if message_id != 7 or not 9 <= length <= max_piece:
                break
            end = position + 4 + length
            if end > size:
                return position
            on_piece(index, begin, data[position + 13 : end])
            position = end
        if position + LENGTH_PREFIX > size:
            return position
        (length,) = _LENGTH.unpack_from(data, position)
        if length > max_length:
            raise ProtocolError(f"a message of {length} bytes, {max_length} are allowed")
        start = position + LENGTH_PREFIX
        if length == 0:
            sink.on_keep_alive()
            position = start
            continue
        if start == size:
            return position
        message_id = data[start]
        _check_length(message_id, length)
        end = start + length
        if end > size:
            return position
        _deliver(message_id, data[start + 1 : end], sink)
        position = end


def _check_length(message_id: int, length: int) -> None:
    fixed = _FIXED_LENGTHS.get(message_id)
    if fixed is not None:
        if length != fixed:
            raise ProtocolError(f"message {message_id} with {length} bytes instead of {fixed}")
    elif message_id == wire.MESSAGE_PIECE:
        if not 9 <= length <= wire.MAX_PIECE_MESSAGE:
            raise ProtocolError(f"a piece message of {length} bytes")
    elif message_id == wire.MESSAGE_EXTENDED and length < 2:
        raise ProtocolError("an extended message without its id")


def _deliver(message_id: int, payload: memoryview, sink: MessageSink) -> None:
    """Call the sink for one message that is whole and of a possible length; the most frequent kinds come first."""
    match message_id:
        case wire.MESSAGE_REQUEST:
            sink.on_request(*_BLOCK.unpack(payload))
        case wire.MESSAGE_HAVE:
            sink.on_have(*_INDEX.unpack(payload))
        case wire.MESSAGE_CANCEL:
            sink.on_cancel(*_BLOCK.unpack(payload))
        case wire.MESSAGE_REJECT:
            sink.on_reject(*_BLOCK.unpack(payload))
        case wire.MESSAGE_CHOKE:
            sink.on_choke()
        case wire.MESSAGE_UNCHOKE:
            sink.on_unchoke()
        case wire.MESSAGE_INTERESTED:
            sink.on_interested()
        case wire.MESSAGE_NOT_INTERESTED:
            sink.on_not_interested()
        case wire.MESSAGE_EXTENDED:
            sink.on_extended(payload[0], payload[1:])
        case wire.MESSAGE_ALLOWED_FAST:
            sink.on_allowed_fast(*_INDEX.unpack(payload))
        case wire.MESSAGE_SUGGEST:
            sink.on_suggest(*_INDEX.unpack(payload))
        case wire.MESSAGE_BITFIELD:
            sink.on_bitfield(payload)
        case wire.MESSAGE_HAVE_ALL:
            sink.on_have_all()
        case wire.MESSAGE_HAVE_NONE:
            sink.on_have_none()
        case wire.MESSAGE_PORT:
            sink.on_port(*_PORT.unpack(payload))
        case _:
            sink.on_unknown(message_id, len(payload) + 1)
