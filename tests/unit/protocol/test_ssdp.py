"""The search for UPnP routers, and what answers it."""

import pytest

from shoal.protocol.errors import ProtocolError
from shoal.protocol.ssdp import GROUP, SearchReply, decode_search_reply, encode_search

ANSWER = "HTTP/1.1 200 OK\r\nst: device:1\r\nEXT:\r\nLocation: http://192.168.1.1:5000/d.xml\r\n\r\n"


def test_a_search_is_one_datagram() -> None:
    wire = encode_search("urn:x", GROUP).decode()
    assert wire.startswith("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n")
    assert 'MAN: "ssdp:discover"\r\nMX: 2\r\nST: urn:x\r\n\r\n' in wire
    assert "HOST: [fe80::1]:1900" in encode_search("urn:x", "fe80::1").decode()


@pytest.mark.parametrize("target", ["a b", "a\r\nHOST: elsewhere", "\xe9"])
def test_a_target_cannot_bring_further_lines(target: str) -> None:
    with pytest.raises(ValueError, match="target"):
        encode_search(target, GROUP)


def test_a_device_tells_where_it_is_described() -> None:
    assert decode_search_reply(ANSWER.encode()) == SearchReply("device:1", "http://192.168.1.1:5000/d.xml")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "NOTIFY * HTTP/1.1\r\nLOCATION: http://192.168.1.1/\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nLOCATION: http://192.168.1.1/\r\n\r\n",
        "HTTP/1.1 200 OK\r\nST: device:1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.1/ d\r\n\r\n",
        "HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.1/\xe9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.1/" + "d" * 600 + "\r\n\r\n",
        "HTTP/1.1 200 OK\r\n" + "X: y\r\n" * 50 + "LOCATION: http://192.168.1.1/\r\n\r\n",
        ANSWER + "X" * 2048,
    ],
)
def test_what_is_no_answer_is_a_protocol_error(answer: str) -> None:
    with pytest.raises(ProtocolError):
        decode_search_reply(answer.encode("latin-1"))
