"""The installer script of Windows, the property list of macOS, the manifest of Flatpak."""

from __future__ import annotations

import json
import plistlib
import subprocess
from pathlib import Path

import pytest
from tests.support.debian_clients import require_client

from assembly import flatpak, macos, windows
from assembly.places import BUILD, ID, PACKAGING, VERSION


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """As the bundle lies on Windows, with names that a script might stumble over."""
    program = tmp_path / "program"
    (program / "_internal" / "deep $er").mkdir(parents=True)
    for name in ("shoal.exe", "_internal/a.dll", "_internal/deep $er/ü b.txt"):
        (program / name).write_bytes(b"MZ")
    return program


def test_installer_compiles_without_a_warning(stub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_client("makensis")
    monkeypatch.setattr(windows, "BUILD", tmp_path)
    output = windows.installer(stub, tmp_path / "out" / "shoal-setup.exe")
    assert output.read_bytes()[:2] == b"MZ"


def test_uninstaller_takes_away_each_file_and_then_its_folder(stub: Path) -> None:
    install, remove = windows.file_macros(stub).split("!macro RemoveFiles")
    installed = [line.split('"')[1] for line in install.splitlines() if line.strip().startswith("File ")]
    assert len(installed) == 3
    removed = [line.strip() for line in remove.splitlines() if line.startswith("  ")]
    assert removed == [
        'Delete "$INSTDIR\\_internal\\deep $$er\\ü b.txt"',
        'RMDir "$INSTDIR\\_internal\\deep $$er"',
        'Delete "$INSTDIR\\_internal\\a.dll"',
        'RMDir "$INSTDIR\\_internal"',
        'Delete "$INSTDIR\\shoal.exe"',
    ]


def test_everything_the_installer_registers_is_the_users_own_and_is_taken_back() -> None:
    script = windows.SCRIPT.read_text(encoding="utf-8")
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script
    assert "/r " not in script, "nothing is deleted that was not installed"
    install, remove = script.split('Section "Uninstall"')
    keys = {line.split('"')[1] for line in install.splitlines() if line.strip().startswith("WriteReg")}
    for key in keys:
        top = key.split("\\DefaultIcon")[0].split("\\shell")[0]
        top = "Software\\Shoal" if key.startswith("${CAPABILITIES}") else top
        assert f'"{top}"' in remove, key


def test_macos_list_reads_back_and_opens_torrents_and_magnets() -> None:
    found = plistlib.loads(macos.make().read_bytes())
    assert found["CFBundleIdentifier"] == ID
    assert found["CFBundleShortVersionString"] == VERSION
    [document] = found["CFBundleDocumentTypes"]
    [imported] = found["UTImportedTypeDeclarations"]
    assert document["LSItemContentTypes"] == [imported["UTTypeIdentifier"]] == ["org.bittorrent.torrent"]
    assert document["LSHandlerRank"] == "Default"
    assert imported["UTTypeTagSpecification"]["public.filename-extension"] == ["torrent"]
    assert found["LSBackgroundOnly"] is False
    assert found["CFBundleURLTypes"][0]["CFBundleURLSchemes"] == ["magnet"]


def test_flatpak_manifest_is_accepted_and_needs_no_network(tmp_path: Path) -> None:
    wheel = tmp_path / "a-1-py3-none-any.whl"
    wheel.write_bytes(b"wheel")
    written = tmp_path / f"{ID}.json"
    found = flatpak.manifest([wheel])
    written.write_text(json.dumps(found), encoding="utf-8")
    command = [require_client("flatpak-builder"), "--show-manifest", str(written)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "Unknown property" not in shown.stderr + shown.stdout
    assert json.loads(shown.stdout)["id"] == found["app-id"] == ID
    assert "://" not in json.dumps(found)
    assert found["modules"][-1]["sources"][-1]["path"] == "wheels/a-1-py3-none-any.whl"  # type: ignore[index, call-overload]


def test_no_recipe_names_an_address() -> None:
    for path in PACKAGING.rglob("*"):
        if path.suffix in {".json", ".nsi", ".desktop", ".py", ".spec", ".xml"} and BUILD not in path.parents:
            assert "://" not in path.read_text(encoding="utf-8"), path
