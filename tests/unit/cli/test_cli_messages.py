"""Every reason becomes one harmless sentence and has its exit code."""

from __future__ import annotations

import string

import pytest

from shoal.api.errors import Reason
from shoal.cli import messages
from shoal.cli.messages import ExitCode, exit_code, sentence

CODES = sorted(messages._SENTENCES)


@pytest.mark.parametrize("code", CODES)
def test_each_sentence_is_one_and_survives_missing_parameters(code: str) -> None:
    text = sentence(Reason(code))
    assert text.endswith(".")
    assert "\n" not in text
    assert len(text) < 300
    names = {name for _, name, _, _ in string.Formatter().parse(messages._SENTENCES[code]) if name}
    filled = sentence(Reason(code, dict.fromkeys(names, "VALUE")))
    assert filled.count("VALUE") >= len(names)
    assert "{" not in filled


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("disk-full", ExitCode.DISK),
        ("profile-in-use", ExitCode.DISK),
        ("picture-refused", ExitCode.DISK),
        ("permission", ExitCode.DISK),
        ("folder-gone", ExitCode.DISK),
        ("folder-refused", ExitCode.DISK),
        ("io-error", ExitCode.DISK),
        ("source-missing", ExitCode.SOURCE),
        ("source-fetch", ExitCode.SOURCE),
        ("create-unreadable", ExitCode.SOURCE),
        ("time-out", ExitCode.TIMEOUT),
        ("interrupted", ExitCode.INTERRUPTED),
        ("stopped", ExitCode.INTERRUPTED),
        ("magnet-needs-get", ExitCode.NO),
        ("v2-only", ExitCode.NO),
        ("bad-metainfo", ExitCode.NO),
        ("incomplete-data", ExitCode.NO),
        ("never-heard-of", ExitCode.NO),
    ],
)
def test_exit_codes(code: str, expected: ExitCode) -> None:
    assert exit_code(Reason(code)) is expected


def test_missing_room_is_told_where_it_is_known() -> None:
    assert "at /to, 1.50 GB more are needed" in sentence(Reason("disk-full", {"path": "/to", "missing": 1_500_000_000}))
    assert "(no " not in sentence(Reason("disk-full", {"path": "/to"}))


def test_exit_codes_are_the_contract() -> None:
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 130]


def test_unknown_code_is_named_with_its_facts() -> None:
    text = sentence(Reason("tracker-sulks", {"host": "t.example", "times": 3}))
    assert text == "Shoal met tracker-sulks (host t.example, times 3); run it with -v to see more."


def test_strangers_text_is_made_harmless() -> None:
    text = sentence(Reason("v2-only", {"name": "a\x1b]0;title\x07\u202eb {name} [bold]"}))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "a]0;titleb {name} [bold]" in text
    assert len(sentence(Reason("v2-only", {"name": "x" * 100_000}))) < 600
