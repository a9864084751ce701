// mcpload: a bounded load generator that speaks MCP over HTTP to a server on loopback and checks every answer.
//
// One thread, one epoll. A connection sends its next request when it has its answer (closed loop), or at its own times
// (--rate: open loop, where a latency counts from the time at which the request should have left, so that a stalled
// server is not flattered). Prints one JSON object.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"
#include "options.h"
#include "request.h"
#include "samples.h"

enum { EVENTS = 512, HANDSHAKES = 16, RECONNECTS = 10000, SESSION = 256 };

typedef enum { CLOSED, CONNECTING, INITIALIZING, CONFIRMING, IDLE, BUSY } State;
typedef enum { SETUP, RUNNING, DRAINING } Phase;

typedef struct {
    int fd;
    State state;
    bool greeted;               // the handshake of the legacy era is done
    char session[SESSION];
    Buffer greeting;
    Request request;
    const Buffer *sending;      // NULL: nothing left to send
    size_t sent;
    Answer answer;
    uint64_t left;              // when the request left, or should have
    uint64_t due;               // when the next one should leave (open loop)
    bool measured;
} Connection;

static Options options;
static Connection *connections;
static Samples samples;
static Phase phase = SETUP;
static int epoll, ready;
static uint32_t sequence;
static uint64_t begin, measure_from, measure_until;
static long answered, good, verdicts[VERDICT_COUNT], io_errors, timeouts, reconnects;
static uint64_t received;
static double setup_seconds;
static char last_error[400];

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t nanoseconds(double seconds) { return (uint64_t)(seconds * 1e9); }

static void stop(const char *message) {
    fprintf(stderr, "mcpload: %s %s\n", message, last_error);
    exit(3);
}

static void remember(const Answer *answer) {
    Span body = answer_body(answer);
    int count = (int)(body.count < 300 ? body.count : 300);
    snprintf(last_error, sizeof last_error, "HTTP %d %.*s", answer->status, count, body.bytes);
}

// MARK: - One connection

static void watch(Connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_MOD, connection->fd, &event);
}

static void start_connecting(Connection *connection) {
    int one = 1;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) stop("no socket");
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int failed = connect(connection->fd, (struct sockaddr *)&address, sizeof address);
    if (failed && errno != EINPROGRESS) stop("cannot connect");
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT, .data.ptr = connection};
    epoll_ctl(epoll, EPOLL_CTL_ADD, connection->fd, &event);
    connection->state = CONNECTING;
    connection->sending = NULL;
    answer_reset(&connection->answer);
}

static void reconnect(Connection *connection) {
    close(connection->fd);
    connection->fd = -1;
    connection->state = CLOSED;
    if (phase == DRAINING) return;
    if (++reconnects > RECONNECTS) stop("too many connections were lost");
    start_connecting(connection);
}

static void continue_sending(Connection *connection) {
    const Buffer *bytes = connection->sending;
    while (bytes && connection->sent < bytes->count) {
        size_t left = bytes->count - connection->sent;
        ssize_t count = send(connection->fd, bytes->bytes + connection->sent, left, MSG_NOSIGNAL);
        if (count <= 0) {
            if (errno == EAGAIN) watch(connection, EPOLLIN | EPOLLOUT);
            return;  // any other error shows again when the socket is read
        }
        connection->sent += (size_t)count;
    }
    connection->sending = NULL;
}

static void send_bytes(Connection *connection, const Buffer *bytes, State state) {
    connection->state = state;
    connection->sending = bytes;
    connection->sent = 0;
    answer_reset(&connection->answer);
    continue_sending(connection);
}

static void send_request(Connection *connection, uint64_t left) {
    request_number(&connection->request, ++sequence);
    connection->left = left;
    connection->measured = left >= measure_from && left < measure_until;
    send_bytes(connection, &connection->request.bytes, BUSY);
}

static void become_idle(Connection *connection) {
    connection->state = IDLE;
    if (phase == SETUP) ready++;
    if (phase != RUNNING || options.rate > 0) return;
    uint64_t time = now();
    if (time < measure_until && answered < options.requests) send_request(connection, time);
}

