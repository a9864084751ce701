"""Bytes on a connection: what HTTP and JSON-RPC clients, good and bad, get from Sallyport."""

import http.client
import json
import socket
import sys
import threading
import time

import rig
import wire
from cases import case, cases_of, run, same, that, waits
from wire import Connection, legacy_headers, modern, modern_headers, post, request_bytes


class World:
    def __init__(self, rig):
        self.acme = rig.acme()
        self.upstream = rig.upstream()
        self.gateway = rig.acme_gateway(self.acme).start()
        self.quay = rig.quay_gateway(self.upstream).start()
        self.port = self.gateway.port
        self.token = self.gateway.token("ana")
        self.quay_token = self.quay.token("ana")

    def post(self, message, headers=None, **changes):
        return post(self.port, message, {**modern_headers(message, self.token), **(headers or {})}, **changes)


def lists(world, connection=None):
    """That a good request is served, on a connection where one is given."""
    message = modern("tools/list")
    if connection is None:
        reply = world.post(message)
    else:
        connection.send(request_bytes(message, world.token))
        reply = connection.reply()
    same(reply.status, 200, repr(reply))
    that(len(reply.result["tools"]) > 10, "few tools")


def after_progress(world):
    """Returns once a call that begins now was told of progress; any that began before it would have been by then."""
    begun = world.upstream.count("began", "/tide")
    message = modern("tools/call", {"name": "get_tide", "arguments": {"seconds": 60}, "_meta": {"progressToken": "x"}})
    with Connection(world.quay.port, timeout=30) as connection:
        connection.send(request_bytes(message, world.quay_token))
        world.upstream.wait_for("began", "/tide", begun + 1)
        connection.until_it_has(b"notifications/progress")


def after_a_hangup(world, name):
    """Returns once the source has lost a call whose client hangs up now; any that was lost before is lost by then."""
    message = modern("tools/call", {"name": "create_job", "arguments": {"name": name, "seconds": 60}})
    with Connection(world.quay.port) as connection:
        connection.send(request_bytes(message, world.quay_token))
        world.upstream.wait_for("began", name)
    world.upstream.wait_for("gone", name, 1, 15)


# The endpoint


@cases_of({method: method for method in ["GET", "DELETE", "PUT", "HEAD", "OPTIONS", "PATCH", "TRACE"]})
def other_methods_are_not_allowed(world, method):
    for headers in [
        {},
        legacy_headers(world.token),
        legacy_headers(world.token, "2025-11-25"),
        legacy_headers(world.token, "2026-07-28"),
    ]:
        reply = post(world.port, None, headers, method=method)
        same(reply.status, 405, repr(headers))
        same(reply.header("Allow"), "POST")


@case
def a_method_that_nobody_knows_is_refused(world):
    # The parser may know it no more than we do (RFC 9110, 9.1).
    that(post(world.port, None, legacy_headers(world.token), method="FOO").status in (400, 405, 501), "FOO")
    lists(world)


@case
def other_paths_are_not_there(world):
    for path in [
        "/",
        "/mcp/",
        "/mcp/x",
        "/MCP",
        "//mcp",
        "/mcp;x",
        "/%6dcp",
        "/admin",
        "/approvals",
        "/metrics",
        "/mcp%2f",
    ]:
        message = modern("tools/list")
        same(post(world.port, message, modern_headers(message, world.token), path=path).status, 404, path)


@case
def health_needs_no_token(world):
    reply = post(world.port, None, {}, path="/healthz", method="GET")
    same(reply.status, 200)
    that(b"acme" not in reply.body and len(reply.body) < 100, "health says little")


@case
def metadata_are_at_both_well_known_places(world):
    for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"]:
        reply = post(world.port, None, {}, path=path, method="GET")
        same(reply.status, 200, path)
        same(reply.header("Content-Type"), "application/json")
        same(reply.json["resource"], "http://127.0.0.1:8080/mcp")
        same(reply.json["bearer_methods_supported"], ["header"])
        same(post(world.port, None, {}, path=path, method="POST").status, 405)


@case
def metadata_of_a_gateway_with_an_issuer_names_it_as_authorization_server(world):
    # RFC 9728 with MCP: at least one authorization server, where one is configured.
    challenge = post(world.port, modern("tools/list"), legacy_headers(None)).header("WWW-Authenticate")
    url = challenge.split('resource_metadata="')[1].split('"')[0]
    path = url.removeprefix("http://127.0.0.1:8080")
    same(post(world.port, None, {}, path=path, method="GET").status, 200, "the metadata of the challenge")


# Browsers and names


@cases_of(
    {
        origin: origin
        for origin in [
            "https://evil.example",
            "null",
            "http://127.0.0.1:8080",
            "http://localhost",
            "",
            "http://127.0.0.1.evil.example",
            "file://",
            "HTTPS://EVIL.EXAMPLE",
        ]
    }
)
def a_request_with_a_foreign_origin_is_forbidden(world, origin):
    message = modern("tools/list")
    same(world.post(message, {"Origin": origin}).status, 403)
    # Also before anything is said about tokens.
    same(post(world.port, message, {**legacy_headers(None), "Origin": origin}).status, 403)


