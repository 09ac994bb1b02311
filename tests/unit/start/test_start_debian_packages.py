"""Debian packages are installed only where that needs no password, with package lists fetched when needed."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from bootstrap import debian_packages


class System:
    """Answers for subprocess.run: which commands fail, and all that were asked for."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.failing: list[str] = []

    def run(self, command: list[str], **others: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(command)
        text = " ".join(command)
        for failure in self.failing:
            if failure in text:
                self.failing.remove(failure)
                return subprocess.CompletedProcess(command, 100)
        return subprocess.CompletedProcess(command, 0)


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    system = System()
    monkeypatch.delenv("SHOAL_NO_APT", raising=False)
    monkeypatch.setattr(subprocess, "run", system.run)
    monkeypatch.setattr(shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return system


def test_root_installs_without_recommended_packages(system: System) -> None:
    assert debian_packages.install(["aria2"])
    [command] = system.commands
    assert command[:2] == ["env", "DEBIAN_FRONTEND=noninteractive"]
    assert command[-3:] == ["install", "--no-install-recommends", "aria2"]


def test_package_lists_are_fetched_when_the_first_try_fails(system: System) -> None:
    system.failing = ["install"]
    assert debian_packages.install(["aria2"])
    assert [" ".join(command).split()[-1] for command in system.commands] == ["aria2", "update", "aria2"]


def test_failing_twice_is_a_failure(system: System) -> None:
    system.failing = ["install", "install"]
    assert not debian_packages.install(["aria2"])


def test_sudo_is_used_only_when_it_asks_nothing(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert debian_packages.install(["aria2"])
    assert system.commands[0] == ["sudo", "-n", "true"]
    assert system.commands[1][:3] == ["sudo", "-n", "env"]
    system.failing = ["sudo -n true"]
    assert not debian_packages.install(["aria2"])


def test_system_stays_as_it_is_when_asked(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOAL_NO_APT", "1")
    assert not debian_packages.install(["aria2"])
    assert system.commands == []


def test_system_without_apt_is_left_alone(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    assert not debian_packages.install(["aria2"])
    assert system.commands == []
    assert debian_packages.missing_test_programs() == sorted(debian_packages.TEST_PROGRAMS.values())
