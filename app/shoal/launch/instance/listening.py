"""The side with the window: takes requests of later starts from the socket, of this user only, bounded in all ways."""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from shoal.launch.instance.request import (
    MAX_LINE_BYTES,
    OK,
    PATIENCE_SECONDS,
    BadRequestError,
    OpenRequest,
    read_request,
)

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 32
"""At the same time; more than that are hung up on."""


class RequestServer(QObject):
    """`take` is called with each good request, before it is answered, on the thread of the window.

    Only who holds the lock of the place may make one: what a killed Shoal has left behind is removed.
    """

    def __init__(self, address: str, take: Callable[[OpenRequest], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take = take
        self._open: set[_Connection] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._welcome)
        QLocalServer.removeServer(address)
        if not self._server.listen(address):
            log.warning("other starts of Shoal cannot reach this one: %s", self._server.errorString())

    def close(self) -> None:
        """Take no more requests; what is under way is dropped, and its sender tries again."""
        self._server.close()
        for connection in list(self._open):
            connection.drop()
        self.deleteLater()

    def _welcome(self) -> None:
        while (peer := self._server.nextPendingConnection()) is not None:
            if len(self._open) >= MOST_CONNECTIONS:
                log.warning("a request of another start was dropped: too many at the same time")
                peer.abort()
                peer.deleteLater()
                continue
            connection = _Connection(peer, self._answer, self._open.discard, self)
            self._open.add(connection)
            connection.read()

    def _answer(self, line: bytes) -> bytes:
        """What to say to `line`."""
        try:
            request = read_request(line)
        except BadRequestError as error:
            log.warning("a request of another start was refused: %s", error)
            return f"error: {error}\n".encode()
        self._take(request)
        return OK


class _Connection(QObject):
    """One line in, one line out, within PATIENCE_SECONDS."""

    def __init__(
        self,
        peer: QLocalSocket,
        answer: Callable[[bytes], bytes],
        ended: Callable[[_Connection], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._peer, self._answer, self._ended = peer, answer, ended
        self._heard = bytearray()
        self._is_answered = False
        peer.setParent(self)
        peer.setReadBufferSize(MAX_LINE_BYTES + 1)
        peer.readyRead.connect(self.read)
        peer.disconnected.connect(self.drop)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._lose_patience)
        self._patience.start(round(PATIENCE_SECONDS * 1000))

    def read(self) -> None:
        """Take what has come; answer when the line is whole."""
        self._heard += self._peer.readAll().data()
        if self._is_answered:
            return
        end = self._heard.find(b"\n")
        if end >= 0:
            self._say(self._answer(bytes(self._heard[: end + 1])) if self._is_ours() else b"error: another user\n")
        elif len(self._heard) > MAX_LINE_BYTES:
            log.warning("a request of another start was refused: it is too long")
            self._say(b"error: it is too long\n")

    def drop(self) -> None:
        """Hang up; harmless when it is done already."""
        self._is_answered = True
        self._patience.stop()
        self._ended(self)
        self._peer.abort()
        self.deleteLater()

    def _say(self, answer: bytes) -> None:
        self._is_answered = True
        self._heard.clear()
        self._peer.write(answer)
        self._peer.flush()
        self._peer.disconnectFromServer()

    def _lose_patience(self) -> None:
        if not self._is_answered:
            log.warning("a request of another start was dropped: it did not come within %.0f s", PATIENCE_SECONDS)
        self.drop()

    def _is_ours(self) -> bool:
        user = peer_user(int(self._peer.socketDescriptor()))
        if user is None or user == os.getuid():
            return True
        log.warning("a request of another start was refused: it is of the user %d", user)
        return False


def peer_user(descriptor: int) -> int | None:
    """Whose process is at the other end of a Unix socket; None where the system does not tell."""
    if sys.platform == "win32" or descriptor < 0:
        return None
    try:
        with socket.socket(fileno=os.dup(descriptor)) as connection:
            if sys.platform == "darwin":  # getpeereid: LOCAL_PEERCRED of SOL_LOCAL, struct xucred
                return int(struct.unpack_from("=II", connection.getsockopt(0, 1, 76))[1])
            if not hasattr(socket, "SO_PEERCRED"):
                return None
            size = struct.calcsize("3i")
            found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
            return int(struct.unpack("3i", found)[1])
    except OSError:
        return None
