"""Fuzz entries of what we keep ourselves and a disk, a person or another version may have changed since."""

from __future__ import annotations

import json
import struct
import tempfile
import zlib
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from tests.property.fuzz_entries import HASH, TORRENT, fuzz_entry
from tests.support.sim_files import MemoryFiles

from shoal.api.commands import Span
from shoal.engine.policy.speed_history import SpeedLog
from shoal.engine.session.history_store import MOST_BYTES, _unpacked
from shoal.engine.session.resume_rows import RowError, decode_state, encode_state
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.part_file import PartFile
from shoal.engine.torrent.events import EventLog, made_event
from shoal.engine.torrent.resume import ResumeRecord
from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.interface_settings import InterfaceSettings, validate_interface
from shoal.settings.store import SettingsStore

RECORD = ResumeRecord(
    torrent_id=HASH.hex(),
    metainfo=TORRENT,
    folder="/downloads",
    have_bits=b"\x80",
    file_stats=((5, 1_700_000_000_000_000_000), None),
    priorities=(4, 0),
    down_limit=1 << 20,
    added_at=1.7e9,
    completed_at=1.8e9,
    active_seconds=12.5,
    last_activity=1.8e9,
    skips_queue=True,
    label="Linux",
    name="Another name",
    tiers=(("http://t.example/ann", "udp://u.example:1"), ("http://v.example/ann",)),
    extra_trackers=("http://t.example/ann",),
    renamed_paths=((1, "folder/other name"), (-1, "other top")),
    journal=("rename", "folder/name", "other name"),
    peers=(("127.0.0.1", 6881), ("2001:db8::1", 1)),
)


@fuzz_entry(
    encode_state(RECORD, {"of a newer version": [1]}).encode(),
    encode_state(ResumeRecord("0" * 40, b"", "", journal=("move", "/elsewhere")), {}).encode(),
    encode_state(ResumeRecord("0" * 40, b"", "/a", journal=("moved", "/old"), queue_position=3), {}).encode(),
)
def fuzz_resume_row(data: bytes) -> None:
    with suppress(RowError):
        record, unknown = decode_state(RECORD.torrent_id, data.decode("utf-8", "replace"), b"\x80", TORRENT)
        state = encode_state(record, unknown)
        assert encode_state(*decode_state(record.torrent_id, state, record.have_bits, record.metainfo)) == state


def _event_log() -> bytes:
    log = EventLog()
    log.add(made_event(1.7e9, "added", {}))
    log.add(made_event(1.7e9 + 0.5, "tracker-failed", {"host": "t.example", "text": "timed out"}))
    log.add(made_event(1.8e9, "limits-changed", {"down": 1 << 20, "up": 0}))
    return log.to_bytes()


def _speed_log() -> bytes:
    log = SpeedLog(1.7e9)
    for second in range(200):
        log.add(1.7e9 + second, 1.0, 1000 * second, second % 7)
    return log.to_bytes()


@fuzz_entry(_event_log(), b"[]", b'[[1, "finished", {}]]')
def fuzz_event_log(data: bytes) -> None:
    """Without the checksum of its row: whatever is believed can be shown, saved and read again."""
    with suppress(ValueError):
        log = EventLog.from_bytes(data)
        assert EventLog.from_bytes(log.to_bytes()).events == log.events
        log.within(0.0)


@fuzz_entry(_speed_log(), SpeedLog(1.7e9).to_bytes())
def fuzz_speed_log(data: bytes) -> None:
    """Likewise: it takes further samples and answers for every span."""
    with suppress(ValueError):
        log = SpeedLog.from_bytes(data)
        log.add(1.9e9, 1.0, 10, 20)
        for span in Span:
            rates = log.rates(span, 1.9e9)
            assert len(rates.down) == len(rates.up)
        assert SpeedLog.from_bytes(log.to_bytes()).rates(Span.ALL, 1.9e9).down == log.rates(Span.ALL, 1.9e9).down


@fuzz_entry(zlib.compress(_event_log()), zlib.compress(bytes(1000)))
def fuzz_history_row(data: bytes) -> None:
    unpacked = _unpacked(data)
    assert unpacked is None or len(unpacked) <= MOST_BYTES


def _settings_file(values: object) -> bytes:
    return json.dumps({"schema": 1, "values": values}, indent=1).encode()


@fuzz_entry(
    _settings_file(asdict(EngineSettings())),
    _settings_file(asdict(InterfaceSettings())),
    b'{"schema": 2, "values": {}}',
)
def fuzz_settings_file(data: bytes) -> None:
    """Without a checksum, as after an edit by hand: every value has to pass its own check."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "settings.json")
        path.write_bytes(data)
        assert validate(SettingsStore(path, EngineSettings(), validate).load())
        path.write_bytes(data)
        assert validate_interface(SettingsStore(path, InterfaceSettings(), validate_interface).load())


PIECE_LENGTH = 4096
PIECE_COUNT = 4
PART_PATH = "/parts"
HEADER_LENGTH = 48
SLOT = struct.Struct("<4sIQQII")


def _part_file(files: MemoryFiles) -> PartFile:
    made = PartFile(
        files, OpenFiles(files), PART_PATH, piece_length=PIECE_LENGTH, piece_count=PIECE_COUNT, identity=HASH
    )
    made.load()
    return made


def _part_seed() -> tuple[bytes, bytes]:
    """The file header, and the 4 slot headers: the parts that are not content."""
    files = MemoryFiles()
    made = _part_file(files)
    for piece in range(PIECE_COUNT):
        made.write(piece, memoryview(bytes([piece]) * PIECE_LENGTH), 100 * piece, PIECE_LENGTH - piece)
    data = files.read_file(PART_PATH)
    stride = 4096 + PIECE_LENGTH
    return data[:HEADER_LENGTH], b"".join(data[4096 + piece * stride :][: SLOT.size] for piece in range(PIECE_COUNT))


HEADER, SLOTS = _part_seed()


@fuzz_entry(HEADER + b"\0" + SLOTS, HEADER + b"\1" + SLOTS)
def fuzz_part_file(data: bytes) -> None:
    """48 bytes of file header, one that tells whether the slots' checksums are mended, then the slot headers."""
    header, mend, rest = data[: len(HEADER)], data[len(HEADER) : len(HEADER) + 1], data[len(HEADER) + 1 :]
    whole = bytearray(header.ljust(4096, b"\0") if rest else header)
    for start in range(0, len(rest), SLOT.size):
        slot = rest[start : start + SLOT.size]
        if mend == b"\1" and len(slot) == SLOT.size:
            slot = slot[:-4] + struct.pack("<I", zlib.crc32(slot[:-4]))
        whole += slot.ljust(4096, b"\0") + bytes([start // SLOT.size % 256]) * PIECE_LENGTH
    files = MemoryFiles()
    files.write_file(PART_PATH, bytes(whole))
    made = _part_file(files)
    assert len(made.held) <= PIECE_COUNT
    for piece in made.held:
        begin, end = made.held_range(piece)
        assert 0 <= piece < PIECE_COUNT
        assert 0 <= begin < end <= PIECE_LENGTH
        kept = made.read_checked(piece)
        assert kept is None or len(kept) == end - begin
    made.write(0, memoryview(bytes(PIECE_LENGTH)), 0, PIECE_LENGTH)
    assert _part_file(files).read_checked(0) == bytes(PIECE_LENGTH)
