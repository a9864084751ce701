#define _GNU_SOURCE
#include "request.h"

#include <stdio.h>
#include <string.h>

static const char id_text[] = "\"id\":10000000";
static const char mark[] = "@@@@@@";

static void append_post(
    Buffer *out, const Options *options, const char *session, const char *version, const Buffer *body
) {
    buffer_append_format(
        out,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
        "Accept: application/json, text/event-stream\r\n",
        options->path, options->port);
    if (options->token) buffer_append_format(out, "Authorization: Bearer %s\r\n", options->token);
    if (session && *session) buffer_append_format(out, "Mcp-Session-Id: %s\r\n", session);
    if (version) buffer_append_format(out, "MCP-Protocol-Version: %s\r\n", version);
    if (version == modern_version) {
        // Streamable HTTP 2026-07-28: method and name are repeated for those who route by header.
        buffer_append_format(out, "Mcp-Method: %s\r\n", options->method);
        if (options->tool) buffer_append_format(out, "Mcp-Name: %s\r\n", options->tool);
    }
    buffer_append_format(out, "Content-Length: %zu\r\n\r\n", body->count);
    buffer_append(out, body->bytes, body->count);
}

static Buffer call_body(const Options *options) {
    Buffer body = {0};
    const char *comma = "";
    buffer_append_format(&body, "{\"jsonrpc\":\"2.0\",%s,\"method\":\"%s\",\"params\":{", id_text, options->method);
    if (options->tool) {
        const char *arguments = options->arguments ? options->arguments : "{}";
        buffer_append_format(&body, "\"name\":\"%s\",\"arguments\":%s", options->tool, arguments);
        comma = ",";
    }
    if (options->cursor) {
        buffer_append_format(&body, "%s\"cursor\":\"%s\"", comma, options->cursor);
        comma = ",";
    }
    if (options->era == ERA_MODERN) {
        buffer_append_format(
            &body,
            "%s\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"%s\","
            "\"io.modelcontextprotocol/clientInfo\":{\"name\":\"mcpload\",\"version\":\"1\"},"
            "\"io.modelcontextprotocol/clientCapabilities\":{}}",
            comma, modern_version);
    }
    buffer_append_text(&body, "}}");
    return body;
}

Request request_make(const Options *options, const char *session) {
    Request request = {0};
    if (options->get) {
        buffer_append_format(&request.bytes, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n", options->path, options->port);
        if (options->token) buffer_append_format(&request.bytes, "Authorization: Bearer %s\r\n", options->token);
        buffer_append_text(&request.bytes, "\r\n");
    } else {
        Buffer body = call_body(options);
        append_post(
            &request.bytes, options, session, options->era == ERA_MODERN ? modern_version : legacy_version, &body);
        buffer_free(&body);
        char *found = memmem(request.bytes.bytes, request.bytes.count, id_text, sizeof id_text - 1);
        if (found) request.id = (size_t)(found - request.bytes.bytes) + strlen("\"id\":");
    }
    const char *end = request.bytes.bytes + request.bytes.count;
    for (char *at = request.bytes.bytes; request.mark_count < MARKS; at += NUMBER_DIGITS) {
        at = memmem(at, (size_t)(end - at), mark, NUMBER_DIGITS);
        if (!at) break;
        request.marks[request.mark_count++] = (size_t)(at - request.bytes.bytes);
    }
    return request;
}

void request_number(Request *request, uint32_t sequence) {
    char id[16];
    if (request->id) {
        snprintf(id, sizeof id, "%08u", 10000000 + sequence % 80000000);
        memcpy(request->bytes.bytes + request->id, id, ID_DIGITS);
    }
    // A permutation of 0..<1,000,000 (the factor is coprime to it), far from the id's own digits.
    unsigned number = (unsigned)(((uint64_t)sequence * 738197u + 123457u) % 1000000);
    snprintf(request->number, sizeof request->number, "%06u", number);
    for (int index = 0; index < request->mark_count; index++)
        memcpy(request->bytes.bytes + request->marks[index], request->number, NUMBER_DIGITS);
}

void append_initialize(Buffer *out, const Options *options) {
    Buffer body = {0};
    buffer_append_format(
        &body,
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"%s\","
        "\"capabilities\":{},\"clientInfo\":{\"name\":\"mcpload\",\"version\":\"1\"}}}",
        legacy_version);
    append_post(out, options, NULL, NULL, &body);
    buffer_free(&body);
}

void append_initialized(Buffer *out, const Options *options, const char *session) {
    Buffer body = {0};
    buffer_append_text(&body, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    append_post(out, options, session, legacy_version, &body);
    buffer_free(&body);
}
