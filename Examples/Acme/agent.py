#!/usr/bin/env python3
"""A scripted agent: speaks MCP 2026-07-28 to Sallyport with nothing but Python's standard library.

    agent.py URL TOKEN_FILE list
    agent.py URL TOKEN_FILE call TOOL ARGUMENTS_JSON
"""
import json
import sys
import urllib.error
import urllib.request

VERSION = "2026-07-28"


def request(url, token, method, params):
    params = dict(params)
    params["_meta"] = {
        "io.modelcontextprotocol/protocolVersion": VERSION,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "acme-demo-agent", "version": "1"},
    }
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": VERSION,
        "Mcp-Method": method,
    }
    if "name" in params:
        headers["Mcp-Name"] = params["name"]
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=30) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        text = error.read()
        return json.loads(text) if text else {"error": {"code": error.code, "message": "HTTP status"}}


def main():
    url, token_file, command = sys.argv[1:4]
    with open(token_file, encoding="ascii") as file:
        token = file.read().strip()
    if command == "list":
        cursor, tools = None, []
        while True:
            reply = request(url, token, "tools/list", {"cursor": cursor} if cursor else {})
            tools += reply["result"]["tools"]
            cursor = reply["result"].get("nextCursor")
            if cursor is None:
                break
        for tool in tools:
            hints = tool["annotations"]
            kind = "reads" if hints["readOnlyHint"] else "changes"
            arguments = ", ".join(tool["inputSchema"].get("properties", {}))
            print(f"  {tool['name']:<18} {kind:<8} ({arguments})")
    else:
        reply = request(url, token, "tools/call", {"name": sys.argv[4], "arguments": json.loads(sys.argv[5])})
        if "error" in reply:
            print(f"  error {reply['error']['code']}: {reply['error']['message']}")
            return
        result = reply["result"]
        print("  " + ("refused: " if result["isError"] else "") + result["content"][0]["text"])
        for more in result["content"][1:]:
            print("  " + more["text"])


main()
