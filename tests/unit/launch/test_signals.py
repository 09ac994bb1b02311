"""The first signal asks for a tidy end, the second ends the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from shoal.launch import signals
from shoal.launch.signals import TidyEnd

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently there")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_first_signal_asks(number: signal.Signals) -> None:
    former = signal.getsignal(number)
    with TidyEnd() as end:
        assert not end.asked.is_set()
        os.kill(os.getpid(), number)
        await end.asked.wait()
    assert signal.getsignal(number) in {former, signal.SIG_DFL, signal.default_int_handler}


async def test_interrupt_is_heard_where_a_script_began_with_it_ignored() -> None:
    former = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with TidyEnd() as end:
            os.kill(os.getpid(), signal.SIGINT)
            await end.asked.wait()
    finally:
        signal.signal(signal.SIGINT, former)


async def test_hang_up_that_nohup_ignores_stays_ignored() -> None:
    former = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with TidyEnd():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, former)


def test_second_signal_ends_at_once() -> None:
    code = (
        "import asyncio, os, signal\n"
        "from shoal.launch.signals import TidyEnd\n"
        "async def main():\n"
        "    with TidyEnd() as end:\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        await end.asked.wait()\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "        await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(signals.__file__).parents[2])}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, timeout=30, check=False)
    assert ended.returncode == 130
