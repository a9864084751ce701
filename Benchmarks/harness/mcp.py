"""A few requests of a client, one after the other; the load generator is for many."""

import http.client
import json

VERSION = "2026-07-28"


class Client:
    """One keep-alive connection that speaks the modern era."""

    def __init__(self, port: int, token: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.token = token

    def request(self, method: str, **parameters) -> tuple[dict, bytes]:
        """The result of a request, and the answer's bytes."""
        envelope = {
            "io.modelcontextprotocol/protocolVersion": VERSION,
            "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters | {"_meta": envelope}}
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Mcp-Method": method,
            "Accept": "application/json, text/event-stream", "MCP-Protocol-Version": VERSION,
        }
        if "name" in parameters:
            headers["Mcp-Name"] = parameters["name"]
        self.connection.request("POST", "/mcp", json.dumps(message), headers)
        response = self.connection.getresponse()
        content = response.read()
        answer = json.loads(content) if content else {}
        result = answer.get("result")
        if response.status != 200 or result is None or result.get("isError"):
            raise RuntimeError(f"{method}: HTTP {response.status} {content[:300]!r}")
        return result, content

    def close(self) -> None:
        self.connection.close()