static void greet(Connection *connection) {
    if (options.get || options.era == ERA_MODERN || connection->greeted) {
        if (!connection->request.bytes.count) connection->request = request_make(&options, connection->session);
        become_idle(connection);
        return;
    }
    connection->greeting.count = 0;
    append_initialize(&connection->greeting, &options);
    send_bytes(connection, &connection->greeting, INITIALIZING);
}

static void confirm(Connection *connection) {
    const Answer *answer = &connection->answer;
    Span session = http_field(answer->bytes.bytes, answer->bytes.bytes + answer->head, "mcp-session-id");
    if (session.bytes && session.count < SESSION) memcpy(connection->session, session.bytes, session.count);
    connection->greeting.count = 0;
    append_initialized(&connection->greeting, &options, connection->session);
    send_bytes(connection, &connection->greeting, CONFIRMING);
}

static void count_answer(Connection *connection, uint64_t time) {
    Verdict verdict = answer_judge(&connection->answer, &connection->request, &options);
    answered++;
    verdicts[verdict]++;
    received += connection->answer.bytes.count;
    if (verdict != VERDICT_GOOD) remember(&connection->answer);
    else if (connection->measured) {
        good++;
        samples_add(&samples, time - connection->left);
    }
}

static void on_answer(Connection *connection) {
    uint64_t time = now();
    bool closing = connection->answer.closing;
    if (connection->state == BUSY) {
        count_answer(connection, time);
    } else {
        if (connection->answer.status / 100 != 2) {
            remember(&connection->answer);
            stop("the handshake was refused:");
        }
        if (connection->state == INITIALIZING) {
            if (closing) stop("the server closes after initialize");
            confirm(connection);
            return;
        }
        connection->greeted = true;
        connection->request = request_make(&options, connection->session);
    }
    if (closing) reconnect(connection);
    else become_idle(connection);
}

static void on_lost(Connection *connection) {
    if (connection->state != IDLE && phase != DRAINING) io_errors++;
    if (connection->state == IDLE && phase == SETUP) ready--;
    reconnect(connection);
}

static void on_event(Connection *connection, uint32_t events) {
    static char bytes[1 << 18];
    if (connection->fd < 0) return;
    if (events & EPOLLOUT) {
        watch(connection, EPOLLIN);
        if (connection->state == CONNECTING) {
            int error = 0;
            socklen_t size = sizeof error;
            getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
            if (error) stop("connection refused");
            greet(connection);
        } else continue_sending(connection);
    }
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0 && errno == EAGAIN) return;
    if (count <= 0) {
        on_lost(connection);
        return;
    }
    buffer_append(&connection->answer.bytes, bytes, (size_t)count);
    switch (answer_progress(&connection->answer)) {
    case ANSWER_PARTIAL: break;
    case ANSWER_COMPLETE: on_answer(connection); break;
    case ANSWER_BROKEN: on_lost(connection); break;
    }
}

// MARK: - The run

// Opens few connections at once: the handshakes are not what is measured.
static int open_more(int opened) {
    while (opened < options.connections && opened - ready < HANDSHAKES) start_connecting(&connections[opened++]);
    return opened;
}

static void start_running(void) {
    uint64_t time = now();
    setup_seconds = (double)(time - begin) / 1e9;
    phase = RUNNING;
    measure_from = time + nanoseconds(options.warmup);
    measure_until = measure_from + nanoseconds(options.duration);
    for (int index = 0; index < options.connections; index++) {
        if (options.rate > 0) connections[index].due = time + nanoseconds(index / options.rate);
        else if (connections[index].state == IDLE) send_request(&connections[index], now());
    }
}

