// Reads one HTTP answer and judges it.
#ifndef BENCH_ANSWER_H
#define BENCH_ANSWER_H

#include <stdbool.h>

#include "../common/http.h"
#include "request.h"

typedef struct {
    Buffer bytes;
    size_t head;        // length of the head; 0: not complete yet
    size_t total;       // length of head and body; 0: chunked
    size_t searched;    // how far the end of the head has been looked for
    int status;
    bool closing;       // the server closes the connection after this answer
} Answer;

typedef enum { ANSWER_PARTIAL, ANSWER_COMPLETE, ANSWER_BROKEN } Progress;

void answer_reset(Answer *answer);
Progress answer_progress(Answer *answer);
Span answer_body(const Answer *answer);

typedef enum { VERDICT_GOOD, VERDICT_STATUS, VERDICT_ERROR, VERDICT_MARKER, VERDICT_COUNT } Verdict;

// Good: a 2xx status, no JSON-RPC error and no `isError`, the expected text, the request's own id and number.
Verdict answer_judge(const Answer *answer, const Request *request, const Options *options);

#endif
