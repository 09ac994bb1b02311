"""The running window answers later starts: good requests, and hostile ones, which cost it nothing."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

import pytest
from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tests.support.log_watch import LogWatch

from shoal.gui.desktop.open_events import HearingApplication
from shoal.launch.desktop import listen_at
from shoal.launch.exclusive_lock import ExclusiveLock
from shoal.launch.instance import listening
from shoal.launch.instance.election import Instance
from shoal.launch.instance.listening import RequestServer, peer_user
from shoal.launch.instance.meeting_place import MeetingPlace
from shoal.launch.instance.request import MAX_LINE_BYTES, OpenRequest, lines_of
from shoal.launch.instance.sending import NoAnswerError, NobodyListensError, RefusedError, send

needs_unix = pytest.mark.skipif(os.name == "nt", reason="Unix sockets")


@pytest.fixture
def address() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="shoal-")  # a socket's path must be short
    yield str(Path(folder, "socket"))
    shutil.rmtree(folder)


def elsewhere(qtbot: QtBot, act: Callable[[], None]) -> BaseException | None:
    """Do `act` in another thread, as another process would; what it raised."""
    raised: list[BaseException] = []

    def body() -> None:
        try:
            act()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=body)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive(), timeout=10_000)
    return raised[0] if raised else None


class Desk:
    def __init__(self, qtbot: QtBot, address: str) -> None:
        self.taken: list[OpenRequest] = []
        self.address = address
        self._qtbot = qtbot
        self.server = RequestServer(address, self.taken.append)

    def ask(self, act: Callable[[], None]) -> BaseException | None:
        return elsewhere(self._qtbot, act)

    def raw(self, data: bytes) -> bytes:
        """What it answers to `data`."""
        heard: list[bytes] = []

        def act() -> None:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(10)
                connection.connect(self.address)
                with contextlib.suppress(OSError):  # it hangs up while we are still talking
                    connection.sendall(data)
                heard.append(connection.recv(4096))

        assert self.ask(act) is None
        return heard[0]


@pytest.fixture
def desk(qtbot: QtBot, address: str) -> Iterator[Desk]:
    desk = Desk(qtbot, address)
    yield desk
    desk.server.close()


def test_a_request_is_taken_and_answered(desk: Desk) -> None:
    request = OpenRequest(("/a b.torrent", "magnet:?xt=urn:btih:00"), "token")
    assert desk.ask(lambda: send(desk.address, next(lines_of(request)))) is None
    assert desk.taken == [request]


def test_a_start_without_a_window_leaves_the_running_one_where_it_is(
    qtbot: QtBot, address: str, tmp_path: Path
) -> None:
    taken: list[tuple[tuple[str, ...], str]] = []
    place = MeetingPlace(str(tmp_path / "lock"), address)
    listen = listen_at(Instance(place, ExclusiveLock(place.lock)))
    assert listen is not None
    server = listen(lambda sources, activation: taken.append((tuple(sources), activation)))
    for request in (OpenRequest(is_hidden=True), OpenRequest(("/a",), is_hidden=True), OpenRequest()):
        line = next(lines_of(request))
        assert elsewhere(qtbot, partial(send, address, line)) is None
    assert taken == [(("/a",), ""), ((), "")]
    server.close()


@needs_unix
def test_only_this_user_may_connect(desk: Desk) -> None:
    assert Path(desk.address).stat().st_mode & 0o077 == 0


@needs_unix
def test_hostile_input_is_refused_and_the_next_request_taken(desk: Desk, expect_log: LogWatch) -> None:
    expect_log("refused: it is no object")
    expect_log("refused: it is too long")
    assert desk.raw(b"[1]\n").startswith(b"error: ")
    assert desk.raw(b"x" * (MAX_LINE_BYTES + 100_000)).startswith(b"error: ")
    assert desk.raw(next(lines_of(OpenRequest(("/a",))))) == b"ok\n"
    assert desk.taken == [OpenRequest(("/a",))]


@needs_unix
def test_one_that_says_nothing_is_hung_up_on(desk: Desk, monkeypatch: pytest.MonkeyPatch, expect_log: LogWatch) -> None:
    expect_log("did not come within")
    monkeypatch.setattr(listening, "PATIENCE_SECONDS", 0.05)
    assert desk.raw(b'{"open"') == b""
    assert desk.taken == []


@needs_unix
def test_another_user_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, expect_log: LogWatch) -> None:
    expect_log("of the user")
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    raised = desk.ask(lambda: send(desk.address, next(lines_of(OpenRequest(("/a",))))))
    assert isinstance(raised, RefusedError)
    assert desk.taken == []


def test_nobody_listens_before_and_after(qtbot: QtBot, address: str) -> None:
    line = next(lines_of(OpenRequest()))
    desk = Desk(qtbot, address)
    desk.server.close()
    assert isinstance(desk.ask(lambda: send(address, line)), NobodyListensError)


@needs_unix
def test_what_a_killed_one_left_is_replaced(qtbot: QtBot, address: str) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(address)
    desk = Desk(qtbot, address)
    assert desk.ask(lambda: send(address, next(lines_of(OpenRequest(("/a",)))))) is None
    assert desk.taken == [OpenRequest(("/a",))]
    desk.server.close()


@needs_unix
def test_one_that_listens_and_hangs_is_told_from_one_that_is_gone(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(address)
        hung.listen()
        with pytest.raises(NoAnswerError):
            send(address, b"{}\n", 0.05)


@needs_unix
def test_the_system_tells_whose_process_asks() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer_user(ours.fileno()) == os.getuid()
    assert peer_user(-1) is None


def test_documents_and_links_that_macos_hands_over(qapp: QApplication) -> None:
    assert isinstance(qapp, HearingApplication)
    taken: list[str] = []
    qapp.hear(taken.extend, lambda: None)
    magnet = "magnet:?xt=urn:btih:00&dn=a%20b"
    qapp.sendEvent(qapp, QFileOpenEvent("/Users/me/a b.torrent"))
    qapp.sendEvent(qapp, QFileOpenEvent(QUrl("file:///Users/me/c%20d.torrent")))
    qapp.sendEvent(qapp, QFileOpenEvent(QUrl(magnet)))
    qapp.sendEvent(qapp, QEvent(QEvent.Type.User))
    assert taken == ["/Users/me/a b.torrent", "/Users/me/c d.torrent", magnet]
    qapp.hear_no_more()
    qapp.sendEvent(qapp, QFileOpenEvent("/Users/me/late.torrent"))
    assert len(taken) == 3


def test_what_is_for_windows_does_not_pass_the_program(qapp: QApplication) -> None:
    assert isinstance(qapp, HearingApplication)
    window, heard = QWidget(), 0

    def look(frame: FrameType, what: str, argument: object) -> None:
        nonlocal heard
        heard += what == "call" and frame.f_code is HearingApplication.event.__code__

    sys.setprofile(look)
    try:
        for _ in range(50):
            qapp.sendEvent(window, QEvent(QEvent.Type.User))
        assert heard == 0
        qapp.sendEvent(qapp, QEvent(QEvent.Type.User))
        assert heard == 1
    finally:
        sys.setprofile(None)
    window.deleteLater()


def test_the_end_of_the_session_is_heard(qapp: QApplication) -> None:
    assert isinstance(qapp, HearingApplication)
    ends: list[bool] = []
    qapp.hear(lambda sources: None, lambda: ends.append(True))
    qapp.sendEvent(qapp, QEvent(QEvent.Type.Quit))
    qapp.hear_no_more()
    assert ends == [True]
