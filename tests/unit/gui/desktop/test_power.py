"""The commands that send a computer to sleep or shut it down: lists of words, run by a stand-in."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Sequence

import pytest

from shoal.gui.desktop.power import NO_POWER, PowerAct, PowerError, SystemPower, commands_for


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
@pytest.mark.parametrize("act", PowerAct)
def test_each_system_has_a_command_of_plain_words(platform: str, act: PowerAct) -> None:
    commands = commands_for(act, platform)
    assert commands
    assert all(word for command in commands for word in command)


def test_the_commands_are_those_of_each_system() -> None:
    assert commands_for(PowerAct.SLEEP, "linux")[0] == ("systemctl", "suspend")
    assert commands_for(PowerAct.SHUT_DOWN, "linux") == (("systemctl", "poweroff"), ("loginctl", "poweroff"))
    assert commands_for(PowerAct.SHUT_DOWN, "win32") == (("shutdown.exe", "/s", "/t", "0"),)
    assert "SetSuspendState('Suspend', $false, $false)" in commands_for(PowerAct.SLEEP, "win32")[0][-1]
    assert commands_for(PowerAct.SLEEP, "darwin") == (("pmset", "sleepnow"),)
    assert commands_for(PowerAct.SLEEP, "plan9") == ()


class Commands:
    """Remembers what was run; `code` and `said` are the answer."""

    def __init__(self, code: int = 0, said: str = "", error: Exception | None = None) -> None:
        self.run: list[tuple[str, ...]] = []
        self.code, self.said, self.error = code, said, error

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.run.append(tuple(command))
        if self.error is not None:
            raise self.error
        return subprocess.CompletedProcess(command, self.code, "", self.said)


def carry_out(commands: Commands, *, there: frozenset[str]) -> None:
    power = SystemPower("linux", run=commands, find=lambda name: name if name in there else None)
    asyncio.run(power.carry_out(PowerAct.SLEEP))


def test_the_first_command_that_is_there_is_run_once() -> None:
    commands = Commands()
    carry_out(commands, there=frozenset({"loginctl"}))
    assert commands.run == [("loginctl", "suspend")]


@pytest.mark.parametrize(
    ("commands", "said"),
    [
        (Commands(1, "Access denied\n"), "Access denied"),
        (Commands(error=OSError("no such program")), "no such program"),
        (Commands(error=subprocess.TimeoutExpired("systemctl", 30)), "timed out"),
    ],
)
def test_a_refusal_says_why(commands: Commands, said: str) -> None:
    with pytest.raises(PowerError, match=said):
        carry_out(commands, there=frozenset({"systemctl"}))


def test_nothing_is_run_where_no_command_is_known() -> None:
    commands = Commands()
    with pytest.raises(PowerError):
        carry_out(commands, there=frozenset())
    with pytest.raises(PowerError):
        asyncio.run(NO_POWER.carry_out(PowerAct.SHUT_DOWN))
    assert commands.run == []
