/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/null: the floor that servers are measured against. One edge-triggered epoll loop per worker
 * that reads what is there, counts the empty lines that end request heads, and answers each with
 * the same prepared bytes, all of one read with one send. It understands nothing.
 *
 * usage: null PORT WORKERS RESPONSE_FILE     (PORT 0: the system chooses)
 *
 * The port is printed as a line, to the descriptor in WEFT_READY_FD when there is one.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 32768, BATCH_MAX = 1024, EVENTS = 128, WORKERS_MAX = 64, BACKLOG = 1024 };

typedef struct worker {
    int listener, epoll;
    char in[READ_SIZE];
} worker;

static char *response; /* BATCH_MAX copies, one after the other */
static size_t response_len;
/* Bytes of "\r\n\r\n" that the connection's last read ended with, by descriptor: 0 to 3. */
static uint8_t *matched;
static size_t matched_len;

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static void read_response(const char *path)
{
    static char one[65536];
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        die(path);
    response_len = fread(one, 1, sizeof one, file);
    fclose(file);
    response = malloc(response_len * BATCH_MAX);
    if (response == NULL || response_len == 0)
        die("response");
    for (size_t i = 0; i < BATCH_MAX; i++)
        memcpy(response + i * response_len, one, response_len);
}

static size_t count_requests(const char *bytes, size_t len, uint8_t *state)
{
    size_t found = 0;
    uint8_t seen = *state;
    for (size_t i = 0; i < len; i++) {
        if (seen == 0) { /* the fast way to the next candidate */
            const char *next = memchr(bytes + i, '\r', len - i);
            if (next == NULL)
                break;
            i = (size_t)(next - bytes);
            seen = 1;
        } else if (bytes[i] == "\r\n\r\n"[seen]) {
            seen++;
        } else {
            seen = bytes[i] == '\r';
        }
        if (seen == 4) {
            found++;
            seen = 0;
        }
    }
    *state = seen;
    return found;
}

static void answer(worker *self, int fd)
{
    size_t len;
    do {
        ssize_t got = recv(fd, self->in, sizeof self->in, 0);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            close(fd);
            return;
        }
        len = (size_t)got;
        for (size_t left = count_requests(self->in, len, &matched[fd]); left > 0;) {
            size_t batch = left < BATCH_MAX ? left : BATCH_MAX;
            if (send(fd, response, batch * response_len, MSG_NOSIGNAL) < 0) {
                close(fd);
                return;
            }
            left -= batch;
        }
    } while (len == sizeof self->in);
}

static void accept_all(worker *self)
{
    int fd;
    while ((fd = accept4(self->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.fd = fd};
        if ((size_t)fd >= matched_len || epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
            close(fd);
            continue;
        }
        matched[fd] = 0;
    }
}

static void *run(void *arg)
{
    worker *self = arg;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(self->epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == self->listener)
                accept_all(self);
            else
                answer(self, events[i].data.fd);
        }
    }
    return NULL;
}

/* Every worker listens on a socket of its own on the same port. Returns the port. */
static uint16_t open_worker(worker *self, uint16_t port)
{
    const int on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    setsockopt(self->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(self->listener, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    setsockopt(self->listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (bind(self->listener, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(self->listener, BACKLOG) != 0 ||
        getsockname(self->listener, (struct sockaddr *)&address, &len) != 0)
        die("cannot listen");
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = self->listener};
    self->epoll = epoll_create1(0);
    if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, self->listener, &event) != 0)
        die("epoll_ctl");
    return ntohs(address.sin_port);
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: null PORT WORKERS RESPONSE_FILE\n");
        return 2;
    }
    uint16_t port = (uint16_t)strtoul(argv[1], NULL, 10);
    unsigned long workers = strtoul(argv[2], NULL, 10);
    if (workers < 1 || workers > WORKERS_MAX) {
        fprintf(stderr, "null: 1 to %d workers\n", WORKERS_MAX);
        return 2;
    }
    read_response(argv[3]);
    matched_len = (size_t)sysconf(_SC_OPEN_MAX);
    matched = calloc(matched_len, 1);
    worker *all = calloc(workers, sizeof *all);
    if (matched == NULL || all == NULL)
        die("memory");
    for (unsigned long i = 0; i < workers; i++)
        port = open_worker(&all[i], port);
    const char *ready = getenv("WEFT_READY_FD");
    dprintf(ready ? atoi(ready) : STDOUT_FILENO, "%u\n", port);
    if (ready != NULL)
        close(atoi(ready));
    for (unsigned long i = 1; i < workers; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, run, &all[i]) != 0)
            die("pthread_create");
    }
    run(&all[0]);
    return 0;
}
