"""Which action and which signal does what: the one table between those who ask and those who carry it out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shoal.api.commands import QueueStep
from shoal.api.snapshots import TorrentRow
from shoal.gui.window.actions import Actions
from shoal.gui.window.addresses import Addresses
from shoal.gui.window.help import Help
from shoal.gui.window.labels import Labels
from shoal.gui.window.list_pages import ListPages
from shoal.gui.window.opening import Opener
from shoal.gui.window.selection import are_moving
from shoal.gui.window.sidebar import Sidebar
from shoal.gui.window.transfer_commands import TransferCommands
from shoal.gui.window.transfer_dialogs import TransferDialogs
from shoal.gui.window.undoing import Undoing

Do = Callable[[], object]


def connect_transfer_actions(
    do: Actions,
    commands: TransferCommands,
    dialogs: TransferDialogs,
    opener: Opener,
    selected: Callable[[], list[TorrentRow]],
) -> None:
    """Everything that acts on the selected rows."""

    def for_one(act: Callable[[TorrentRow], None]) -> None:
        rows = selected()
        if len(rows) == 1:
            act(rows[0])

    def move_or_cancel() -> None:
        if are_moving(selected()):
            commands.cancel_move()
        else:
            dialogs.move_files(selected())

    _connect(
        do,
        start=commands.start,
        stop=commands.stop,
        start_now=commands.start_now,
        ask_trackers=commands.ask_trackers,
        recheck=commands.recheck,
        move_up=partial(commands.move_in_queue, QueueStep.UP),
        move_down=partial(commands.move_in_queue, QueueStep.DOWN),
        move_top=partial(commands.move_in_queue, QueueStep.TOP),
        move_bottom=partial(commands.move_in_queue, QueueStep.BOTTOM),
        open=partial(for_one, opener.open),
        open_folder=lambda: opener.open_folders(selected()),
        rename=partial(for_one, dialogs.rename),
        save_torrent=partial(for_one, dialogs.save_torrent),
        move_files=move_or_cancel,
        copy_name=lambda: dialogs.copy_names(selected()),
        copy_magnet=lambda: dialogs.copy_magnets(selected()),
        copy_hash=lambda: dialogs.copy_hashes(selected()),
        remove=lambda: dialogs.remove(selected()),
    )
    do.in_order.triggered.connect(commands.load_in_order)
    do.first_last_first.triggered.connect(commands.load_first_and_last_first)


def connect_general_actions(do: Actions, addresses: Addresses, undoing: Undoing, help_: Help, **others: Do) -> None:
    """What has nothing to do with a selection; `others` by the names of their actions."""
    _connect(
        do,
        add_address=addresses.ask,
        paste=addresses.paste,
        undo=undoing.undo,
        messages=help_.show_messages,
        keyboard_map=help_.show_keys,
        about=help_.show_about,
        **others,
    )

    def show_undo() -> None:
        newest = undoing.newest
        do.show_undo(newest.undo_name if newest is not None else "")

    undoing.changed.connect(show_undo)


def connect_sidebar(sidebar: Sidebar, pages: ListPages, commands: TransferCommands, labels: Labels) -> None:
    """What is chosen in the sidebar, and what its menus offer."""
    sidebar.filter_changed.connect(pages.set_filter)
    sidebar.label_dropped.connect(commands.set_label)
    sidebar.new_label_wanted.connect(labels.ask_for_new)
    sidebar.rename_label_wanted.connect(labels.ask_to_rename)
    sidebar.remove_label_wanted.connect(labels.remove)
    sidebar.ask_tracker_wanted.connect(commands.ask_tracker)


def _connect(do: Actions, **routes: Do) -> None:
    for name, act in routes.items():
        getattr(do, name).triggered.connect(partial(_without_state, act))


def _without_state(act: Do, _checked: bool = False) -> None:
    act()
