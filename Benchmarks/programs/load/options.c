#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char legacy_version[] = "2025-06-18";
const char modern_version[] = "2026-07-28";

static void refuse(const char *message, const char *value) {
    fprintf(stderr, "mcpload: %s%s%s\n", message, value ? ": " : "", value ? value : "");
    exit(2);
}

// Only loopback, so that a slip of the hand cannot load somebody else's server.
static void read_url(const char *url, Options *options) {
    static const char prefix[] = "http://127.0.0.1:";
    if (strncmp(url, prefix, sizeof prefix - 1)) refuse("the URL must begin with http://127.0.0.1:PORT", url);
    char *rest;
    long port = strtol(url + sizeof prefix - 1, &rest, 10);
    if (port < 1 || port > 65535 || (*rest && *rest != '/')) refuse("no such port", url);
    options->port = (int)port;
    options->path = *rest ? rest : "/";
}

Options read_options(int count, char **values) {
    Options options = {
        .path = "/mcp", .method = "tools/call", .connections = 1, .duration = 3, .warmup = 0.5, .timeout = 10,
        .requests = 20000000,
    };
    for (int index = 1; index < count; index++) {
        const char *name = values[index];
        if (!strcmp(name, "--get")) {
            options.get = true;
            continue;
        }
        if (++index >= count) refuse("a value is missing", name);
        const char *value = values[index];
        if (!strcmp(name, "--url")) read_url(value, &options);
        else if (!strcmp(name, "--era") && !strcmp(value, "legacy")) options.era = ERA_LEGACY;
        else if (!strcmp(name, "--era") && !strcmp(value, "modern")) options.era = ERA_MODERN;
        else if (!strcmp(name, "--method")) options.method = value;
        else if (!strcmp(name, "--tool")) options.tool = value;
        else if (!strcmp(name, "--arguments")) options.arguments = value;
        else if (!strcmp(name, "--cursor")) options.cursor = value;
        else if (!strcmp(name, "--token")) options.token = value;
        else if (!strcmp(name, "--expect")) options.expect = value;
        else if (!strcmp(name, "--connections")) options.connections = atoi(value);
        else if (!strcmp(name, "--duration")) options.duration = atof(value);
        else if (!strcmp(name, "--warmup")) options.warmup = atof(value);
        else if (!strcmp(name, "--rate")) options.rate = atof(value);
        else if (!strcmp(name, "--timeout")) options.timeout = atof(value);
        else if (!strcmp(name, "--requests")) options.requests = atol(value);
        else refuse("no such option or value", name);
    }
    if (!options.port) refuse("--url is missing", NULL);
    if (options.connections < 1 || options.connections > 4096) refuse("1 to 4096 connections", NULL);
    if (options.duration <= 0 || options.duration + options.warmup > 60) refuse("at most 60 seconds", NULL);
    return options;
}
