"""What a screen reader is told: all that takes the focus or informs has a name, and no name is half a template."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLabel, QWidget
from tests.gui.conftest import WindowRun, opened, until
from tests.support.fake_client import FakeClient, row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.details import FileRow, PeerRow, TorrentDetails, TorrentEvent, TrackerRow
from shoal.api.errors import Reason
from shoal.api.snapshots import DiskSpace, SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.widgets.elided_label import ElidedLabel

A, B, C = "a" * 40, "b" * 40, "c" * 40
INFORMING = frozenset(
    {
        QAccessible.Role.Button,
        QAccessible.Role.ButtonMenu,
        QAccessible.Role.Cell,
        QAccessible.Role.CheckBox,
        QAccessible.Role.ColumnHeader,
        QAccessible.Role.ComboBox,
        QAccessible.Role.Dialog,
        QAccessible.Role.EditableText,
        QAccessible.Role.ListItem,
        QAccessible.Role.MenuItem,
        QAccessible.Role.PageTab,
        QAccessible.Role.RadioButton,
        QAccessible.Role.RowHeader,
        QAccessible.Role.StaticText,
        QAccessible.Role.TreeItem,
    }
)
MOST_CHILDREN = 400


def elements(face: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """`face` and everything visible below it."""
    yield face
    for at in range(min(face.childCount(), MOST_CHILDREN)):
        child = face.child(at)
        if child is not None and child.isValid() and not child.state().invisible:
            yield from elements(child)


def spoken(face: QAccessibleInterface) -> str:
    return face.text(QAccessible.Text.Name) or face.text(QAccessible.Text.Value)


def faults(part: QWidget) -> list[str]:
    """What is silent below `part`, or speaks in braces."""
    face = QAccessible.queryAccessibleInterface(part)
    assert face is not None
    found: list[str] = []
    for element in elements(face):
        said = " ".join(element.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description))
        if re.search(r"\{\w*\}", said):
            found.append(f"braces: {said}")
        if (element.state().focusable or informs(element)) and not spoken(element).strip():
            found.append(f"silent: {where(element)}")
    return found


def informs(element: QAccessibleInterface) -> bool:
    """Whether there is something to hear; a label that says nothing to the eye need not say it to the ear."""
    label = element.object()
    if isinstance(label, QLabel | ElidedLabel) and not label.text():
        return False
    return element.role() in INFORMING


def where(element: QAccessibleInterface) -> str:
    """The way to `element`, for whoever has to mend it."""
    way: list[str] = []
    at: QAccessibleInterface | None = element
    while at is not None and at.isValid() and len(way) < 6:
        thing = at.object()
        way.append(
            f"{type(thing).__name__ if thing is not None else at.role().name} {at.text(QAccessible.Text.Name)!r}"
        )
        at = at.parent()
    return " < ".join(way)


@pytest.fixture
def sample(run: WindowRun) -> WindowRun:
    tracker = TrackerRow("http://one.example/announce", 0, "working", 9, 31, 40, 1260.0, "")
    peer = PeerRow(
        "203.0.113.9", 6881, "Client 1.0", 0.5, 9e5, 1e4, 10**8, 0, True, True, True, False, False, False, "tracker"
    )
    refused = Reason("tracker-refused", {"text": "Passkey unknown.", "host": "club.example"})
    rows = (
        row(A, name="Alpha", peers=40, seeds=9, sending_peers=9, down_rate=5e6, availability=5.2, label="Linux"),
        row(B, name="Beta", state=TorrentState.SEEDING, wanted_done=10**6, peers=3, receiving_peers=2),
        row(C, name="Gamma", private=True, reason=refused, trackers=(("club.example", "refused"),)),
    )
    disk = DiskSpace(("/downloads",), 2 * 10**12, 6 * 10**11, 10**9)
    run.client = FakeClient(
        {entry.torrent_id: entry for entry in rows}, SessionTotals(listen_port=51413, disks=(disk,))
    )
    run.client.rows[A] = replace(run.client.rows[A], file_count=2, trackers=(("one.example", "working"),))
    for torrent_id in run.client.rows:
        run.client.pictures[torrent_id] = TorrentDetails(
            torrent_id,
            files=(FileRow(0, "a/b.flac", 10, 10, 4, False), FileRow(1, "a/c.flac", 10, 0, 4, False)),
            peers=(peer,),
            trackers=(tracker,),
            pieces=bytes(10),
            availability=bytes(10),
            open_pieces=(),
            events=(TorrentEvent(0.0, "added"),),
            piece_length=1 << 15,
            info_hash_v1=torrent_id,
            magnet="magnet:?xt=urn:btih:" + torrent_id,
        )
    return run


def test_the_window_is_told_whole(sample: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.resize(1280, 800)
        window.list.select_ids([A])
        assert faults(window) == []
        names = {spoken(element) for element in elements(QAccessible.queryAccessibleInterface(window))}
        assert any(name.startswith("Alpha, Downloading from 9 of 40 peers, ") for name in names)
        assert any(name.startswith("Gamma, Members-only tracker turned you away, ") for name in names)
        assert {"Downloading, 1 transfer", "Linux, 1 transfer"} <= names

    sample.play(story)


@pytest.mark.parametrize("name", ["overview", "files", "peers", "swarm", "pieces", "trackers", "speed", "info"])
def test_a_tab_of_the_details_is_told(sample: WindowRun, name: str) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.resize(1280, 800)
        window.show_tab(A, name)
        await until(lambda: window.details.tab(name) is not None)
        assert faults(window.details) == []

    sample.play(story)


def test_a_narrow_window_is_told_too(sample: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.resize(950, 600)
        await until(lambda: application.window.sidebar.is_rail)
        assert faults(application.window) == []

    sample.play(story)


@pytest.mark.parametrize("torrent_id", [A, C])
def test_the_panel_behind_why_is_told(sample: WindowRun, torrent_id: str) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([torrent_id])
        window.actions_of_window.explain.trigger()
        panel = window.explainer.panel
        assert panel is not None
        assert faults(panel) == []

    sample.play(story)


def test_the_add_window_is_told(sample: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", {"a/one.mkv": 30_000, "a/two.txt": 5_000}))

    async def story(application: Application) -> None:
        dialog = await opened(sample, AddTorrentDialog)
        assert faults(dialog) == []
        tree = QAccessible.queryAccessibleInterface(dialog.shown_files().tree)
        heard = [spoken(element) for element in elements(tree) if element.role() is QAccessible.Role.TreeItem]
        assert "folder a, 2 files, 35 kB, priority Normal" in heard
        assert "one.mkv, 30 kB, priority Normal" in heard

    sample.play(story, str(path))
