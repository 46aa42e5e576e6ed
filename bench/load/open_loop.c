/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/load/open_loop: sends HTTP requests at a fixed rate, whatever the answers take, and tells
 * how long they took, counted from when each request was due. A generator that waits for answers
 * before it sends on would not see that others had to wait meanwhile.
 *
 * A request that is due goes out on any connection that is idle; when all are busy it waits, and
 * that counts. With WORKER only those connections are used that this worker of the server has
 * accepted, which it tells at /worker.
 *
 * usage: open_loop PORT PATH RATE SECONDS CONNECTIONS [WORKER]
 * prints: requests a second done, and p50, p99, p99.9 and max in microseconds
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define SECOND      1000000000LL
#define SPIN        20000  /* nanoseconds before a request is due that are not worth sleeping */
#define ANSWER_SIZE 4096   /* bytes of an answer at most */
#define TRIES       100000 /* connections opened at most to get those of one worker */

typedef struct client {
    struct client *next; /* in the list of idle ones, the last used first */
    int fd;
    int64_t due; /* of the request under way */
    size_t len;
    char answer[ANSWER_SIZE];
} client;

static struct {
    int epoll;
    client *idle;
    char request[512];
    size_t request_len;
} load;

static void fail(const char *what)
{
    fprintf(stderr, "open_loop: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* ---- latencies: buckets of 1/64 of a power of two -------------------------------------------- */

enum { PARTS = 64, POWERS = 40 };
static uint64_t buckets[POWERS * PARTS], samples;
static int64_t longest;

static void note(int64_t latency)
{
    uint64_t value = latency > PARTS ? (uint64_t)latency : PARTS;
    unsigned power = 63 - (unsigned)__builtin_clzll(value);
    unsigned part = (unsigned)(value >> (power - 6)) - PARTS;
    buckets[(power - 6) * PARTS + part]++;
    samples++;
    longest = latency > longest ? latency : longest;
}

/* In microseconds, the upper end of the bucket. */
static double percentile(double percent)
{
    uint64_t wanted = (uint64_t)((double)samples * percent / 100), seen = 0;
    for (unsigned i = 0; i < POWERS * PARTS; i++) {
        seen += buckets[i];
        if (seen > wanted)
            return (double)((uint64_t)(i % PARTS + PARTS + 1) << (i / PARTS)) / 1000;
    }
    return (double)longest / 1000;
}

/* ---- requests -------------------------------------------------------------------------------- */

static int dial(int port)
{
    const int on = 1;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&name, sizeof name) != 0)
        fail("cannot connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Whether the answer is complete; a wrong one ends the program. */
static bool complete(const client *connection)
{
    const char *end = memmem(connection->answer, connection->len, "\r\n\r\n", 4);
    if (end == NULL)
        return false;
    if (memcmp(connection->answer, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "open_loop: not what was asked for: %.60s\n", connection->answer);
        exit(1);
    }
    const char *field = memmem(connection->answer, (size_t)(end - connection->answer),
                               "Content-Length: ", 16);
    size_t body = field ? strtoul(field + 16, NULL, 10) : 0;
    return connection->len >= (size_t)(end + 4 - connection->answer) + body;
}

/* Reads what is there; true when the answer is complete. */
static bool receive(client *connection, int flags)
{
    ssize_t got = recv(connection->fd, connection->answer + connection->len,
                       ANSWER_SIZE - 1 - connection->len, flags);
    if (got == 0 || (got < 0 && errno != EAGAIN))
        fail("the server has closed a connection");
    connection->len += got > 0 ? (size_t)got : 0;
    connection->answer[connection->len] = '\0';
    return got > 0 && complete(connection);
}

static void ask(client *connection, const char *request, size_t len)
{
    connection->len = 0;
    if (send(connection->fd, request, len, MSG_NOSIGNAL) != (ssize_t)len)
        fail("cannot send");
}

static void put_back(client *connection)
{
    connection->next = load.idle;
    load.idle = connection;
}

/* The worker that has accepted the connection. */
static int worker_of(client *connection)
{
    static const char request[] = "GET /worker HTTP/1.1\r\nHost: bench\r\n\r\n";
    ask(connection, request, sizeof request - 1);
    while (!receive(connection, 0))
        continue;
    return atoi(strstr(connection->answer, "\r\n\r\n") + 4);
}

static void open_one(int port, int worker, int *open)
{
    client *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        fail("cannot connect");
    opened->fd = dial(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = opened};
    if (worker >= 0 && worker_of(opened) != worker)
        return; /* stays open, so that the server balances against it */
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, opened->fd, &event) != 0)
        fail("cannot watch a connection");
    put_back(opened);
    ++*open;
}

/* ---- the run --------------------------------------------------------------------------------- */

static void receive_all(int64_t until)
{
    struct epoll_event events[64];
    int64_t left = until - now();
    struct timespec wait = {0};
    if (left > SPIN)
        wait = (struct timespec){.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
    int count = epoll_pwait2(load.epoll, events, 64, &wait, NULL);
    int64_t time = now();
    for (int i = 0; i < count; i++) {
        client *ready = events[i].data.ptr;
        if (!receive(ready, MSG_DONTWAIT))
            continue;
        note(time - ready->due);
        put_back(ready);
    }
}

static void run(double rate, double seconds)
{
    uint64_t total = (uint64_t)(rate * seconds), sent = 0;
    int64_t begin = now() + SECOND / 100;
    while (samples < total) {
        int64_t due = begin + (int64_t)((double)sent * SECOND / rate), time = now();
        if (sent < total && load.idle != NULL && due <= time) {
            client *next = load.idle;
            load.idle = next->next;
            next->due = due;
            ask(next, load.request, load.request_len);
            sent++;
            continue;
        }
        receive_all(sent < total && load.idle != NULL ? due : time + SECOND / 10);
        if (time > begin + (int64_t)((seconds + 30) * SECOND))
            fail("the server does not keep up");
    }
    double took = (double)(now() - begin) / SECOND;
    printf("%.0f %.1f %.1f %.1f %.1f\n", (double)samples / took, percentile(50), percentile(99),
           percentile(99.9), (double)longest / 1000);
}

int main(int argc, char **argv)
{
    if (argc < 6) {
        fprintf(stderr, "usage: open_loop PORT PATH RATE SECONDS CONNECTIONS [WORKER]\n");
        return 2;
    }
    int port = atoi(argv[1]), wanted = atoi(argv[5]), worker = argc > 6 ? atoi(argv[6]) : -1;
    prctl(PR_SET_TIMERSLACK, 1UL);
    load.epoll = epoll_create1(0);
    load.request_len = (size_t)snprintf(load.request, sizeof load.request,
                                        "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", argv[2]);
    int open = 0;
    for (int i = 0; i < TRIES && open < wanted; i++)
        open_one(port, worker, &open);
    run(atof(argv[3]), atof(argv[4]));
    return 0;
}
