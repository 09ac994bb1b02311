"""UPnP against a router of our own on loopback: how it should go, and every way in which a router may misbehave."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web
from tests.support.upnp_double import DESCRIPTION, HOST, SERVICE, UpnpDouble

from shoal.engine.discovery.routers import upnp_requests, upnp_router
from shoal.engine.discovery.routers.own_url import is_own_url
from shoal.engine.discovery.routers.router import RouterError
from shoal.engine.discovery.routers.upnp_router import UpnpRouter
from shoal.engine.discovery.routers.upnp_search import UpnpSearch
from shoal.engine.policy.port_leases import Refusal
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Route, World

ROUTE = Route(HOST, HOST)
PORT = 51413
MAPPING = {"is_tcp": True, "internal_port": PORT, "external_port": PORT}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = replace(system_world(asyncio.get_running_loop()), random=random.Random(1))
    yield made
    made.workers.close()


@pytest.fixture
async def double() -> AsyncIterator[UpnpDouble]:
    made = await UpnpDouble().start()
    yield made
    await made.close()


async def found(world: World, double: UpnpDouble) -> UpnpRouter:
    router = await UpnpSearch(world, port=double.search_port).find(ROUTE)
    assert isinstance(router, UpnpRouter)
    return router


async def test_a_router_is_found_and_maps_a_port_and_gives_it_back(world: World, double: UpnpDouble) -> None:
    router = await found(world, double)
    assert (await router.news()).external_host == double.external
    grant = await router.map(**MAPPING, seconds=3600)
    assert (grant.external_port, grant.seconds) == (PORT, 3600)
    await router.map(is_tcp=False, internal_port=PORT, external_port=PORT, seconds=3600)
    assert double.table == {("TCP", PORT): (HOST, PORT, 3600), ("UDP", PORT): (HOST, PORT, 3600)}
    await router.unmap(**MAPPING)
    await router.unmap(**MAPPING)
    await router.unmap(is_tcp=False, internal_port=PORT, external_port=PORT)
    assert double.table == {}
    await router.close()


async def test_a_router_without_leases_maps_until_the_end(world: World, double: UpnpDouble) -> None:
    double.only_permanent = True
    router = await found(world, double)
    await router.map(**MAPPING, seconds=3600)
    await router.map(**MAPPING, seconds=3600)
    assert double.table == {("TCP", PORT): (HOST, PORT, 0)}
    await router.close()


@pytest.mark.parametrize(
    ("error", "refusal"), [(606, Refusal.REFUSED), (718, Refusal.CONFLICT), (724, Refusal.REFUSED)]
)
async def test_a_refusal_is_told_apart_from_a_taken_port(
    world: World, double: UpnpDouble, error: int, refusal: Refusal
) -> None:
    router = await found(world, double)
    double.error = error
    with pytest.raises(RouterError) as caught:
        await router.map(**MAPPING, seconds=3600)
    assert caught.value.refusal is refusal
    await router.close()


@pytest.mark.parametrize("said", ["", "0.0.0.0", "203.0.114", "http://203.0.114.7/", "203.0.114.7\n", "x" * 5000])
async def test_an_external_address_that_is_none_is_not_known(world: World, double: UpnpDouble, said: str) -> None:
    router = await found(world, double)
    double.external = said
    assert (await router.news()).external_host in ("", "203.0.114.7")
    await router.close()


@pytest.mark.parametrize(
    "control",
    [
        "http://192.168.7.7/control",
        "http://example.invalid/control",
        "https://127.0.0.1/control",
        "http://user:secret@127.0.0.1/control",
        "http://[::1/control",
        "file:///etc/passwd",
    ],
)
async def test_a_control_address_elsewhere_is_never_asked(world: World, double: UpnpDouble, control: str) -> None:
    double.control = control
    try:
        router = await found(world, double)
    except RouterError:
        return
    with pytest.raises(RouterError):
        await router.map(**MAPPING, seconds=3600)
    await router.close()
    assert double.table == {}


@pytest.mark.parametrize("location", ["http://192.168.7.7:80/d.xml", "https://127.0.0.1/d.xml", "ftp://127.0.0.1/d"])
async def test_a_description_elsewhere_is_never_read(
    world: World, double: UpnpDouble, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shoal.engine.discovery.routers.upnp_search.ROUNDS", (0.2, 0.2))
    double.location = location
    with pytest.raises(RouterError) as caught:
        await found(world, double)
    assert caught.value.refusal is Refusal.SILENT
    assert double.searches
    assert double.paths == []


def deep() -> str:
    return (
        '<root xmlns="urn:schemas-upnp-org:device-1-0">'
        + "<device><deviceList>" * 2_000
        + "</deviceList></device>" * 2_000
        + "</root>"
    )


def bomb() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e0 "lol">{entities}]><root>&e8;</root>'


def many_services() -> str:
    service = DESCRIPTION[DESCRIPTION.index("<service>") : DESCRIPTION.index("</serviceList>")]
    return DESCRIPTION.replace(service, service * 100).format(service=SERVICE, control="/control")


@pytest.mark.parametrize(
    "body", [b"", b"\xff" * 100, b"<html>login</html>", deep(), bomb(), many_services(), "<root>" + "x" * 200_000]
)
async def test_a_hostile_description_is_refused_within_bounds(
    world: World, double: UpnpDouble, body: bytes | str
) -> None:
    def page(request: web.Request) -> web.Response | None:
        return web.Response(body=body, content_type="text/xml") if request.path == "/rootDesc.xml" else None

    double.page = page
    with pytest.raises(RouterError):
        await found(world, double)
    assert len(double.paths) <= upnp_requests.MAX_DESCRIPTIONS + 1


async def test_a_redirect_is_not_followed(world: World, double: UpnpDouble) -> None:
    def page(request: web.Request) -> web.Response | None:
        return web.Response(status=302, headers={"Location": "/scpd.xml"}) if request.path == "/rootDesc.xml" else None

    double.page = page
    with pytest.raises(RouterError):
        await found(world, double)
    assert set(double.paths) == {"/rootDesc.xml"}


async def test_a_router_that_stalls_is_given_up(
    world: World, double: UpnpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upnp_requests, "REQUEST_SECONDS", 0.2)
    monkeypatch.setattr(upnp_router, "CALL_SECONDS", 1.0)
    router = await found(world, double)
    double.stalls = True
    with pytest.raises(RouterError):
        await router.map(**MAPPING, seconds=3600)
    with pytest.raises(RouterError):
        await found(world, double)
    await router.close()


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://192.168.1.1:5000/d.xml", True),
        ("http://192.168.1.1/d.xml", True),
        ("http://192.168.1.2/d.xml", False),
        ("https://192.168.1.1/d.xml", False),
        ("http://192.168.1.1@8.8.8.8/d.xml", False),
        ("http://router/d.xml", False),
        ("http://[::1", False),
        ("/d.xml", False),
    ],
)
def test_only_the_routers_own_plain_address_is_its_own(url: str, own: bool) -> None:
    assert is_own_url(url, "192.168.1.1") is own
    assert not is_own_url("http://8.8.8.8/d.xml", "8.8.8.8")
