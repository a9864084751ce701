"""What a real client goes through, whichever it is: each driver brings an `Agent` for each of its modes."""

import asyncio
import json
import sys
import threading
from dataclasses import dataclass, field
from typing import Any

import rig
from cases import cases_of, same, that

# What Ana's agent may see: sales people do not delete, and what is never is not there.
ACME_TOOLS = sorted(
    "get_me list_customers create_customer search_customers get_customer update_customer list_deals search_deals "
    "get_deal update_deal list_invoices get_invoice list_payments get_payment list_refunds create_refund "
    "list_messages send_message".split()
)
# More than two pages of a thousand.
HARBOURS = 2300


@dataclass
class Result:
    """A tool's result in the form that all clients share."""

    text: str
    structured: Any
    is_error: bool
    meta: dict = field(default_factory=dict)


class ProtocolError(Exception):
    """An error of the protocol, as the client reports it."""

    def __init__(self, code, message, data=None):
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.data = code, message, data


class HTTPStatus(Exception):
    """The client gave up because of an HTTP status."""

    def __init__(self, status):
        super().__init__(f"HTTP status {status}")
        self.status = status


class World:
    """What the cases share; each part starts when the first case needs it."""

    def __init__(self, rig):
        self.rig = rig
        self._parts = {}
        # It takes longest to start, so when all cases run it starts first.
        self._harbours = threading.Thread(target=self._start_harbours)
        if len(sys.argv) < 2:
            self._harbours.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._harbours.ident is not None:
            self._harbours.join()

    def _start_harbours(self):
        try:
            self._parts["harbours"] = harbour_gateway(self.rig).start(limit=400)
        except AssertionError as error:
            self._failure = error

    def _part(self, name, make):
        if name not in self._parts:
            self._parts[name] = make()
        return self._parts[name]

    @property
    def acme(self):
        return self._part("acme", self.rig.acme)

    @property
    def gateway(self):
        return self._part("gateway", lambda: self.rig.acme_gateway(self.acme).start())

    @property
    def upstream(self):
        return self._part("upstream", self.rig.upstream)

    @property
    def quay(self):
        return self._part("quay", lambda: self.rig.quay_gateway(self.upstream).start())

    @property
    def harbours(self):
        if self._harbours.ident is None:
            self._harbours.start()
        self._harbours.join()
        if "harbours" not in self._parts:
            raise self._failure
        return self._parts["harbours"]

    def token(self, gateway="gateway", user="ana"):
        return self._part(f"token {gateway} {user}", lambda: getattr(self, gateway).token(user))


def harbour_gateway(rig_):
    """Sallyport in front of a product with very many operations."""
    named = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    paths = {
        f"/harbours/h{number:04}": {
            "get": {
                "operationId": f"getHarbour{number:04}",
                "summary": f"Read harbour {number}",
                "responses": {"200": {"description": "It.", "content": {"application/json": {"schema": named}}}},
            }
        }
        for number in range(HARBOURS)
    }
    document = {"openapi": "3.1.0", "info": {"title": "Harbours", "version": "1"}, "paths": paths}
    folder = rig_.place()
    (folder / "quay.json").write_text(json.dumps(document))
    first = "get_harbour0000"
    # Commands read the whole configuration; a short one serves them as well.
    gateway = rig.Gateway(folder, rig.quay_configuration(9, per="source", tools={first: "read"}))
    gateway.add("ana")
    gateway.add("cleo", tenant="acme-south")
    gateway.tokens = {user: gateway.token(user) for user in ["ana", "cleo"]}
    names = {f"get_harbour{number:04}": "read" for number in range(HARBOURS)}
    gateway.config.write_text(rig.quay_configuration(9, per="source", tools=names))
    rig_.callback(gateway.stop)
    return gateway


