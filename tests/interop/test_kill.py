"""A download that is killed again and again: nothing false is believed, nothing that was written is fetched twice."""

from __future__ import annotations

import hashlib
import random
import shutil
import sys
import time
from pathlib import Path

import pytest
from tests.support import killable_download
from tests.support.real_clients import LibtorrentClient
from tests.support.running_program import RunningProgram
from tests.support.swarm_content import Content, many_files

from shoal.engine.session.resume_store import ResumeStore

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform == "win32", reason="kills its processes by POSIX signals"),
]

KILLS = 20
EARLY_KILLS = 5
"""Kills while the program still starts, looks at its state and checks its files."""
SEED = 20_240_607
UPLOAD_LIMIT = 1_200_000
"""Slow enough that lives outlast a save, so that the database has something to claim."""
POLL_SECONDS = 0.005


class Story:
    """One download over all its lives."""

    def __init__(self, content: Content, place: Path, seed: LibtorrentClient) -> None:
        self.content = content
        self.place = place
        self.seed = seed
        self.state = place / "state"
        self.folder = place / "data"
        self.torrent = place / "shared.torrent"
        self.torrent.write_bytes(content.torrent())

    def start(self) -> RunningProgram:
        script = Path(killable_download.__file__)
        command = [sys.executable, str(script), str(self.state), str(self.torrent), str(self.folder)]
        command += ["127.0.0.1", str(self.seed.port)]
        return RunningProgram(command, self.place / "program", name="download", is_talking=True)

    def good_pieces(self) -> set[int]:
        """The pieces whose true bytes are on the disk, looked at without any help of Shoal's."""
        disk = b"".join(self._bytes_of(entry.path, entry.size) for entry in self.content.plan.files)
        length = self.content.piece_length
        return {
            index
            for index in range(self.content.piece_count)
            if disk[index * length : (index + 1) * length] == self.content.piece(index)
        }

    def _bytes_of(self, path: tuple[str, ...], size: int) -> bytes:
        place = self.content.path_in(self.folder, path)
        return (place.read_bytes() if place.exists() else b"").ljust(size, b"\0")

    def claimed_pieces(self) -> set[int]:
        """What the resume database says, read from a copy."""
        copy = self.place / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.place.glob("state*"):
            shutil.copy(path, copy / path.name)
        store = ResumeStore(str(copy / "state"))
        report = store.load()
        store.close()
        assert not report.problems
        return {index for record in report.records for index in _indices(record.have_bits)}

    def trusted_pieces(self, program: RunningProgram) -> set[int]:
        """What the started program believes to have."""
        line = program.hear()
        assert line, program.story()
        return _indices(bytes.fromhex(line))

    def bytes_of(self, pieces: set[int]) -> int:
        return sum(len(self.content.piece(index)) for index in pieces)


def _indices(bits: bytes) -> set[int]:
    return {place for place in range(len(bits) * 8) if bits[place >> 3] >> (7 - place % 8) & 1}


def test_twenty_kills_cost_no_more_than_the_pieces_in_flight(tmp_path: Path) -> None:
    content = many_files([6_000_011, 700_001, 9_000_017, 3], piece_length=1 << 16)
    content.write_to(tmp_path / "theirs")
    rng = random.Random(SEED)
    # Where the kills come, as bytes that are here or on their way; and before which of them one comes at the start.
    points = sorted(rng.randrange(content.size) for _ in range(KILLS))
    early = set(rng.sample(range(KILLS), EARLY_KILLS))
    seed = LibtorrentClient(content.torrent(), tmp_path / "theirs", upload_limit=UPLOAD_LIMIT)
    story = Story(content, tmp_path, seed)
    fetched_again: list[int] = []
    most_claimed = 0
    programs: list[RunningProgram] = []
    try:
        for number, point in enumerate([*points, None]):
            if number in early:
                programs.append(story.start())
                time.sleep(rng.uniform(0.2, 0.8))
                programs[-1].kill()
                assert story.claimed_pieces() <= story.good_pieces()
            on_disk = story.good_pieces()
            claimed = story.claimed_pieces()
            assert claimed <= on_disk
            most_claimed = max(most_claimed, len(claimed))
            programs.append(story.start())
            program = programs[-1]
            trusted = story.trusted_pieces(program)
            # Exactly what is there: a piece more would be false, a piece less would be fetched again.
            assert trusted == on_disk, f"life {number}: {sorted(trusted ^ on_disk)}"
            fetched_again.append(seed.uploaded - story.bytes_of(trusted))
            program.say("go")
            if point is None:
                assert program.hear() == "complete", program.story()
                break
            sent = seed.uploaded
            here = story.bytes_of(trusted)
            while not program.has_ended and here + seed.uploaded - sent < point:
                time.sleep(POLL_SECONDS)
            assert not program.has_ended, program.story()
            program.kill()
    finally:
        for program in programs:
            program.kill()
        seed.stop()
    assert most_claimed > content.piece_count // 2
    assert story.good_pieces() == set(range(content.piece_count))
    for path, data in content.files:
        written = content.path_in(story.folder, path).read_bytes()
        assert hashlib.sha256(written).digest() == hashlib.sha256(data).digest()
    # All blocks asked for belong to pieces in memory, so a kill costs at most that memory.
    losses = [after - before for before, after in zip([0, *fetched_again], fetched_again, strict=False)]
    assert max(losses) <= killable_download.PIECE_MEMORY, losses
