// Finds members of a JSON object without building anything. For the benchmark's own requests: nothing is validated.
#ifndef BENCH_JSON_H
#define BENCH_JSON_H

#include "../common/http.h"

// The raw text of the member's value; `bytes` is NULL when there is none.
Span json_member(Span object, const char *name);

// Whether the value is this string, which needs no escapes.
bool json_is(Span value, const char *text);

#endif