def register(modes, versions, unasked=frozenset()):
    """Registers the cases for every mode.

    modes: name → function of (url, token, headers, replies) that gives an async context manager of an agent.
    versions: mode → the version that it settles on. unasked: modes that send neither discover nor initialize.
    """

    @cases_of(modes)
    async def it_opens_a_conversation(world, mode):
        async with mode(world.gateway.url, world.token()) as agent:
            same(agent.version, versions[mode])
            # Who adopts a version without asking has not been told a name.
            same(agent.server_name, None if mode in unasked else "sallyport")
            that(agent.has_tools or mode in unasked, "tools are not among the capabilities")

    @cases_of(modes)
    async def it_lists_what_this_agent_may_see(world, mode):
        async with mode(world.gateway.url, world.token()) as agent:
            tools = await agent.list_all()
        same(sorted(tool["name"] for tool in tools), ACME_TOOLS)
        same([tool["name"] for tool in tools], ACME_TOOLS, "the order is by name")
        by_name = {tool["name"]: tool for tool in tools}
        that("tenant_id" not in json.dumps(by_name["search_deals"]["inputSchema"]), "a bound argument is listed")
        same(by_name["get_deal"]["annotations"]["readOnlyHint"], True)
        same(by_name["create_refund"]["annotations"]["readOnlyHint"], False)
        that(all(tool.get("description") for tool in tools), "a tool has no description")

    @cases_of(modes)
    async def it_reads_and_the_client_accepts_the_structure(world, mode):
        async with mode(world.gateway.url, world.token()) as agent:
            await agent.list_all()
            result = await agent.call("get_deal", {"dealId": "deal_north_01"})
            page = await agent.call("list_customers", {"limit": 5})
            own = await agent.call("search_deals", {})
        that(not result.is_error, result.text)
        same(result.structured["id"], "deal_north_01")
        same(json.loads(result.text), result.structured, "text and structure")
        that("internal" not in result.text, "an undeclared field was shown")
        same(len(page.structured["items"]), 5)
        same({deal["tenant_id"] for deal in own.structured["items"]}, {"acme-north"})

    @cases_of(modes)
    async def wrong_arguments_are_an_error_of_the_tool_and_never_leave(world, mode):
        before = world.acme.requests()
        async with mode(world.gateway.url, world.token()) as agent:
            for arguments in [{}, {"dealId": 7}, {"dealId": "deal_north_01", "extra": 1}]:
                result = await agent.call("get_deal", arguments)
                that(result.is_error, f"{arguments} was taken: {result.text}")
                that("invalid-arguments" in result.text, result.text)
            identity = await agent.call("search_deals", {"tenant_id": "acme-south"})
            that(identity.is_error, "a bound argument was taken from the agent")
        same(world.acme.requests(), before, "requests at Acme")

    @cases_of(modes)
    async def unknown_and_hidden_tools_answer_alike(world, mode):
        told = []
        async with mode(world.gateway.url, world.token()) as agent:
            for name in ["no_such_tool", "bulk_delete_customers", "delete_customer"]:
                try:
                    result = await agent.call(name, {})
                    raise AssertionError(f"{name} was answered: {result.text}")
                except ProtocolError as error:
                    told.append((error.code, error.message))
        same(told, [(-32602, told[0][1])] * 3)

    @cases_of(modes)
    async def a_call_that_waits_runs_once_when_it_is_approved(world, mode):
        number = sorted(modes).index(_name(modes, mode)) + 1
        payment = f"pay_north_0{number}"
        arguments = {"paymentId": payment, "amount": 51, "currency": "EUR", "reason": "returned goods"}
        gateway = world.gateway
        async with mode(gateway.url, world.token()) as agent:
            await agent.list_all()
            begin = world.acme.requests().get("POST /payments/{paymentId}/refunds", 0)
            first = await agent.call("create_refund", arguments)
            that(first.is_error and "waits for a person" in first.text, first.text)
            again = await agent.call("create_refund", arguments)
            that("waits for a person" in again.text, again.text)
            waiting = await asyncio.to_thread(gateway.waiting)
            mine = [call for call in waiting if call["arguments"]["paymentId"] == payment]
            same(len(mine), 1, "calls that wait")
            that(mine[0]["id"] in first.text and mine[0]["id"] in again.text, "the text names another call")
            same(first.meta.get("dev.sallyport/call"), mine[0]["id"])
            same(world.acme.refunds(payment), [])
            approved = await asyncio.to_thread(gateway.approve, mine[0]["id"])
            same(approved.status, 0, repr(approved))
            same(world.acme.refunds(payment), [], "it runs when the agent repeats it")
            ran = await agent.call("create_refund", arguments)
            that(not ran.is_error, ran.text)
            same(ran.structured["amount"], 51)
            repeat = await agent.call("create_refund", arguments)
            that(not repeat.is_error, repeat.text)
            that("already ran once" in repeat.text, repeat.text)
            same(repeat.structured, ran.structured)
        same(len(world.acme.refunds(payment)), 1, "refunds")
        same(world.acme.requests()["POST /payments/{paymentId}/refunds"], begin + 1, "requests at Acme")
        kinds = [event["event"] for event in await asyncio.to_thread(gateway.events, mine[0]["id"])]
        same(kinds, ["opened", "decided", "proposed", "approved", "admitted", "settled"])

    @cases_of(modes)
    async def a_call_that_waits_and_is_rejected_never_runs(world, mode):
        number = sorted(modes).index(_name(modes, mode)) + 1
        payment = f"pay_north_0{number}"
        arguments = {"paymentId": payment, "amount": 52, "currency": "EUR", "reason": "no reason"}
        gateway = world.gateway
        async with mode(gateway.url, world.token()) as agent:
            begin = world.acme.requests().get("POST /payments/{paymentId}/refunds", 0)
            first = await agent.call("create_refund", arguments)
            call = first.meta["dev.sallyport/call"]
            rejected = await asyncio.to_thread(gateway.approve, call, verdict="reject")
            same(rejected.status, 0, repr(rejected))
            told = await agent.call("create_refund", arguments)
            that(told.is_error and "rejected" in told.text, told.text)
        same(world.acme.requests().get("POST /payments/{paymentId}/refunds", 0), begin, "requests at Acme")

    @cases_of(modes)
    async def progress_comes_while_the_upstream_is_slow(world, mode):
        world.upstream.hold()
        seen, enough = [], asyncio.Event()

        async def progress(value, total, message):
            seen.append(value)
            if len(seen) >= 2:
                enough.set()

        async with mode(world.quay.url, world.token("quay")) as agent:
            await agent.list_all()
            pending = asyncio.create_task(agent.call("get_tide", {"seconds": 60}, progress=progress))
            try:
                await asyncio.wait_for(enough.wait(), 30)
            finally:
                world.upstream.release()
            result = await pending
        that(not result.is_error, result.text)
        same(result.structured, {"name": "/tide"})
        same(seen, sorted(set(seen)), "progress rises")

    @cases_of(modes)
    async def a_cancelled_write_stops_at_the_upstream_and_its_outcome_is_unknown(world, mode):
        name = "cancelled-" + _name(modes, mode).replace(" ", "-")
        await cancel(world, mode, "create_job", {"name": name, "seconds": 60}, name)
        calls = await asyncio.to_thread(settled, world.quay, "create_job", name)
        same([event["outcome"] for event in calls], ["unknown"])
        same(world.upstream.count("began", name), 1)

    @cases_of(modes)
    async def a_cancelled_read_stops_at_the_upstream(world, mode):
        await cancel(world, mode, "get_tide", {"seconds": 60}, "/tide")

    async def cancel(world, mode, tool, arguments, name):
        world.upstream.hold()
        began, gone = world.upstream.count("began", name), world.upstream.count("gone", name)
        async with mode(world.quay.url, world.token("quay")) as agent:
            await agent.list_all()
            pending = asyncio.create_task(agent.call(tool, arguments))
            await asyncio.to_thread(world.upstream.wait_for, "began", name, began + 1)
            await agent.cancel(pending)
            await asyncio.to_thread(world.upstream.wait_for, "gone", name, gone + 1, 15)
            after = await agent.call("get_tide", {})
            that(not after.is_error, after.text)

    @cases_of(modes)
    async def all_pages_of_a_long_list_come(world, mode):
        async with mode(world.harbours.url, world.harbours.tokens["ana"]) as agent:
            tools, pages = [], 0
            cursor = None
            while True:
                page, cursor = await agent.list(cursor)
                tools += page
                pages += 1
                if cursor is None:
                    break
        names = [tool["name"] for tool in tools]
        same(len(names), HARBOURS)
        same(names, sorted(set(names)), "each tool once, in order")
        that(pages >= 3, f"{pages} pages")

    @cases_of(modes)
    async def a_cursor_of_nobody_or_of_somebody_else_is_refused(world, mode):
        async with mode(world.harbours.url, world.harbours.tokens["ana"]) as agent:
            _, cursor = await agent.list(None)
            for other in ["", "1", "zz", cursor[:-2], cursor + "00"]:
                await refused(agent.list(other), -32602)
        async with mode(world.harbours.url, world.harbours.tokens["cleo"]) as agent:
            await refused(agent.list(cursor), -32602)

    @cases_of(modes)
    async def without_a_good_token_there_is_a_challenge(world, mode):
        before = world.acme.requests()
        for token, error in [
            (None, None),
            ("nonsense", "invalid_token"),
            (world.token()[:-4] + "AAAA", "invalid_token"),
        ]:
            replies = []
            try:
                async with mode(world.gateway.url, token, replies=replies) as agent:
                    await agent.list_all()
                raise AssertionError(f"token {token!r} was taken")
            except (HTTPStatus, ProtocolError):
                pass
            that(replies and all(status == 401 for status, _ in replies), f"statuses {replies}")
            challenge = replies[0][1].get("www-authenticate", "")
            that(challenge.startswith("Bearer "), challenge)
            that(
                'resource_metadata="http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp"' in challenge,
                challenge,
            )
            same('error="invalid_token"' in challenge, error is not None, challenge)
        same(world.acme.requests(), before, "requests at Acme")

    @cases_of(modes)
    async def a_foreign_origin_is_forbidden(world, mode):
        replies = []
        try:
            async with mode(world.gateway.url, world.token(), {"Origin": "https://evil.example"}, replies) as agent:
                await agent.list_all()
            raise AssertionError("the origin was taken")
        except (HTTPStatus, ProtocolError):
            pass
        same({status for status, _ in replies}, {403})

    @cases_of(modes)
    async def a_user_without_a_role_sees_nothing_and_may_nothing(world, mode):
        gateway = world.gateway
        if "nobody" not in gateway.do("users", "list"):
            gateway.add("nobody", roles=[])
        async with mode(gateway.url, world.token(user="nobody")) as agent:
            that("get_deal" not in [tool["name"] for tool in await agent.list_all()], "a tool is listed")
            await refused(agent.call("get_deal", {"dealId": "deal_north_01"}), -32602)


async def refused(call, code):
    try:
        result = await call
    except ProtocolError as error:
        same(error.code, code, error.message)
        return
    raise AssertionError(f"it was answered: {result}")


def settled(gateway, tool, name):
    """The settlements of a tool's calls with this `name` among their arguments."""
    found = []
    for entry in gateway.audit("--tool", tool, "--limit", "1000"):
        events = gateway.events(entry["call"]) if entry.get("call") else []
        opened = next((event for event in events if event["event"] == "opened"), None)
        if opened and opened["arguments"].get("name") == name and entry["call"] not in found:
            found.append(entry["call"])
    return [event for call in found for event in gateway.events(call) if event["event"] == "settled"]


def _name(modes, mode):
    return next(name for name, value in modes.items() if value is mode)