@cases_of(
    {
        "another": "evil.example",
        "a longer one": "127.0.0.1.evil.example",
        "with our port": "evil.example:8080",
        "with credentials": "127.0.0.1@evil.example",
        "empty": "",
        "a bad port": "127.0.0.1:x",
        "two ports": "127.0.0.1:80:81",
        "a path": "127.0.0.1/x",
    }
)
def a_foreign_host_is_forbidden(world, host):
    with Connection(world.port) as connection:
        connection.send(request_bytes(modern("tools/list"), world.token, host=host))
        that(connection.reply().status in (400, 403), host)


@case
def no_host_and_two_hosts_are_refused(world):
    for lines in [None, ["Host: evil.example"], ["Host: 127.0.0.1"]]:
        with Connection(world.port) as connection:
            connection.send(
                request_bytes(
                    modern("tools/list"), world.token, host=None if lines is None else "127.0.0.1", extra=lines or []
                )
            )
            reply = connection.reply()
            that(reply.status in (400, 403), f"{lines}: {reply}")


@cases_of({host: host for host in ["127.0.0.1", "127.0.0.1:1234", "localhost", "LOCALHOST:80"]})
def our_own_names_are_served(world, host):
    with Connection(world.port) as connection:
        connection.send(request_bytes(modern("tools/list"), world.token, host=host))
        same(connection.reply().status, 200)


# Who is it


@case
def a_token_counts_in_one_authorization_header_only(world):
    message = modern("tools/list")
    bare = {**modern_headers(message, None)}
    for what, path, headers in [
        ("in the query", f"/mcp?access_token={world.token}", {}),
        ("in a cookie", "/mcp", {"Cookie": f"access_token={world.token}"}),
        ("as Basic", "/mcp", {"Authorization": f"Basic {world.token}"}),
        ("without a scheme", "/mcp", {"Authorization": world.token}),
        ("with two spaces", "/mcp", {"Authorization": f"Bearer  {world.token}"}),
        ("with something behind it", "/mcp", {"Authorization": f"Bearer {world.token} x"}),
        ("with a comma behind it", "/mcp", {"Authorization": f"Bearer {world.token}, Bearer {world.token}"}),
        ("empty", "/mcp", {"Authorization": "Bearer "}),
        ("in the proxy's header", "/mcp", {"Proxy-Authorization": f"Bearer {world.token}"}),
        ("in another header", "/mcp", {"X-Forwarded-Authorization": f"Bearer {world.token}", "X-User": "ana"}),
    ]:
        reply = post(world.port, message, {**bare, **headers}, path=path)
        same(reply.status, 401, what)
        that((reply.header("WWW-Authenticate") or "").startswith("Bearer "), f"{what}: {reply}")
    reply = post(world.port, {**message, "params": {**message["params"], "access_token": world.token}}, bare)
    same(reply.status, 401, "in the body")


@case
def the_query_does_not_harm_who_has_a_token(world):
    message = modern("tools/list")
    same(post(world.port, message, modern_headers(message, world.token), path="/mcp?access_token=x").status, 200)


@case
def two_authorization_headers_are_refused(world):
    for second in [world.token, "nonsense"]:
        for first in [world.token, "nonsense"]:
            with Connection(world.port) as connection:
                connection.send(request_bytes(modern("tools/list"), first, extra=[f"authorization: Bearer {second}"]))
                that(connection.reply().status in (400, 401), f"{first[:5]} and {second[:5]}")


@case
def the_scheme_is_read_without_regard_to_case(world):
    message = modern("tools/list")
    for scheme in ["bearer", "BEARER", "BeArEr"]:
        headers = {**modern_headers(message, world.token), "Authorization": f"{scheme} {world.token}"}
        same(post(world.port, message, headers).status, 200, scheme)


@case
def a_refused_token_is_told_no_more_than_that(world):
    message = modern("tools/list")
    told = set()
    head, body, signature = world.token.split(".")
    for token in ["x", f"{head}.{body}.", f"{head}.{body}.{signature[::-1]}", "a.b.c", "." * 30, "x" * 8000]:
        reply = post(world.port, message, modern_headers(message, token))
        same(reply.status, 401, token[:20])
        told.add((reply.header("WWW-Authenticate"), reply.body))
    same(len(told), 1, "answers")


@case
def the_unauthenticated_learn_nothing_of_the_body(world):
    # Broken and good bodies answer alike before the token is known.
    for body in [b"{", b"[]", b"\xff", b"{}", json.dumps(modern("nothing/here")).encode()]:
        same(post(world.port, body, legacy_headers(None)).status, 401, repr(body))


# Connections


@case
def two_requests_at_once_are_answered_in_order(world):
    with Connection(world.port) as connection:
        first, second, third = (
            modern("tools/list", id="one"),
            modern("nothing", id="two"),
            modern("tools/call", {"name": "get_me", "arguments": {}}, id="three"),
        )
        connection.send(b"".join(request_bytes(message, world.token) for message in (first, second, third)))
        same([connection.reply().json["id"] for _ in range(3)], ["one", "two", "three"])


