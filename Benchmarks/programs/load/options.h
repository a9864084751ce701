// What the load generator is asked to do.
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

typedef enum { ERA_LEGACY, ERA_MODERN } Era;

typedef struct {
    int port;               // always on 127.0.0.1
    const char *path;
    bool get;               // a plain GET instead of MCP
    Era era;                // legacy: a handshake, then requests; modern: requests that describe themselves
    const char *method;
    const char *tool;
    const char *arguments;  // JSON; every "@@@@@@" becomes a number of its own, which the answer must contain
    const char *cursor;     // of tools/list
    const char *token;
    const char *expect;     // text that every answer must contain
    int connections;
    double duration;        // seconds measured, after `warmup` seconds that are not
    double warmup;
    double rate;            // requests per second over all connections; 0: each connection sends when it has its answer
    double timeout;         // seconds for one answer
    long requests;          // stop after this many
} Options;

extern const char legacy_version[];
extern const char modern_version[];

// Reads the command line; ends the process with a message when it makes no sense.
Options read_options(int count, char **values);

#endif