// Sends what is due in the open loop; nanoseconds until the next request is.
static uint64_t send_due(void) {
    uint64_t interval = nanoseconds(options.connections / options.rate), time = now(), next = time + nanoseconds(0.2);
    for (int index = 0; index < options.connections; index++) {
        Connection *connection = &connections[index];
        if (connection->state != IDLE) continue;
        if (connection->due > time) {
            if (connection->due < next) next = connection->due;
        } else if (connection->due < measure_until && answered < options.requests) {
            uint64_t due = connection->due;
            connection->due += interval;
            send_request(connection, due);
        }
    }
    time = now();
    return next > time ? next - time : 0;
}

static void drop_late(uint64_t time) {
    for (int index = 0; index < options.connections; index++) {
        Connection *connection = &connections[index];
        if (connection->state != BUSY || time < connection->left + nanoseconds(options.timeout)) continue;
        timeouts++;
        reconnect(connection);
    }
}

static bool all_answered(void) {
    for (int index = 0; index < options.connections; index++)
        if (connections[index].state == BUSY && connections[index].measured) return false;
    return true;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void print_report(double seconds, double cpu) {
    for (char *at = last_error; *at; at++)
        if ((unsigned char)*at < 32 || (unsigned char)*at > 126 || *at == '"' || *at == '\\') *at = ' ';
    samples_sort(&samples);
    printf("{\"rps\":%.1f,\"good\":%ld,\"answered\":%ld,\"seconds\":%.3f,\"connections\":%d,\"rate\":%.0f,",
        (double)good / seconds, good, answered, seconds, options.connections, options.rate);
    printf("\"setup_seconds\":%.3f,\"cpu_seconds\":%.3f,\"bytes_per_answer\":%.0f,\"reconnects\":%ld,",
        setup_seconds, cpu, answered ? (double)received / (double)answered : 0, reconnects);
    printf("\"errors\":{\"status\":%ld,\"error\":%ld,\"marker\":%ld,\"connection\":%ld,\"timeout\":%ld},",
        verdicts[VERDICT_STATUS], verdicts[VERDICT_ERROR], verdicts[VERDICT_MARKER], io_errors, timeouts);
    printf("\"mean_us\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f,\"last_error\":\"%s\"}\n",
        samples_mean(&samples), samples_percentile(&samples, 50), samples_percentile(&samples, 90),
        samples_percentile(&samples, 99), samples_percentile(&samples, 100), last_error);
}

int main(int count, char **values) {
    options = read_options(count, values);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    double longest = options.duration + options.warmup + 2 * options.timeout + 30;
    alarm((unsigned)longest);
    connections = calloc((size_t)options.connections, sizeof *connections);
    epoll = epoll_create1(0);
    begin = now();

    struct epoll_event events[EVENTS];
    int opened = 0;
    double cpu_before = 0, cpu_after = 0;
    uint64_t last_check = begin;
    for (;;) {
        uint64_t time = now(), wait = nanoseconds(0.2);
        if (phase == SETUP) {
            opened = open_more(opened);
            if (ready == options.connections) {
                start_running();
                cpu_before = cpu_seconds();
            } else if (time > begin + nanoseconds(options.timeout + 20)) stop("the connections were not ready in time");
        }
        if (phase == RUNNING && options.rate > 0) wait = send_due();
        if (phase == RUNNING && (time >= measure_until || answered >= options.requests)) {
            phase = DRAINING;
            cpu_after = cpu_seconds();
        }
        if (phase == DRAINING && (all_answered() || time > measure_until + nanoseconds(options.timeout))) break;
        if (time > last_check + nanoseconds(0.5)) {
            last_check = time;
            drop_late(time);
        }
        struct timespec pause = {.tv_sec = 0, .tv_nsec = (long)wait};
        int happened = epoll_pwait2(epoll, events, EVENTS, &pause, NULL);
        for (int index = 0; index < happened; index++) on_event(events[index].data.ptr, events[index].events);
    }
    uint64_t end = now();
    double seconds = end < measure_until ? ((double)end - (double)measure_from) / 1e9 : options.duration;
    print_report(seconds > 1e-6 ? seconds : 1e-6, cpu_after - cpu_before);
    return 0;
}
