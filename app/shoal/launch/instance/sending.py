"""The side that starts second: gives one line to the running window and waits for its answer, without Qt."""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time

from shoal.launch.instance.request import OK, PATIENCE_SECONDS

MAX_ANSWER_BYTES = 4096
_PIPE_BUSY = 231
"""Windows: every end of the pipe is taken for the moment."""


class NobodyListensError(OSError):
    """The lock is held, but nobody listens (yet, or any more), or hung up without an answer: it ends."""


class NoAnswerError(OSError):
    """Somebody listens and says nothing in time."""


class RefusedError(OSError):
    """The running window would not have the request; the text is its answer."""


def send(address: str, line: bytes, seconds: float = PATIENCE_SECONDS) -> None:
    """Give `line` to who listens at `address`; returns when it has said that all is well.

    Raises NobodyListensError, NoAnswerError, RefusedError.
    """
    answer = _through_pipe(address, line, seconds) if os.name == "nt" else _through_socket(address, line, seconds)
    if answer != OK:
        raise RefusedError(answer.decode("utf-8", "replace").strip()) if answer else NobodyListensError("it hung up")


def _through_socket(address: str, line: bytes, seconds: float) -> bytes:
    end = time.monotonic() + seconds
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(seconds)
        try:
            connection.connect(address)
        except TimeoutError as error:
            raise NoAnswerError("it takes no connection") from error
        except OSError as error:
            # A queue of connections that nobody takes is full: somebody is there, and hangs.
            if error.errno == errno.EAGAIN:
                raise NoAnswerError("it takes no connection") from error
            raise NobodyListensError(error.errno, error.strerror) from error
        answer = b""
        try:
            connection.sendall(line)
            while not answer.endswith(b"\n") and len(answer) < MAX_ANSWER_BYTES:
                connection.settimeout(max(end - time.monotonic(), 0.001))
                part = connection.recv(MAX_ANSWER_BYTES)
                if not part:
                    break
                answer += part
        except TimeoutError as error:
            raise NoAnswerError("it says nothing") from error
        except OSError as error:
            raise NobodyListensError(error.errno, error.strerror) from error
        return answer


def _through_pipe(address: str, line: bytes, seconds: float) -> bytes:
    """A pipe's file cannot be waited for with a time limit: a thread waits for it."""
    _let_it_come_forward()
    answers: list[bytes] = []
    failures: list[OSError] = []
    end = time.monotonic() + seconds

    def talk() -> None:
        while True:
            try:
                with open(address, "r+b", buffering=0) as pipe:
                    pipe.write(line)
                    answers.append(pipe.readline(MAX_ANSWER_BYTES))
                return
            except OSError as error:
                if getattr(error, "winerror", 0) != _PIPE_BUSY or time.monotonic() > end:
                    failures.append(error)
                    return
            time.sleep(0.02)

    talking = threading.Thread(target=talk, daemon=True)
    talking.start()
    talking.join(seconds)
    if answers:
        return answers[0]
    if failures and isinstance(failures[0], FileNotFoundError):
        raise NobodyListensError(failures[0].errno, failures[0].strerror)
    raise NoAnswerError("it says nothing")


def _let_it_come_forward() -> None:
    """Windows lets only the program that a person has just used put a window before the others; it may pass that on."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415

        any_process = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_process)
