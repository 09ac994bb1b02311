"""Compare our verdict on a folder of torrent files with the one recorded in its `verdicts.json`.

    python -m tests.support.torrent_verdicts FOLDER

`verdicts.json` is a list of objects: `file`, `verdict` (`ok`, or the error of the client that judged) and, for `ok`,
`v1`, `v2`, `name`, `num_files`, `total_size`, `piece_length`, `num_pieces`, `private`. The exit status is 1 when any
verdict differs: docs/decisions/0100-metainfo-verdicts.md knows no exception among the files that we were measured by.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "app"))

from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import Metainfo, parse_metainfo

Facts = dict[str, str | int | bool | None]
COMPARED = ("v1", "v2", "name", "num_files", "total_size", "piece_length", "num_pieces", "private")


def facts(metainfo: Metainfo) -> Facts:
    """What is compared, in the terms of the verdicts: files and total size with padding."""
    return {
        "v1": metainfo.info_hash_v1.hex() if metainfo.info_hash_v1 else None,
        "v2": metainfo.info_hash_v2.hex() if metainfo.info_hash_v2 else None,
        "name": metainfo.name,
        "num_files": len(metainfo.files),
        "total_size": metainfo.layout.total_length,
        "piece_length": metainfo.piece_length,
        "num_pieces": metainfo.piece_count,
        "private": metainfo.private,
    }


def disagreement(data: bytes, expected: Facts) -> tuple[str, str]:
    """(what differs, or ""; what we say of the file)."""
    try:
        ours = facts(parse_metainfo(data))
    except MetainfoError as error:
        return ("" if expected["verdict"] != "ok" else "we refuse it"), f"refused ({error.code}): {error}"
    if expected["verdict"] != "ok":
        return f"we accept it; they say {expected['verdict']}", "accepted"
    different = [key for key in COMPARED if ours[key] != expected[key]]
    return "; ".join(f"{key} is {ours[key]!r}, theirs {expected[key]!r}" for key in different), "accepted"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tests.support.torrent_verdicts FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    verdicts: list[Facts] = json.loads((folder / "verdicts.json").read_text(encoding="utf-8"))
    agreed = 0
    for expected in verdicts:
        name = str(expected["file"])
        difference, ours = disagreement((folder / name).read_bytes(), expected)
        if not difference:
            agreed += 1
            print(f"agree      {name}: {ours}")
        else:
            print(f"DISAGREE   {name}: {difference} [{ours}]")
    print(f"{agreed} agree, {len(verdicts) - agreed} disagree, of {len(verdicts)}")
    return 0 if agreed == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
