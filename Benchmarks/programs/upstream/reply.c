#include "reply.h"

#include "json.h"

// A record around its id.
static const char record_begin[] = "{\"id\":\"";
static const char record_end[] =
    "\",\"name\":\"Ada Lovelace\",\"email\":\"ada.lovelace@example.com\",\"segment\":\"enterprise\","
    "\"status\":\"active\",\"created\":\"2024-03-01T10:00:00Z\",\"address\":{\"street\":\"12 St James Square\","
    "\"city\":\"London\",\"postcode\":\"SW1Y 4JH\",\"country\":\"GB\"},"
    "\"balance\":{\"currency\":\"GBP\",\"amount\":1234.56},\"tags\":[\"vip\",\"beta\"]}";

void append_customer(Buffer *out, Span path) {
    size_t begin = path.count;
    while (begin > 0 && path.bytes[begin - 1] != '/') begin--;
    buffer_append_text(out, record_begin);
    buffer_append(out, path.bytes + begin, path.count - begin);
    buffer_append_text(out, record_end);
}

// As text inside a JSON string.
static void append_escaped(Buffer *out, const char *text) {
    for (; *text; text++) {
        if (*text == '"') buffer_append(out, "\\", 1);
        buffer_append(out, text, 1);
    }
}

static void append_call_result(Buffer *out, Span parameters) {
    static Buffer begin, end;
    if (!begin.count) {
        append_escaped(&begin, record_begin);
        append_escaped(&end, record_end);
    }
    Span id = json_member(json_member(parameters, "arguments"), "id");
    bool usable = id.bytes && id.count > 2 && *id.bytes == '"';
    buffer_append_text(out, "\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"");
    buffer_append(out, begin.bytes, begin.count);
    if (usable) buffer_append(out, id.bytes + 1, id.count - 2);
    buffer_append(out, end.bytes, end.count);
    buffer_append_text(out, "\"}],\"isError\":false}}");
}

void append_mcp_answer(Buffer *out, Span request) {
    Span id = json_member(request, "id"), method = json_member(request, "method");
    Span parameters = json_member(request, "params");
    if (!id.bytes) return;
    buffer_append_format(out, "{\"jsonrpc\":\"2.0\",\"id\":%.*s,", (int)id.count, id.bytes);
    if (json_is(method, "tools/call")) {
        append_call_result(out, parameters);
    } else if (json_is(method, "initialize")) {
        Span version = json_member(parameters, "protocolVersion");
        buffer_append_format(
            out,
            "\"result\":{\"protocolVersion\":%.*s,\"capabilities\":{\"tools\":{}},"
            "\"serverInfo\":{\"name\":\"upstream\",\"version\":\"1\"}}}",
            (int)version.count, version.bytes ? version.bytes : "");
    } else {
        buffer_append_text(out, "\"error\":{\"code\":-32601,\"message\":\"Method not found\"}}");
    }
}
