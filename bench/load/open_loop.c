/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/load/open_loop: sends HTTP requests at a fixed rate, whatever the answers take, and tells
 * how long they took, counted from when each request was due. A generator that waits for answers
 * before it sends on would not see that others had to wait meanwhile.
 *
 * A request that is due goes out on any connection that is idle; when all are busy it waits, and
 * that counts. A "#" in PATH stands for a random number below 2^24.
 *
 * usage: open_loop [-w WORKER] [-g GRAIN] [-s SERIES] [-c CPUS] PORT PATH RATE SECONDS CONNECTIONS
 * -w  uses only connections that this worker of the server has accepted, which it tells at /worker
 * -g  looks up only so often, in microseconds: what is due meanwhile is sent late, which counts,
 * and it takes half of the processor time, which on two cores the server needs   -s  writes to this
 * file for each second a line: how many have passed, answers that came in it,       and percentiles
 * as below   -c  watches these processors ("0,1") and tells a second time without the requests that
 * were due       near a stall of the machine (stalls.h) prints: requests a second done, and p50,
 * p99, p99.9 and max in microseconds; with -c, when it can watch, a second line: the share of
 * requests that were left out, and the same of the others
 */
#include "stalls.h"
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

#define SECOND       1000000000LL
#define SPIN         20000 /* nanoseconds before a request is due that are not worth sleeping */
#define ANSWER_SIZE  4096  /* bytes of an answer at most */
#define PATH_LONGEST 400
#define TRIES        100000 /* connections opened at most to get those of one worker */

typedef struct client {
    struct client *next; /* in the queue of idle ones */
    int fd;
    int64_t due; /* of the request under way */
    size_t len;
    char answer[ANSWER_SIZE];
} client;

