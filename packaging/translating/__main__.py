"""`start.py translations`: bring every catalogue up to the sources, check it, compile it, and tell how far it is."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from translating.catalogues import (
    CatalogueError,
    codes,
    compiled_bytes,
    is_complete,
    read,
    refreshed,
    source_bytes,
    tally,
)
from translating.checks import problems
from translating.extraction import Extract, extract_folder, extract_schema

CHECKOUT = Path(__file__).resolve().parents[2]
FOLDER = CHECKOUT / "resources" / "translations"
HELP = """\
python3 start.py translations               bring all catalogues up to the sources, check and compile them
python3 start.py translations add CODE      begin a language, such as pt_BR
python3 start.py translations check         change nothing; say what is missing or wrong
python3 start.py translations missing CODE  list what has no translation yet
"""


def sources() -> Extract:
    """What the window says, of itself and of the settings."""
    app = CHECKOUT / "app"
    said, schema = extract_folder(app / "shoal" / "gui", app), extract_schema(app / "shoal" / "settings", app)
    return Extract(said.messages + schema.messages, said.faults)


def main(arguments: Sequence[str]) -> int:
    """Do what `arguments` say; the exit code."""
    try:
        match arguments:
            case []:
                return update(codes(FOLDER))
            case ["add", code]:
                FOLDER.mkdir(exist_ok=True)
                return update([code])
            case ["check"]:
                return check()
            case ["missing", code]:
                return list_missing(code)
            case _:
                print(HELP, end="")
                return 0 if {"help", "--help", "-h"} & set(arguments) else 2
    except CatalogueError as error:
        print(error, file=sys.stderr)
        return 1


def update(wanted: Sequence[str]) -> int:
    """Write the sources and the compiled form of these languages."""
    found = sources()
    for fault in found.faults:
        print(fault)
    wrong = len(found.faults)
    for code in wanted:
        path = FOLDER / f"{code}.po"
        catalogue = refreshed(path, found.messages)
        path.write_bytes(source_bytes(catalogue))
        # What was written is read again, so that a check never judges another form than a later one will.
        catalogue = read(path)
        path.with_suffix(".mo").write_bytes(compiled_bytes(catalogue))
        wrong += _tell(code)
    return 1 if wrong else 0


def check() -> int:
    """Whether every catalogue is in step with the sources, fault-free and compiled."""
    found = sources()
    for fault in found.faults:
        print(fault)
    wrong = len(found.faults)
    for code in codes(FOLDER):
        path = FOLDER / f"{code}.po"
        catalogue = refreshed(path, found.messages)
        is_fresh = source_bytes(catalogue) == path.read_bytes()
        compiled = path.with_suffix(".mo")
        is_compiled = compiled.exists() and compiled.read_bytes() == compiled_bytes(read(path))
        if not (is_fresh and is_compiled):
            print(f"{code}: not in step; run python3 start.py translations")
            wrong += 1
        wrong += _tell(code)
    return 1 if wrong else 0


def list_missing(code: str) -> int:
    """Every message of this language that has no translation in use."""
    missing = [
        entry for entry in read(FOLDER / f"{code}.po") if entry.id and (entry.fuzzy or not is_complete(entry.string))
    ]
    for entry in missing:
        print(entry.id if isinstance(entry.id, str) else " | ".join(entry.id))
    return 1 if missing else 0


def _tell(code: str) -> int:
    """One line on how far it is, and one for each problem; how many problems."""
    catalogue = read(FOLDER / f"{code}.po")
    done = tally(code, catalogue)
    print(f"{code}: {done.translated} translated, {done.missing} missing, {done.doubtful} in doubt, {done.stale} stale")
    found = problems(code, catalogue)
    for problem in found:
        print(problem)
    return len(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
