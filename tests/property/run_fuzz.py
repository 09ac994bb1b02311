"""Feed every fuzz entry with mutated inputs: `python -m tests.property.run_fuzz --inputs 1000000 --seed 1`.

Prints inputs per second and the slowest input of each entry. An error that is not the codec's typed one is printed
with its trace, its input is saved, and the exit code is 1. The same seed gives the same inputs.
"""

from __future__ import annotations

import argparse
import importlib
import random
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent / "app"))

from tests.property.fuzz_entries import ENTRIES, FuzzEntry  # noqa: E402 (needs the path above)

MAX_INPUT_BYTES = 20_000
MAX_FAILURES_PER_ENTRY = 10

_NUMBER = re.compile(rb"\d+")
_EDGE_NUMBERS = (0, 1, 7, 8, 9, 19, 20, 21, 127, 128, 255, 256, 65_535, 65_536, 2**31 - 1, 2**31, 2**32 - 1, 2**32)
_EDGE_DIGITS = (*(b"%d" % number for number in _EDGE_NUMBERS), b"-1", b"-0", b"00", b"01", b"%d" % 2**63, b"9" * 21)
_WIDTHS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that broke a codec in a way that is no typed error."""

    data: bytes
    trace: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one entry did: how many inputs, in how many seconds, the slowest of them, and those that broke it."""

    inputs: int
    seconds: float
    slowest_seconds: float
    failures: tuple[Failure, ...]


def load_entries() -> dict[str, FuzzEntry]:
    """Import every `fuzz_*.py` beside this file and return what they registered."""
    for path in sorted(HERE.glob("fuzz_*.py")):
        importlib.import_module(f"tests.property.{path.stem}")
    return ENTRIES


def fuzz(name: str, entry: FuzzEntry, inputs: int, seed: int) -> Outcome:
    """Run the seeds themselves, then mutations of them, `inputs` in all; stops early after ten failures."""
    rng = random.Random(f"{seed}:{name}")
    failures: list[Failure] = []
    slowest = 0.0
    started = before = time.perf_counter()
    done = 0
    while done < inputs and len(failures) < MAX_FAILURES_PER_ENTRY:
        data = entry.seeds[done] if done < len(entry.seeds) else mutate(entry.seeds, rng)
        try:
            entry.run(data)
        except Exception:
            failures.append(Failure(data, traceback.format_exc()))
        after = time.perf_counter()
        slowest = max(slowest, after - before)
        before = after
        done += 1
    return Outcome(done, before - started, slowest, tuple(failures))


def mutate(seeds: Sequence[bytes], rng: random.Random) -> bytes:
    """One to four changes to one of the seeds."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        rng.choice(_MUTATIONS)(data, seeds, rng)
    return bytes(data[:MAX_INPUT_BYTES])


def _flip_bit(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    if data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _set_byte(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    if data:
        data[rng.randrange(len(data))] = (
            rng.choice(b"\x00\xff\x07\x80deil:019-+%&= \n") if rng.random() < 0.7 else rng.randrange(256)
        )


def _cut(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    match rng.randrange(3):
        case 0:
            del data[start:]
        case 1:
            del data[:start]
        case _:
            del data[start : start + rng.randrange(1, 9)]


def _insert(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    data[start:start] = rng.randbytes(rng.randrange(1, 9))


def _repeat(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    span = data[start : start + rng.randrange(1, 40)]
    data[start:start] = span * rng.choice((1, 1, 2, 8, 120))


def _edge_digits(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    numbers = list(_NUMBER.finditer(data))
    if numbers:
        start, end = rng.choice(numbers).span()
        data[start:end] = rng.choice(_EDGE_DIGITS)


def _edge_integer(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    width = rng.choice(_WIDTHS)
    if len(data) >= width:
        start = rng.randrange(len(data) - width + 1)
        number = rng.choice(_EDGE_NUMBERS) & ((1 << 8 * width) - 1)
        data[start : start + width] = number.to_bytes(width, "big")


def _splice(data: bytearray, seeds: Sequence[bytes], rng: random.Random) -> None:
    other = rng.choice(seeds)
    data[rng.randrange(len(data) + 1) :] = other[rng.randrange(len(other) + 1) :]


_MUTATIONS: tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...] = (
    _flip_bit,
    _set_byte,
    _cut,
    _insert,
    _repeat,
    _edge_digits,
    _edge_integer,
    _splice,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz all entries, or those named; 0 when only typed errors were seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("entries", nargs="*", help="names of entries; all when none is given")
    parser.add_argument("--inputs", type=int, default=20_000, help="inputs in all, shared by the entries")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs")
    parser.add_argument(
        "--save", type=Path, default=Path(tempfile.gettempdir()) / "shoal-fuzz", help="folder for failing inputs"
    )
    options = parser.parse_args(arguments)
    registered = load_entries()
    unknown = set(options.entries) - set(registered)
    if unknown:
        parser.error(f"no such entry: {', '.join(sorted(unknown))}")
    names = options.entries or sorted(registered)
    share = -(-options.inputs // len(names))
    total, seconds, failed = 0, 0.0, 0
    for name in names:
        outcome = fuzz(name, registered[name], share, options.seed)
        total += outcome.inputs
        seconds += outcome.seconds
        failed += len(outcome.failures)
        rate = outcome.inputs / max(outcome.seconds, 1e-9)
        print(f"{name:28} {outcome.inputs:9,} inputs {rate:9,.0f}/s  slowest {outcome.slowest_seconds * 1000:7.2f} ms")
        for failure in outcome.failures:
            options.save.mkdir(parents=True, exist_ok=True)
            path = options.save / f"{name}-{sha1(failure.data, usedforsecurity=False).hexdigest()[:12]}"
            path.write_bytes(failure.data)
            print(f"{failure.trace}input saved as {path}", file=sys.stderr)
    print(f"{total:,} inputs in {seconds:.1f} s, {total / max(seconds, 1e-9):,.0f}/s, {failed} untyped errors")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