@case
def a_quick_request_behind_a_slow_one_waits_its_turn(world):
    world.upstream.hold()
    begun = world.upstream.count("began", "/tide")
    with Connection(world.quay.port) as connection:
        slow = modern("tools/call", {"name": "get_tide", "arguments": {"seconds": 60}}, id="slow")
        connection.send(
            request_bytes(slow, world.quay_token) + request_bytes(modern("tools/list", id="quick"), world.quay_token)
        )
        world.upstream.wait_for("began", "/tide", begun + 1)
        world.upstream.release()
        same([connection.reply().json["id"] for _ in range(2)], ["slow", "quick"])


@case
def many_pipelined_requests_all_come_back(world):
    with Connection(world.port) as connection:
        sent = b"".join(
            request_bytes(modern("tools/call", {"name": "get_me", "arguments": {}}, id=n), world.token)
            for n in range(60)
        )
        writer = threading.Thread(target=connection.send, args=(sent,))
        writer.start()
        same([connection.reply().json["id"] for _ in range(60)], list(range(60)))
        writer.join()


@case
def a_connection_serves_on_after_errors(world):
    with Connection(world.port) as connection:
        for data, status in [
            (request_bytes(b"{", world.token), 400),
            (request_bytes(modern("nothing"), world.token), 404),
            (request_bytes(modern("tools/list"), None), 401),
            (request_bytes(modern("tools/list"), "nonsense"), 401),
            (request_bytes(modern("tools/list"), world.token, line="POST /nowhere HTTP/1.1"), 404),
            (request_bytes(modern("tools/list"), world.token, extra=["Origin: https://evil.example"]), 403),
            (request_bytes(modern("tools/list"), world.token, line="GET /mcp HTTP/1.1"), 405),
        ]:
            connection.send(data)
            same(connection.reply().status, status, repr(data[:60]))
            lists(world, connection)


@case
def chunked_bodies_are_read(world):
    body = json.dumps(modern("tools/list")).encode()
    head = request_bytes(modern("tools/list"), world.token, ["Transfer-Encoding: chunked"], length=False).partition(
        b"\r\n\r\n"
    )[0]
    for size in [1, 7, len(body)]:
        chunks = b"".join(
            b"%x;ext=1\r\n%s\r\n" % (len(body[i : i + size]), body[i : i + size]) for i in range(0, len(body), size)
        )
        with Connection(world.port) as connection:
            connection.send(head + b"\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n")
            same(connection.reply().status, 200, f"chunks of {size}")
            lists(world, connection)


