from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.protocol import krpc
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.krpc import Failure, Method, Query, Reply

IDS = st.binary(min_size=20, max_size=20)
TRANSACTIONS = st.binary(max_size=krpc.MAX_TRANSACTION_BYTES)
PORTS = st.integers(1, 65_535)
HOSTS4 = st.ip_addresses(v=4).map(str)
HOSTS6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None).map(str)
NODES4 = st.lists(st.builds(Contact, IDS, HOSTS4, PORTS), max_size=8).map(tuple)
NODES6 = st.lists(st.builds(Contact, IDS, HOSTS6, PORTS), max_size=8).map(tuple)
PEERS = st.lists(st.tuples(HOSTS4, PORTS) | st.tuples(HOSTS6, PORTS), max_size=20, unique=True).map(tuple)
FILTERS = st.none() | st.binary(min_size=krpc.FILTER_BYTES, max_size=krpc.FILTER_BYTES)
COMMON = {"transaction": TRANSACTIONS, "sender": IDS, "is_read_only": st.booleans()}
QUERIES = st.one_of(
    st.builds(Query, method=st.just(Method.PING), **COMMON),
    st.builds(
        Query,
        method=st.sampled_from((Method.FIND_NODE, Method.SAMPLE_INFOHASHES)),
        target=IDS,
        wants_ipv4=st.booleans(),
        wants_ipv6=st.booleans(),
        **COMMON,
    ),
    st.builds(
        Query,
        method=st.just(Method.GET_PEERS),
        target=IDS,
        wants_ipv4=st.booleans(),
        wants_ipv6=st.booleans(),
        is_scrape=st.booleans(),
        no_seeds=st.booleans(),
        **COMMON,
    ),
    st.builds(
        Query,
        method=st.just(Method.ANNOUNCE_PEER),
        target=IDS,
        port=st.integers(0, 65_535),
        token=st.binary(max_size=krpc.MAX_TOKEN_BYTES),
        is_seed=st.booleans(),
        **COMMON,
    ),
)
REPLIES = st.builds(
    Reply,
    transaction=TRANSACTIONS,
    sender=IDS,
    nodes4=NODES4,
    nodes6=NODES6,
    peers=PEERS,
    token=st.none() | st.binary(max_size=20),
    your_address=st.none() | st.tuples(HOSTS4, PORTS) | st.tuples(HOSTS6, PORTS),
    samples=st.none() | st.lists(IDS, max_size=10).map(tuple),
    sample_count=st.none() | st.integers(0, 2**40),
    sample_interval=st.none() | st.integers(0, krpc.MAX_SAMPLE_INTERVAL_SECONDS),
    seed_filter=FILTERS,
    peer_filter=FILTERS,
)
VERSIONS = st.binary(min_size=4, max_size=4)


@given(query=QUERIES, version=VERSIONS)
def test_queries_survive_the_round_trip(query: Query, version: bytes) -> None:
    assert krpc.decode_message(krpc.encode_query(query, version)) == query


@given(reply=REPLIES, version=VERSIONS)
def test_replies_survive_the_round_trip(reply: Reply, version: bytes) -> None:
    packet = krpc.encode_reply(reply, version)
    if len(packet) <= krpc.MAX_PACKET_BYTES:
        assert krpc.decode_message(packet) == reply


@given(
    failure=st.builds(Failure, TRANSACTIONS, st.integers(-(2**31), 2**31), st.binary(max_size=krpc.MAX_ERROR_BYTES)),
    version=VERSIONS,
)
def test_errors_survive_the_round_trip(failure: Failure, version: bytes) -> None:
    assert krpc.decode_message(krpc.encode_failure(failure, version)) == failure
