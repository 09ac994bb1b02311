"""What Windows is told about Shoal: described for this user, chosen by the person, taken back without a rest."""

from __future__ import annotations

from shoal.gui.desktop.associations import Kind, Who
from shoal.gui.desktop.windows_openers import WindowsOpeners
from shoal.gui.desktop.windows_rows import CHOICES, MAGNET_CLASS, TORRENT_CLASS, RegistryRow, registry_rows

COMMAND = (r"C:\Users\me\App Data\shoal.exe",)


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
        for found in [found for found in self.values if found[0] == key or found[0].startswith(key + "\\")]:
            del self.values[found]


class FakeShell:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def tell_system(self) -> None:
        self.calls.append("told")

    def open_choice(self) -> None:
        self.calls.append("choice")


def test_rows_quote_the_program_and_what_it_opens() -> None:
    rows = registry_rows(COMMAND)
    command = r'"C:\Users\me\App Data\shoal.exe" "%1"'
    for name in (TORRENT_CLASS, MAGNET_CLASS):
        assert RegistryRow(rf"Software\Classes\{name}\shell\open\command", "", command) in rows
    assert RegistryRow(r"Software\Classes\.torrent\OpenWithProgids", TORRENT_CLASS, "") in rows
    assert RegistryRow(r"Software\Classes\magnet", "URL Protocol", "") in rows
    assert RegistryRow(r"Software\RegisteredApplications", "Shoal", r"Software\Shoal\Capabilities") in rows
    assert all("magnet" not in row.key.lower() for row in registry_rows(COMMAND, magnets=False))
    assert all(".torrent" not in row.key for row in registry_rows(COMMAND, torrents=False))


def test_the_person_chooses_after_shoal_has_described_itself() -> None:
    registry, shell = FakeRegistry(), FakeShell()
    openers = WindowsOpeners(COMMAND, registry, shell)
    assert openers.status().torrents.who is Who.NOBODY
    assert openers.status().by_hand == ""
    registry.values[CHOICES[TORRENT_CLASS], "ProgId"] = "uTorrent"
    registry.values[r"Software\Classes\uTorrent\Application", "ApplicationName"] = "uTorrent 3"
    openers.claim(frozenset(Kind))
    assert shell.calls == ["told", "choice"]
    status = openers.status()
    assert (status.torrents.who, status.torrents.name) == (Who.ANOTHER, "uTorrent 3")
    assert "Default apps" in status.by_hand
    for name, key in CHOICES.items():
        registry.values[key, "ProgId"] = name
    assert [openers.status().torrents.who, openers.status().magnets.who] == [Who.SHOAL, Who.SHOAL]
    assert openers.status().by_hand == ""


def test_release_leaves_only_what_others_wrote() -> None:
    registry = FakeRegistry()
    others = {
        (r"Software\Classes\.torrent\OpenWithProgids", "uTorrent"): "",
        (r"Software\Classes\magnet", ""): "URL:magnet",
        (r"Software\Classes\magnet\shell\open\command", ""): "utorrent %1",
        (r"Software\RegisteredApplications", "uTorrent"): "x",
    }
    registry.values.update(others)
    openers = WindowsOpeners(COMMAND, registry, FakeShell())
    openers.claim(frozenset(Kind))
    assert registry.values != others
    openers.release()
    assert registry.values == others
    openers.release()
    alone = FakeRegistry()
    openers = WindowsOpeners(COMMAND, alone, FakeShell())
    openers.claim(frozenset(Kind))
    openers.release()
    assert alone.values == {}
