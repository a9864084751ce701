"""Sallyport and the client of `mcp` 1.30.0, which knows the handshake only."""

import asyncio
import sys
from contextlib import asynccontextmanager

import httpx
from mcp import ClientSession, McpError, types
from mcp.client.streamable_http import streamable_http_client

import client_cases
import rig
import waiting_cases
from cases import case, cases_of, run, same, that
from client_cases import HTTPStatus, ProtocolError, Result


class Agent:
    def __init__(self, session, initialized):
        self.session = session
        self.version = initialized.protocolVersion
        self.server_name = initialized.serverInfo.name
        self.has_tools = initialized.capabilities.tools is not None
        self._last = None

    async def list(self, cursor):
        with errors():
            page = await self.session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
        return [tool.model_dump(mode="json", by_alias=True, exclude_unset=True) for tool in page.tools], page.nextCursor

    async def list_all(self):
        tools, cursor = await self.list(None)
        while cursor is not None:
            more, cursor = await self.list(cursor)
            tools += more
        return tools

    async def call(self, name, arguments, progress=None, meta=None):
        self._last = self.session._request_id
        with errors():
            result = await self.session.call_tool(name, arguments, progress_callback=progress, meta=meta)
        return Result(
            "\n".join(item.text for item in result.content), result.structuredContent, result.isError, result.meta or {}
        )

    async def cancel(self, task):
        # This client leaves it to its user to say so.
        await self.session.send_notification(
            types.ClientNotification(
                types.CancelledNotification(
                    params=types.CancelledNotificationParams(requestId=self._last, reason="the user pressed stop")
                )
            )
        )
        await asyncio.wait([task], timeout=10)
        task.cancel()
        await asyncio.wait([task])


class errors:
    """Errors of this client as those of all clients."""

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, McpError):
            raise ProtocolError(error.error.code, error.error.message, error.error.data) from error


def mode(version, **options):
    @asynccontextmanager
    async def open_agent(url, token, headers=None, replies=None):
        async def note(response):
            if replies is not None:
                replies.append((response.status_code, dict(response.headers)))

        headers = dict(headers or {})
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        http = httpx.AsyncClient(
            headers=headers, timeout=httpx.Timeout(60, read=120), event_hooks={"response": [note]}, trust_env=False
        )
        latest, types.LATEST_PROTOCOL_VERSION = types.LATEST_PROTOCOL_VERSION, version
        try:
            async with http, streamable_http_client(url, http_client=http) as (read, write, _):
                async with ClientSession(read, write, **options) as session:
                    with errors():
                        initialized = await session.initialize()
                    yield Agent(session, initialized)
        except BaseExceptionGroup as group:
            error = group
            while isinstance(error, BaseExceptionGroup):
                error = error.exceptions[0]
            if isinstance(error, httpx.HTTPStatusError):
                raise HTTPStatus(error.response.status_code) from group
            raise error from group
        finally:
            types.LATEST_PROTOCOL_VERSION = latest

    return open_agent


MODES = {"2025-11-25": mode("2025-11-25"), "2025-06-18": mode("2025-06-18")}
client_cases.register(MODES, {MODES[name]: name for name in MODES})


@cases_of(MODES)
async def a_ping_is_answered(world, open_agent):
    async with open_agent(world.gateway.url, world.token()) as agent:
        same(type(await agent.session.send_ping()).__name__, "EmptyResult")


@cases_of({"1999-01-01": "1999-01-01", "2026-07-28": "2026-07-28", "2025-03-26": "2025-03-26"})
async def a_version_that_no_handshake_leads_to_gets_the_latest_that_one_does(world, version):
    async with mode(version)(world.gateway.url, world.token()) as agent:
        same(agent.version, "2025-11-25")
        that(await agent.list_all(), "no tools")


@cases_of(MODES)
async def an_open_conversation_outlives_its_connections(world, open_agent):
    async with open_agent(world.gateway.url, world.token()) as agent:
        await agent.list_all()
        results = await asyncio.gather(*[agent.call("get_deal", {"dealId": f"deal_north_0{n}"}) for n in range(1, 10)])
    same([result.structured["id"] for result in results], [f"deal_north_0{n}" for n in range(1, 10)])


async def tick(context, params):
    return types.ElicitResult(action="accept", content={"confirm": True})


@case
async def a_client_of_2025_11_25_is_told_of_the_page_by_an_error_and_repeats(world):
    gateway = waiting_cases.paged(world)
    person = waiting_cases.Person(gateway)
    async with mode("2025-11-25", elicitation_callback=tick)(gateway.url, world.token()) as agent:
        try:
            await agent.call("create_refund", waiting_cases.refund(21))
            raise AssertionError("it was answered")
        except ProtocolError as error:
            same(error.code, -32042)
            person.told(error.data["elicitations"][0]["url"])
        result = await agent.call("create_refund", waiting_cases.refund(21))
    await person.settle()
    waiting_cases.that_ran_once(world, result, 21)


@cases_of(MODES)
async def a_user_confirms_in_a_form_on_the_stream_of_the_call(world, open_agent):
    gateway = waiting_cases.confirming(world)
    version = next(name for name in MODES if MODES[name] is open_agent)
    deal = 7 if version == "2025-11-25" else 8
    async with mode(version, elicitation_callback=tick)(gateway.url, world.token()) as agent:
        result = await agent.call("update_deal", waiting_cases.change(deal))
    that(not result.is_error, result.text)
    same(result.structured["close_date"], f"2027-01-{deal:02}")


@case
async def a_client_without_forms_repeats_the_call(world):
    gateway = waiting_cases.confirming(world)
    async with mode("2025-06-18")(gateway.url, world.token()) as agent:
        result = await agent.call("update_deal", waiting_cases.change(9))
    same(result.meta["dev.sallyport/code"], "pending")


if __name__ == "__main__":
    with rig.Rig() as started, client_cases.World(started) as world:
        sys.exit(run(world))
