"""A router that speaks UPnP, on loopback: it answers a search by UDP and maps ports by SOAP, or misbehaves as told."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

HOST = "127.0.0.1"
SERVICE = "urn:schemas-upnp-org:service:WANIPConnection:1"

DESCRIPTION = """<?xml version="1.0"?>
<root xmlns="urn:schemas-upnp-org:device-1-0"><specVersion><major>1</major><minor>0</minor></specVersion>
<device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>Box</friendlyName>
<manufacturer>Maker</manufacturer><modelName>Box</modelName><UDN>uuid:1</UDN>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>WAN</friendlyName>
<manufacturer>Maker</manufacturer><modelName>Box</modelName><UDN>uuid:2</UDN>
<deviceList><device><deviceType>urn:schemas-upnp-org:device:WANConnectionDevice:1</deviceType>
<friendlyName>Connection</friendlyName><manufacturer>Maker</manufacturer><modelName>Box</modelName><UDN>uuid:3</UDN>
<serviceList><service><serviceType>{service}</serviceType><serviceId>urn:upnp-org:serviceId:WANIPConn1</serviceId>
<SCPDURL>/scpd.xml</SCPDURL><controlURL>{control}</controlURL><eventSubURL>/event</eventSubURL></service></serviceList>
</device></deviceList></device></deviceList></device></root>"""

_ARGUMENTS = {
    "AddPortMapping": (
        "NewRemoteHost:in:string NewExternalPort:in:ui2 NewProtocol:in:string NewInternalPort:in:ui2 "
        "NewInternalClient:in:string NewEnabled:in:boolean NewPortMappingDescription:in:string NewLeaseDuration:in:ui4"
    ),
    "DeletePortMapping": "NewRemoteHost:in:string NewExternalPort:in:ui2 NewProtocol:in:string",
    "GetExternalIPAddress": "NewExternalIPAddress:out:string",
}


def scpd() -> str:
    """The description of the service."""
    actions, kinds = [], {}
    for action, text in _ARGUMENTS.items():
        arguments = []
        for argument in text.split():
            name, direction, kind = argument.split(":")
            kinds[name] = kind
            arguments.append(
                f"<argument><name>{name}</name><direction>{direction}</direction>"
                f"<relatedStateVariable>{name}</relatedStateVariable></argument>"
            )
        actions.append(f"<action><name>{action}</name><argumentList>{''.join(arguments)}</argumentList></action>")
    variables = [
        f'<stateVariable sendEvents="no"><name>{name}</name><dataType>{kind}</dataType></stateVariable>'
        for name, kind in kinds.items()
    ]
    return (
        '<?xml version="1.0"?><scpd xmlns="urn:schemas-upnp-org:service-1-0"><specVersion><major>1</major>'
        f"<minor>0</minor></specVersion><actionList>{''.join(actions)}</actionList>"
        f"<serviceStateTable>{''.join(variables)}</serviceStateTable></scpd>"
    )


@dataclass
class UpnpDouble:
    """`table`: (protocol, external port) to (host, port, lease seconds). Everything may be changed while it runs."""

    table: dict[tuple[str, int], tuple[str, int, int]] = field(default_factory=dict)
    external: str = "203.0.114.7"
    error: int = 0
    """What every mapping is answered with."""
    taken: set[int] = field(default_factory=set)
    only_permanent: bool = False
    control: str = "/control"
    location: str = ""
    """Where the search is sent to; "" for the truth."""
    page: Callable[[web.Request], web.StreamResponse | None] = lambda request: None
    """A page in the place of the right one."""
    stalls: bool = False
    paths: list[str] = field(default_factory=list)
    searches: int = 0
    http_port: int = 0
    search_port: int = 0
    _runner: web.AppRunner | None = None
    _udp: asyncio.DatagramTransport | None = None

    async def start(self) -> UpnpDouble:
        app = web.Application(client_max_size=1 << 20)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, 0)
        await site.start()
        self.http_port = self._runner.addresses[0][1]
        loop = asyncio.get_running_loop()
        self._udp, _ = await loop.create_datagram_endpoint(lambda: _Search(self), local_addr=(HOST, 0))
        self.search_port = self._udp.get_extra_info("sockname")[1]
        return self

    async def close(self) -> None:
        if self._udp is not None:
            self._udp.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def found(self, data: bytes) -> bytes:
        """What a search is answered with."""
        self.searches += 1
        location = self.location or f"http://{HOST}:{self.http_port}/rootDesc.xml"
        target = re.search(rb"ST: (\S+)", data)
        named = target[1].decode() if target else ""
        return f"HTTP/1.1 200 OK\r\nST: {named}\r\nEXT:\r\nLOCATION: {location}\r\n\r\n".encode()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        if self.stalls:
            await asyncio.sleep(3600)
        instead = self.page(request)
        if instead is not None:
            return instead
        match request.path:
            case "/rootDesc.xml":
                return _xml(DESCRIPTION.format(service=SERVICE, control=self.control))
            case "/scpd.xml":
                return _xml(scpd())
            case "/control":
                return self._control(request.headers["SOAPAction"].rpartition("#")[2].strip('"'), await request.text())
        return web.Response(status=404)

    def _control(self, action: str, body: str) -> web.Response:
        given = dict(re.findall(r"<(New\w+)>([^<]*)</New\w+>", body))
        answer = ""
        if action == "GetExternalIPAddress":
            answer = f"<NewExternalIPAddress>{self.external}</NewExternalIPAddress>"
        elif action == "AddPortMapping":
            port, lease = int(given["NewExternalPort"]), int(given["NewLeaseDuration"])
            error = self.error or (718 if port in self.taken else 0) or (725 if self.only_permanent and lease else 0)
            if error:
                return _fault(error)
            to = (given["NewInternalClient"], int(given["NewInternalPort"]), lease)
            self.table[given["NewProtocol"], port] = to
        elif self.table.pop((given["NewProtocol"], int(given["NewExternalPort"])), None) is None:
            return _fault(714)
        return _xml(_envelope(f'<u:{action}Response xmlns:u="{SERVICE}">{answer}</u:{action}Response>'))


class _Search(asyncio.DatagramProtocol):
    def __init__(self, double: UpnpDouble) -> None:
        self._double = double
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self._transport is not None
        self._transport.sendto(self._double.found(data), addr)


def _xml(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/xml")


def _envelope(body: str) -> str:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        f's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>{body}</s:Body></s:Envelope>'
    )


def _fault(code: int) -> web.Response:
    fault = (
        "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
        f'<UPnPError xmlns="urn:schemas-upnp-org:control-1-0"><errorCode>{code}</errorCode>'
        "<errorDescription>no</errorDescription></UPnPError></detail></s:Fault>"
    )
    return _xml(_envelope(fault), 500)
