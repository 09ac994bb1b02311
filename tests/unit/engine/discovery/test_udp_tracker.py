import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from tests.support.tracker_fakes import DatagramNetwork, tracker_world
from tests.support.virtual_time import run_virtual

from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.engine.discovery.udp_tracker import UdpTracker, parse_udp_url
from shoal.protocol import tracker_udp
from shoal.protocol.announce import AnnounceEvent, AnnounceReply, AnnounceRequest, ScrapeEntry
from shoal.runtime.world import Address, UdpPort

HASH = bytes(range(20))
REQUEST = AnnounceRequest(HASH, b"-SH0100-" + b"x" * 12, 6881, 1, 2, 3, AnnounceEvent.STARTED, key=7)
PEERS = (("1.2.3.4", 6881), ("5.6.7.8", 51413))
PEERS6 = (("2001:db8::1", 6881),)
TRACKER = Address("9.9.9.9", 6969)
TRACKER6 = Address("2620:fe::9", 6969)
URL = "udp://tracker.test:6969/announce"

Answer = Callable[[tracker_udp.UdpRequest], bytes | None]


class ScriptedTracker:
    """A UDP tracker that can be told to misbehave. `answer` may replace what it would send; None sends nothing."""

    def __init__(self, network: DatagramNetwork, answer: Answer | None = None) -> None:
        self.network = network
        self.answer = answer
        self.requests: list[tuple[float, tracker_udp.UdpRequest]] = []
        self.connection_id = 0x1234567890ABCDEF
        self.ports: list[UdpPort] = []

    async def listen(self, address: Address = TRACKER) -> "ScriptedTracker":
        is_ipv6 = ":" in address.host

        def receive(datagram: memoryview, source: Address) -> None:
            request = tracker_udp.decode_request(datagram)
            self.requests.append((asyncio.get_running_loop().time(), request))
            reply = self.answer(request) if self.answer is not None else self.usual(request, is_ipv6)
            if reply is not None:
                port.send(reply, source)

        port = await self.network.open_udp(receive, address.host, address.port)
        self.ports.append(port)
        return self

    def usual(self, request: tracker_udp.UdpRequest, is_ipv6: bool = False) -> bytes:
        transaction = request.transaction_id
        if isinstance(request, tracker_udp.UdpConnect):
            return tracker_udp.encode_connect_reply(transaction, self.connection_id)
        if request.connection_id != self.connection_id:
            return tracker_udp.encode_error(transaction, "bad connection id")
        if isinstance(request, tracker_udp.UdpScrape):
            return tracker_udp.encode_scrape_reply(transaction, [ScrapeEntry(h, 1, 2, 3) for h in request.info_hashes])
        reply = AnnounceReply(1_800, peers=PEERS6 if is_ipv6 else PEERS, seeds=4, leeches=5)
        return tracker_udp.encode_announce_reply(transaction, reply, ipv6=is_ipv6)

    def announces(self) -> list[tracker_udp.UdpAnnounce]:
        return [request for _, request in self.requests if isinstance(request, tracker_udp.UdpAnnounce)]

    def connects(self) -> int:
        return sum(isinstance(request, tracker_udp.UdpConnect) for _, request in self.requests)


def story(main: Callable[[DatagramNetwork, UdpTracker], Awaitable[None]], *hosts: str) -> None:
    """Run `main` on virtual time with a UDP client, and a name `tracker.test` for `hosts`."""

    async def run() -> None:
        network = DatagramNetwork({"tracker.test": list(hosts or (TRACKER.host,))})
        udp = UdpTracker(tracker_world(network))
        try:
            await main(network, udp)
        finally:
            udp.close()

    run_virtual(run)


async def trouble(awaitable: Awaitable[object]) -> TrackerError:
    with pytest.raises(TrackerError) as caught:
        await awaitable
    return caught.value


def now() -> float:
    return asyncio.get_running_loop().time()


def test_announce_connects_asks_and_reads_the_reply() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen()
        answer = await udp.announce(URL + "?passkey=sesame", REQUEST)
        assert answer.source_host == TRACKER.host
        assert answer.reply.peers == PEERS
        assert (answer.reply.seeds, answer.reply.leeches, answer.reply.interval) == (4, 5, 1_800)
        (announce,) = tracker.announces()
        assert announce.url_data == b"/announce?passkey=sesame"
        assert announce.request.event is AnnounceEvent.STARTED
        assert (announce.request.left, announce.request.key) == (3, 7)

    story(main)


def test_connection_id_is_used_for_a_minute_by_all_torrents_over_one_port() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen()
        for _ in range(5):
            await udp.announce(URL, REQUEST)
        assert tracker.connects() == 1
        await asyncio.sleep(60)
        await udp.announce(URL, REQUEST)
        assert tracker.connects() == 2
        assert len({source for source, to, _ in network.sent if to == TRACKER}) == 1

    story(main)


