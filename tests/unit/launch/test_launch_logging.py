"""The log says what was asked for, and never a secret."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from tests.support.log_watch import LogWatch

from shoal.launch.logging import set_up_logging, strike_out


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("shoal")
    handlers, levels = list(root.handlers), (root.level, ours.level)
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("asks https://t.example:443/abc123/announce?passkey=1 now", "asks https://… now"),
        ("udp://t.example:80", "udp://…"),
        ("peer 203.0.113.9:6881 left", "peer (address) left"),
        ("peer [2001:db8::1]:6881 left", "peer (address) left"),
        ("peer 2001:db8:0:0:0:0:0:1 left", "peer (address) left"),
        ("peer ::1 left", "peer (address) left"),
        ("at 12:30:45 version 1.2.3 piece 7", "at 12:30:45 version 1.2.3 piece 7"),
        ("shoal.cli: ready", "shoal.cli: ready"),
    ],
)
def test_addresses_are_struck_out(text: str, struck: str) -> None:
    assert strike_out(text, endpoints=True) == struck


def test_debug_keeps_endpoints_but_no_passkeys() -> None:
    assert strike_out("127.0.0.1:5 http://t/key", endpoints=False) == "127.0.0.1:5 http://…"


def written(verbosity: int) -> str:
    stream = io.StringIO()
    set_up_logging(verbosity, stream)
    ours, other = logging.getLogger("shoal.test"), logging.getLogger("other")
    ours.debug("ours debug 127.0.0.1:5")
    ours.info("ours info 127.0.0.1:5")
    ours.warning("ours warning")
    other.info("other info")
    other.warning("other warning")
    return stream.getvalue()


def test_verbosity_chooses_what_is_said(expect_log: LogWatch) -> None:
    expect_log("ours warning")
    assert "ours info" not in written(0)
    assert "ours warning" in written(0)
    assert "ours info (address)" in written(1)
    assert "ours debug" not in written(1)
    assert "ours debug 127.0.0.1:5" in written(2)
    assert "ours info (address)" in written(9)
    assert "other info" not in written(2)
    assert "other warning" in written(0)


def test_setting_up_again_does_not_say_everything_twice(expect_log: LogWatch) -> None:
    expect_log("ours warning")
    set_up_logging(1, io.StringIO())
    assert written(1).count("ours warning") == 1


def test_traces_are_struck_out_too(expect_log: LogWatch) -> None:
    expect_log("it failed")
    stream = io.StringIO()
    set_up_logging(1, stream)
    try:
        raise ValueError("no answer of http://t.example/passkey")
    except ValueError:
        logging.getLogger("shoal.test").exception("it failed")
    assert "Traceback" in stream.getvalue()
    assert "passkey" not in stream.getvalue()
