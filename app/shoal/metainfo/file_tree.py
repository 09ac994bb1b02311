"""The v2 side of an info dictionary (BEP 52): its `file tree`, and `piece layers` checked against the roots in it."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.metainfo.errors import MetainfoError, Refusal
from shoal.metainfo.merkle import HASH_LENGTH, layer_height, root_of_layer
from shoal.metainfo.raw_files import RawFile, read_attributes, read_size
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import Fields


def read_file_tree(info: Fields) -> list[RawFile]:
    """The leaves of `file tree`, in the order in which the dictionary has them.

    The depth is bounded by the decoder, so the walk needs no bound of its own. Raises MetainfoError when the tree is
    missing, empty or broken, and when a file that has bytes has no root.
    """
    tree = info.get(b"file tree")
    if tree is None:
        raise MetainfoError(Refusal.MISSING, "The file tree of this version 2 torrent is missing.")
    if not isinstance(tree, dict):
        raise MetainfoError(Refusal.BAD_VALUE, "The file tree is not a dictionary.")
    result: list[RawFile] = []
    # Last in, first out, with the children pushed in reverse: the order of a depth-first walk without recursion.
    waiting: list[tuple[tuple[bytes, ...], BValue]] = [((name,), node) for name, node in reversed(tree.items())]
    while waiting:
        path, node = waiting.pop()
        where = f"entry {len(result) + 1} of the file tree"
        if not isinstance(node, dict):
            raise MetainfoError(Refusal.BAD_VALUE, f"The {where} is not a dictionary.")
        if not path[-1]:
            raise MetainfoError(Refusal.BAD_VALUE, f"The {where} has an empty name.")
        leaf = node.get(b"")
        if leaf is None:
            waiting.extend(((*path, name), child) for name, child in reversed(node.items()))
        elif len(node) > 1:
            raise MetainfoError(Refusal.CONTRADICTION, f"The {where} is a file and a folder at once.")
        elif not isinstance(leaf, dict):
            raise MetainfoError(Refusal.BAD_VALUE, f"The {where} is not a dictionary.")
        else:
            result.append(_read_leaf(path, leaf, where))
    if not result:
        raise MetainfoError(Refusal.MISSING, "The file tree holds no files.")
    return result


def check_piece_layers(
    value: BValue | None, files: Sequence[RawFile], piece_length: int
) -> tuple[dict[bytes, bytes], int]:
    """`piece layers` by root, each proven to lead to its root; and how many files lack theirs.

    A missing layer is no fault: peers can be asked for it, and the root proves it. Raises MetainfoError when a layer
    has the wrong length, does not lead to its root, or belongs to no file.
    """
    layers: dict[bytes, bytes] = {}
    missing = 0
    given = value if isinstance(value, dict) else {}
    height = layer_height(piece_length)
    for entry in files:
        if entry.size <= piece_length or entry.pieces_root is None:
            continue
        layer = given.get(entry.pieces_root)
        if layer is None:
            missing += 1
            continue
        pieces = -(-entry.size // piece_length)
        if not isinstance(layer, bytes) or len(layer) != pieces * HASH_LENGTH:
            raise MetainfoError(Refusal.BAD_VALUE, f"The hash layer of '{entry.label}' is not {pieces} hashes long.")
        if entry.pieces_root not in layers and root_of_layer(layer, height) != entry.pieces_root:
            raise MetainfoError(
                Refusal.CONTRADICTION, f"The hash layer of '{entry.label}' does not lead to its root hash."
            )
        layers[entry.pieces_root] = layer
    if len(given) > len(layers):
        raise MetainfoError(Refusal.CONTRADICTION, "There is a hash layer that belongs to no file.")
    return layers, missing


def check_same_files(v1_files: Sequence[RawFile], v2_files: Sequence[RawFile], piece_length: int) -> list[RawFile]:
    """The v1 list of a hybrid torrent with the roots of its v2 tree, both proven to describe the same files.

    Padding exists in the v1 list alone. Raises MetainfoError (contradiction) when order, paths or sizes differ, or
    when a v1 file with bytes does not start a piece.
    """
    merged: list[RawFile] = []
    tree = iter(v2_files)
    offset = 0
    for entry in v1_files:
        if entry.is_pad:
            merged.append(entry)
        else:
            twin = next(tree, None)
            if twin is None or twin.path != entry.path or twin.size != entry.size:
                raise _disagreement(entry)
            if entry.size and offset % piece_length:
                raise MetainfoError(
                    Refusal.CONTRADICTION,
                    f"The file '{entry.label}' of this hybrid torrent does not start a piece.",
                )
            merged.append(entry._replace(pieces_root=twin.pieces_root))
        offset += entry.size
    leftover = next(tree, None)
    if leftover is not None:
        raise _disagreement(leftover)
    return merged


def _read_leaf(path: tuple[bytes, ...], leaf: Fields, where: str) -> RawFile:
    attributes, link = read_attributes(leaf)
    if b"p" in attributes:
        raise MetainfoError(Refusal.CONTRADICTION, f"The {where} is padding, which version 2 does not have.")
    size = 0 if link else read_size(leaf, f"the {where}")
    if not size:
        return RawFile(path, 0, path, attributes, link)
    root = leaf.get(b"pieces root")
    if not isinstance(root, bytes) or len(root) != HASH_LENGTH or not any(root):
        raise MetainfoError(Refusal.MISSING, f"The {where} has no root hash.")
    return RawFile(path, size, path, attributes, link, root)


def _disagreement(entry: RawFile) -> MetainfoError:
    return MetainfoError(
        Refusal.CONTRADICTION, f"The version 1 and version 2 sides of this torrent disagree at '{entry.label}'."
    )
