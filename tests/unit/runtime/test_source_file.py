"""Files that a person names are read whole and bounded; what would wait or never end is refused at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shoal.runtime.source_file import SourceFault, SourceFileError, read_source_file


def fault(path: str, most_bytes: int = 10) -> SourceFault:
    with pytest.raises(SourceFileError) as refused:
        read_source_file(path, most_bytes)
    assert refused.value.detail
    return refused.value.fault


def test_file_is_read_up_to_its_bound_and_not_beyond(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * 10)
    assert read_source_file(str(file), 10) == b"x" * 10
    assert fault(str(file), 9) is SourceFault.TOO_LARGE


def test_missing_and_folders_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    assert fault(str(tmp_path / "nothing")) is SourceFault.MISSING
    assert fault(str(tmp_path / "f" / "below")) is SourceFault.MISSING
    assert fault(str(tmp_path)) is SourceFault.FOLDER
    assert fault("a\0b") is SourceFault.UNREADABLE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    assert fault(str(fifo)) is SourceFault.NOT_A_FILE


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no /dev/zero")
def test_endless_device_is_refused() -> None:
    assert fault("/dev/zero") is SourceFault.NOT_A_FILE


def test_file_that_became_a_device_meanwhile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x")
    plain = os.stat(file)
    monkeypatch.setattr(os, "stat", lambda path: plain)
    monkeypatch.setattr(os, "open", lambda path, flags, real=os.open: real(os.devnull, flags))
    assert fault(str(file)) is SourceFault.NOT_A_FILE
