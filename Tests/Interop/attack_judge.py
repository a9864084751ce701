"""Holds what happened against what a case expects."""

import json
import re

from attack_product import CANARIES
from attacked import NAMES
from cases import same, that

# Cases whose steps are words, or that need another stage, by their own functions.
OWN = {}


def own(*ids):
    def register(function):
        for id in ids:
            OWN[id] = function
        return function

    return register


def judge(stage, row):
    """Holds what happened against what the case expects; every key that it has."""
    expected = dict(row["expected"])
    verdict = expected.pop("verdict")
    replies = stage.replies
    told = [reply.all for reply in replies]
    that(replies, "nothing was answered")
    if any("decide" in step for step in row["steps"]):
        replies = replies[-1:]
    calls = expected.pop("upstream_calls", None)
    answers = any("upstream" in step for step in row["steps"])
    if verdict in ("DENY", "DENY_OR_PEND", "PEND", "REJECT_CLOSE") and calls is None and not answers:
        that(not stage.shop.requests, f"the product was called: {stage.shop.requests}")
    for operation, count in (calls or {}).items():
        product = stage.crm if operation == "crm" else stage.shop
        same(product.count(operation), count, f"calls of {operation} ({replies})")
    for operation, most in (expected.pop("upstream_calls_max", None) or {}).items():
        that(stage.shop.count(operation) <= most, f"{stage.shop.count(operation)} calls of {operation}, at most {most}")
    match verdict:
        case "DENY":
            for reply in replies:
                that(reply.is_denied, f"not denied: {reply}")
        case "DENY_OR_PEND" | "PEND":
            for reply in replies:
                that(reply.is_denied or reply.is_pending, f"neither denied nor pending: {reply}")
        case "OK":
            for reply in replies:
                that(not reply.is_denied or reply.is_pending, f"denied: {reply}")
            that(not replies[-1].is_denied, f"denied: {replies[-1]}")
        case "REJECT_CLOSE":
            for reply in replies:
                that(reply.closed, f"the connection stays open: {reply}")
        case "ONE_MESSAGE":
            for reply in replies:
                same([message.get("id") for message in reply.messages], [1], reply)
        case "CONSISTENT":
            that(stage.shop.requests, "nothing was sent")
            same({json.loads(request["body"])["amount"] for request in stage.shop.requests}, {100})
        case "UNKNOWN":
            for reply in replies:
                same(reply.code, "outcome-unknown", reply)
            same(len({reply.call for reply in replies}), 1, "calls")
        case "DENY_OR_EXACT":
            for request in stage.shop.requests:
                sent = (request["target"] + request["body"].decode()).replace("%22", "")
                that("9007199254740993" in sent or "9223372036854775808" in sent, sent)
        case "NO_CANARY" | "ABSENT" | "HEADERS" | "FIELD" | "BUDGET" | "DENY_OR_STRIP" | "DENY_OR_ENCODED" | "DENY_OR_OK":
            # What has to be absent, or how often something happened, is held against the keys below.
            pass
        case _:
            raise AssertionError(f"a verdict that is not known: {verdict}")
    if status := expected.pop("status", None):
        for reply in replies:
            if verdict == "DENY" and status and 400 in status and reply.status == 200:
                # Refused within a result of the protocol: it has no status of its own.
                that(reply.is_denied, f"status 200 and not denied: {reply}")
                raise AssertionError(f"status 200, expected {status}: {reply}")
            that(reply.status in status, f"status {reply.status}, expected {status}: {reply}")
    for text in expected.pop("must_not_contain", []):
        for form in {text, NAMES.get(text, text)}:
            that(all(form.encode() not in one for one in told), f"{form!r} came back: {replies}")
    for text in expected.pop("upstream_must_not_contain", []):
        that(text.encode() not in stage.shop.all_bytes(), f"{text!r} reached the product: {stage.shop.all_bytes()!r}")
    if prefix := expected.pop("upstream_path_prefix", None):
        for request in stage.shop.requests:
            that(request["target"].startswith(prefix) and "/../" not in request["target"], request)
    if (query := expected.pop("upstream_query", None)) is not None:
        for request in stage.shop.requests:
            same(request["target"].partition("?")[2], query)
    if line := expected.pop("upstream_request_line", None):
        same([request["line"] for request in stage.shop.requests], [line])
    for method in expected.pop("upstream_methods_forbidden", []):
        that(all(request["method"] != method for request in stage.shop.requests), stage.shop.requests)
    if pattern := expected.pop("header_match", None):
        that(any(re.search(pattern, line, re.I) for line in replies[-1].headers), f"no {pattern}: {replies[-1].headers}")
    if (created := expected.pop("approvals_created", None)) is not None:
        same(len(stage.waiting()), created, "calls that wait")
    if state := expected.pop("approval_state", None):
        same(state, "pending")
        same([call["phase"] for call in stage.waiting()], ["proposed"])
    if place := expected.pop("json_path", None):
        value = replies[-1].message
        for part in place.split("."):
            value = value[part]
        same(value, expected.pop("equals"))
    if grown := expected.pop("rss_growth_max_mb", None):
        that(stage.memory() - stage.before <= grown, f"memory grew by {stage.memory() - stage.before:.0f} MB")
    expected.pop("egress_forbidden", None)
    same(stage.trapped(), 0, "connections to the trap")
    for name, canary in CANARIES.items():
        that(all(canary.encode() not in one for one in told), f"the credential {name} came back: {replies}")
    that(stage.is_up(), "the gateway does not answer")
    if expected.pop("audit", None):
        that(len(stage.journal()) > stage.entries, "the journal has no entry of it")
    expected.pop("text", None)
    expected.pop("figure", None)
    that(not expected, f"expectations that nothing was held against: {expected}")
