"""A list that is worked on and killed at any moment: what was answered is as it was, and every file is there once."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.support import killable_list
from tests.support.real_clients import LibtorrentClient
from tests.support.running_program import RunningProgram
from tests.support.swarm_content import many_files

pytestmark = [
    pytest.mark.timeout(150),
    pytest.mark.skipif(sys.platform == "win32", reason="kills its processes by POSIX signals"),
]

KILLS = 12
EARLY_KILLS = 3
"""Of the lives so many end once more before the program has looked at its files."""
MOST_COMMANDS = 9
"""In one life."""
LOOK_CHANCE = 0.15
"""That after a command all moves are waited for, so that they are at their end for good."""
SEED = 20_241_122
UPLOAD_LIMIT = 700_000
"""Slow enough that the download lasts for all the kills."""
PIECE = 1 << 16
MEMORY = Path("/dev/shm")
"""Where there is one, another disk for the moves."""


@dataclass
class Entry:
    """A transfer as it was answered, or as it may be when a kill came before the answer."""

    name: str
    folders: set[str]
    """One, or two while it is on the move."""
    top: str
    files: list[str]
    priorities: list[int]
    label: str = ""
    down: int = 0
    up: int = 0
    sequential: bool = False


@dataclass
class Expected:
    """The whole list."""

    order: list[str] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)

    def after(self, what: str, fields: dict[str, Any]) -> Expected:
        """What one command makes of it."""
        then = copy.deepcopy(self)
        if what == "MoveInQueue":
            chosen = fields["torrent_ids"]
            rest = [key for key in then.order if key not in chosen]
            kept = [key for key in then.order if key in chosen]
            then.order = kept + rest if fields["step"] == "top" else rest + kept
            return then
        if what == "PlaceInQueue":
            chosen, before = fields["torrent_ids"], fields["before"]
            rest = [key for key in then.order if key not in chosen]
            place = len(rest) if before is None else rest.index(before)
            then.order = rest[:place] + chosen + rest[place:]
            return then
        entry = then.entries[fields["torrent_id"]]
        match what:
            case "SetLabel":
                entry.label = fields["label"]
            case "RenameTorrent":
                entry.name = fields["name"]
            case "SetLimits":
                entry.down, entry.up = fields["down"], fields["up"]
            case "SetOrder":
                entry.sequential = fields["sequential"]
            case "SetFilePriorities":
                for index, priority in fields["priorities"]:
                    entry.priorities[index] = priority
            case "MoveFiles":
                entry.folders.add(fields["folder"])
            case "RenamePath" if not fields["path"]:
                entry.top = fields["new_name"]
            case "RenamePath":
                parent, _, _ = fields["path"].rpartition("/")
                renamed = "/".join(filter(None, (parent, fields["new_name"])))
                entry.files[entry.files.index(fields["path"])] = renamed
        return then

    def problem(self, found: list[dict[str, Any]]) -> str:
        """How the list that the program tells differs; empty when it does not."""
        if [row["id"] for row in found] != self.order:
            return f"order {[row['id'][:4] for row in found]}, not {[key[:4] for key in self.order]}"
        for row in found:
            entry = self.entries[row["id"]]
            for key in ("name", "label", "down", "up", "sequential", "files", "priorities"):
                if row[key] != getattr(entry, key):
                    return f"{entry.name}: {key} is {row[key]}, not {getattr(entry, key)}"
            if row["folder"] not in entry.folders or row["path"] != f"{row['folder']}/{entry.top}":
                return f"{entry.name}: it is at {row['path']}, not in {entry.folders} as {entry.top}"
        return ""


class Story:
    """One list over all its lives."""

    def __init__(self, place: Path, other_disk: Path) -> None:
        self.place = place
        self.rng = random.Random(SEED)
        self.shared = [
            many_files([2_000_011, 70_001, 1_900_017, 3], piece_length=PIECE, seed=number, name=f"album {number}")
            for number in range(4)
        ]
        self.coming = many_files([4_000_011, 300_001, 3_000_017], piece_length=PIECE, seed=99, name="coming")
        self.contents = {content.info_hash.hex(): content for content in [*self.shared, self.coming]}
        self.folders = [place / "first", place / "second", other_disk / "third"]
        self.expected = Expected()
        self.may_be: Expected | None = None
        """After a kill: what the list is if the command that the kill interrupted was carried out all the same."""
        self.count = 0
        self.programs: list[RunningProgram] = []

    # --- the program --------------------------------------------------------------------------------------------

    def start(self) -> RunningProgram:
        command = [sys.executable, str(Path(killable_list.__file__)), str(self.place / "state")]
        self.programs.append(RunningProgram(command, self.place / "program", name="list", is_talking=True))
        return self.programs[-1]

    @staticmethod
    def ask(program: RunningProgram, *words: Any) -> Any:
        program.say(json.dumps(words))
        line = program.hear()
        assert line, program.story()
        return json.loads(line)

    def add_all(self, program: RunningProgram) -> None:
        for torrent_id, content in self.contents.items():
            if content is not self.coming:
                content.write_to(self.folders[0])
            torrent = self.place / f"{content.name}.torrent"
            torrent.write_bytes(content.torrent())
            assert self.ask(program, "add", str(torrent), str(self.folders[0])) == torrent_id
            self.expected.order.append(torrent_id)
            self.expected.entries[torrent_id] = Entry(
                content.name,
                {str(self.folders[0])},
                content.name,
                ["/".join(entry.path) for entry in content.plan.files],
                [4] * len(content.plan.files),
            )

    # --- what a person does -------------------------------------------------------------------------------------

    def next_command(self) -> tuple[str, dict[str, Any]]:
        rng = self.rng
        self.count += 1
        torrent_id = rng.choice(self.expected.order)
        entry = self.expected.entries[torrent_id]
        one = {"torrent_id": torrent_id}
        match rng.randrange(10):
            case 0:
                return "SetLabel", {**one, "label": f"label {self.count}"}
            case 1:
                return "RenameTorrent", {**one, "name": f"name {self.count}"}
            case 2:
                return "SetLimits", {**one, "down": 0, "up": 1000 * self.count}
            case 3:
                return "SetOrder", {**one, "sequential": not entry.sequential}
            case 4:
                chosen = rng.randrange(len(entry.files))
                return "SetFilePriorities", {**one, "priorities": [[chosen, rng.choice((1, 4, 6, 7))]]}
            case 5:
                chosen_ids = rng.sample(self.expected.order, rng.randrange(1, 4))
                return "MoveInQueue", {"torrent_ids": chosen_ids, "step": rng.choice(("top", "bottom"))}
            case 6:
                chosen_ids = rng.sample(self.expected.order, rng.randrange(1, 4))
                before = rng.choice([None, *(key for key in self.expected.order if key not in chosen_ids)])
                return "PlaceInQueue", {"torrent_ids": chosen_ids, "before": before}
            case 7 | 8:
                path = rng.choice(["", *entry.files])
                ending = path.rpartition(".")[2] if "." in path else "folder"
                return "RenamePath", {**one, "path": path, "new_name": f"renamed {self.count}.{ending}"}
            case _:
                elsewhere = [str(folder) for folder in self.folders if str(folder) not in entry.folders]
                return "MoveFiles", {**one, "folder": rng.choice(elsewhere or [str(self.folders[0])])}

    def work(self, program: RunningProgram) -> None:
        """Some commands, and the kill while the last is under way."""
        for _ in range(self.rng.randrange(MOST_COMMANDS)):
            what, fields = self.next_command()
            said = self.ask(program, what, fields)
            if said is None:
                self.expected = self.expected.after(what, fields)
            else:
                # A file of what is on its way cannot be renamed, and nothing moves to where it is.
                assert said["refused"] in ("is-moving", "same-folder"), (what, fields, said)
            if self.rng.random() < LOOK_CHANCE:
                self.look(program)
        what, fields = self.next_command()
        self.may_be = self.expected.after(what, fields)
        program.say(json.dumps([what, fields]))
        time.sleep(self.rng.choice((0.0, 0.002, 0.01, 0.05, 0.3)) * self.rng.random())
        program.kill()

    # --- what is there ------------------------------------------------------------------------------------------

    def look(self, program: RunningProgram) -> list[dict[str, Any]]:
        """The list of a program that was started again, which must be the one that was answered last."""
        found: list[dict[str, Any]] = self.ask(program, "list")
        problem = self.expected.problem(found)
        if problem and self.may_be is not None:
            self.expected, self.may_be = self.may_be, None
            problem = f"{problem}; {later}" if (later := self.expected.problem(found)) else ""
        assert not problem, problem
        self.may_be = None
        for row in found:
            self.expected.entries[row["id"]].folders = {row["folder"]}
        self.check_disk(found)
        return found

    def check_disk(self, found: list[dict[str, Any]]) -> None:
        """No file is missing, false, or there twice."""
        wanted: dict[str, bytes | None] = {}
        for row in found:
            content = self.contents[row["id"]]
            data = dict(content.files)
            if content is not self.coming:
                assert (row["pieces"], row["is_complete"], row["downloaded"]) == (content.piece_count, True, 0), row
            for path, entry in zip(row["files"], content.plan.files, strict=True):
                wanted[f"{row['path']}/{path}"] = data[entry.path] if row["is_complete"] else None
        there = {
            os.path.join(folder, name) for top in self.folders for folder, _, names in os.walk(top) for name in names
        }
        assert not there - wanted.keys(), "files that nobody has in his list"
        for path, bytes_of_it in wanted.items():
            if bytes_of_it is not None:
                assert path in there, path
                assert Path(path).read_bytes() == bytes_of_it, path


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=MEMORY)) if os.access(MEMORY, os.W_OK) else tmp_path / "other"
    yield place
    shutil.rmtree(place, ignore_errors=True)


def test_a_list_that_is_killed_at_work_is_as_it_was_answered_and_each_file_is_there_once(
    tmp_path: Path, other_disk: Path
) -> None:
    story = Story(tmp_path, other_disk)
    story.coming.write_to(tmp_path / "theirs")
    seed = LibtorrentClient(story.coming.torrent(), tmp_path / "theirs", upload_limit=UPLOAD_LIMIT)
    meeting = {"torrent_id": story.coming.info_hash.hex(), "peers": [["127.0.0.1", seed.port]]}
    early = set(story.rng.sample(range(1, KILLS), EARLY_KILLS))
    try:
        program = story.start()
        story.add_all(program)
        for number in range(KILLS):
            story.look(program)
            assert story.ask(program, "AddPeers", meeting) is None
            story.work(program)
            program = story.start()
            if number in early:
                program.say(json.dumps(["list"]))
                time.sleep(story.rng.uniform(0.3, 1.0))
                program.kill()
                program = story.start()
        story.look(program)
        story.ask(program, "AddPeers", meeting)
        while not all(row["is_complete"] for row in story.look(program)):
            time.sleep(0.1)
        # What the list claims is what the disk holds, every byte of it.
        for torrent_id in story.contents:
            assert story.ask(program, "RecheckTorrent", {"torrent_id": torrent_id}) is None
        found = story.look(program)
        assert [row["pieces"] for row in found] == [story.contents[row["id"]].piece_count for row in found]
    finally:
        for program in story.programs:
            program.kill()
        seed.stop()
