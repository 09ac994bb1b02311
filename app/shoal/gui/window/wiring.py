"""Which part of the main window tells which other: the signals between them, and what fills its menus."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shoal.gui.link.client_link import ClientLink
from shoal.gui.window.menus import Fillers, move_entries
from shoal.gui.window.opening import open_path
from shoal.gui.window.regions import Regions, first_focusable
from shoal.gui.window.routes import connect_general_actions, connect_sidebar, connect_transfer_actions

if TYPE_CHECKING:
    from shoal.gui.window.main_window import MainWindow


def fillers_of(window: MainWindow) -> Fillers:
    """Whatever fills menus when they are opened."""
    return Fillers(
        columns=lambda menu: move_entries(window.list.columns_menu(), menu),
        labels=window.labels.fill,
        groups=window.views.fill_groups,
        languages=window.views.fill_languages,
        limits=window.limits.fill_for_selected,
        session_limits=window.limits.fill_for_session,
        active_downloads=window.limits.fill_active_downloads,
        profiles=window.profiles.fill_tools_menu,
        pauses=window.session.pausing.fill,
        endings=window.session.when_done.fill,
    )


def regions_of(window: MainWindow) -> Regions:
    """What F6 goes round."""
    return Regions(
        window,
        (
            (window.toolbar, lambda: window.toolbar.add_button.main),
            (window.sidebar, lambda: window.sidebar.list),
            (window.pages, lambda: first_focusable(window.pages)),
            (window.offers, lambda: window.offers.add),
            (window.details, lambda: first_focusable(window.details)),
            (window.toast, lambda: first_focusable(window.toast)),
            (window.status, lambda: first_focusable(window.status)),
        ),
    )


def connect_parts(window: MainWindow, link: ClientLink) -> None:
    """Once, when all parts are made."""
    do, commands = window.actions_of_window, window.commands
    link.updated.connect(window.follow)
    connect_transfer_actions(do, commands, window.dialogs, window.opener, window.pages.selected_rows)
    connect_general_actions(
        do,
        window.addresses,
        window.undoing,
        window.help,
        add=window.adder.choose_files,
        configuration=window.configuring.open,
        open_downloads=lambda: open_path(window.adder.folder()),
        close=window.close,
        quit=window.leave,
        schedule=window.profile_editing.schedule,
        select_all=window.list.selectAll,
        select_none=window.list.clearSelection,
        find=window.toolbar.go_to_find,
        explain=lambda: window.explainer.explain_first(window.pages.selected_rows()),
    )
    for number, action in enumerate(do.tabs):
        action.triggered.connect(partial(window.open_tab, number))
    window.pages.add_wanted.connect(window.adder.choose_files)
    window.pages.everything_wanted.connect(window.sidebar.choose_everything)
    window.list.selection_moved.connect(window.show_selection)
    window.list.toggle_wanted.connect(commands.toggle)
    window.list.explain_wanted.connect(window.explainer.explain)
    window.list.opened.connect(window.open_transfer)
    window.list.placed.connect(window.place)
    link.refused.connect(window.model.take_back_places)
    window.undoing.brought_back.connect(window.succession.reveal)
    window.explainer.told.connect(window.toast.say)
    window.model.counts_changed.connect(window.show_counts)
    window.model.order_stale.connect(window.status.offer_sorting)
    window.status.sort_again.connect(window.model.sort_again)
    window.status.resume_wanted.connect(window.session.pausing.resume)
    window.status.limits_wanted.connect(window.limits.open_for_session)
    window.notices.stop_wanted.connect(window.adder.stop)
    window.remedies.choose_address = window.session.choose_address
    window.notices.mend_wanted.connect(window.session.choose_address)
    connect_sidebar(window.sidebar, window.pages, commands, window.labels)
    window.details.wants_full_page.connect(window.set_full_page)
    window.details.closed.connect(lambda: do.details.setChecked(False))
    window.details.explain_wanted.connect(window.explainer.explain)
    window.shortcuts.changed.connect(window.show_keys)
    window.show_keys()
    do.reduce_motion.toggled.connect(window.details.set_still)
    window.details.rename_wanted.connect(window.dialogs.rename_path)
    window.details.bans_wanted.connect(window.bans.ask)
    window.details.told.connect(commands.tell)
    window.frame.narrow_changed.connect(window.toolbar.set_narrow)
