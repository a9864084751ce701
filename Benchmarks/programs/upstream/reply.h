// What the upstream answers: one customer's record, over REST and over MCP.
#ifndef BENCH_REPLY_H
#define BENCH_REPLY_H

#include "../common/buffer.h"
#include "../common/http.h"

// {"id": …, "name": …, …} for the last segment of the path.
void append_customer(Buffer *out, Span path);

// The JSON-RPC answer to a request; appends nothing to a notification.
void append_mcp_answer(Buffer *out, Span request);

#endif
