// What the bare engine does: rows like the journal's, so many in each transaction, each on disk before the next begins.
//
//   engine DATABASE ROWS BYTES SECONDS
//
// DATABASE is an empty journal: the table, its indexes and triggers are those of the product. Prints rows a second.

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void check(int code, sqlite3 *db, const char *what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: engine DATABASE ROWS BYTES SECONDS\n");
        return 2;
    }
    int rows = atoi(arguments[2]);
    int bytes = atoi(arguments[3]);
    double length = atof(arguments[4]);
    if (rows < 1 || bytes < 1 || bytes > 1 << 20) return 2;
    sqlite3 *db;
    check(sqlite3_open(arguments[1], &db), db, "open");
    check(sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", 0, 0, 0), db, "settings");
    sqlite3_stmt *insert;
    check(sqlite3_prepare_v2(db,
        "INSERT INTO entries (at, call, previous, phase, actor, agent, tool, body) VALUES (?1, ?2, 0, 'admitted', "
        "'user-1', 'agent-1', 'tool_1', ?3)", -1, &insert, 0), db, "prepare");
    char *body = malloc((size_t)bytes);
    memset(body, 'x', (size_t)bytes);
    long long done = 0;
    double begin = now(), end = begin + length;
    while (now() < end) {
        check(sqlite3_exec(db, "BEGIN IMMEDIATE", 0, 0, 0), db, "begin");
        for (int row = 0; row < rows; row++) {
            char call[40];
            snprintf(call, sizeof call, "01hzzzzzzzzz%020lld", done++);
            check(sqlite3_bind_int64(insert, 1, 1790000000000000LL + done), db, "bind");
            check(sqlite3_bind_text(insert, 2, call, -1, SQLITE_TRANSIENT), db, "bind");
            check(sqlite3_bind_text(insert, 3, body, bytes, SQLITE_STATIC), db, "bind");
            check(sqlite3_step(insert), db, "insert");
            check(sqlite3_reset(insert), db, "reset");
        }
        check(sqlite3_exec(db, "COMMIT", 0, 0, 0), db, "commit");
    }
    printf("%.1f\n", (double)done / (now() - begin));
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return 0;
}
