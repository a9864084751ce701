// Requests as bytes, made once per connection and numbered in place before each use.
#ifndef BENCH_REQUEST_H
#define BENCH_REQUEST_H

#include <stdint.h>

#include "../common/buffer.h"
#include "options.h"

enum { MARKS = 4, ID_DIGITS = 8, NUMBER_DIGITS = 6 };

typedef struct {
    Buffer bytes;
    size_t id;                    // where the JSON-RPC id stands; 0: the request has none
    size_t marks[MARKS];          // where the number stands
    int mark_count;
    char number[NUMBER_DIGITS + 1];
} Request;

// `session` is the value of Mcp-Session-Id, or empty where the server gave none.
Request request_make(const Options *options, const char *session);

// Gives the request a new id and a new number, which differ so that each echo is checked by itself.
void request_number(Request *request, uint32_t sequence);

void append_initialize(Buffer *out, const Options *options);
void append_initialized(Buffer *out, const Options *options, const char *session);

#endif