def test_lost_datagrams_are_sent_again_after_five_ten_and_fifteen_seconds() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network, lambda request: None).listen()
        error = await trouble(udp.announce(URL, REQUEST))
        assert (error.kind, error.code) == (TrackerErrorKind.TRANSIENT, "timeout")
        assert now() == pytest.approx(30)
        assert [round(time) for time, _ in tracker.requests] == [0, 5, 15]

    story(main)


def test_announce_succeeds_when_early_datagrams_were_lost() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = ScriptedTracker(network)
        tracker.answer = lambda request: None if len(tracker.requests) in (1, 3) else tracker.usual(request)
        await tracker.listen()
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS

    story(main)


def test_tracker_that_forgot_our_connection_is_asked_again_with_a_new_id() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen()
        await udp.announce(URL, REQUEST)
        tracker.connection_id = 99
        started = now()
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert now() - started < 1
        tracker.connection_id = 100
        usual = tracker.usual

        def silent_about_old_ids(request: tracker_udp.UdpRequest) -> bytes | None:
            known = isinstance(request, tracker_udp.UdpConnect) or request.connection_id == 100
            return usual(request) if known else None

        tracker.answer = silent_about_old_ids
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS

    story(main)


def test_refusal_comes_with_the_trackers_words() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = ScriptedTracker(network)

        def refuse(request: tracker_udp.UdpRequest) -> bytes:
            if isinstance(request, tracker_udp.UdpConnect):
                return tracker.usual(request)
            return tracker_udp.encode_error(request.transaction_id, "torrent not registered")

        tracker.answer = refuse
        await tracker.listen()
        error = await trouble(udp.announce(URL, REQUEST))
        assert (error.code, error.text) == ("failure", "torrent not registered")

    story(main)


def test_answers_from_elsewhere_or_to_other_requests_are_not_believed() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        liar = await network.open_udp(lambda datagram, source: None, "6.6.6.6", 6969)
        same_host = await network.open_udp(lambda datagram, source: None, TRACKER.host, 7000)
        tracker = ScriptedTracker(network)
        client: list[Address] = []

        def forge(request: tracker_udp.UdpRequest) -> bytes | None:
            client.append(next(source for source, to, _ in network.sent if to == TRACKER))
            transaction = request.transaction_id
            for port in (liar, same_host):
                port.send(tracker_udp.encode_connect_reply(transaction, 666), client[0])
                port.send(tracker_udp.encode_error(transaction, "forged"), client[0])
            tracker.ports[0].send(tracker_udp.encode_error(transaction ^ 1, "wrong transaction"), client[0])
            tracker.ports[0].send(b"", client[0])
            tracker.ports[0].send(b"\0\0\0\3", client[0])
            return tracker.usual(request)

        tracker.answer = forge
        await tracker.listen()
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert [announce.connection_id for announce in tracker.announces()] == [tracker.connection_id]

    story(main)


@pytest.mark.parametrize("junk", [b"", b"\0" * 4, b"\0\0\0\2" + b"\0" * 20, b"\0\0\0\1" + b"\0" * 3, b"\xff" * 40])
def test_junk_from_the_tracker_itself_ends_as_an_unreadable_answer(junk: bytes) -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        def answer(request: tracker_udp.UdpRequest) -> bytes:
            return junk[:4] + request.transaction_id.to_bytes(4, "big") + junk[8:] if len(junk) >= 8 else junk

        await ScriptedTracker(network, answer).listen()
        error = await trouble(udp.announce(URL, REQUEST))
        assert error.code == ("bad-reply" if len(junk) >= 8 else "timeout")
        assert now() == pytest.approx(30)

    story(main)


def test_random_bytes_never_break_the_client() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        rng = random.Random(5)
        tracker = ScriptedTracker(network)

        def babble(request: tracker_udp.UdpRequest) -> bytes:
            client = next(source for source, to, _ in network.sent if to == TRACKER)
            for _ in range(200):
                head = rng.choice([b"\0\0\0\0", b"\0\0\0\1", b"\0\0\0\3", rng.randbytes(4)])
                body = rng.randbytes(rng.randrange(60))
                tracker.ports[0].send(head + rng.randbytes(4) + body, client)
            return tracker.usual(request)

        tracker.answer = babble
        await tracker.listen()
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS

    story(main)


def test_tracker_with_both_families_is_asked_over_both() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen(TRACKER)
        await tracker.listen(TRACKER6)
        answer = await udp.announce(URL, REQUEST)
        assert set(answer.reply.peers) == {*PEERS, *PEERS6}

    story(main, TRACKER.host, TRACKER6.host)


def test_dead_family_costs_a_moment_not_the_announce() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        await ScriptedTracker(network).listen(TRACKER)
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert now() < 3

    story(main, TRACKER6.host, TRACKER.host)


def test_machine_without_ipv6_asks_over_ipv4_alone() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        del network.hosts["::"]
        await ScriptedTracker(network).listen(TRACKER)
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert now() < 1
        network.names["tracker.test"] = [TRACKER6.host]
        assert (await trouble(udp.announce(URL, REQUEST))).code == "refused-address"

    story(main, TRACKER6.host, TRACKER.host)


