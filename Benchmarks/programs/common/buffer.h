// A growing run of bytes.
#ifndef BENCH_BUFFER_H
#define BENCH_BUFFER_H

#include <stddef.h>

typedef struct {
    char *bytes;
    size_t count;
    size_t capacity;
} Buffer;

void buffer_append(Buffer *buffer, const void *bytes, size_t count);
void buffer_append_text(Buffer *buffer, const char *text);
void buffer_append_format(Buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Drops the first `count` bytes.
void buffer_drop_first(Buffer *buffer, size_t count);
void buffer_free(Buffer *buffer);

#endif
