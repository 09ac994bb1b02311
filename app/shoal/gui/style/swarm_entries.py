"""Entries of the error catalogue about peers, turns and limits: what is slow, and no fault."""

from __future__ import annotations

from shoal.gui.style.explanation import Explanation, Facts, Remedy
from shoal.gui.style.wording import say, say_count


def no_seed(facts: Facts) -> Explanation:
    text = say_count(
        facts.peers,
        "The {n} peer here lacks {part}, as you do. It goes on when someone with the rest returns.",
        "All {n} peers here together lack {part}. It goes on when someone with the rest returns.",
        part=facts.percent,
    )
    return Explanation(
        say("Nobody has the rest"),
        text,
        (
            say("Keeps what you have, and goes on sharing it."),
            say("Asks its trackers again in {time}.", time=facts.wait),
            say("Takes the missing parts first when they appear."),
        ),
        (Remedy.TELL_ME, Remedy.SHOW_FILES, Remedy.SHOW_PIECES, Remedy.ADD_TRACKER),
        facts.raw,
    )


def no_peers(facts: Facts) -> Explanation:
    text = say("No peer is known from any source.")
    if facts.known:
        text = say_count(
            facts.known,
            "{n} peer is known, and does not answer at the moment.",
            "{n} peers are known, and none of them answers at the moment.",
        )
    return Explanation(
        say("Nobody is here"),
        text,
        (say("Looks again in {time}.", time=facts.wait),),
        (Remedy.LOOK_NOW, Remedy.ADD_TRACKER, Remedy.SHOW_TRACKERS),
        facts.raw,
    )


def asking_metadata(facts: Facts) -> Explanation:
    return Explanation(
        say("Magnet link finds no file list"),
        say(
            "No peer has sent the list of files yet. A magnet link only names a torrent: what is in it has to come "
            "from somebody who has it."
        ),
        (
            say("Goes on looking, and asks every peer that it finds."),
            say("Asks its trackers again in {time}.", time=facts.wait),
        ),
        (Remedy.LOOK_NOW, Remedy.ADD_TRACKER, Remedy.SHOW_TRACKERS, Remedy.STOP),
        facts.raw,
    )


def choose_files(facts: Facts) -> Explanation:
    return Explanation(
        say("Choose its files"),
        say(
            "The file list of {name} is here, and you wanted to choose before anything is downloaded.", name=facts.name
        ),
        (say("Waits until you start it."),),
        (Remedy.CHOOSE_FILES, Remedy.START),
        facts.raw,
    )


def bad_metadata(facts: Facts) -> Explanation:
    return Explanation(
        say("Its file list cannot be used"),
        say("What the magnet link names is no torrent that Shoal can download. Look for another link."),
        (say("Has stopped asking: every peer would send the same."),),
        (),
        facts.raw,
    )


def no_tracker(facts: Facts) -> Explanation:
    return Explanation(
        say("No tracker"),
        say("It names no tracker; peers cannot be found for it yet."),
        (say("Takes peers that connect by themselves."),),
        (Remedy.ADD_TRACKER,),
        facts.raw,
    )


def all_busy(facts: Facts) -> Explanation:
    return Explanation(
        say("Everyone is busy with others"),
        say(
            "The peers here have what you lack, but are sending to others at the moment. Each of them serves only a "
            "few at a time."
        ),
        (
            say("Waits for its turn with each of them, and looks for more peers."),
            say("Shares what it has: those who give are served first."),
        ),
        (Remedy.LOOK_NOW, Remedy.ADD_TRACKER),
        facts.raw,
    )


def waiting_turn(facts: Facts) -> Explanation:
    return Explanation(
        say("Waiting for a turn"),
        say("It is connected, and nobody sends yet. That is usual in the first minute."),
        (say("Asks each peer for its turn, and looks for more peers."),),
        (Remedy.LOOK_NOW,),
        facts.raw,
    )


def queued(facts: Facts) -> Explanation:
    return Explanation(
        say("Waiting in line"),
        say("Only so many downloads run at the same time, so that each of them is quick."),
        (say("Starts it by itself when its turn comes; nothing needs doing."),),
        (Remedy.START_NOW,),
        facts.raw,
    )


def starting(facts: Facts) -> Explanation:
    return Explanation(
        say("Starting"),
        say("Its files are being looked at before it goes on."),
        (say("Begins by itself in a moment; nothing needs doing."),),
        (),
        facts.raw,
    )


def paused(facts: Facts) -> Explanation:
    return Explanation(
        say("Everything is paused"),
        say("You paused all transfers at once. Nothing is sent or received meanwhile."),
        (say("Goes on by itself when the time is over, or when you resume."),),
        (Remedy.RESUME,),
        facts.raw,
    )


def address_gone(facts: Facts) -> Explanation:
    return Explanation(
        say("The local address is gone"),
        say(
            "Everything is to leave from {address}, and this computer does not have it now: a VPN may not be "
            "connected. Nothing is sent or received by any other way.",
            address=facts.address,
        ),
        (say("Looks for it all the time, and goes on by itself when it is back."),),
        (Remedy.CHOOSE_ADDRESS,),
        facts.raw,
    )


def address_unknown(facts: Facts) -> Explanation:
    return Explanation(
        say("The local address is not known"),
        say(
            "The file of settings was damaged, and which address of this computer connections are to leave from could "
            "not be read. It may have been that of a VPN, so nothing is sent by any other."
        ),
        (say("Waits until you choose the address, or leave it to the system."),),
        (Remedy.CHOOSE_ADDRESS,),
        facts.raw,
    )


def shared_enough(facts: Facts) -> Explanation:
    return Explanation(
        say("Shared enough"),
        say("{name} has reached the goal that you set for sharing.", name=facts.name),
        (say("Stopped it. Started again by hand, it is shared without a goal."),),
        (Remedy.START,),
        facts.raw,
    )


def down_limited(facts: Facts) -> Explanation:
    return Explanation(
        say("Your own limit is reached"),
        say("You limited this download to {limit}, and it runs at that rate.", limit=facts.limit),
        (say("Keeps to your limit."),),
        (Remedy.LIFT_LIMIT,),
        facts.raw,
    )


def up_limited(facts: Facts) -> Explanation:
    return Explanation(
        say("Your own limit is reached"),
        say("You limited sharing this to {limit}, and it runs at that rate.", limit=facts.limit),
        (say("Keeps to your limit."),),
        (Remedy.LIFT_LIMIT,),
        facts.raw,
    )
