"""Claiming and giving back on Linux, against a stand-in of xdg-mime that keeps what it is told in files."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from shoal.gui.desktop.associations import AssociationError, BackgroundAssociations, Kind, Who
from shoal.gui.desktop.desktop_entry import ENTRY_ID
from shoal.gui.desktop.linux_openers import LinuxOpeners
from shoal.gui.link.background import Background

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of POSIX")
XDG_MIME = """#!/bin/sh
file="$HOME/.config/mimeapps.list"
mkdir -p "$HOME/.config"; touch "$file"
case "$1" in
query) sed -n "s|^$3=\\([^;]*\\).*|\\1|p" "$file" | head -n 1 ;;
default) [ -e "$HOME/refuses" ] && exit 4
    grep -v "^$3=" "$file" > "$file.tmp"; echo "$3=$2" >> "$file.tmp"; mv "$file.tmp" "$file" ;;
esac
"""


class Desktop:
    def __init__(self, place: Path) -> None:
        self.place = place
        tool = place / "bin" / "xdg-mime"
        tool.parent.mkdir()
        tool.write_text(XDG_MIME)
        tool.chmod(0o755)
        self.environ = {
            "HOME": str(place),
            "PATH": f"{tool.parent}:/usr/bin:/bin",
            "XDG_DATA_DIRS": str(place / "share"),
        }
        self.entry = place / ".local/share/applications" / ENTRY_ID
        self.note = place / "state" / "openers.json"

    def openers(self) -> LinuxOpeners:
        command = (str(self.place / "my shoal"),)
        return LinuxOpeners(command, Path("/icons/shoal.svg"), self.note, self.environ)

    def install(self, entry_id: str, name: str) -> None:
        path = self.place / "share" / "applications" / entry_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"[Desktop Entry]\nName={name}\nExec=x %U\n")

    def choose(self, kind: Kind, entry_id: str) -> None:
        path = self.place / ".config" / "mimeapps.list"
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write(f"{kind.value}={entry_id}\n")


@pytest.fixture
def desktop(tmp_path: Path) -> Desktop:
    return Desktop(tmp_path)


def test_claimed_and_given_back_to_who_had_it(desktop: Desktop) -> None:
    desktop.install("other.desktop", "Other program")
    desktop.choose(Kind.TORRENTS, "other.desktop")
    before = desktop.openers().status()
    assert (before.torrents.who, before.torrents.name, before.magnets.who) == (Who.ANOTHER, "Other program", Who.NOBODY)
    desktop.openers().claim(frozenset(Kind))
    desktop.openers().claim(frozenset(Kind))
    now = desktop.openers().status()
    assert (now.torrents.who, now.magnets.who) == (Who.SHOAL, Who.SHOAL)
    assert f'Exec="{desktop.place}/my shoal" %U' in desktop.entry.read_text()
    desktop.openers().release()
    assert desktop.openers().status() == before
    assert not desktop.entry.exists()
    assert not desktop.note.exists()
    desktop.openers().release()
    assert desktop.openers().status() == before


def test_what_somebody_else_has_taken_meanwhile_is_left_alone(desktop: Desktop) -> None:
    desktop.openers().claim(frozenset({Kind.MAGNETS}))
    assert desktop.openers().status().torrents.who is Who.NOBODY
    desktop.install("new.desktop", "")
    (desktop.place / ".config" / "mimeapps.list").write_text("")
    desktop.choose(Kind.MAGNETS, "new.desktop")
    desktop.openers().release()
    status = desktop.openers().status()
    assert (status.magnets.who, status.magnets.name) == (Who.ANOTHER, "new")


def test_an_entry_of_a_package_is_used_and_stays(desktop: Desktop) -> None:
    desktop.install(ENTRY_ID, "Shoal")
    desktop.openers().claim(frozenset(Kind))
    assert not desktop.entry.exists()
    assert desktop.openers().status().torrents.who is Who.SHOAL
    desktop.openers().release()
    assert (desktop.place / "share" / "applications" / ENTRY_ID).exists()


def test_without_xdg_utils_the_person_is_told(desktop: Desktop) -> None:
    desktop.environ["PATH"] = str(desktop.place)
    status = desktop.openers().status()
    assert not status.can_change
    assert "xdg-utils" in " ".join(status.sentences())


def test_in_the_background_a_refusal_is_a_sentence(desktop: Desktop) -> None:
    async def story() -> None:
        associations = BackgroundAssociations(desktop.openers(), Background())
        assert (await associations.claim(magnets=False)).sentences() == (
            "Shoal opens torrent files.",
            "No program opens magnet links.",
        )
        assert (await associations.release()).torrents.who is Who.NOBODY
        (desktop.place / "refuses").touch()
        with pytest.raises(AssociationError, match="did not take the change"):
            await associations.claim()

    asyncio.run(story())
