"""Sallyport and the client of `mcp` 2.3.0, in its modern and its legacy modes."""

import asyncio
import sys
from contextlib import asynccontextmanager

from typing import Any, Literal

import httpx2
import mcp_types as types
from mcp import Client
from mcp.client.extension import ClientExtension, ResultClaim
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

import client_cases
import external_issuer
import rig
import waiting_cases
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


def mode(name, **options):
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
                async with Client(streamable_http_client(url, http_client=http), mode=name, **options) as client:
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


# Calls that wait


class TaskResult(types.Result):
    """A task, made or looked at."""

    result_type: Literal["task"] = "task"
    task_id: str
    status: str
    status_message: str | None = None
    ttl_ms: int | None = None
    poll_interval_ms: int | None = None


class TaskLook(types.Result):
    task_id: str
    status: str
    result: dict[str, Any] | None = None


class Tasks(ClientExtension):
    """Finishes tasks by looking at them, as an agent's host would."""

    identifier = "io.modelcontextprotocol/tasks"

    def __init__(self, on_task=None):
        self.made = []
        self.looks = []
        self.on_task = on_task or (lambda task: None)

    def claims(self):
        return [ResultClaim(result_type="task", model=TaskResult, resolve=self._resolve)]

    async def _resolve(self, task, context):
        self.made.append(task)
        self.on_task(task)
        while True:
            look = await self.ask(context.session, "tasks/get", task.task_id)
            self.looks.append(look.status)
            if look.status == "completed":
                return types.CallToolResult.model_validate(look.result)
            if look.status != "working":
                return types.CallToolResult(content=[types.TextContent(text=look.status)], is_error=True)
            await asyncio.sleep(0.1)

    @staticmethod
    async def ask(session, method, task):
        class Params(types.RequestParams):
            task_id: str

        class Request(types.Request[Params, str]):
            name_param = "taskId"

        return await session.send_request(Request(method=method, params=Params(task_id=task)), TaskLook)


def link_opener(person, action="accept"):
    """Opens links as a client does, and tells a person of them."""

    async def elicit(context, params):
        same(params.mode, "url")
        person.told(params.url)
        return types.ElicitResult(action=action)

    return elicit


@case
async def a_client_that_opens_links_gets_the_outcome_in_one_call(world):
    gateway = waiting_cases.paged(world)
    person = waiting_cases.Person(gateway)
    async with mode("auto", elicitation_callback=link_opener(person))(gateway.url, world.token("gateway")) as agent:
        result = await agent.call("create_refund", waiting_cases.refund(1))
    await person.settle()
    waiting_cases.that_ran_once(world, result, 1)
    same(len(person.seen), 1)
    that(person.seen[0].startswith(gateway.pages + "/"), person.seen)


@case
async def a_client_that_opens_links_hears_of_a_no(world):
    gateway = waiting_cases.paged(world)
    person = waiting_cases.Person(gateway, "reject")
    async with mode("auto", elicitation_callback=link_opener(person))(gateway.url, world.token("gateway")) as agent:
        result = await agent.call("create_refund", waiting_cases.refund(2))
    await person.settle()
    that(result.is_error and "rejected" in result.text, result.text)
    same(waiting_cases.times(world.acme, 2), 0)


@case
async def a_task_ends_with_the_outcome(world):
    gateway = waiting_cases.paged(world)
    person = waiting_cases.Person(gateway)
    tasks = Tasks(lambda task: person.told(f"/{task.task_id}"))
    async with mode("auto", extensions=[tasks])(gateway.url, world.token("gateway")) as agent:
        result = await agent.call("create_refund", waiting_cases.refund(3))
    await person.settle()
    waiting_cases.that_ran_once(world, result, 3)
    same(tasks.looks[-1], "completed")
    that("working" in tasks.looks, tasks.looks)
    that("manager" in tasks.made[0].status_message, tasks.made[0])