static struct {
    int epoll;
    int64_t grain;            /* nanoseconds; 0: looks up whenever there is something to do */
    client *idle, *last_idle; /* the one that has not been used for longest comes first: a server
                                 closes those that are silent */
    const char *path;
    FILE *series; /* or NULL */
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
typedef struct latencies {
    uint64_t buckets[POWERS * PARTS], samples;
    int64_t longest;
} latencies;

static latencies all, present; /* of the run, of the second */

typedef struct answered {
    int64_t due, latency;
} answered;

static answered *answers; /* all of the run, when it is watched for stalls */

static void note(latencies *of, int64_t latency)
{
    uint64_t value = latency > PARTS ? (uint64_t)latency : PARTS;
    unsigned power = 63 - (unsigned)__builtin_clzll(value);
    unsigned part = (unsigned)(value >> (power - 6)) - PARTS;
    of->buckets[(power - 6) * PARTS + part]++;
    of->samples++;
    of->longest = latency > of->longest ? latency : of->longest;
}

/* In microseconds, the upper end of the bucket. */
static double percentile(const latencies *of, double percent)
{
    uint64_t wanted = (uint64_t)((double)of->samples * percent / 100), seen = 0;
    for (unsigned i = 0; i < POWERS * PARTS; i++) {
        seen += of->buckets[i];
        if (seen > wanted)
            return (double)((uint64_t)(i % PARTS + PARTS + 1) << (i / PARTS)) / 1000;
    }
    return (double)of->longest / 1000;
}

static void print(FILE *to, const latencies *of)
{
    fprintf(to, " %.1f %.1f %.1f %.1f\n", percentile(of, 50), percentile(of, 99),
            percentile(of, 99.9), (double)of->longest / 1000);
}

static void print_undisturbed(void)
{
    static latencies calm;
    stalls_end();
    for (uint64_t i = 0; i < all.samples; i++)
        if (!stalls_near(answers[i].due))
            note(&calm, answers[i].latency);
    printf("%.4f", 1 - (double)calm.samples / (double)all.samples);
    print(stdout, &calm);
}

/* Ends the second when it is over. */
static void turn_page(int64_t time)
{
    static int64_t begin, page_end;
    if (load.series == NULL || time < page_end)
        return;
    if (begin != 0) {
        fprintf(load.series, "%.1f %llu", (double)(time - begin) / SECOND,
                (unsigned long long)present.samples);
        print(load.series, &present);
        memset(&present, 0, sizeof present);
    }
    begin = begin == 0 ? time : begin;
    page_end = time + SECOND;
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

/* The same sequence of numbers in every run: splitmix64. */
static unsigned random_number(void)
{
    static uint64_t state;
    uint64_t bits = state += UINT64_C(0x9e3779b97f4a7c15);
    bits = (bits ^ bits >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94d049bb133111eb);
    return (unsigned)(bits >> 40);
}

static void ask_path(client *connection)
{
    char request[512], number[16] = "";
    const char *mark = strchr(load.path, '#');
    int before = mark ? (int)(mark - load.path) : (int)strlen(load.path);
    if (mark != NULL)
        snprintf(number, sizeof number, "%u", random_number());
    int len = snprintf(request, sizeof request, "GET %.*s%s%s HTTP/1.1\r\nHost: bench\r\n\r\n",
                       before, load.path, number, mark ? mark + 1 : "");
    ask(connection, request, (size_t)len);
}

static void put_back(client *connection)
{
    connection->next = NULL;
    if (load.idle == NULL)
        load.idle = connection;
    else
        load.last_idle->next = connection;
    load.last_idle = connection;
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

/* Fetches what has come, or comes by then. */
static int fetch(struct epoll_event *events, int size, int64_t until)
{
    int64_t left = until - now();
    struct timespec wait = {0};
    if (left > SPIN)
        wait = (struct timespec){.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
    return epoll_pwait2(load.epoll, events, size, &wait, NULL);
}

/* The same at the next look. */
static int fetch_at_look(struct epoll_event *events, int size)
{
    static int64_t look;
    int64_t time = now();
    look = look + load.grain > time ? look + load.grain : time;
    struct timespec at = {.tv_sec = look / SECOND, .tv_nsec = look % SECOND};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
    return epoll_wait(load.epoll, events, size, 0);
}

static void receive_all(int64_t until)
{
    struct epoll_event events[64];
    int count = load.grain > 0 ? fetch_at_look(events, 64) : fetch(events, 64, until);
    int64_t time = now();
    for (int i = 0; i < count; i++) {
        client *ready = events[i].data.ptr;
        if (!receive(ready, MSG_DONTWAIT))
            continue;
        if (answers != NULL)
            answers[all.samples] = (answered){ready->due, time - ready->due};
        note(&all, time - ready->due);
        note(&present, time - ready->due);
        put_back(ready);
    }
}

/* Its memory is touched before it counts. */
static void watch(const char *cpus, uint64_t total)
{
    if (!stalls_watch(cpus))
        return;
    answers = malloc(total * sizeof *answers);
    if (answers == NULL)
        fail("cannot keep all answers");
    memset(answers, 1, total * sizeof *answers);
}

static void run(double rate, double seconds, const char *cpus)
{
    uint64_t total = (uint64_t)(rate * seconds), sent = 0;
    watch(cpus, total);
    int64_t begin = now() + SECOND / 100;
    while (all.samples < total) {
        int64_t due = begin + (int64_t)((double)sent * SECOND / rate), time = now();
        if (sent < total && load.idle != NULL && due <= time) {
            client *next = load.idle;
            load.idle = next->next;
            next->due = due;
            ask_path(next);
            sent++;
            continue;
        }
        turn_page(time);
        receive_all(sent < total && load.idle != NULL ? due : time + SECOND / 10);
        if (time > begin + (int64_t)((seconds + 30) * SECOND))
            fail("the server does not keep up");
    }
    printf("%.0f", (double)all.samples * SECOND / (double)(now() - begin));
    print(stdout, &all);
    if (answers != NULL)
        print_undisturbed();
}

static int usage(void)
{
    fprintf(stderr, "usage: open_loop [-w WORKER] [-g GRAIN] [-s SERIES] [-c CPUS] "
                    "PORT PATH RATE SECONDS CONNECTIONS\n");
    return 2;
}

int main(int argc, char **argv)
{
    const char *series = NULL, *cpus = "";
    int worker = -1;
    for (int option; (option = getopt(argc, argv, "w:g:s:c:")) != -1;) {
        switch (option) {
        case 'w': worker = atoi(optarg); break;
        case 'g': load.grain = atoi(optarg) * 1000LL; break;
        case 's': series = optarg; break;
        case 'c': cpus = optarg; break;
        default: return usage();
        }
    }
    if (argc - optind != 5)
        return usage();
    char **words = argv + optind; /* PORT PATH RATE SECONDS CONNECTIONS */
    load.path = words[1];
    if (strlen(load.path) > PATH_LONGEST) {
        fprintf(stderr, "open_loop: a path of %d bytes at most\n", PATH_LONGEST);
        return 2;
    }
    prctl(PR_SET_TIMERSLACK, 1UL);
    load.epoll = epoll_create1(0);
    load.series = series ? fopen(series, "we") : NULL;
    if (series && load.series == NULL)
        fail(series);
    int open = 0;
    for (int i = 0; i < TRIES && open < atoi(words[4]); i++)
        open_one(atoi(words[0]), worker, &open);
    run(atof(words[2]), atof(words[3]), cpus);
    return 0;
}