@cases_of({"with a token": 413, "without a token": 401})
def an_endless_chunked_body_is_answered_and_cut_off(world, status):
    token = world.token if status == 413 else None
    head = request_bytes(modern("tools/list"), token, ["Transfer-Encoding: chunked"], length=False)
    with Connection(world.port) as connection:
        connection.send(head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        begin = time.monotonic()
        answered = None
        try:
            # About 10 MB a second: what is answered already may be drained for a moment, not for as long as it lasts.
            while time.monotonic() - begin < 10:
                connection.send(chunk)
                if answered is not None:
                    time.sleep(0.005)
                elif connection.is_readable(0.005):
                    answered = connection.reply().status
            raise AssertionError("it takes a body without end for more than 10 s")
        except OSError:
            pass
        same(answered, status)
    lists(world)


@case
def a_body_of_50_MB_is_refused(world):
    head = request_bytes(modern("tools/list"), world.token, [f"Content-Length: {50 << 20}"], length=False).partition(
        b"\r\n\r\n"
    )[0]
    with Connection(world.port) as connection:
        connection.send(head + b"\r\n\r\n")
        try:
            for _ in range(50 * 16):
                connection.send(b" " * 65536)
        except OSError:
            pass
        try:
            same(connection.reply().status, 413)
        except (OSError, EOFError) as error:
            raise AssertionError(f"it closed without an answer: {error!r}") from error
    lists(world)


@cases_of({"a body of chunks that grows too large": "chunks", "Connection: close": "close", "HTTP/1.0": "1.0"})
def nothing_behind_the_last_request_is_served(world, row):
    # Whoever stands in front may think that it belongs to somebody else.
    name = f"behind {row}"
    behind = request_bytes(modern("tools/call", {"name": "create_job", "arguments": {"name": name}}), world.quay_token)
    message = modern("tools/list")
    if row == "chunks":
        sent = wire.too_large(message, world.quay_token, behind)
    elif row == "close":
        sent = request_bytes(message, world.quay_token, ["Connection: close"]) + behind
    else:
        sent = request_bytes(message, world.quay_token, line="POST /mcp HTTP/1.0") + behind
    with Connection(world.quay.port, timeout=20) as connection:
        connection.send(sent)
        same(connection.reply().status, 413 if row == "chunks" else 200)
        that(connection.is_closed(15), "it stays open")
        same(connection.buffer, b"", "what comes after the last answer")
    # What was taken up would be at the source before this one is.
    same(wire.call(world.quay.port, world.quay_token, "create_job", {"name": f"after {row}"}).result["isError"], False)
    same(world.upstream.count("began", name), 0, "calls at the source")


@case
def a_declared_length_beyond_the_limit_is_refused_before_the_body(world):
    for length in [str((4 << 20) + 1), "99999999999", "9" * 30]:
        head = request_bytes(modern("tools/list"), world.token, [f"Content-Length: {length}"], length=False).partition(
            b"\r\n\r\n"
        )[0]
        with Connection(world.port, timeout=20) as connection:
            connection.send(head + b"\r\n\r\n")
            # Nothing of the body is sent: a client that waits for a word must get one.
            try:
                that(connection.reply().status in (400, 413), length)
            except (EOFError, TimeoutError) as error:
                raise AssertionError(f"length {length}: no answer: {error!r}") from error


@case
def a_client_that_asks_before_it_sends_gets_a_word(world):
    message = modern("tools/list")
    data = request_bytes(message, world.token, ["Expect: 100-continue"])
    head, _, body = data.partition(b"\r\n\r\n")
    with Connection(world.port, timeout=10) as connection:
        connection.send(head + b"\r\n\r\n")
        try:
            first = connection._until(b"\r\n\r\n")
        except TimeoutError as error:
            raise AssertionError("no 100 Continue within 10 s (RFC 9110, 10.1.1)") from error
        that(first.startswith(b"HTTP/1.1 100"), first)
        connection.send(body)
        same(connection.reply().status, 200)


@case
def one_that_asks_without_a_token_is_refused_at_once(world):
    data = request_bytes(modern("tools/list"), None, ["Expect: 100-continue"])
    with Connection(world.port, timeout=10) as connection:
        connection.send(data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        try:
            same(connection.reply().status, 401)
        except TimeoutError as error:
            raise AssertionError("no answer within 10 s, though it is known already") from error


@case
def headers_without_end_are_refused(world):
    many = [f"X-Filler-{n}: {n}" for n in range(3000)]
    for what, lines in {
        "one long": ["X-Long: " + "x" * 200_000],
        "many": many,
        "a long name": ["X" * 100_000 + ": x"],
    }.items():
        with Connection(world.port, timeout=20) as connection:
            try:
                connection.send(request_bytes(modern("tools/list"), world.token, lines))
                status = connection.reply().status
            except OSError:
                status = None
            except EOFError:
                status = None
            that(status in (400, 431), f"{what}: {status}")
    lists(world)


@case
def a_long_target_is_refused(world):
    with Connection(world.port, timeout=20) as connection:
        try:
            connection.send(
                request_bytes(modern("tools/list"), world.token, line="POST /mcp?" + "x" * 200_000 + " HTTP/1.1")
            )
            status = connection.reply().status
        except (OSError, EOFError):
            status = None
    that(status in (400, 414, 431), status)
    lists(world)


@cases_of(
    {
        "no HTTP": b"hello\r\n\r\n",
        "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 64,
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "a bad line": b"POST /mcp\r\n\r\n",
        "a header without a name": b"POST /mcp HTTP/1.1\r\n: x\r\n\r\n",
        "a space before the colon": b"POST /mcp HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n",
        "a folded header": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\r\n b\r\n\r\n",
        "NUL in a header": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\0b\r\n\r\n",
        "a bare CR in a header": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a\rb\r\n\r\n",
        "a length and chunks": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "two lengths": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "a list of lengths": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5, 6\r\n\r\nhello!",
        "a negative length": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
        "a signed length": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: +5\r\n\r\nhello",
        "a hex length": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0x5\r\n\r\nhello",
        "an unknown coding": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "chunked twice": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        "a bad chunk size": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "a huge chunk size": b"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n",
    }
)
def broken_requests_are_refused_and_the_connection_ends(world, data):
    with Connection(world.port, timeout=20) as connection:
        connection.send(data + request_bytes(modern("tools/list", id="smuggled"), world.token))
        that(connection.is_closed(15), "the connection stays open")
        that(b"smuggled" not in connection.buffer, "the rest was taken for a request")
        that(connection.buffer == b"" or connection.buffer.startswith(b"HTTP/1.1 4"), connection.buffer[:200])
    lists(world)


@case
def http_1_0_is_answered_and_ends(world):
    for extra in [[], ["Connection: keep-alive"]]:
        with Connection(world.port, timeout=20) as connection:
            connection.send(request_bytes(modern("tools/list"), world.token, extra, line="POST /mcp HTTP/1.0"))
            reply = connection.reply()
            same(reply.status, 200, repr(reply))
            same(reply.header("Transfer-Encoding"), None)
            if not extra:
                that(connection.is_closed(10), "it stays open")


@case
def http_1_0_gets_no_chunks_from_a_slow_call(world):
    # RFC 9112, 6.1: no Transfer-Encoding unless the request is of HTTP/1.1.
    world.upstream.hold()
    begun = world.upstream.count("began", "/tide")
    message = modern("tools/call", {"name": "get_tide", "arguments": {"seconds": 60}, "_meta": {"progressToken": "t"}})
    with Connection(world.quay.port, timeout=30) as connection:
        connection.send(request_bytes(message, world.quay_token, line="POST /mcp HTTP/1.0"))
        world.upstream.wait_for("began", "/tide", begun + 1)
        after_progress(world)
        world.upstream.release()
        that(connection.is_closed(15), "it stays open")
        head = connection.buffer.partition(b"\r\n\r\n")[0].lower()
        that(b"transfer-encoding" not in head, head)


@case
def connection_close_is_kept(world):
    with Connection(world.port, timeout=20) as connection:
        connection.send(request_bytes(modern("tools/list"), world.token, ["Connection: close"]))
        reply = connection.reply()
        same(reply.status, 200)
        same((reply.header("Connection") or "").lower(), "close")
        that(connection.is_closed(10), "it stays open")


@case
@waits
def a_body_that_comes_too_slowly_is_given_up(world):
    data = request_bytes(modern("tools/list"), world.token)
    with Connection(world.port, timeout=60) as connection:
        connection.send(data[:-20])
        begin = time.monotonic()
        closed = False
        for byte in data[-20:-1]:
            try:
                connection.send(bytes([byte]))
            except OSError:
                closed = True
                break
            if connection.is_closed(2):
                closed = True
                break
        that(closed and time.monotonic() - begin < 45, "a slow body holds the connection")
    lists(world)


@case
@waits
def a_head_that_comes_too_slowly_is_given_up(world):
    data = request_bytes(modern("tools/list"), world.token)
    with Connection(world.port, timeout=60) as connection:
        connection.send(b"POST /mcp HTTP/1.1\r\n")
        begin = time.monotonic()
        closed = False
        while time.monotonic() - begin < 60 and not closed:
            try:
                connection.send(b"X-A: b\r\n")
            except OSError:
                closed = True
                break
            closed = connection.is_closed(3)
        that(closed, "a head that never ends holds the connection for more than a minute")


@case
def connections_that_say_nothing_do_not_keep_others_out(world):
    idle = [socket.create_connection(("127.0.0.1", world.port), 10) for _ in range(300)]
    try:
        lists(world)
    finally:
        for connection in idle:
            connection.close()


# JSON


@cases_of(
    {
        "a name twice": b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
        "a name twice, escaped": b'{"jsonrpc":"2.0","id":1,"method":"ping","m\\u0065thod":"tools/call"}',
        "a name twice, deep": b'{"jsonrpc":"2.0","id":1,"method":"tools/call",'
        b'"params":{"name":"get_deal","arguments":{"dealId":"a","dealId":"b"}}}',
        "200 levels": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"[" * 200 + b"]" * 200 + b"}}",
        "100000 levels": b"[" * 100_000 + b"]" * 100_000,
        "100000 open objects": b'{"a":' * 100_000,
        "invalid UTF-8": b'{"jsonrpc":"2.0","id":1,"method":"pi\xffng"}',
        "an overlong form": b'{"jsonrpc":"2.0","id":1,"method":"\xc0\xaf"}',
        "half a pair": b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}',
        "an encoded half": b'{"jsonrpc":"2.0","id":1,"method":"\xed\xa0\x80"}',
        "NUL": b'{"jsonrpc":"2.0","id":1,"method":"ping"}\0',
        "a raw NUL in a text": b'{"jsonrpc":"2.0","id":1,"method":"pi\0ng"}',
        "a byte order mark": b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"ping"}',
        "UTF-16": '{"jsonrpc":"2.0","id":1,"method":"ping"}'.encode("utf-16"),
        "nothing": b"",
        "spaces": b"   ",
        "a comment": b'{"jsonrpc":"2.0","id":1,"method":"ping"}//x',
        "a comma too many": b'{"jsonrpc":"2.0","id":1,"method":"ping",}',
        "single quotes": b"{'jsonrpc':'2.0'}",
        "two messages": b'{"jsonrpc":"2.0","id":1,"method":"ping"}{"jsonrpc":"2.0","id":2,"method":"ping"}',
        "NaN": b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}',
        "a number as 01": b'{"jsonrpc":"2.0","id":01,"method":"ping"}',
    }
)
def what_is_not_JSON_is_a_parse_error(world, body):
    for version in ["2025-11-25", "2026-07-28"]:
        reply = post(world.port, body, legacy_headers(world.token, version))
        same(reply.status, 400, version)
        same(reply.error["code"], -32700)
        same(reply.json["id"], None)
    lists(world)


