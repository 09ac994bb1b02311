"""What a second start says to the first one: paths from the root, within bounds, and nothing else is taken."""

from __future__ import annotations

import json
import os

import pytest

from shoal.launch.instance.request import (
    MAX_LINE_BYTES,
    BadRequestError,
    OpenRequest,
    absolute,
    lines_of,
    read_request,
    request_of,
)


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("a.torrent", "/home/me/a.torrent"),
        ("../b c.torrent", "/home/b c.torrent"),
        ("/x/y.torrent", "/x/y.torrent"),
        ("file:///x/a%20b.torrent", "file:///x/a%20b.torrent"),
        ("magnet:?xt=urn:btih:00&dn=a%2Fb", "magnet:?xt=urn:btih:00&dn=a%2Fb"),
        ("MAGNET:?xt=urn:btih:00", "MAGNET:?xt=urn:btih:00"),
        ("https://host/../a.torrent", "https://host/../a.torrent"),
        ("100%.torrent", "/home/me/100%.torrent"),
        ("", ""),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="paths of POSIX")
def test_paths_are_those_of_the_sender(word: str, source: str) -> None:
    assert absolute(word, "/home/me") == source


def test_the_token_of_the_desktop_goes_along_when_it_is_one() -> None:
    assert request_of([], "/", {"XDG_ACTIVATION_TOKEN": "t1", "DESKTOP_STARTUP_ID": "s1"}).activation == "t1"
    assert request_of([], "/", {"DESKTOP_STARTUP_ID": "s1_TIME5"}).activation == "s1_TIME5"
    assert request_of([], "/", {"XDG_ACTIVATION_TOKEN": "a\nb"}).activation == ""
    assert request_of([], "/", {"XDG_ACTIVATION_TOKEN": "t" * 2000}).activation == ""


def test_what_is_written_is_read_again_even_names_that_are_no_text() -> None:
    request = OpenRequest(("/x/\udcff.torrent", "/y/ä\n.torrent"), "token")
    (line,) = lines_of(request)
    assert line.count(b"\n") == 1
    assert read_request(line) == request


def test_very_many_sources_go_in_several_lines() -> None:
    sources = tuple(f"/folder/{number:0500d}.torrent" for number in range(5000))
    lines = list(lines_of(OpenRequest(sources)))
    assert len(lines) > 1
    assert all(len(line) <= MAX_LINE_BYTES for line in lines)
    assert tuple(source for line in lines for source in read_request(line).sources) == sources
    with pytest.raises(BadRequestError, match="too long"):
        list(lines_of(OpenRequest(("x" * MAX_LINE_BYTES,))))


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"[1]\n",
        b"{}\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b"9" * 50_000 + b"\n",
        b'{"open": "x"}\n',
        b'{"open": [1]}\n',
        b'{"open": [], "activation": 5}\n',
        b'{"open": ["' + b"x" * MAX_LINE_BYTES + b'"]}\n',
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(BadRequestError):
        read_request(line)


def test_a_token_that_no_desktop_has_made_is_left_out() -> None:
    line = json.dumps({"open": ["/a"], "activation": "x\0y"}).encode()
    assert read_request(line) == OpenRequest(("/a",), "")


def test_a_start_without_a_window_says_so() -> None:
    request = request_of([], "/", {}, is_hidden=True)
    (line,) = lines_of(request)
    assert read_request(line) == request
    assert request.is_nothing
    assert not request_of(["a.torrent"], "/", {}, is_hidden=True).is_nothing
    assert not read_request(json.dumps({"open": []}).encode()).is_nothing
    assert not read_request(json.dumps({"open": [], "hidden": "yes"}).encode()).is_nothing
