"""Where each system keeps what it starts at login."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest

from shoal.gui.desktop.autostart import LoginStartError
from shoal.gui.desktop.login_starts import (
    APPROVED_KEY,
    RUN_KEY,
    LinuxLoginStart,
    MacLoginStart,
    WindowsLoginStart,
    agent_text,
    is_agent_on,
    run_value,
    system_login_start,
)
from shoal.gui.desktop.windows_rows import RegistryRow

COMMAND = ("/opt/my apps/shoal", "--profile", "/home/a b/$x")


class FakeRegistry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def read(self, key: str, name: str) -> str | None:
        return self.values.get((key, name))

    def write(self, row: RegistryRow) -> None:
        self.values[row.key, row.name] = row.value

    def delete_value(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)

    def delete_tree(self, key: str) -> None:
        raise AssertionError("nothing of others is taken away")


# -- Linux


def linux(home: Path, **environ: str) -> LinuxLoginStart:
    return LinuxLoginStart(COMMAND, "/icons/shoal.svg", {"HOME": str(home), **environ})


def test_an_entry_is_written_and_taken_away(tmp_path: Path) -> None:
    start = linux(tmp_path)
    assert not start.is_on()
    start.set_off()
    start.set_on(hidden=False)
    assert start.is_on()
    assert start.path == tmp_path / ".config" / "autostart" / "org.shoal.Shoal.desktop"
    lines = start.path.read_text().splitlines()
    assert 'Exec="/opt/my apps/shoal" --profile "/home/a b/\\\\$x"' in lines
    assert "TryExec=/opt/my apps/shoal" in lines
    start.set_on(hidden=True)
    assert 'Exec="/opt/my apps/shoal" --profile "/home/a b/\\\\$x" --hidden' in start.path.read_text().splitlines()
    start.set_off()
    assert not start.is_on()
    assert list(start.path.parent.iterdir()) == []


def test_the_entry_is_valid(tmp_path: Path) -> None:
    validator = shutil.which("desktop-file-validate")
    if validator is None:
        pytest.skip("desktop-file-validate is not installed")
    start = linux(tmp_path)
    start.set_on(hidden=True)
    done = subprocess.run([validator, str(start.path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_what_a_person_switched_off_is_off(tmp_path: Path, line: str) -> None:
    start = linux(tmp_path, XDG_CONFIG_HOME=str(tmp_path / "settings"))
    start.set_on(hidden=False)
    start.path.write_text(start.path.read_text() + line + "\n")
    assert not start.is_on()


def test_a_damaged_entry_is_replaced(tmp_path: Path) -> None:
    start = linux(tmp_path)
    start.path.parent.mkdir(parents=True)
    start.path.write_bytes(b"\xff\xfe[[[")
    start.set_on(hidden=False)
    assert "[Desktop Entry]" in start.path.read_text()


def test_a_flatpak_says_that_it_may_not(tmp_path: Path) -> None:
    with pytest.raises(LoginStartError, match="Flatpak"):
        linux(tmp_path, FLATPAK_ID="org.shoal.Shoal").set_on(hidden=False)


def test_a_folder_that_cannot_be_written_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file")
    with pytest.raises(OSError, match="autostart") as caught:
        linux(tmp_path).set_on(hidden=False)
    assert caught.value.filename


# -- Windows


def test_the_run_key_has_every_word_in_quotes() -> None:
    registry = FakeRegistry()
    registry.values[APPROVED_KEY, "Shoal"] = "switched off"
    start = WindowsLoginStart((r"C:\Program Files\Shoal\shoal.exe",), registry)
    assert not start.is_on()
    start.set_on(hidden=True)
    assert registry.values == {(RUN_KEY, "Shoal"): r'"C:\Program Files\Shoal\shoal.exe" "--hidden"'}
    assert start.is_on()
    start.set_off()
    start.set_off()
    assert registry.values == {}
    assert run_value(["a", "b c"]) == '"a" "b c"'


# -- macOS


def test_a_launch_agent_starts_the_program_once(tmp_path: Path) -> None:
    start = MacLoginStart(("/Applications/Shoal.app/Contents/MacOS/shoal",), tmp_path / "LaunchAgents")
    assert not start.is_on()
    start.set_on(hidden=True)
    assert start.is_on()
    agent = plistlib.loads(start.path.read_bytes())
    assert agent["Label"] == "org.shoal.Shoal"
    assert agent["ProgramArguments"] == ["/Applications/Shoal.app/Contents/MacOS/shoal", "--hidden"]
    assert agent["RunAtLoad"] is True
    assert "KeepAlive" not in agent, "who quits it means it"
    start.set_off()
    assert not start.is_on()


def test_what_is_no_agent_starts_nothing() -> None:
    assert is_agent_on(agent_text(["shoal"]))
    disabled = plistlib.loads(agent_text(["shoal"]).encode()) | {"Disabled": True}
    assert not is_agent_on(plistlib.dumps(disabled).decode())
    for text in ("", "nonsense", "<plist><array/></plist>", "<?xml version='1.0'?><plist><dict>"):
        assert not is_agent_on(text)


@pytest.mark.parametrize(("platform", "kind"), [("linux", LinuxLoginStart), ("darwin", MacLoginStart)])
def test_every_system_has_its_own(platform: str, kind: type) -> None:
    assert isinstance(system_login_start(COMMAND, icon=Path("/i.svg"), platform=platform), kind)