@cases_of(
    {
        "a batch": [modern("ping")],
        "an empty batch": [],
        "a text": "x",
        "a number": 1,
        "null": None,
        "no version": {"id": 1, "method": "ping"},
        "another version": {"jsonrpc": "1.0", "id": 1, "method": "ping"},
        "no method": {"jsonrpc": "2.0", "id": 1},
        "a method that is a number": {"jsonrpc": "2.0", "id": 1, "method": 1},
        "a null id": {"jsonrpc": "2.0", "id": None, "method": "ping"},
        "an id that is an object": {"jsonrpc": "2.0", "id": {}, "method": "ping"},
        "an id that is a fraction": {"jsonrpc": "2.0", "id": 1.5, "method": "ping"},
        "an id that is true": {"jsonrpc": "2.0", "id": True, "method": "ping"},
        "params that are a list": {"jsonrpc": "2.0", "id": 1, "method": "ping", "params": []},
        "a request without an id": {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "get_me"}},
    }
)
def what_is_no_request_is_refused(world, message):
    reply = post(world.port, json.dumps(message).encode(), legacy_headers(world.token, "2025-11-25"))
    same(reply.status, 400)
    same(reply.error["code"], -32600)


@case
def ids_come_back_as_they_were(world):
    for id in ["a", "", "ä\U0001f600\"\\", 0, -5, 2**53, "1" * 200, "\n\t\x01"]:
        reply = world.post(modern("tools/list", id=id))
        same(reply.json["id"], id)


