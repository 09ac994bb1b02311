"""Whatever code any layer raises or reports, the terminal has a sentence for it."""

from __future__ import annotations

from tests.support.reason_codes import all_codes

from shoal.cli import messages


def test_every_code_is_found_wherever_it_is_written() -> None:
    assert {"disk-full", "folder-gone", "resume-entry-restored", "tracker-refused", "many-bad-pieces"} <= all_codes()


def test_every_code_has_a_sentence_in_the_terminal() -> None:
    assert all_codes() - messages._SENTENCES.keys() == set()