def test_bound_to_one_local_address_nothing_leaves_by_another() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen(TRACKER)
        await tracker.listen(TRACKER6)
        bound = UdpTracker(tracker_world(network), local_host="10.0.0.7")
        assert (await bound.announce(URL, REQUEST)).reply.peers == PEERS
        asked_from = {source.host for source, to, _ in network.sent if to in (TRACKER, TRACKER6)}
        assert asked_from == {"10.0.0.7"}
        bound.close()

    story(main, TRACKER6.host, TRACKER.host)


def test_another_local_address_is_used_at_once() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        tracker = await ScriptedTracker(network).listen(TRACKER)
        await udp.announce(URL, REQUEST)
        before = len(network.sent)
        tracker.answer = lambda _: None
        silent = asyncio.ensure_future(udp.announce(URL, REQUEST))
        await asyncio.sleep(1)
        udp.leave_from("10.0.0.7")
        assert (await trouble(silent)).code == "unreachable"
        tracker.answer = None
        asked = len(network.sent)
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert {source.host for source, to, _ in network.sent[asked:] if to == TRACKER} == {"10.0.0.7"}
        # The id was given to the former address.
        assert tracker.connects() == 2
        assert before < asked

    story(main, TRACKER.host)


def test_second_address_of_a_name_is_tried_after_the_first() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        await ScriptedTracker(network).listen(TRACKER)
        assert (await udp.announce(URL, REQUEST)).reply.peers == PEERS
        assert 5 <= now() < 6

    story(main, "9.9.9.8", TRACKER.host)


def test_scrape() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        await ScriptedTracker(network).listen()
        other = bytes(20)
        assert await udp.scrape(URL, [HASH, other]) == (ScrapeEntry(HASH, 1, 2, 3), ScrapeEntry(other, 1, 2, 3))

    story(main)


def test_names_that_are_unknown_or_nobody() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        assert (await trouble(udp.announce("udp://nowhere.test:1/", REQUEST))).code == "unknown-host"
        assert (await trouble(udp.announce("udp://224.0.0.1:1/", REQUEST))).code == "refused-address"

    story(main)


def test_closing_ends_requests_under_way_and_refuses_new_ones() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        task = asyncio.create_task(trouble(udp.announce(URL, REQUEST)))
        await asyncio.sleep(1)
        udp.close()
        assert (await task).code == "unreachable"
        assert now() == pytest.approx(1)
        assert (await trouble(udp.announce(URL, REQUEST))).code == "refused-address"

    story(main)


@pytest.mark.parametrize(
    ("url", "url_data"),
    [
        ("udp://h:1", b""),
        ("udp://h:1/", b""),
        ("udp://h:1/announce", b"/announce"),
        ("udp://h:1/a?b=c", b"/a?b=c"),
        ("udp://h:1?b", b"?b"),
    ],
)
def test_url_data(url: str, url_data: bytes) -> None:
    parsed = parse_udp_url(url)
    assert (parsed.host, parsed.port, parsed.url_data) == ("h", 1, url_data)


def test_ipv6_url() -> None:
    assert parse_udp_url("udp://[::1]:6969/announce").host == "::1"


@pytest.mark.parametrize(
    "url",
    ["udp://h", "udp://h:0", "udp://h:99999", "udp://:1", "http://h:1", "udp://[::1", "", "udp://h:1/" + "a" * 2_048],
)
def test_unusable_urls(url: str) -> None:
    with pytest.raises(TrackerError) as caught:
        parse_udp_url(url)
    assert (caught.value.kind, caught.value.code) == (TrackerErrorKind.PERMANENT, "bad-url")


def test_a_scrape_takes_the_family_that_answers() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        await ScriptedTracker(network).listen()
        assert await udp.scrape(URL, [HASH]) == (ScrapeEntry(HASH, 1, 2, 3),)
        assert now() < 1

    story(main, TRACKER6.host, TRACKER.host)


def test_a_scrape_nobody_answers_ends_with_its_attempts() -> None:
    async def main(network: DatagramNetwork, udp: UdpTracker) -> None:
        error = await trouble(udp.scrape(URL, [HASH], attempt_seconds=(1.0, 2.0)))
        assert (error.code, now()) == ("timeout", pytest.approx(3))

    story(main)


@pytest.mark.parametrize("refused", [{TRACKER.host}, {TRACKER.host, "9.9.9.10"}])
def test_addresses_that_are_refused_are_not_asked(refused: set[str]) -> None:
    async def run() -> None:
        network = DatagramNetwork({"tracker.test": [TRACKER.host, "9.9.9.10"]})
        udp = UdpTracker(tracker_world(network), refuses=lambda host: host in refused)
        error = await trouble(udp.announce(URL, REQUEST, attempt_seconds=(1.0,)))
        assert error.code == ("timeout" if len(refused) == 1 else "refused-address")
        assert {to.host for _, to, _ in network.sent} == {"9.9.9.10"} - refused
        udp.close()

    run_virtual(run)
