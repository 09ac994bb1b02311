"""What the demo shares is always the same, and is compared honestly."""

from __future__ import annotations

from pathlib import Path

from shoal.launch.demo_swarm import differing_files, write_files


def test_files_are_the_same_for_a_seed_and_others_for_another(tmp_path: Path) -> None:
    first = write_files(tmp_path / "a", 100_000)
    assert write_files(tmp_path / "b", 100_000) == first
    assert write_files(tmp_path / "c", 100_000, seed=1) != first
    assert sum((tmp_path / "a" / name).stat().st_size for name in first if name.endswith(".bin")) == 100_000
    assert differing_files(tmp_path / "b", first) == []


def test_damage_and_absence_are_found(tmp_path: Path) -> None:
    digests = write_files(tmp_path, 100_000)
    damaged = tmp_path / "Reef.bin"
    damaged.write_bytes(b"\0" + damaged.read_bytes()[1:])
    (tmp_path / "Shallows" / "Sand.bin").unlink()
    assert sorted(differing_files(tmp_path, digests)) == ["Reef.bin", "Shallows/Sand.bin"]