@case
def an_escaped_NUL_is_refused_and_harms_nothing(world):
    for message in [
        modern("tools/list", id="a\0b"),
        modern("tools/call", {"name": "get_deal", "arguments": {"dealId": "a\0b"}}),
    ]:
        reply = world.post(message)
        same((reply.status, reply.error["code"]), (400, -32700))
        that("U+0000" in reply.error["message"], reply.error)
    lists(world)


# The ladder, as a peer sees it


@case
def modern_requests_that_contradict_themselves_are_refused(world):
    message = modern("tools/call", {"name": "get_me", "arguments": {}})
    good = modern_headers(message, world.token)

    def without(*names):
        return {name: value for name, value in good.items() if name not in names}

    for what, headers, code in [
        ("no version", without("MCP-Protocol-Version"), -32020),
        ("a legacy version", {**good, "MCP-Protocol-Version": "2025-11-25"}, -32020),
        ("another version", {**good, "MCP-Protocol-Version": "2027-01-01"}, -32020),
        ("no method", without("Mcp-Method"), -32020),
        ("another method", {**good, "Mcp-Method": "tools/list"}, -32020),
        ("another case", {**good, "Mcp-Method": "Tools/Call"}, -32020),
        ("no name", without("Mcp-Name"), -32020),
        ("another name", {**good, "Mcp-Name": "list_deals"}, -32020),
        ("a bad encoding", {**good, "Mcp-Name": "=?base64?!!!?="}, -32020),
    ]:
        reply = post(world.port, message, headers)
        same((reply.status, reply.error["code"]), (400, code), what)
        same(reply.json["id"], 1, what)
    encoded = {**good, "Mcp-Name": "=?base64?Z2V0X21l?="}
    same(post(world.port, message, encoded).status, 200, "an encoded name")
    for name in ["MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"]:
        with Connection(world.port) as connection:
            connection.send(request_bytes(message, world.token, [f"{name.lower()}: {good[name]}"]))
            reply = connection.reply()
            same((reply.status, reply.error["code"]), (400, -32020), f"{name} twice")


@case
def modern_requests_need_their_envelope(world):
    message = modern("tools/list")
    for key in ["protocolVersion", "clientCapabilities"]:
        broken = json.loads(json.dumps(message))
        del broken["params"]["_meta"][f"io.modelcontextprotocol/{key}"]
        reply = post(world.port, broken, modern_headers(message, world.token))
        same((reply.status, reply.error["code"]), (400, -32602), key)
    broken = json.loads(json.dumps(message))
    del broken["params"]["_meta"]["io.modelcontextprotocol/clientInfo"]
    same(post(world.port, broken, modern_headers(message, world.token)).status, 200, "clientInfo is optional")


@case
def unknown_versions_hear_which_are_known(world):
    for version in ["2027-01-01", "2026-07-27", "x", "2026-07-28 "]:
        message = modern("tools/list", version=version)
        reply = post(world.port, message, modern_headers(message, world.token, version))
        if version.strip() != version:
            that(reply.status == 400, repr(reply))
            continue
        same((reply.status, reply.error["code"]), (400, -32022), version)
        that("2026-07-28" in reply.error["data"]["supported"], reply)
        same(reply.error["data"]["requested"], version)
    legacy = post(world.port, {"jsonrpc": "2.0", "id": 1, "method": "ping"}, legacy_headers(world.token, "2025-03-26"))
    same(legacy.status, 400)


@cases_of(
    {
        method: method
        for method in [
            "initialize",
            "ping",
            "logging/setLevel",
            "resources/subscribe",
            "tools/List",
            "prompts/list",
            "",
        ]
    }
)
def methods_that_the_modern_era_does_not_have_are_not_found(world, method):
    message = modern(method, {"protocolVersion": "2025-11-25"} if method == "initialize" else {})
    reply = post(world.port, message, modern_headers(message, world.token))
    if method == "":
        that(reply.status in (400, 404), reply)
        return
    same((reply.status, reply.error["code"]), (404, -32601))


@case
def legacy_clients_are_served_without_a_session(world):
    version = "2025-11-25"
    initialize = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}},
    }
    reply = post(world.port, initialize, legacy_headers(world.token))
    same(reply.result["protocolVersion"], version)
    same(reply.header("Mcp-Session-Id"), None)
    notified = post(
        world.port, {"jsonrpc": "2.0", "method": "notifications/initialized"}, legacy_headers(world.token, version)
    )
    same((notified.status, notified.body), (202, b""))
    for headers in [
        legacy_headers(world.token, version),
        legacy_headers(world.token),
        {**legacy_headers(world.token, version), "Mcp-Session-Id": "x"},
    ]:
        reply = post(world.port, {"jsonrpc": "2.0", "id": 2, "method": "tools/list"}, headers)
        same(reply.status, 200)
        that("ttlMs" not in reply.result and "resultType" not in reply.result, "modern members in a legacy result")
    wrong = post(
        world.port, {"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": {}}, legacy_headers(world.token)
    )
    same(wrong.error["code"], -32602)
    unknown = post(world.port, {"jsonrpc": "2.0", "id": 3, "method": "nothing"}, legacy_headers(world.token, version))
    same((unknown.status, unknown.error["code"]), (200, -32601))


