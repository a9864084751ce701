#define _GNU_SOURCE
#include "answer.h"

#include <stdlib.h>
#include <string.h>

void answer_reset(Answer *answer) {
    Buffer bytes = answer->bytes;
    bytes.count = 0;
    *answer = (Answer){.bytes = bytes};
}

static bool contains(Span span, const void *bytes, size_t count) {
    return memmem(span.bytes, span.count, bytes, count) != NULL;
}

Progress answer_progress(Answer *answer) {
    static const char last_chunk[] = "0\r\n\r\n";
    Buffer *in = &answer->bytes;
    if (!answer->head) {
        size_t from = answer->searched > 3 ? answer->searched - 3 : 0;
        char *blank = memmem(in->bytes + from, in->count - from, "\r\n\r\n", 4);
        answer->searched = in->count;
        if (!blank) return ANSWER_PARTIAL;
        answer->head = (size_t)(blank - in->bytes) + 4;
        if (answer->head < 16) return ANSWER_BROKEN;
        answer->status = atoi(in->bytes + strlen("HTTP/1.1 "));
        answer->closing = span_starts_with(http_field(in->bytes, blank, "connection"), "close");
        Span length = http_field(in->bytes, blank, "content-length");
        if (length.bytes) answer->total = answer->head + strtoul(length.bytes, NULL, 10);
        else if (answer->status == 204 || answer->status == 202) answer->total = answer->head;
        else if (!span_starts_with(http_field(in->bytes, blank, "transfer-encoding"), "chunked")) return ANSWER_BROKEN;
    }
    if (answer->total) return in->count >= answer->total ? ANSWER_COMPLETE : ANSWER_PARTIAL;
    // JSON and events escape line ends, so these bytes cannot end a chunk in the middle.
    size_t count = sizeof last_chunk - 1;
    bool ended = in->count >= answer->head + count && !memcmp(in->bytes + in->count - count, last_chunk, count);
    return ended ? ANSWER_COMPLETE : ANSWER_PARTIAL;
}

Span answer_body(const Answer *answer) {
    size_t end = answer->total ? answer->total : answer->bytes.count;
    return (Span){answer->bytes.bytes + answer->head, end - answer->head};
}

Verdict answer_judge(const Answer *answer, const Request *request, const Options *options) {
    static const char failed[] = "\"isError\":true", error[] = "\"error\":{", result[] = "\"result\":";
    Span body = answer_body(answer);
    if (answer->status != 200) return VERDICT_STATUS;
    if (!options->get) {
        bool refused = contains(body, error, sizeof error - 1) && !contains(body, result, sizeof result - 1);
        if (refused || contains(body, failed, sizeof failed - 1)) return VERDICT_ERROR;
        if (request->id && !contains(body, request->bytes.bytes + request->id, ID_DIGITS)) return VERDICT_MARKER;
    }
    if (options->expect && !contains(body, options->expect, strlen(options->expect))) return VERDICT_MARKER;
    if (request->mark_count && !contains(body, request->number, NUMBER_DIGITS)) return VERDICT_MARKER;
    return VERDICT_GOOD;
}
