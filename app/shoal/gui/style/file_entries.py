"""Entries of the error catalogue about files, the disk, and what was written to it."""

from __future__ import annotations

from shoal.gui.style.explanation import Explanation, Facts, Remedy
from shoal.gui.style.wording import Template, say, say_phrase


def bad_piece(facts: Facts) -> Explanation:
    return Explanation(
        say("Failed hash check"),
        say("One part arrived damaged. Nothing is broken: it was thrown away and is being fetched again."),
        (
            say("Fetches the part anew, from one peer at a time if it fails twice."),
            say("Bans a peer that is proven to send bad data."),
        ),
        (),
        facts.raw,
    )


def many_bad_pieces(facts: Facts) -> Explanation:
    return Explanation(
        say("Many damaged parts"),
        say("Many parts fail their check. A faulty disk, memory or network device is likely."),
        (say("Throws damaged parts away and fetches them again. Nothing wrong is kept."),),
        (Remedy.RECHECK, Remedy.STOP),
        facts.raw,
    )


def bad_file(facts: Facts) -> Explanation:
    return Explanation(
        say("Bad file info"),
        say(
            "This is not a complete torrent file: it is cut short, is a web page and not a torrent, or its contents "
            "contradict themselves. Download it again: right-click the link and choose \u201cSave link as\u201d."
        ),
        (say("Nothing was added."),),
        (),
        facts.raw,
    )


def nothing_chosen(facts: Facts) -> Explanation:
    return Explanation(
        say("No files chosen"),
        say("You have chosen no files of {name}, so there is nothing to download.", name=facts.name),
        (say("Asks no trackers and shares nothing until you choose a file. What is here is kept."),),
        (Remedy.CHOOSE_FILES,),
        facts.raw,
    )


def disk_full(facts: Facts) -> Explanation:
    return Explanation(
        say("Disk full"),
        say("{amount} are missing on the disk of {path}.", amount=facts.amount, path=facts.path),
        (
            say("Stopped only the transfers on that disk."),
            say("Looks every 30 s, and starts again by itself when there is room."),
        ),
        (Remedy.CHOOSE_FOLDER, Remedy.SKIP_FILES, Remedy.OPEN_FOLDER, Remedy.TRY_AGAIN),
        facts.raw,
    )


def folder_gone(facts: Facts) -> Explanation:
    return Explanation(
        say("Folder is gone"),
        say("The files of {name} are gone from {path}, or their drive is unplugged.", name=facts.name, path=facts.path),
        (
            say("Waits and looks every 30 s. It never makes files anew where a drive is missing."),
            say("If it was you who took them away, \u201cDownload again\u201d gets them anew."),
        ),
        (Remedy.FIND_FILES, Remedy.TRY_AGAIN, Remedy.DOWNLOAD_AGAIN),
        facts.raw,
    )


def cannot_write(facts: Facts) -> Explanation:
    return Explanation(
        say("Cannot write"),
        say("You may not write to {path}.", path=facts.path),
        (say("Tries again from time to time, until you allow it or the disk can be written."),),
        (Remedy.CHOOSE_FOLDER, Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def io_error(facts: Facts) -> Explanation:
    return Explanation(
        say("The disk reports an error"),
        say("Reading or writing {path} failed. The disk or its cable may be faulty.", path=facts.path),
        (say("Stopped this transfer so that nothing wrong is kept."),),
        (Remedy.TRY_AGAIN, Remedy.RECHECK, Remedy.CHOOSE_FOLDER),
        facts.raw,
    )


def files_changed(facts: Facts) -> Explanation:
    return Explanation(
        say("Files were moved or changed"),
        say("Finished files of {name} are missing or differ in size.", name=facts.name),
        (
            say("Paused sharing so that nothing wrong is sent."),
            say("\u201cRe-check files\u201d keeps what is right and downloads the rest again."),
        ),
        (Remedy.FIND_FILES, Remedy.RECHECK, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def in_the_way(facts: Facts, why: Template) -> Explanation:
    return Explanation(
        say("A name is in the way"),
        say("{path} cannot be written: {why}.", path=facts.path, why=say_phrase(why)),
        (say("Wrote nothing there. Move what is in the way, then try again."),),
        (Remedy.TRY_AGAIN, Remedy.OPEN_FOLDER),
        facts.raw,
    )


def removing(facts: Facts) -> Explanation:
    return Explanation(
        say("Being removed"),
        say("Its files are being deleted, which takes a while when they are many."),
        (say("Takes it out of the list when that is done."),),
        (),
        facts.raw,
    )


def moving(facts: Facts) -> Explanation:
    return Explanation(
        say("Its files are being moved"),
        say("The old files stay until the last byte is at the new place."),
        (say("Goes on as before when the move is done."),),
        (Remedy.CANCEL_MOVE,),
        facts.raw,
    )


def move_failed(facts: Facts) -> Explanation:
    if facts.cause:
        text = say(
            "The files of {name} could not be moved to {folder}: {cause}.",
            name=facts.name,
            folder=facts.folder,
            cause=facts.cause,
        )
    else:
        text = say("The files of {name} could not be moved to {folder}.", name=facts.name, folder=facts.folder)
    return Explanation(
        say("Files were not moved"),
        text,
        (say("Left every file where it was, and goes on with it there."),),
        (Remedy.MOVE_AGAIN, Remedy.CHOOSE_FOLDER, Remedy.LEAVE_FILES),
        facts.raw,
    )
