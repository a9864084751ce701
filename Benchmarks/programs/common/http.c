#include "http.h"

#include <string.h>
#include <strings.h>

Span http_field(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    const char *line = head;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        if (!stop) stop = end;
        if ((size_t)(stop - line) > length && line[length] == ':' && !strncasecmp(line, name, length)) {
            const char *value = line + length + 1;
            while (value < stop && *value == ' ') value++;
            while (stop > value && (stop[-1] == '\r' || stop[-1] == ' ')) stop--;
            return (Span){value, (size_t)(stop - value)};
        }
        line = stop + 1;
    }
    return (Span){NULL, 0};
}

bool span_starts_with(Span span, const char *text) {
    size_t length = strlen(text);
    return span.bytes && span.count >= length && !strncasecmp(span.bytes, text, length);
}
