"""`shoal create`: make a .torrent file of a file or folder; reading and hashing is done by whoever is passed in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TextIO

from shoal.api.errors import UserError
from shoal.cli.messages import plain
from shoal.cli.options import CreateOptions
from shoal.cli.quantities import size_text
from shoal.metainfo.authoring import FilePlan, build_metainfo, plan_files
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, parse_metainfo

MOST_NAMES_SHOWN = 5

Progress = Callable[[int, int], None]
"""Told bytes done and bytes in all."""

FoundFile = tuple[tuple[str, ...], int]
"""Path elements below what was chosen (none for a single file), and bytes."""


class Tree(Protocol):
    """The file or folder that was chosen; both raise `UserError` for what the disk refuses."""

    async def list(self) -> Sequence[FoundFile]: ...

    async def hash(self, piece_length: int, progress: Progress) -> bytes:
        """SHA-1 of each piece of the files listed, in order, 20 bytes each."""
        ...


async def create(
    options: CreateOptions, tree: Tree, stream: TextIO, notes: TextIO, *, created_by: str, now: int
) -> None:
    """Hash, build and write; `now` in seconds since the epoch. What was made goes to `stream`, doubts to `notes`.

    The output is written beside its place and moved there when it is whole. Raises `UserError`.
    """
    name = os.path.basename(options.path)
    _refuse_bad_output(options.output)
    _refuse_device(options.path)
    found = await tree.list()
    if not sum(size for _, size in found):
        raise UserError("create-nothing", path=options.path)
    _refuse_own_output(options, found)
    try:
        plan = plan_files(name, found, piece_length=options.piece_length)
    except MetainfoError as error:
        raise _refused(options, error) from error
    with _progress_bar(stream) as progress:
        hashes = await tree.hash(plan.piece_length, progress)
    try:
        data = build_metainfo(
            plan,
            hashes,
            trackers=[(address,) for address in options.trackers],
            web_seeds=options.web_seeds,
            private=options.private,
            comment=options.comment,
            source=options.source,
            created_by=created_by,
            creation_date=now,
        )
    except MetainfoError as error:
        raise _refused(options, error) from error
    write_whole(options.output, data)
    stream.write(_summary(options, plan, data) + "\n")
    if plan.unportable:
        shown = ", ".join(plan.unportable[:MOST_NAMES_SHOWN])
        more = (
            "" if len(plan.unportable) <= MOST_NAMES_SHOWN else f" and {len(plan.unportable) - MOST_NAMES_SHOWN} more"
        )
        notes.write(f"shoal: other systems rename these; better rename them before sharing: {plain(shown)}{more}\n")


def write_whole(path: str, data: bytes) -> None:
    """Put `data` at `path` so that it is there whole or not at all. Raises `UserError("write-refused")`."""
    folder, name = os.path.split(path)
    beside = os.path.join(folder, f".{name}.{os.getpid()}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.remove(beside)
            raise
    except OSError as error:
        raise UserError("write-refused", path=path, detail=error.strerror or str(error)) from error


def _refuse_bad_output(path: str) -> None:
    """Said before hours of hashing, not after."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise UserError("write-refused", path=path, detail=f"there is no folder {folder}")
    if os.path.isdir(path):
        raise UserError("write-refused", path=path, detail="it is a folder")


def _refuse_device(path: str) -> None:
    """A device or pipe has no end; what is not there is left to the tree to say."""
    if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):
        raise UserError("create-not-a-file", path=path)


def _refuse_own_output(options: CreateOptions, found: Sequence[FoundFile]) -> None:
    """The torrent file must not replace a file that it describes."""
    output = os.path.realpath(options.output)
    root = os.path.realpath(options.path)
    if any(os.path.join(root, *path) == output for path, _ in found):
        raise UserError("create-refused", path=options.path, detail="-o names one of the files to share")


def _refused(options: CreateOptions, error: MetainfoError) -> UserError:
    return UserError("create-refused", path=options.path, detail=str(error).rstrip("."))


def _summary(options: CreateOptions, plan: FilePlan, data: bytes) -> str:
    metainfo = parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)
    count = len(plan.files)
    return (
        f"{plain(options.output)}: {size_text(metainfo.size)} in {count} file{'' if count == 1 else 's'}, "
        f"{plan.piece_count} pieces of {plan.piece_length >> 10} KiB, hash {metainfo.torrent_id}"
    )


@contextlib.contextmanager
def _progress_bar(stream: TextIO) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if not stream.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console  # noqa: PLC0415 (only a terminal pays for loading it)
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    bar = Bar(
        BarColumn(bar_width=None),
        TextColumn("{task.fields[facts]}", markup=False),
        TimeRemainingColumn(),
        console=Console(file=stream, highlight=False),
        transient=True,
        expand=True,
    )
    task = bar.add_task("", total=None, facts="reading")

    def show(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total, facts=f"{size_text(done)} of {size_text(total)}")

    with bar:
        yield show
