"""Small torrents, each named by its one defect or peculiarity, with the verdict that parsing must reach.

`ACCEPTED` are taken (with `problems` where something was repaired); `REFUSED` map to the code of the refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha1, sha256
from typing import TypeAlias

from shoal.protocol.bencode import BValue, encode

Builder: TypeAlias = (
    "int | str | bytes | list[Builder] | tuple[Builder, ...] | Mapping[str, Builder] | Mapping[bytes, Builder]"
)

PIECE = 16384
MOST_HASHES = 4096
"""Builders of absurd sizes still make small files."""


def raw(value: Builder) -> BValue:
    """Text to UTF-8, tuples to lists, so that builders read well."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, (int, bytes)):
        return value
    if isinstance(value, (list, tuple)):
        return [raw(item) for item in value]
    return {key if isinstance(key, bytes) else key.encode(): raw(item) for key, item in value.items()}


def torrent(info: Mapping[str, Builder], **outer: Builder) -> bytes:
    """A .torrent with this info dictionary; `_` in outer keys stands for a blank."""
    return encode(raw({**{key.replace("_", " "): value for key, value in outer.items()}, "info": info}))


def single(size: int = 425, *, drop: str = "", **changes: Builder) -> dict[str, Builder]:
    """The info dictionary of a v1 torrent of one file, changed as asked; `_` stands for a blank."""
    info: dict[str, Builder] = {
        "length": size,
        "name": "temp",
        "piece length": PIECE,
        "pieces": b"h" * 20 * min(max(1, -(-size // PIECE)), MOST_HASHES),
    }
    info.update({key.replace("_", " "): value for key, value in changes.items()})
    return {key: value for key, value in info.items() if key != drop}


def entry(size: int, *path: str | bytes, **extra: Builder) -> dict[str, Builder]:
    """One entry of `files`; an underscore in an extra key stands for a blank."""
    return {"length": size, "path": list(path), **{key.replace("_", " "): value for key, value in extra.items()}}


def multi(*entries: Mapping[str, Builder], **changes: Builder) -> dict[str, Builder]:
    """The info dictionary of a v1 torrent of these entries."""
    total = sum(size for one in entries if isinstance(size := one.get("length", 0), int))
    info = single(max(total, 0), drop="length")
    info["files"] = list(entries)
    info.update({key.replace("_", " "): value for key, value in changes.items()})
    return info


def paths(*names: tuple[str | bytes, ...]) -> bytes:
    """A torrent whose files, 100 bytes each, have these paths."""
    return torrent(multi(*(entry(100, *path) for path in names)))


def node(size: int, root: bytes = b"", **extra: Builder) -> dict[str, Builder]:
    """A leaf of a v2 file tree."""
    leaf: dict[str, Builder] = {"length": size, **{key.replace("_", " "): value for key, value in extra.items()}}
    if root:
        leaf["pieces root"] = root
    return {"": leaf}


def tree_info(tree: Builder, **changes: Builder) -> dict[str, Builder]:
    """The info dictionary of a v2-only torrent."""
    return {
        "file tree": tree,
        "meta version": 2,
        "name": "temp",
        "piece length": PIECE,
        **{key.replace("_", " "): value for key, value in changes.items()},
    }


def v2(tree: Builder, layers: Builder | None = None, **changes: Builder) -> bytes:
    return torrent(tree_info(tree, **changes), piece_layers={} if layers is None else layers)


def plain_root(hashes: list[bytes]) -> bytes:
    """The root of BEP 52 over piece hashes of 16 KiB pieces, by the plainest possible means."""
    width = 1
    while width < len(hashes):
        width *= 2
    level = hashes + [bytes(32)] * (width - len(hashes))
    while len(level) > 1:
        level = [sha256(level[index] + level[index + 1]).digest() for index in range(0, len(level), 2)]
    return level[0]


LEAVES = [sha256(bytes([number])).digest() for number in range(3)]
LAYER = b"".join(LEAVES)
ROOT = plain_root(LEAVES)
THREE_PIECES = 2 * PIECE + 7000
"""Size of a file whose layer LAYER is."""
SMALL = sha256(b"small").digest()
"""Root of a file within one piece: it needs no layer."""


def hybrid(*, v1: Builder | None = None, tree: Builder | None = None, pieces: int = 2, **changes: Builder) -> bytes:
    """A hybrid of the files a (40 bytes) and b (50 bytes), aligned by padding, unless told otherwise."""
    return v2(
        {"a": node(40, SMALL), "b": node(50, SMALL)} if tree is None else tree,
        files=[entry(40, "a"), entry(PIECE - 40, ".pad", "16344", attr="p"), entry(50, "b")] if v1 is None else v1,
        pieces=b"h" * 20 * pieces,
        **changes,
    )


ACCEPTED: dict[str, bytes] = {
    "single file": torrent(single()),
    "one file in a folder": paths(("only.txt",)),
    "several files": paths(("a",), ("b", "c")),
    "unknown keys": torrent({**single(), "x-cross-seed": "1", "md5sum": "0" * 32}, encoding="UTF-8", checksum="1"),
    "info keys out of order": b"d4:infod4:name4:temp6:lengthi425e6:pieces20:" + b"h" * 20 + b"12:piece lengthi16384eee",
    "bytes after the end": torrent(single()) + b"\r\n",
    "length and files": torrent(multi(entry(100, "a"), length=5)),
    "piece length not a power of two": torrent(single(425, piece_length=100, pieces=b"h" * 20 * 5)),
    "name.utf-8 wins": torrent({**single(), "name.utf-8": "tempéré"}),
    "name of dots": torrent(single(name="..")),
    "name overlong": torrent(single(name="x" * 300 + ".longext")),
    "name with separators": torrent(single(name="\\temp/")),
    "name not UTF-8": torrent(single(name=b"caf\xe9")),
    "path of parents": paths(("..", "..", "bar")),
    "path of separators": paths(("/", "\\")),
    "path of empty names": paths(("", "")),
    "path twice": paths(("foo", "bar.txt"), ("foo", "bar.txt")),
    "path is file and folder": paths(("a",), ("a", "b")),
    "path 100 deep": paths(("d",) * 100),
    "empty file among others": torrent(multi(entry(0, "none"), entry(100, "a"), entry(0, "last"))),
    "padding": torrent(multi(entry(100, "a"), entry(PIECE - 100, ".pad", "1", attr="p"), entry(7, "b"))),
    "link without a length": torrent(
        multi(entry(100, "a", "b"), {"path": ["c"], "attr": "l", "symlink path": ["a", "b"]})
    ),
    "link out of the torrent": torrent(
        multi(entry(100, "a"), {"path": ["c"], "attr": "l", "symlink path": ["..", "..", "etc", "passwd"]})
    ),
    "announce of another scheme": torrent(single(), announce="wss://tracker.example/"),
    "announce with blanks": torrent(single(), announce="\t udp://tracker.example:80/announce "),
    "announce-list of strings": torrent(single(), **{"announce-list": ["http://a.example/announce"]}),
    "url-list empty": torrent(single(), httpseeds=[""], **{"url-list": [""]}),
    "url-list a string": torrent(single(), **{"url-list": "http://seed.example/file"}),
    "nodes": torrent(single(), nodes=[["127.0.0.1", 6881], ["router.example", 0], ["x"], 5]),
    "private": torrent(single(private=1)),
    "creation date absurd": torrent(single(), **{"creation date": -5, "comment": 5, "created by": []}),
    "v2 one small file": v2({"temp": node(425, SMALL)}),
    "v2 with layers": v2({"temp": node(THREE_PIECES, ROOT)}, {ROOT: LAYER}),
    "v2 without layers": torrent(tree_info({"temp": node(THREE_PIECES, ROOT)})),
    "v2 folders and an empty file": v2({"d": {"a": node(1, SMALL), "e": node(0)}, "z": node(2, SMALL), "none": {}}),
    "v2 link": v2({"a": node(5, SMALL), "l": node(0, attr="l", symlink_path=["a"])}),
    "hybrid": hybrid(),
    "hybrid single file": v2({"temp": node(425, SMALL)}, length=425, pieces=b"h" * 20),
    "hybrid with padding at the end": hybrid(
        v1=[entry(40, "a"), entry(PIECE - 40, "p", attr="p"), entry(50, "b"), entry(PIECE - 50, "q", attr="p")]
    ),
}

REFUSED: dict[str, tuple[str, bytes]] = {
    "empty": ("empty", b""),
    "web page": ("is-web-page", b"\r\n<!DOCTYPE html><html><title>404 Not Found</title></html>"),
    "cut short": ("cut-short", torrent(single())[:-30]),
    "cut short in a number": ("cut-short", b"d4:infod6:lengthi42"),
    "plain text": ("not-bencode", b"not a torrent"),
    "a string": ("not-a-torrent", b"10:libtorrent"),
    "a list": ("not-a-torrent", b"le"),
    "no info": ("not-a-torrent", b"d8:announce1:xe"),
    "info is a string": ("not-a-torrent", b"d4:info5:filese"),
    "key twice in info": ("not-bencode", torrent(single()).replace(b"6:lengthi425e", b"6:lengthi425e6:lengthi426e")),
    "files key twice": ("not-bencode", b"d4:infod5:filesle5:fileslee6:pieces0:e"),
    "pieces key twice": (
        "not-bencode",
        torrent(single()).replace(b"6:pieces20:", b"6:pieces20:" + b"g" * 20 + b"6:pieces20:"),
    ),
    "number with leading zero": ("not-bencode", torrent(single()).replace(b"i425e", b"i0425e")),
    "number of 21 digits": ("not-bencode", torrent(single()).replace(b"i425e", b"i" + b"1" * 21 + b"e")),
    "nested 101 deep": ("not-bencode", b"d4:info" + b"l" * 100 + b"e" * 100 + b"e"),
    "name missing": ("missing", torrent(single(drop="name"))),
    "name empty": ("missing", torrent(single(name=""))),
    "name a number": ("bad-value", torrent(single(name=1348))),
    "length missing": ("missing", torrent(single(drop="length"))),
    "length zero": ("bad-value", torrent(single(0, pieces=b""))),
    "length negative": ("bad-value", torrent(single(length=-425))),
    "length a list": ("bad-value", torrent(multi(entry(100, "a"), {"length": [45], "path": ["b"]}))),
    "length beyond any disk": ("too-big", torrent(single(length=2**63))),
    "sizes that overflow 64 bits": ("too-big", torrent(multi(entry(2**62, "a"), entry(2**62, "b"), pieces=b"h" * 20))),
    "file size missing": ("missing", torrent(multi(entry(100, "a"), {"path": ["b"]}))),
    "file size negative": ("bad-value", torrent(multi(entry(100, "a"), entry(-45, "b")))),
    "files empty": ("missing", torrent(multi(pieces=b""))),
    "files a number": ("bad-value", torrent(single(drop="length", files=7))),
    "files of numbers": ("bad-value", torrent(single(drop="length", files=[7]))),
    "files all empty": ("bad-value", torrent(multi(entry(0, "a"), entry(0, "b"), pieces=b""))),
    "files all padding": ("bad-value", torrent(multi(entry(100, "a", attr="p")))),
    "path missing": ("missing", torrent(multi({"length": 425}))),
    "path empty": ("bad-value", torrent(multi({"length": 425, "path": []}))),
    "path a number": ("bad-value", torrent(multi({"length": 425, "path": 1242}))),
    "path with a number in it": ("bad-value", torrent(multi({"length": 425, "path": ["a", 1]}))),
    "path 101 deep": ("too-big", paths(("d",) * 101)),
    "piece length missing": ("missing", torrent(single(drop="piece length"))),
    "piece length zero": ("bad-value", torrent(single(piece_length=0))),
    "piece length negative": ("bad-value", torrent(single(piece_length=-1))),
    "piece length a string": ("bad-value", torrent(single(piece_length="16384"))),
    "piece length 256 MiB and one": ("too-big", torrent(single(piece_length=2**28 + 1))),
    "pieces missing": ("missing", torrent(single(drop="pieces"))),
    "pieces a number": ("bad-value", torrent(single(pieces=-23))),
    "pieces of 21 bytes": ("bad-value", torrent(single(pieces=b"h" * 21))),
    "pieces too few": ("contradiction", torrent(single(PIECE + 1, pieces=b"h" * 20))),
    "pieces too many": ("contradiction", torrent(single(pieces=b"h" * 40))),
    "more than 2^21 pieces": ("too-big", torrent(single(2**21 * PIECE + 1, pieces=b"h" * 20))),
    "v2 version 3": ("bad-value", v2({"temp": node(425, SMALL)}, meta_version=3)),
    "v2 version a string": ("bad-value", v2({"temp": node(425, SMALL)}, meta_version="2")),
    "v2 tree without version": ("contradiction", v2({"temp": node(425, SMALL)}, meta_version=1)),
    "v2 without tree": ("missing", torrent(single(meta_version=2))),
    "v2 tree empty": ("missing", v2({})),
    "v2 tree a list": ("bad-value", v2([])),
    "v2 entry a number": ("bad-value", v2({"a": 5})),
    "v2 leaf a number": ("bad-value", v2({"a": {"": 5}})),
    "v2 leaf at the top": ("bad-value", v2({"": {"length": 5, "pieces root": SMALL}})),
    "v2 file and folder at once": ("contradiction", v2({"a": {**node(4, SMALL), "b": node(3, SMALL)}})),
    "v2 size missing": ("missing", v2({"a": {"": {"pieces root": SMALL}}})),
    "v2 root missing": ("missing", v2({"a": node(5)})),
    "v2 root short": ("missing", v2({"a": node(5, SMALL[:31])})),
    "v2 root of zeros": ("missing", v2({"a": node(5, bytes(32))})),
    "v2 padding in the tree": ("contradiction", v2({"a": node(5, SMALL, attr="p")})),
    "v2 all empty": ("bad-value", v2({"temp": node(0)})),
    "v2 piece length below 16 KiB": ("bad-value", v2({"a": node(5, SMALL)}, piece_length=8192)),
    "v2 piece length not a power of two": ("bad-value", v2({"a": node(5, SMALL)}, piece_length=20000)),
    "v2 layer with a wrong root": (
        "contradiction",
        v2({"a": node(THREE_PIECES, ROOT)}, {ROOT: LAYER[32:] + LEAVES[0]}),
    ),
    "v2 layer not a multiple of 32": ("bad-value", v2({"a": node(THREE_PIECES, ROOT)}, {ROOT: LAYER + b"x"})),
    "v2 layer too short": ("bad-value", v2({"a": node(THREE_PIECES, ROOT)}, {ROOT: LAYER[32:]})),
    "v2 layer a number": ("bad-value", v2({"a": node(THREE_PIECES, ROOT)}, {ROOT: 5})),
    "v2 layer of no file": ("contradiction", v2({"a": node(THREE_PIECES, ROOT)}, {ROOT: LAYER, SMALL: SMALL})),
    "v2 layer of a file within one piece": ("contradiction", v2({"a": node(5, SMALL)}, {SMALL: SMALL})),
    "v2 offsets beyond 64 bits": ("too-big", v2({name: node(2**61, SMALL) for name in "abcd"}, None)),
    "hybrid of different names": ("contradiction", hybrid(tree={"a": node(40, SMALL), "c": node(50, SMALL)})),
    "hybrid of different sizes": ("contradiction", hybrid(tree={"a": node(40, SMALL), "b": node(51, SMALL)})),
    "hybrid with a file more in v2": (
        "contradiction",
        hybrid(tree={"a": node(40, SMALL), "b": node(50, SMALL), "c": node(1, SMALL)}),
    ),
    "hybrid with a file more in v1": ("contradiction", hybrid(tree={"a": node(40, SMALL)})),
    "hybrid not aligned": ("contradiction", hybrid(v1=[entry(40, "a"), entry(50, "b")], pieces=1)),
    "hybrid in another order": (
        "contradiction",
        hybrid(v1=[entry(50, "b"), entry(PIECE - 50, "p", attr="p"), entry(40, "a")]),
    ),
    "hybrid without pieces": ("missing", v2({"temp": node(425, SMALL)}, length=425)),
    "hybrid single of another name": ("contradiction", v2({"a": node(425, SMALL)}, length=425, pieces=b"h" * 20)),
}


def info_hashes(data: bytes) -> tuple[bytes, bytes]:
    """SHA-1 and SHA-256 over the raw info of a torrent built by `torrent`, found by its text."""
    start = data.index(b"4:info") + 6
    stop = data.index(b"12:piece layers", start) if b"12:piece layers" in data else len(data) - 1
    return sha1(data[start:stop]).digest(), sha256(data[start:stop]).digest()