@case
def modern_results_say_what_they_are(world):
    discovered = world.post(modern("server/discover")).result
    same(discovered["resultType"], "complete")
    same(discovered["cacheScope"], "private")
    same(discovered["supportedVersions"][0], "2026-07-28")
    listed = world.post(modern("tools/list")).result
    same((listed["resultType"], listed["cacheScope"]), ("complete", "private"))
    that(isinstance(listed["ttlMs"], int) and listed["ttlMs"] >= 0, listed["ttlMs"])
    called = wire.call(world.port, world.token, "get_me").result
    same(called["resultType"], "complete")
    same(called["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "sallyport")


@case
def a_session_and_an_event_id_of_a_modern_client_are_ignored(world):
    reply = world.post(modern("tools/list"), {"Mcp-Session-Id": "abc", "Last-Event-ID": "7"})
    same(reply.status, 200)
    same(reply.header("Mcp-Session-Id"), None)


@case
def media_types_are_held_to(world):
    message = modern("tools/list")
    for headers, status in [
        ({"Accept": "text/html"}, 406),
        ({"Accept": "application/json;q=0"}, 406),
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Accept": "*/*"}, 200),
        ({"Accept": "application/json"}, 200),
        ({"Content-Type": "application/json; charset=utf-8"}, 200),
    ]:
        same(world.post(message, headers).status, status, repr(headers))


@case
def a_client_that_takes_events_only_gets_events(world):
    reply = world.post(modern("tools/list"), {"Accept": "text/event-stream"})
    same(reply.status, 200)
    that((reply.header("Content-Type") or "").startswith("text/event-stream"), reply)
    that(len(reply.json["result"]["tools"]) > 10, reply)


@case
def a_client_that_takes_no_events_gets_none_however_long_it_takes(world):
    world.upstream.hold()
    begun = world.upstream.count("began", "/tide")
    replies = []
    thread = threading.Thread(
        target=lambda: replies.append(
            wire.call(
                world.quay.port,
                world.quay_token,
                "get_tide",
                {"seconds": 60},
                {"progressToken": "t"},
                accept="application/json",
            )
        )
    )
    thread.start()
    world.upstream.wait_for("began", "/tide", begun + 1)
    after_progress(world)
    world.upstream.release()
    thread.join()
    same(replies[0].header("Content-Type"), "application/json")
    same(replies[0].status, 200)


@case
def progress_rises_and_stays_off_who_did_not_ask(world):
    world.upstream.hold()
    begun = world.upstream.count("began", "/tide")
    silent, told = Connection(world.quay.port), Connection(world.quay.port)
    with silent, told:
        for connection, meta in [(silent, {}), (told, {"progressToken": "mine"})]:
            message = modern("tools/call", {"name": "get_tide", "arguments": {"seconds": 60}, "_meta": meta})
            connection.send(request_bytes(message, world.quay_token))
        world.upstream.wait_for("began", "/tide", begun + 2)
        told.until_it_has(b"notifications/progress", 2)
        world.upstream.release()
        reply = silent.reply()
        same(reply.header("Content-Type"), "application/json", "no stream without a reason")
        reply = told.reply()
    *notices, last = reply.events
    that(len(notices) >= 2, notices)
    same({notice["params"]["progressToken"] for notice in notices}, {"mine"})
    values = [notice["params"]["progress"] for notice in notices]
    same(values, sorted(set(values)))
    same(last["result"]["isError"], False)
    that("id:" not in reply.body.decode(), "event ids in the modern era")


# Cancelling


@case
def a_modern_client_that_hangs_up_stops_the_call(world):
    name = "hung-up"
    world.upstream.hold()
    after_a_hangup(world, name)
    same(outcomes(world.quay, name), ["unknown"])


@case
def a_legacy_client_that_hangs_up_does_not_stop_the_call(world):
    name = "hung-up-legacy"
    world.upstream.hold()
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "create_job", "arguments": {"name": name, "seconds": 60}},
    }
    body = json.dumps(message).encode()
    headers = "".join(f"{k}: {v}\r\n" for k, v in legacy_headers(world.quay_token, "2025-11-25").items())
    with Connection(world.quay.port) as connection:
        connection.send(
            f"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body
        )
        world.upstream.wait_for("began", name)
    after_a_hangup(world, "hung-up-later")
    same(world.upstream.count("gone", name), 0, "the upstream lost its client")
    world.upstream.release()
    world.upstream.wait_for("ended", name)
    same(outcomes(world.quay, name), ["result"])


@case
def nobody_cancels_the_call_of_another(world):
    world.quay.add("eve", secret="quay-key-of-eve", vault="quay")
    eve, other_agent = world.quay.token("eve"), world.quay.token("ana", agent="other")
    name = "somebody-elses"
    world.upstream.hold()
    replies = []
    thread = threading.Thread(
        target=lambda: replies.append(legacy_call(world, "create_job", {"name": name, "seconds": 60}, id=77))
    )
    thread.start()
    world.upstream.wait_for("began", name)
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 77}}
    for token in [eve, other_agent]:
        same(post(world.quay.port, cancelled, legacy_headers(token, "2025-11-25")).status, 202)
    same(post(world.quay.port, cancelled, legacy_headers(None, "2025-11-25")).status, 401)
    # A modern client's notification does not count either.
    same(
        post(
            world.quay.port,
            {**cancelled, "params": {"requestId": 77, "_meta": modern("x")["params"]["_meta"]}},
            legacy_headers(world.quay_token, "2026-07-28"),
        ).status,
        202,
    )
    after_a_hangup(world, "ones-own")
    same(world.upstream.count("gone", name), 0, "somebody else cancelled it")
    world.upstream.release()
    thread.join()
    same(replies[0].result["isError"], False)


@case
def two_conversations_of_one_agent_that_count_alike_do_not_cancel_each_other(world):
    # Clients count their requests from one; two windows of one program have the same ids at the same time.
    world.upstream.hold()
    replies = {}

    def ask(name):
        replies[name] = legacy_call(world, "create_job", {"name": name, "seconds": 60}, id=2)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ["window-one", "window-two"]]
    for thread, name in zip(threads, ["window-one", "window-two"]):
        thread.start()
        world.upstream.wait_for("began", name)
    cancelled = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}}
    post(world.quay.port, cancelled, legacy_headers(world.quay_token, "2025-11-25"))
    after_a_hangup(world, "no-window")
    gone = [name for name in ["window-one", "window-two"] if world.upstream.count("gone", name)]
    world.upstream.release()
    for thread in threads:
        thread.join()
    # Which of the two was meant cannot be known, so neither may be taken.
    same(gone, [])


def legacy_call(world, tool, arguments, id=1):
    message = {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    return post(world.quay.port, message, legacy_headers(world.quay_token, "2025-11-25"), timeout=90)


def outcomes(gateway, name, limit=15):
    """How the calls with this `name` ended, once one has."""
    end = time.monotonic() + limit
    while True:
        found = []
        for entry in gateway.audit("--tool", "create_job", "--limit", "1000"):
            opened = [event for event in entry["events"] if event.get("event") == "opened"]
            if opened and opened[0]["arguments"].get("name") == name:
                found += [event["outcome"] for event in gateway.events(entry["call"]) if event["event"] == "settled"]
        if found or time.monotonic() > end:
            return found
        time.sleep(0.2)


# What the source says


@case
def refusals_and_faults_of_the_source_are_told_in_our_words(world):
    for tool, code in [
        ("get_refusal", "source-refused"),
        ("get_fault", "source-unavailable"),
        ("get_moved", "source-unavailable"),
    ]:
        result = wire.call(world.quay.port, world.quay_token, tool).result
        same(result["isError"], True, tool)
        same(result["_meta"]["dev.sallyport/code"], code, tool)
        that("internal" not in json.dumps(result), result)
    same(world.upstream.count("began", "/stolen"), 0, "a redirect was followed")


@case
def a_write_that_fails_halfway_is_unknown_whatever_its_answer_holds(world):
    # With and without the credential in the answer: that it is withheld says nothing about what happened.
    for tool in ["create_fault", "create_told_fault"]:
        result = wire.call(world.quay.port, world.quay_token, tool, {"name": tool}).result
        same(result["isError"], True, tool)
        settled = world.quay.events(result["_meta"]["dev.sallyport/call"])[-1]
        same((settled["event"], settled["outcome"]), ("settled", "unknown"), tool)


@case
def an_answer_that_is_not_as_declared_is_marked(world):
    result = wire.call(world.quay.port, world.quay_token, "get_wrong").result
    that(result["isError"] and "structuredContent" not in result, result)


@case
def undeclared_fields_do_not_pass(world):
    result = wire.call(world.quay.port, world.quay_token, "get_tide").result
    same(result["structuredContent"], {"name": "/tide"})
    that("undeclared" not in json.dumps(result), result)


@case
def nothing_of_the_agents_request_reaches_the_source(world):
    message = modern("tools/call", {"name": "get_tide", "arguments": {}})
    headers = {
        **modern_headers(message, world.quay_token),
        "Cookie": "agent=cookie",
        "X-Forwarded-For": "9.9.9.9",
        "X-Quay-Key": "of the agent",
        "Referer": "http://agent.example",
        "User-Agent": "agent-program",
    }
    same(post(world.quay.port, message, headers).result["isError"], False)
    told = {name.lower(): value for name, value in world.upstream.carried["/tide"].items()}
    same(told["x-quay-key"], "quay-key-of-ana")
    for value in ["agent=cookie", "9.9.9.9", "of the agent", "agent.example", "agent-program", world.quay_token]:
        that(value not in json.dumps(told), f"{value} reached the source")
    that("authorization" not in told, "the agent's Authorization reached the source")


if __name__ == "__main__":
    with rig.Rig() as started:
        sys.exit(run(World(started)))
