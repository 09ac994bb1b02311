"""A small run of every fuzz entry, and the runner itself; the long run is `python -m tests.property.run_fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.property import run_fuzz
from tests.property.fuzz_entries import FuzzEntry

INPUTS_PER_ENTRY = 1_500
ENTRIES = dict(run_fuzz.load_entries())


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_mutated_inputs_give_typed_errors_only(name: str) -> None:
    outcome = run_fuzz.fuzz(name, ENTRIES[name], INPUTS_PER_ENTRY, seed=1)
    assert outcome.inputs == INPUTS_PER_ENTRY
    assert not outcome.failures, outcome.failures[0].trace + repr(outcome.failures[0].data)


@pytest.mark.parametrize("name", sorted(ENTRIES))
@given(data=st.binary(max_size=400))
def test_arbitrary_bytes_give_typed_errors_only(name: str, data: bytes) -> None:
    assert ENTRIES[name].run(data) is None


def break_on_seven(data: bytes) -> None:
    if b"7" in data:
        raise KeyError("an untyped error")


def test_an_untyped_error_is_reported_with_its_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(run_fuzz.ENTRIES, "fuzz_planted", FuzzEntry(break_on_seven, (b"i7e",)))
    assert run_fuzz.main(["fuzz_planted", "--inputs", "50", "--save", str(tmp_path)]) == 1
    saved = [path.read_bytes() for path in tmp_path.iterdir()]
    assert b"i7e" in saved
    assert all(b"7" in data for data in saved)
    assert "KeyError: 'an untyped error'" in capsys.readouterr().err


def test_a_clean_run_says_how_many_inputs_it_fed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_fuzz.main(["fuzz_handshake", "fuzz_compact", "--inputs", "100", "--save", str(tmp_path / "none")]) == 0
    assert "100 inputs in" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_the_same_seed_feeds_the_same_inputs() -> None:
    def inputs_of(seed: int) -> list[bytes]:
        fed: list[bytes] = []
        run_fuzz.fuzz("fuzz_any", FuzzEntry(fed.append, (b"d3:cow3:mooe", b"i1e")), 200, seed)
        return fed

    assert inputs_of(1) == inputs_of(1)
    assert inputs_of(1) != inputs_of(2)
