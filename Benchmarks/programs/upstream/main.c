// upstream: a very fast product behind the gateway, for benchmarks on loopback.
//
// GET /customers/{id} answers a record; POST /mcp answers the same record as an MCP tool would, for proxies that pass
// MCP through. Both ask for the credential. One thread, one epoll; ends by itself.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reply.h"

enum { EVENTS = 256, LIFETIME = 3600 };

typedef struct {
    int fd;
    Buffer in, out;
    size_t sent;
} Connection;

static int epoll;
static const char *credential;  // the whole value of Authorization

static void append_response(Buffer *out, int status, const Buffer *body) {
    const char *reason = status == 200 ? "OK" : status == 202 ? "Accepted" : "Unauthorized";
    buffer_append_format(
        out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n", status, reason,
        body->count);
    buffer_append(out, body->bytes, body->count);
}

static void answer(Buffer *out, Span line, const char *head_end, Span content) {
    static Buffer body;
    body.count = 0;
    Span offered = http_field(line.bytes, head_end, "authorization");
    const char *path = memchr(line.bytes, ' ', line.count);
    const char *end = path ? memchr(path + 1, ' ', line.count - (size_t)(path + 1 - line.bytes)) : NULL;
    int status = 200;
    if (!end || offered.count != strlen(credential) || memcmp(offered.bytes, credential, offered.count)) {
        status = 401;
        buffer_append_text(&body, "{\"error\":\"unauthorized\"}");
    } else if (line.count > 1 && line.bytes[0] == 'P' && line.bytes[1] == 'O') {
        append_mcp_answer(&body, content);
        if (!body.count) status = 202;
    } else {
        append_customer(&body, (Span){path + 1, (size_t)(end - path - 1)});
    }
    append_response(out, status, &body);
}

// Answers the first request in the buffer; its length, or 0 when it is not complete.
static size_t answer_first(Connection *connection) {
    const Buffer *in = &connection->in;
    char *blank = memmem(in->bytes, in->count, "\r\n\r\n", 4);
    if (!blank) return 0;
    size_t head = (size_t)(blank - in->bytes) + 4;
    Span length = http_field(in->bytes, blank, "content-length");
    size_t content = length.bytes ? strtoul(length.bytes, NULL, 10) : 0;
    if (in->count < head + content) return 0;
    char *line_end = memchr(in->bytes, '\r', head);
    Span line = {in->bytes, (size_t)(line_end - in->bytes)};
    answer(&connection->out, line, blank, (Span){in->bytes + head, content});
    return head + content;
}

static void watch(Connection *connection, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(epoll, operation, connection->fd, &event);
}

static void end(Connection *connection) {
    close(connection->fd);
    buffer_free(&connection->in);
    buffer_free(&connection->out);
    free(connection);
}

// Whether the connection is still there.
static int flush_out(Connection *connection) {
    while (connection->sent < connection->out.count) {
        size_t left = connection->out.count - connection->sent;
        ssize_t count = send(connection->fd, connection->out.bytes + connection->sent, left, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
            return 1;
        }
        if (count <= 0) {
            end(connection);
            return 0;
        }
        connection->sent += (size_t)count;
    }
    connection->out.count = connection->sent = 0;
    return 1;
}

static void on_event(Connection *connection, uint32_t events) {
    static char bytes[1 << 16];
    if (events & EPOLLOUT) {
        watch(connection, EPOLL_CTL_MOD, EPOLLIN);
        if (!flush_out(connection)) return;
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        end(connection);
        return;
    }
    buffer_append(&connection->in, bytes, (size_t)count);
    for (size_t used; connection->in.count && (used = answer_first(connection));)
        buffer_drop_first(&connection->in, used);
    flush_out(connection);
}

static void accept_all(int listener) {
    int one = 1;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        Connection *connection = calloc(1, sizeof *connection);
        connection->fd = fd;
        watch(connection, EPOLL_CTL_ADD, EPOLLIN);
    }
}

static int start_listening(int port) {
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("upstream: cannot listen");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    return listener;
}

int main(int count, char **values) {
    if (count != 3) {
        fprintf(stderr, "usage: upstream PORT CREDENTIAL\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    alarm(LIFETIME);
    credential = values[2];
    epoll = epoll_create1(0);
    int listener = start_listening(atoi(values[1]));
    struct epoll_event events[EVENTS];
    for (;;) {
        int happened = epoll_wait(epoll, events, EVENTS, -1);
        for (int index = 0; index < happened; index++) {
            if (events[index].data.ptr) on_event(events[index].data.ptr, events[index].events);
            else accept_all(listener);
        }
    }
}
