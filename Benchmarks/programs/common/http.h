// The little of HTTP/1.1 that both ends of the benchmark need.
#ifndef BENCH_HTTP_H
#define BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *bytes;
    size_t count;
} Span;

// The value of a header field between `head` and `end`, without the space around it; `bytes` is NULL when it is absent.
Span http_field(const char *head, const char *end, const char *name);

// Whether the value begins with `text`, without regard to ASCII case.
bool span_starts_with(Span span, const char *text);

#endif
