"""Sallyport and the client of `mcp` 2.3.0, in its modern and its legacy modes."""

import asyncio
import sys
from contextlib import asynccontextmanager

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

import client_cases
import external_issuer
import rig
from cases import case, run, same, that
from client_cases import HTTPStatus, ProtocolError, Result


class Agent:
    def __init__(self, client):
        self.client = client
        self.version = client.protocol_version
        self.server_name = client.server_info.name if client.server_info else None
        self.has_tools = client.server_capabilities.tools is not None

    async def list(self, cursor):
        with errors():
            page = await self.client.list_tools(cursor=cursor, cache_mode="bypass")
        tools = [tool.model_dump(mode="json", by_alias=True, exclude_unset=True) for tool in page.tools]
        return tools, page.next_cursor

    async def list_all(self):
        tools, cursor = await self.list(None)
        while cursor is not None:
            more, cursor = await self.list(cursor)
            tools += more
        return tools

    async def call(self, name, arguments, progress=None, meta=None):
        with errors():
            result = await self.client.call_tool(name, arguments, progress_callback=progress, meta=meta)
        return Result(
            "\n".join(item.text for item in result.content),
            result.structured_content,
            bool(result.is_error),
            result.meta or {},
        )

    async def cancel(self, task):
        task.cancel()
        await asyncio.wait([task])


class errors:
    """Errors of this client as those of all clients."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, MCPError):
            raise ProtocolError(error.error.code, error.error.message, error.error.data) from error


def mode(name):
    @asynccontextmanager
    async def open_agent(url, token, headers=None, replies=None):
        async def note(response):
            if replies is not None:
                replies.append((response.status_code, dict(response.headers)))

        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        http = httpx2.AsyncClient(
            headers=headers, timeout=httpx2.Timeout(60, read=120), event_hooks={"response": [note]}, trust_env=False
        )
        try:
            async with http:
                async with Client(streamable_http_client(url, http_client=http), mode=name) as client:
                    yield Agent(client)
        except BaseExceptionGroup as group:
            raise single(group) from group
        except MCPError as error:
            raise ProtocolError(error.error.code, error.error.message, error.error.data) from error
        except httpx2.HTTPStatusError as error:
            raise HTTPStatus(error.response.status_code) from error

    return open_agent


def single(group):
    error = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, MCPError):
        return ProtocolError(error.error.code, error.error.message, error.error.data)
    if isinstance(error, httpx2.HTTPStatusError):
        return HTTPStatus(error.response.status_code)
    return error


MODES = {"auto": mode("auto"), "2026-07-28": mode("2026-07-28"), "legacy": mode("legacy")}
VERSIONS = {MODES["auto"]: "2026-07-28", MODES["2026-07-28"]: "2026-07-28", MODES["legacy"]: "2025-11-25"}
client_cases.register(MODES, VERSIONS, unasked={MODES["2026-07-28"]})


@case
async def the_probe_of_a_modern_client_settles_on_the_modern_era(world):
    async with MODES["auto"](world.gateway.url, world.token()) as agent:
        that(agent.client.session.discover_result is not None, "the client fell back to initialize")
        discovered = agent.client.session.discover_result
        that("2026-07-28" in discovered.supported_versions, discovered.supported_versions)
        that("2025-11-25" in discovered.supported_versions, discovered.supported_versions)
        same(discovered.cache_scope, "private")


@case
async def the_cache_of_the_client_takes_the_list_as_private(world):
    async with MODES["auto"](world.gateway.url, world.token()) as agent:
        page = await agent.client.list_tools()
        same(page.cache_scope, "private")
        that(page.ttl_ms is not None and page.ttl_ms >= 0, f"ttlMs {page.ttl_ms}")


@case
async def the_parts_that_are_not_offered_are_unknown_methods(world):
    for open_agent in MODES.values():
        async with open_agent(world.gateway.url, world.token()) as agent:
            for ask in [agent.client.list_prompts, agent.client.list_resources]:
                try:
                    await ask()
                    raise AssertionError("it was answered")
                except MCPError as error:
                    same(error.error.code, -32601)


@case
async def a_known_idempotency_key_gets_the_known_outcome(world):
    arguments = {"paymentId": "pay_north_08", "amount": 5, "currency": "EUR", "reason": "a small thing"}
    async with MODES["auto"](world.gateway.url, world.token()) as agent:
        first = await agent.call("create_refund", arguments, meta={"dev.sallyport/idempotency-key": "one"})
        second = await agent.call("create_refund", arguments, meta={"dev.sallyport/idempotency-key": "one"})
        third = await agent.call("create_refund", arguments, meta={"dev.sallyport/idempotency-key": "two"})
        other = await agent.call(
            "create_refund", {**arguments, "amount": 6}, meta={"dev.sallyport/idempotency-key": "one"}
        )
    same([result.is_error for result in (first, second, third, other)], [False, False, False, True])
    same(second.structured, first.structured)
    that(third.structured != first.structured, "a new key made no new refund")
    same(len(world.acme.refunds("pay_north_08")), 2)


external_issuer.register(MODES)

if __name__ == "__main__":
    with rig.Rig() as started, client_cases.World(started) as world:
        sys.exit(run(world))
