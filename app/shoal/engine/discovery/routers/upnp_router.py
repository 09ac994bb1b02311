"""A router that speaks UPnP (Internet Gateway Device 1 and 2), through async-upnp-client.

Whatever the library raises over what a router sent is that router's fault: it becomes a `RouterError`.
"""

from __future__ import annotations

import asyncio
import logging
from ipaddress import IPv4Address
from typing import Any

from async_upnp_client.client import UpnpService
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.exceptions import UpnpActionError, UpnpConnectionError, UpnpError

from shoal.engine.discovery.routers.router import Grant, RouterError, RouterNews, Way
from shoal.engine.discovery.routers.upnp_requests import RouterRequests
from shoal.engine.policy.port_leases import Refusal
from shoal.runtime.world import Route

logger = logging.getLogger(__name__)

SERVICES = (
    "urn:schemas-upnp-org:service:WANIPConnection:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
)
DESCRIPTION = "Shoal"
"""What the router's own pages call the mapping."""
CALL_SECONDS = 8.0
DESCRIBE_SECONDS = 10.0
NO_SUCH_ENTRY, CONFLICT, SAME_PORTS, ONLY_PERMANENT = 714, 718, 724, 725


class UpnpRouter:
    """`Router` over UPnP."""

    way = Way.UPNP

    def __init__(self, route: Route, service: UpnpService, requests: RouterRequests) -> None:
        """Takes `requests` over."""
        self.host = route.router
        self._local_host = route.local_host
        self._service = service
        self._requests = requests
        self._is_permanent = False

    async def map(self, *, is_tcp: bool, internal_port: int, external_port: int, seconds: int) -> Grant:
        """See `Router.map`. A router without leases keeps the mapping until it is removed."""
        for is_last in (False, True):
            try:
                await self._call(
                    "AddPortMapping",
                    NewRemoteHost="",
                    NewExternalPort=external_port,
                    NewProtocol=_protocol(is_tcp),
                    NewInternalPort=internal_port,
                    NewInternalClient=self._local_host,
                    NewEnabled=True,
                    NewPortMappingDescription=DESCRIPTION,
                    NewLeaseDuration=0 if self._is_permanent else seconds,
                )
                break
            except UpnpActionError as error:
                if error.error_code == ONLY_PERMANENT and not is_last and not self._is_permanent:
                    self._is_permanent = True
                    continue
                is_taken = error.error_code == CONFLICT and external_port
                refusal = Refusal.CONFLICT if is_taken else Refusal.REFUSED
                raise RouterError(refusal, f"the router refuses by UPnP: {error.error_code}") from error
        return Grant(external_port, float(seconds))

    async def unmap(self, *, is_tcp: bool, internal_port: int, external_port: int) -> None:
        """See `Router.unmap`."""
        try:
            await self._call(
                "DeletePortMapping", NewRemoteHost="", NewExternalPort=external_port, NewProtocol=_protocol(is_tcp)
            )
        except UpnpActionError as error:
            if error.error_code != NO_SUCH_ENTRY:
                raise RouterError(Refusal.REFUSED, f"the router refuses by UPnP: {error.error_code}") from error

    async def news(self) -> RouterNews:
        """See `Router.news`. That a router has forgotten its mappings cannot be seen by UPnP."""
        try:
            answer = await self._call("GetExternalIPAddress")
        except UpnpActionError as error:
            raise RouterError(Refusal.REFUSED, f"the router refuses by UPnP: {error.error_code}") from error
        return RouterNews(_address(answer.get("NewExternalIPAddress")))

    async def close(self) -> None:
        """See `Router.close`."""
        await self._requests.close()

    async def _call(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Raises UpnpActionError when the router answers with an error, RouterError when with nothing usable."""
        self._requests.left = 2
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return dict(await self._service.action(name).async_call(**arguments))
        except UpnpActionError:
            raise
        except (UpnpConnectionError, TimeoutError) as error:
            raise RouterError(Refusal.SILENT, "the router does not answer by UPnP") from error
        except Exception as error:
            raise unusable(error) from error


async def describe(route: Route, location: str) -> UpnpRouter:
    """Read the description of the router at `location` and find what maps ports. Raises RouterError."""
    requests = RouterRequests(route.router)
    try:
        async with asyncio.timeout(DESCRIBE_SECONDS):
            device = await UpnpFactory(requests, non_strict=True).async_create_device(location)
        for kind in SERVICES:
            service = device.find_service(kind)
            if service is not None and service.has_action("AddPortMapping"):
                return UpnpRouter(route, service, requests)
    except TimeoutError as error:
        await requests.close()
        raise RouterError(Refusal.SILENT, "the router's description takes too long") from error
    except asyncio.CancelledError:
        await requests.close()
        raise
    except Exception as error:
        await requests.close()
        raise unusable(error) from error
    await requests.close()
    raise RouterError(Refusal.REFUSED, "the router maps no ports by UPnP")


def unusable(error: Exception) -> RouterError:
    """A router's answer broke the library, or one of our bounds; recursion without end among them."""
    logger.debug("a UPnP answer is not usable: %s: %s", type(error).__name__, error)
    refusal = Refusal.REFUSED if isinstance(error, (UpnpError, ValueError, RecursionError)) else Refusal.SILENT
    return RouterError(refusal, "the router's UPnP is not usable")


def _protocol(is_tcp: bool) -> str:
    return "TCP" if is_tcp else "UDP"


def _address(text: object) -> str:
    """A numeric IPv4 address; "" for anything else, and for 0.0.0.0, which a router says that is not connected."""
    try:
        address = IPv4Address(text) if isinstance(text, str) else None
    except ValueError:
        address = None
    return str(address) if address is not None and not address.is_unspecified else ""
