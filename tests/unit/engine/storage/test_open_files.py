"""Handles shared by all torrents: few at a time, never one closed in use."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest
from tests.support.faulty_files import FaultyFiles
from tests.support.sim_files import MemoryFiles

from shoal.engine.storage.open_files import OpenFiles
from shoal.runtime.files import SystemFiles


def disk_with(count: int) -> MemoryFiles:
    files = MemoryFiles()
    for index in range(count):
        files.write_file(f"/{index}", bytes([index]))
    return files


def test_at_most_the_limit_stays_open_and_the_oldest_go_first() -> None:
    files = FaultyFiles(disk_with(5), kinds={"open"})
    opened = OpenFiles(files, limit=3)
    for index in (0, 1, 2, 0, 3):
        with opened.lease(f"/{index}", write=False):
            pass
    assert len(opened) == 3
    before = files.count
    for index in (0, 2, 3):
        with opened.lease(f"/{index}", write=False):
            pass
    assert files.count == before
    with opened.lease("/1", write=False):
        pass
    assert files.count == before + 1


def test_a_handle_in_use_is_not_closed_by_eviction_nor_by_forget() -> None:
    files = disk_with(5)
    opened = OpenFiles(files, limit=1)
    buffer = bytearray(1)
    with opened.lease("/4", write=False) as handle:
        for index in range(4):
            with opened.lease(f"/{index}", write=False):
                pass
        opened.forget("/4")
        assert files.pread_into(handle, memoryview(buffer), 0) == 1
    assert buffer == b"\x04"
    opened.close()
    assert files.open_handles == 0


def test_a_reader_gives_way_to_a_writer_and_a_writer_serves_readers() -> None:
    files = FaultyFiles(disk_with(1), kinds={"open"})
    opened = OpenFiles(files)
    with opened.lease("/0", write=False), opened.lease("/0", write=True) as writer:
        files.pwrite(writer, memoryview(b"x"), 0)
    with opened.lease("/0", write=False) as reader, opened.lease("/0", write=True) as writer:
        assert reader == writer
    assert files.count == 2
    opened.close()
    assert files.inner.open_handles == 0  # type: ignore[attr-defined]


def test_what_must_be_proven_is_proven_before_every_real_opening_only() -> None:
    opened = OpenFiles(disk_with(2), limit=1)
    proven: list[str] = []
    for path in ("/0", "/0", "/1", "/0"):
        with opened.lease(path, write=False, prove=proven.append):
            pass
    assert proven == ["/0", "/1", "/0"]


def test_an_error_of_closing_a_written_file_is_kept_for_its_next_sync() -> None:
    files = FaultyFiles(disk_with(1), kinds={"close"}, fail_on=1)
    opened = OpenFiles(files)
    with opened.lease("/0", write=True):
        pass
    opened.forget("/0")
    error = opened.take_close_error("/0")
    assert error is not None
    assert error.errno == errno.EIO
    assert opened.take_close_error("/0") is None


def test_a_file_that_cannot_be_opened_leaves_nothing_behind() -> None:
    opened = OpenFiles(disk_with(0))
    with pytest.raises(FileNotFoundError), opened.lease("/0", write=False):
        pass
    assert len(opened) == 0


def test_threads_never_read_through_a_closed_handle(tmp_path: Path) -> None:
    files = SystemFiles()
    for index in range(8):
        (tmp_path / str(index)).write_bytes(bytes([index]) * 64)
    opened = OpenFiles(files, limit=2)
    wrong: list[object] = []

    def work(start: int) -> None:
        buffer = memoryview(bytearray(64))
        for step in range(600):
            index = (start * 3 + step) % 8
            path = str(tmp_path / str(index))
            try:
                with opened.lease(path, write=step % 5 == 0) as handle:
                    if files.pread_into(handle, buffer, 0) != 64 or buffer[0] != index:
                        wrong.append((index, buffer[0]))
                if step % 17 == 0:
                    opened.forget(path)
            except OSError as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=(start,)) for start in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(opened) <= 2
