"""The commands as scripts use them: real processes on loopback, their events, their files and their exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.support.shoal_process import ShoalProcess, environment, shoal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends its processes by POSIX signals")

SIZES = {"one.bin": 1_500_000, "deep/two.bin": 700_000, "deep/three.txt": 5}
TOTAL = sum(SIZES.values())


@dataclass(frozen=True)
class Swarm:
    """A tracker and a seed that run, their torrent, and the folder that the seed shares from."""

    tracker_url: str
    torrent: Path
    source: Path
    info_hash: str


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def swarm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swarm]:
    folder = tmp_path_factory.mktemp("swarm")
    source = folder / "share"
    for name, size in SIZES.items():
        place = source / "content" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(hashlib.shake_128(name.encode()).digest(size))
    with ShoalProcess("tracker", "--host", "127.0.0.1", "--port", "0") as tracker:
        ready = tracker.line(lambda line: line.startswith("READY ")).split()
        assert ready[1].startswith("http://127.0.0.1:")
        assert ready[1].endswith("/announce")
        assert ready[2].startswith("udp://127.0.0.1:")
        assert ready[2].count("/") == 2
        torrent = folder / "content.torrent"
        made = shoal("create", source / "content", "-o", torrent, "--tracker", ready[1], "--comment", "hello")
        assert made.returncode == 0, made.stderr
        with ShoalProcess("seed", torrent, "--from", source, "--json", "--interface", "127.0.0.1") as seed:
            seed.event(lambda event: event["event"] == "complete")
            info_hash = next(event["info_hash_v1"] for event in seed.events if event["event"] == "metadata")
            yield Swarm(ready[1], torrent, source, info_hash)
            seed.send(signal.SIGTERM)
            assert seed.wait() == 0
            assert seed.errors == ""
        tracker.send(signal.SIGINT)
        assert tracker.wait() == 0


def hidden_files(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if name.startswith("."))


def test_download_tells_its_story_and_leaves_only_the_files(swarm: Swarm, tmp_path: Path) -> None:
    done = shoal("get", swarm.torrent, "--to", tmp_path / "to", "--json", "--timeout", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    names = [event["event"] for event in events]
    assert names[:2] == ["listening", "metadata"]
    assert names[-2:] == ["progress", "complete"]
    assert events[0]["port"] > 0
    assert events[1] == {
        "event": "metadata",
        "name": "content",
        "info_hash_v1": swarm.info_hash,
        "info_hash_v2": None,
        "size": TOTAL,
    }
    assert events[-2]["progress"] == 1.0
    assert events[-2]["state"] == "seeding"
    assert events[-2]["downloaded"] >= TOTAL
    assert digests(tmp_path / "to") == digests(swarm.source)


def test_words_for_people_and_a_file_address(swarm: Swarm, tmp_path: Path) -> None:
    done = shoal("get", swarm.torrent.as_uri(), "--to", tmp_path, "--sequential", "--max-peers", "5")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Listening for peers on port ")
    assert lines[1] == f"content · 2.20 MB · {swarm.info_hash}"
    assert lines[-1].startswith("Complete and verified after ")


def test_only_the_chosen_files_appear(swarm: Swarm, tmp_path: Path) -> None:
    done = shoal("get", swarm.torrent, "--to", tmp_path, "--select", "deep/*", "--timeout", "40")
    assert done.returncode == 0, done.stderr
    assert set(digests(tmp_path / "content")) >= {"deep/two.bin", "deep/three.txt"}
    assert not (tmp_path / "content" / "one.bin").exists()
    whole = digests(swarm.source / "content")
    assert all(digests(tmp_path / "content")[name] == whole[name] for name in ("deep/two.bin", "deep/three.txt"))
    refused = shoal("get", swarm.torrent, "--to", tmp_path / "x", "--select", "*.iso")
    assert refused.returncode == 1
    assert "matches *.iso" in refused.stderr


def test_killed_download_goes_on_where_it_was(swarm: Swarm, tmp_path: Path) -> None:
    words = ("get", swarm.torrent, "--to", tmp_path, "--json")
    with ShoalProcess(*words, "--down-limit", "250") as first:
        first.event(lambda event: event["event"] == "progress" and event["progress"] > 0.3)
        first.send(signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        before = max(event.get("progress", 0.0) for event in first.events)
    assert hidden_files(tmp_path)
    done = shoal(*words, "--timeout", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(tmp_path / "content") == digests(swarm.source / "content")
    assert hidden_files(tmp_path) == []
    last = json.loads(done.stdout.splitlines()[-2])
    # What the second run fetched: the counter goes on from the saved one, so it is bounded from above.
    assert last["downloaded"] <= TOTAL * (1 + before) + 200_000
    assert last["progress"] == 1.0


def test_interrupt_saves_and_the_same_command_goes_on(swarm: Swarm, tmp_path: Path) -> None:
    words = ("get", swarm.torrent, "--to", tmp_path, "--json")
    with ShoalProcess(*words, "--down-limit", "250") as first:
        first.event(lambda event: event["event"] == "progress" and event["progress"] > 0.3)
        first.send(signal.SIGINT)
        assert first.wait() == 130
        assert first.events[-1]["event"] == "error"
        assert first.events[-1]["code"] == "interrupted"
        assert "Traceback" not in first.errors
        saved = max(event.get("progress", 0.0) for event in first.events)
    with ShoalProcess(*words, "--down-limit", "250") as second:
        found = second.event(lambda event: event["event"] == "progress" and event["state"] == "downloading")
        assert found["progress"] >= saved - 0.05
        assert second.wait() == 0
    assert digests(tmp_path / "content") == digests(swarm.source / "content")


def test_second_one_in_the_same_folder_is_sent_away(swarm: Swarm, tmp_path: Path) -> None:
    with ShoalProcess("get", swarm.torrent, "--to", tmp_path, "--json", "--down-limit", "100") as first:
        first.event(lambda event: event["event"] == "progress")
        second = shoal("get", swarm.torrent, "--to", tmp_path)
        assert second.returncode == 4
        assert "Another Shoal" in second.stderr
        first.send(signal.SIGTERM)
        assert first.wait() == 130


def test_time_that_runs_out_is_3(swarm: Swarm, tmp_path: Path) -> None:
    done = shoal("get", swarm.torrent, "--to", tmp_path, "--down-limit", "20", "--timeout", "1.5")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "1.5 s" in done.stderr


def test_profile_keeps_the_state_and_the_folder_stays_clean(swarm: Swarm, tmp_path: Path) -> None:
    words = ("get", swarm.torrent, "--to", tmp_path / "to", "--json", "--timeout", "40")
    for _ in range(2):
        done = shoal(*words, extra={"SHOAL_PROFILE": str(tmp_path / "profile")})
        assert done.returncode == 0, done.stdout + done.stderr
        assert os.listdir(tmp_path / "to") == ["content"]
    assert (tmp_path / "profile" / "state").is_dir()
    elsewhere = shoal("get", swarm.torrent, "--to", tmp_path / "other", "--profile", tmp_path / "profile")
    assert elsewhere.returncode == 1
    assert str(tmp_path / "to") in elsewhere.stderr


def test_peer_by_hand_needs_no_tracker(swarm: Swarm, tmp_path: Path) -> None:
    torrent = tmp_path / "alone.torrent"
    assert shoal("create", swarm.source / "content", "-o", torrent).returncode == 0
    with ShoalProcess("seed", torrent, "--from", swarm.source, "--json") as seed:
        port = seed.event(lambda event: event["event"] == "listening")["port"]
        seed.event(lambda event: event["event"] == "complete")
        done = shoal("get", torrent, "--to", tmp_path / "to", "--peer", f"127.0.0.1:{port}", "--timeout", "40")
        assert done.returncode == 0, done.stderr
        assert digests(tmp_path / "to") == digests(swarm.source)


def test_check_counts_and_names_without_touching_anything(swarm: Swarm, tmp_path: Path) -> None:
    place = tmp_path / "content"
    for name in SIZES:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes((swarm.source / "content" / name).read_bytes())
    good = shoal("check", swarm.torrent, "--at", tmp_path)
    assert good.returncode == 0, good.stderr
    total = good.stdout.splitlines()[-1].split("/")[0]
    assert good.stdout.splitlines()[-1] == f"{total}/{total} pieces"
    with (place / "one.bin").open("r+b") as file:
        file.seek(100_000)
        file.write(b"damage")
    (place / "deep" / "three.txt").unlink()
    before = digests(tmp_path)
    bad = shoal("check", swarm.torrent, "--at", tmp_path, "--json")
    assert bad.returncode == 1
    result = json.loads(bad.stdout.splitlines()[-1])
    assert (result["event"], result["total"]) == ("checked", int(total))
    assert result["good"] < int(total)
    assert {"one.bin", "deep/three.txt"} <= {entry["path"].removeprefix("content/") for entry in result["damaged"]}
    assert digests(tmp_path) == before
    nothing = shoal("check", swarm.torrent, "--at", tmp_path / "nowhere")
    assert nothing.returncode == 1
    assert nothing.stdout.splitlines()[-1].startswith("damaged or missing: ")
    assert not (tmp_path / "nowhere").exists()


def test_seed_refuses_data_that_is_not_whole_and_leaves_it_alone(swarm: Swarm, tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "one.bin").write_bytes(b"x" * SIZES["one.bin"])
    before = digests(tmp_path)
    done = shoal("seed", swarm.torrent, "--from", tmp_path)
    assert done.returncode == 1
    assert "complete it first" in done.stderr
    assert digests(tmp_path) == before


def test_refusals_have_their_exit_codes(swarm: Swarm, tmp_path: Path) -> None:
    broken, page, file = tmp_path / "broken.torrent", tmp_path / "page.torrent", tmp_path / "file"
    broken.write_bytes(swarm.torrent.read_bytes()[:-40])
    page.write_bytes(b"<html>not here</html>")
    file.write_bytes(b"")
    to = tmp_path / "to"
    for words, code, word in (
        (("get", broken, "--to", to), 1, "cut short"),
        (("get", page, "--to", to), 1, "web page"),
        (("get", tmp_path / "none.torrent", "--to", to), 5, "no file"),
        (("show", tmp_path), 5, "not a file"),
        (("get", "http://127.0.0.1:9/a.torrent", "--to", to), 5, "could not be fetched"),
        (("get", "magnet:?xt=urn:btih:" + "zz" * 20, "--to", to), 1, "cannot be used"),
        (("show", "magnet:?xt=urn:btih:" + "ab" * 20), 1, "shoal get"),
        (("get", swarm.torrent, "--to", file / "below"), 4, "cannot be written"),
        (("get", swarm.torrent, "--to", to, "--interface", "192.0.2.1"), 1, "192.0.2.1"),
        (("create", tmp_path / "none", "-o", tmp_path / "o.torrent"), 5, "could not be read"),
        (("get", swarm.torrent), 2, "--to"),
        (("get", swarm.torrent, "--to", to, "--proxy", "socks5://127.0.0.1:1"), 2, "comes later"),
    ):
        done = shoal(*words)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        assert word in done.stderr, (words, done.stderr)
        assert done.stderr.count("\n") == 1, (words, done.stderr)
        assert done.stdout == ""
    assert not to.exists()


def test_error_in_json_is_one_event(tmp_path: Path) -> None:
    done = shoal("show", "magnet:?xt=urn:btih:" + "ab" * 20, "--json")
    assert done.returncode == 1
    event = json.loads(done.stdout)
    assert set(event) == {"event", "code", "text"}
    assert (event["event"], event["code"]) == ("error", "magnet-needs-get")


def test_trace_only_with_v(tmp_path: Path) -> None:
    words = ("get", tmp_path / "none.torrent", "--to", tmp_path)
    assert "Traceback" not in shoal(*words).stderr
    assert "Traceback" in shoal(*words, "-v").stderr


@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="root may write everywhere")
def test_folder_without_rights_is_4(swarm: Swarm, tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    assert shoal("get", swarm.torrent, "--to", folder).returncode == 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if not sys.platform.startswith("linux") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can only be mounted by root on Linux")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_full_disk_is_4_and_says_so(swarm: Swarm, small_disk: Path) -> None:
    done = shoal("get", swarm.torrent, "--to", small_disk, "--json", "--timeout", "40")
    assert done.returncode == 4, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["code"] == "disk-full"


def test_reader_that_goes_away_ends_it_quietly(swarm: Swarm) -> None:
    command = [sys.executable, "-m", "shoal", "show", str(swarm.torrent)]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            command, env=environment(), stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False
        )
    finally:
        os.close(writing)
    assert done.returncode == 0
    assert done.stderr == b""


def test_headless_commands_load_no_qt(swarm: Swarm, tmp_path: Path) -> None:
    runs = [
        ["show", str(swarm.torrent)],
        ["check", str(swarm.torrent), "--at", str(swarm.source)],
        ["create", str(swarm.source), "-o", str(tmp_path / "o.torrent")],
        ["get", str(swarm.torrent), "--to", str(tmp_path / "to"), "--timeout", "40"],
        ["seed", str(swarm.torrent), "--from", str(swarm.source), "--timeout", "1"],
        ["demo", "--headless", "--size", "1"],
    ]
    code = (
        "import json, sys\n"
        "from shoal.launch.arguments import main\n"
        "codes = [main(words) for words in json.loads(sys.argv[1])]\n"
        "qt = [name for name in sys.modules if name.split('.')[0] in {'PySide6', 'shiboken6', 'qasync'}]\n"
        "print(json.dumps([codes, qt, [name for name in sys.modules if name.startswith('shoal.gui')]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(runs)],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [[0, 0, 0, 0, 3, 0], [], []], done.stderr


def test_demo_ends_well_and_leaves_nothing(tmp_path: Path) -> None:
    done = shoal("demo", "--headless", "--size", "2", extra={"TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "are the same as their source (SHA-256)" in done.stdout.splitlines()[-1]
    assert os.listdir(tmp_path) == []
