#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(Buffer *buffer, size_t more) {
    size_t needed = buffer->count + more;
    if (needed <= buffer->capacity) return;
    size_t capacity = buffer->capacity ? buffer->capacity : 4096;
    while (capacity < needed) capacity *= 2;
    buffer->bytes = realloc(buffer->bytes, capacity);
    if (!buffer->bytes) {
        perror("realloc");
        exit(1);
    }
    buffer->capacity = capacity;
}

void buffer_append(Buffer *buffer, const void *bytes, size_t count) {
    if (!count) return;
    reserve(buffer, count);
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
}

void buffer_append_text(Buffer *buffer, const char *text) {
    buffer_append(buffer, text, strlen(text));
}

void buffer_append_format(Buffer *buffer, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    reserve(buffer, 256);
    size_t room = buffer->capacity - buffer->count;
    int count = vsnprintf(buffer->bytes + buffer->count, room, format, arguments);
    if (count >= 0 && (size_t)count >= room) {
        reserve(buffer, (size_t)count + 1);
        count = vsnprintf(buffer->bytes + buffer->count, (size_t)count + 1, format, again);
    }
    if (count > 0) buffer->count += (size_t)count;
    va_end(arguments);
    va_end(again);
}

void buffer_drop_first(Buffer *buffer, size_t count) {
    memmove(buffer->bytes, buffer->bytes + count, buffer->count - count);
    buffer->count -= count;
}

void buffer_free(Buffer *buffer) {
    free(buffer->bytes);
    *buffer = (Buffer){0};
}