@case
async def a_task_runs_though_its_client_has_gone(world):
    gateway = waiting_cases.paged(world)
    tasks = Tasks()
    async with mode("auto", extensions=[tasks])(gateway.url, world.token("gateway")) as agent:
        task = await agent.client.session.call_tool("create_refund", waiting_cases.refund(4), allow_claimed=True)
    person = waiting_cases.Person(gateway)
    person.told(f"/{task.task_id}")
    await person.settle()
    async with mode("auto", extensions=[tasks])(gateway.url, world.token("gateway")) as agent:
        status = "working"
        while status == "working":
            look = await tasks.ask(agent.client.session, "tasks/get", task.task_id)
            status = look.status
        same(status, "completed")
        same(look.result["structuredContent"]["amount"], waiting_cases.amount(4))
    same(waiting_cases.times(world.acme, 4), 1)


@case
async def a_cancelled_task_is_withdrawn(world):
    gateway = waiting_cases.paged(world)
    tasks = Tasks()
    async with mode("auto", extensions=[tasks])(gateway.url, world.token("gateway")) as agent:
        task = await agent.client.session.call_tool("create_refund", waiting_cases.refund(5), allow_claimed=True)

        class Params(types.RequestParams):
            task_id: str

        class Cancel(types.Request[Params, str]):
            name_param = "taskId"

        await agent.client.session.send_request(
            Cancel(method="tasks/cancel", params=Params(task_id=task.task_id)), types.EmptyResult
        )
        same((await tasks.ask(agent.client.session, "tasks/get", task.task_id)).status, "cancelled")
    that(gateway.approve(task.task_id).status != 0, "a withdrawn call was approved")
    same(gateway.events(task.task_id)[-1]["event"], "withdrawn")


@case
async def a_user_confirms_in_a_form(world):
    gateway = waiting_cases.confirming(world)
    seen = []

    async def elicit(context, params):
        seen.append(params)
        return types.ElicitResult(action="accept", content={"confirm": True})

    for name, deal in [("auto", 3), ("legacy", 4)]:
        async with mode(name, elicitation_callback=elicit)(gateway.url, world.token("gateway")) as agent:
            result = await agent.call("update_deal", waiting_cases.change(deal))
        that(not result.is_error, result.text)
        same(result.structured["close_date"], f"2027-01-{deal:02}")
    same([params.mode for params in seen], ["form", "form"])
    that("deal_north_03" in seen[0].message and "2027-01-03" in seen[0].message, seen[0].message)


@case
async def a_user_says_no_in_a_form(world):
    gateway = waiting_cases.confirming(world)

    async def elicit(context, params):
        return types.ElicitResult(action="decline")

    for name, deal in [("auto", 5), ("legacy", 6)]:
        async with mode(name, elicitation_callback=elicit)(gateway.url, world.token("gateway")) as agent:
            result = await agent.call("update_deal", waiting_cases.change(deal))
            that(result.is_error and "withdrawn" in result.text, result.text)


@case
async def a_form_is_not_asked_for_what_a_manager_decides(world):
    gateway = waiting_cases.confirming(world)

    async def elicit(context, params):
        raise AssertionError("a form was shown")

    async with mode("auto", elicitation_callback=elicit)(gateway.url, world.token("gateway")) as agent:
        result = await agent.call("create_refund", waiting_cases.refund(9))
    same(result.meta["dev.sallyport/code"], "pending")


@case
async def a_legacy_client_is_told_of_the_page_by_an_error_and_repeats(world):
    gateway = waiting_cases.paged(world)
    person = waiting_cases.Person(gateway)

    async def elicit(context, params):
        raise AssertionError("it was asked")

    async with mode("legacy", elicitation_callback=elicit)(gateway.url, world.token("gateway")) as agent:
        try:
            await agent.call("create_refund", waiting_cases.refund(6))
            raise AssertionError("it was answered")
        except ProtocolError as error:
            same(error.code, -32042)
            asked = error.data["elicitations"][0]
            same((asked["mode"], asked["url"].rsplit("/", 1)[0]), ("url", gateway.pages))
            person.told(asked["url"])
        # It waits along, and hears of the outcome in the same request.
        result = await agent.call("create_refund", waiting_cases.refund(6))
    await person.settle()
    waiting_cases.that_ran_once(world, result, 6)


external_issuer.register(MODES)

if __name__ == "__main__":
    with rig.Rig() as started, client_cases.World(started) as world:
        sys.exit(run(world))
