"""What a second start says to the running one: one line of JSON with sources and the right to come to the front."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MAX_LINE_BYTES = 1 << 20
PATIENCE_SECONDS = 5.0
"""How long each side waits for the other."""
MAX_TOKEN_LENGTH = 1024
OK = b"ok\n"

# Of Wayland and of newer X11 desktops, then of older ones.
_TOKENS = ("XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID")
_WEB = ("magnet:", "http://", "https://", "file:")


class BadRequestError(ValueError):
    """A line that no Shoal has written; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """`sources` are absolute paths and addresses; without any the window at most comes to the front."""

    sources: tuple[str, ...] = ()
    activation: str = ""
    """Allows the window to take the focus from the program that started us; '' where there is no such thing."""
    is_hidden: bool = False
    """The start wanted no window: the one that is there need not come forward."""

    @property
    def is_nothing(self) -> bool:
        """There is nothing to do: Shoal was to run without its window, and it runs."""
        return self.is_hidden and not self.sources


def request_of(
    words: Sequence[str], folder: str, environ: Mapping[str, str] = os.environ, *, is_hidden: bool = False
) -> OpenRequest:
    """What `words` of a command line mean when they are typed in `folder`."""
    token = next((environ[name] for name in _TOKENS if environ.get(name)), "")
    sources = tuple(absolute(word, folder) for word in words)
    return OpenRequest(sources, token if _is_token(token) else "", is_hidden)


def absolute(source: str, folder: str) -> str:
    """`source` as it is when it is an address, else its path from the root."""
    if source.strip().lower().startswith(_WEB) or not source.strip():
        return source
    return os.path.normpath(os.path.join(folder, source))


def lines_of(request: OpenRequest) -> Iterator[bytes]:
    """The lines to send, each within MAX_LINE_BYTES: one, unless there are very many sources.

    Raises BadRequestError for a source that no line has room for.
    """
    sources = list(request.sources)
    while True:
        count = max(len(sources), 1)
        while len(line := _line(request, sources[:count])) > MAX_LINE_BYTES:
            if count == 1:
                raise BadRequestError("a source is too long")
            count //= 2
        yield line
        sources = sources[count:]
        if not sources:
            return


def _line(request: OpenRequest, sources: Sequence[str]) -> bytes:
    said: dict[str, object] = {"open": list(sources), "activation": request.activation}
    if request.is_hidden:
        said["hidden"] = True
    return json.dumps(said).encode() + b"\n"


def read_request(line: bytes) -> OpenRequest:
    """The request of one line; raises BadRequestError."""
    if len(line) > MAX_LINE_BYTES:
        raise BadRequestError("it is too long")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRequestError("it is no JSON") from error
    if not isinstance(said, dict):
        raise BadRequestError("it is no object")
    sources, activation = said.get("open"), said.get("activation", "")
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        raise BadRequestError("what to open is no list of texts")
    if not isinstance(activation, str):
        raise BadRequestError("the activation is no text")
    is_hidden = said.get("hidden", False) is True
    return OpenRequest(tuple(sources), activation if _is_token(activation) else "", is_hidden)


def _is_token(text: str) -> bool:
    return len(text) <= MAX_TOKEN_LENGTH and text.isascii() and text.isprintable()
