#include "json.h"

#include <string.h>

static const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

// `at` stands on the opening quote.
static const char *skip_string(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '\\') at++;
        else if (*at == '"') return at + 1;
    }
    return end;
}

static const char *skip_value(const char *at, const char *end) {
    at = skip_space(at, end);
    if (at < end && *at == '"') return skip_string(at, end);
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end);
            continue;
        }
        if (depth == 0 && (*at == ',' || *at == '}' || *at == ']')) return at;
        if (*at == '{' || *at == '[') depth++;
        if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
        at++;
    }
    return end;
}

Span json_member(Span object, const char *name) {
    Span none = {NULL, 0};
    if (!object.bytes) return none;
    const char *at = object.bytes, *end = object.bytes + object.count;
    size_t length = strlen(name);
    at = skip_space(at, end);
    if (at >= end || *at++ != '{') return none;
    for (;;) {
        at = skip_space(at, end);
        if (at < end && *at == ',') {
            at++;
            continue;
        }
        if (at >= end || *at != '"') return none;
        const char *key = at + 1;
        at = skip_string(at, end);
        bool found = (size_t)(at - 1 - key) == length && !memcmp(key, name, length);
        at = skip_space(at, end);
        if (at < end && *at == ':') at++;
        at = skip_space(at, end);
        const char *value = at;
        at = skip_value(at, end);
        if (found) return (Span){value, (size_t)(at - value)};
    }
}

bool json_is(Span value, const char *text) {
    size_t length = strlen(text);
    return value.bytes && value.count == length + 2 && !memcmp(value.bytes + 1, text, length);
}
