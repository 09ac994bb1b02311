"""The interface's settings, and what the window remembers between starts."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.settings.schema import Choice, Form, Page, check, kept, setting

DETAIL_TABS = ("overview", "files", "peers", "swarm", "pieces", "trackers", "speed", "info")
SPANS = ("10min", "1h", "24h", "all")
LINES = ("", "fibre", "dsl", "mobile", "shared")
MAX_FOLDER_LENGTH = 4096
MAX_STATE_LENGTH = 65536
MOST_KBIT = 100_000_000


@dataclass(frozen=True, slots=True)
class InterfaceSettings:
    """Every interface setting with its default. Opaque states are bytes in base64; empty means never saved."""

    # Appearance
    theme: str = setting(
        "system",
        "Theme",
        "Light or dark, or as the system has it",
        Page.APPEARANCE,
        choices=(Choice("system", "As the system"), Choice("light", "Light"), Choice("dark", "Dark")),
    )
    language: str = setting(
        "system",
        "Language",
        "The language of the window, or as the system has it",
        Page.APPEARANCE,
        longest=16,
        form=Form.LANGUAGE,
    )
    units: str = setting(
        "decimal",
        "Sizes in",
        "Whether a kilobyte has 1,000 or 1,024 bytes",
        Page.APPEARANCE,
        choices=(Choice("decimal", "kB, MB, GB"), Choice("binary", "KiB, MiB, GiB")),
    )
    toolbar: str = setting(
        "text",
        "Toolbar",
        "What the toolbar shows",
        Page.APPEARANCE,
        choices=(Choice("text", "Icons and words"), Choice("icons", "Icons"), Choice("hidden", "Nothing")),
    )
    compact_rows: bool = setting(False, "Compact rows", "One line per transfer", Page.APPEARANCE)
    reduce_motion: bool = setting(False, "Reduce motion", "Still pictures instead of moving ones", Page.APPEARANCE)
    sidebar_shown: bool = setting(True, "Sidebar", "Show the filters beside the table", Page.APPEARANCE)
    details_shown: bool = setting(True, "Detail pane", "Show the details of the selected transfer", Page.APPEARANCE)
    status_shown: bool = setting(True, "Status bar", "Show the line at the foot of the window", Page.APPEARANCE)

    # Adding
    ask_before_adding: bool = setting(
        True, "Ask before adding", "Show what a torrent holds before it is added", Page.ADDING
    )
    ask_above_bytes: int = setting(
        0,
        "Ask before large downloads",
        "Show what a torrent holds when it is larger than this, even if Shoal does not ask otherwise",
        Page.ADDING,
        unit="B",
        low=0,
        high=2**50,
        zero="never",
    )
    watch_folder: str = setting(
        "",
        "Watch folder",
        "Torrent files that appear in this folder are added",
        Page.ADDING,
        longest=MAX_FOLDER_LENGTH,
        form=Form.FOLDER,
        zero="off",
    )
    watch_action: str = setting(
        "rename",
        "After adding a watched file",
        "What happens to a torrent file of the watch folder once it is added",
        Page.ADDING,
        choices=(
            Choice("rename", "Rename it to .torrent.added"),
            Choice("move", "Move it into the folder \u201cadded\u201d there"),
            Choice("trash", "Move it to the wastebasket"),
        ),
    )
    watch_asks: bool = setting(
        False, "Ask about watched files", "Show what a torrent file of the watch folder holds first", Page.ADDING
    )
    offer_clipboard: bool = setting(
        True, "Offer copied links", "Offer a magnet link or the address of a torrent file that was copied", Page.ADDING
    )

    # Saving
    downloads_folder: str = setting(
        "",
        "Save downloads in",
        "The folder that is offered for new downloads",
        Page.SAVING,
        longest=MAX_FOLDER_LENGTH,
        form=Form.FOLDER,
        zero="the system's folder for downloads",
    )

    # Speed and profiles
    line_down: int = setting(
        0,
        "Download speed of your line",
        "As your provider sells it; the speed profiles reckon with it",
        Page.SPEED,
        unit="kbit/s",
        low=0,
        high=MOST_KBIT,
        zero="not known",
    )
    line_up: int = setting(
        0,
        "Upload speed of your line",
        "As your provider sells it; the speed profiles leave a part of it free",
        Page.SPEED,
        unit="kbit/s",
        low=0,
        high=MOST_KBIT,
        zero="not known",
    )

    # Notifications and tray
    notify_finished: bool = setting(
        True, "Tell when a download is finished", "A notification with Open and Open folder", Page.NOTIFICATIONS
    )
    notify_all_done: bool = setting(
        True, "Tell when all downloads are done", "One notification at the end", Page.NOTIFICATIONS
    )
    notify_needs_you: bool = setting(
        True, "Tell when a transfer needs you", "A notification with what is to be done", Page.NOTIFICATIONS
    )
    notify_disk: bool = setting(
        True, "Tell when the disk is almost full", "Before downloads have to stop", Page.NOTIFICATIONS
    )
    quiet_hours: str = setting(
        "",
        "Quiet hours",
        "No notifications in this time, such as 22:00-07:00; what is left of them comes afterwards as one",
        Page.NOTIFICATIONS,
        longest=11,
        form=Form.HOURS,
        zero="none",
    )
    tray_shown: bool = setting(True, "Icon in the tray", "Show how it goes beside the clock", Page.NOTIFICATIONS)
    close_to_tray: bool = setting(
        False,
        "Closing the window keeps Shoal running",
        "It goes on in the tray; where there is no tray, closing minimises the window",
        Page.NOTIFICATIONS,
    )
    start_hidden: bool = setting(
        False,
        "Start in the tray",
        "The window stays closed at the start with the computer",
        Page.NOTIFICATIONS,
    )
    start_at_login: bool = setting(False, "Start with the computer", "Shoal starts when you log in", Page.NOTIFICATIONS)
    confirm_quit: bool = setting(True, "Ask before quitting", "Only while a download is running", Page.NOTIFICATIONS)
    keep_awake: bool = setting(
        True, "Keep the computer awake while downloading", "It does not sleep before they are done", Page.NOTIFICATIONS
    )
    keep_awake_sharing: bool = setting(
        False, "Keep it awake while sharing, too", "It does not sleep as long as peers are served", Page.NOTIFICATIONS
    )

    # Privacy
    remember_folders: bool = setting(
        True, "Remember folders", "Offer the folders of the last downloads again", Page.PRIVACY
    )
    ask_swarm_size: bool = setting(
        True,
        "Ask trackers before adding",
        "The add window shows how many share a torrent; its trackers see the question",
        Page.PRIVACY,
    )

    # Keyboard
    shortcuts: str = setting(
        "",
        "Shortcuts",
        "Keys that were changed",
        Page.KEYBOARD,
        longest=MAX_STATE_LENGTH,
        form=Form.JSON,
        zero="as delivered",
    )

    # What the program keeps for itself
    profile: str = kept("balanced", "Name of the speed profile in force", longest=64)
    profile_applied: str = kept("balanced", "Name of the speed profile whose figures the engine got last", longest=64)
    profiles: str = kept("", "Speed profiles that were made or changed", longest=MAX_STATE_LENGTH, form=Form.JSON)
    profile_times: str = kept("", "Which profile is in force when", longest=MAX_STATE_LENGTH, form=Form.JSON)
    goal_apart: float = kept(0.0, "Ratio to share until when no speed profile has a goal of its own", low=0.0)
    metered_profile: str = kept("", "Profile for a metered network; empty for none", longest=64)
    line_kind: str = kept("", "How this computer goes online", words=LINES)
    line_trial: int = kept(
        0, "Upload that is reckoned with while the line is measured, kbit/s; 0 when it is not", low=0
    )
    line_offered: bool = kept(False, "The speeds that were measured have been offered")
    seen_up: int = kept(0, "Best upload over half a minute so far, bytes/s", low=0)
    seen_down: int = kept(0, "Best download over half a minute so far, bytes/s", low=0)
    assistant_done: bool = kept(False, "The Configuration Assistant was finished or skipped")
    tray_told: bool = kept(False, "It was said that the program goes on in the tray")
    selected: str = kept("", "Transfers that were selected, by id, one a line", longest=MAX_STATE_LENGTH)
    window_geometry: str = kept("", "Place and size of the window", longest=MAX_STATE_LENGTH, form=Form.BASE64)
    column_state: str = kept("", "Columns of the torrent table", longest=MAX_STATE_LENGTH, form=Form.BASE64)
    last_folder: str = kept("", "Folder of the last download", longest=MAX_FOLDER_LENGTH)
    last_torrent_folder: str = kept("", "Folder of the last torrent file opened", longest=MAX_FOLDER_LENGTH)
    recent_folders: str = kept("", "Folders of the last downloads, one a line, newest first", longest=MAX_STATE_LENGTH)
    last_offer: str = kept("", "Digest of the copied link that was offered last", longest=64)
    last_label: str = kept("", "Label of the last download", longest=64)
    labels: str = kept("", "Labels that were made, one a line, used or not", longest=MAX_STATE_LENGTH)
    sidebar_groups_hidden: str = kept("", "Groups of the sidebar that are not shown, by blanks", longest=256)
    sidebar_groups_folded: str = kept("", "Groups of the sidebar that are folded, by blanks", longest=256)
    screen_sets: str = kept("", "Place, splitter, columns and tab by set of screens", longest=MAX_STATE_LENGTH)
    details_state: str = kept("", "Height of the detail pane", longest=MAX_STATE_LENGTH, form=Form.BASE64)
    detail_tab: str = kept("overview", "Tab of the detail pane", words=DETAIL_TABS)
    detail_columns: str = kept("", "Columns of the tables in the detail pane", longest=MAX_STATE_LENGTH)
    speed_span: str = kept("10min", "How far back the speed graph goes", words=SPANS)


def validate_interface(settings: InterfaceSettings) -> InterfaceSettings:
    """Return `settings` when every value is of its kind, else raise `SettingsError`."""
    return check(settings)
