/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/parts/uring: what the kernel's two ways to wait for sockets cost. The same server of
 * small requests and answers over the loopback interface, once on edge-triggered epoll as the
 * reactor uses it, and on io_uring: by readiness, which is what the reactor's interface could be
 * built on, and by completion, the fastest way there is. CPU time of the server's thread per
 * request; the ways take turns, and each round's ratio to epoll in the same round is kept.
 *
 * usage: uring [ROUNDS [REQUESTS [CONNECTIONS]]]
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    CONNECTIONS = 64, /* at most, and unless told */
    REQUEST = 160,    /* bytes, about those of a small GET and its answer */
    ANSWER = 200,
    EVENTS = 128,
    ROUNDS_MAX = 99,
    BUFFERS = 256, /* a power of two */
    BUFFER_SIZE = 4096,
    RING_SIZE = 256,
};

static char answer[ANSWER], request[REQUEST];
static unsigned requests = 200000;
static int connections = CONNECTIONS;

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(1);
}

static void pin(unsigned cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    (void)sched_setaffinity(0, sizeof set, &set); /* on one CPU they share it */
}

static double cpu_now(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void send_answer(int fd)
{
    if (send(fd, answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
        die("send");
}

/* Answers what has come, as a reactor's stream does: one read when it is short. False at the
 * end. */
static bool answer_ready(int fd)
{
    char in[BUFFER_SIZE];
    ssize_t got = recv(fd, in, sizeof in, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return true;
    if (got > 0)
        send_answer(fd);
    return got > 0;
}

/* ---- epoll -------------------------------------------------------------------------------- */

static bool serve_epoll(const int *fds)
{
    struct epoll_event events[EVENTS];
    int epoll = epoll_create1(0);
    for (int i = 0; i < connections; i++) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                    .data.fd = fds[i]};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) != 0)
            die("epoll_ctl");
    }
    for (int open = connections; open > 0;) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++)
            if ((events[i].events & EPOLLIN) && !answer_ready(events[i].data.fd))
                open--;
    }
    close(epoll);
    return true;
}

/* ---- io_uring, without a library ------------------------------------------------------------ */

struct ring {
    int fd;
    unsigned *sq_head, *sq_tail, sq_mask, queued;
    struct io_uring_sqe *sqes;
    unsigned *cq_head, *cq_tail, cq_mask;
    struct io_uring_cqe *cqes;
    struct io_uring_buf_ring *buffers;
    char *bytes;
    size_t rings_size, sqes_size;
    void *rings;
};

static void map_ring(struct ring *ring, const struct io_uring_params *params)
{
    size_t sq_size = params->sq_off.array + params->sq_entries * sizeof(unsigned);
    size_t cq_size = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
    ring->rings_size = sq_size > cq_size ? sq_size : cq_size;
    ring->sqes_size = params->sq_entries * sizeof(struct io_uring_sqe);
    char *at = mmap(NULL, ring->rings_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                    ring->fd, IORING_OFF_SQ_RING);
    ring->sqes = mmap(NULL, ring->sqes_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
                      ring->fd, IORING_OFF_SQES);
    if (at == MAP_FAILED || ring->sqes == MAP_FAILED)
        die("mmap of the rings");
    ring->rings = at;
    ring->sq_head = (unsigned *)(void *)(at + params->sq_off.head);
    ring->sq_tail = (unsigned *)(void *)(at + params->sq_off.tail);
    ring->sq_mask = params->sq_entries - 1;
    ring->cq_head = (unsigned *)(void *)(at + params->cq_off.head);
    ring->cq_tail = (unsigned *)(void *)(at + params->cq_off.tail);
    ring->cq_mask = params->cq_entries - 1;
    ring->cqes = (struct io_uring_cqe *)(void *)(at + params->cq_off.cqes);
    unsigned *array = (unsigned *)(void *)(at + params->sq_off.array);
    for (unsigned i = 0; i < params->sq_entries; i++)
        array[i] = i;
}

/* False when the kernel refuses. */
static bool open_ring(struct ring *ring, unsigned flags)
{
    struct io_uring_params params = {.flags = flags | IORING_SETUP_CQSIZE,
                                     .cq_entries = 4 * RING_SIZE};
    *ring = (struct ring){.fd = (int)syscall(SYS_io_uring_setup, RING_SIZE, &params)};
    if (ring->fd < 0)
        return false;
    map_ring(ring, &params);
    return true;
}

static void close_ring(struct ring *ring)
{
    munmap(ring->rings, ring->rings_size);
    munmap(ring->sqes, ring->sqes_size);
    close(ring->fd);
}

/* Tells the kernel what is queued; waits for a completion if `wait`. */
static void enter(struct ring *ring, bool wait)
{
    while (syscall(SYS_io_uring_enter, ring->fd, ring->queued, wait,
                   wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0) < 0)
        if (errno != EINTR)
            die("io_uring_enter");
    ring->queued = 0;
}

static struct io_uring_sqe *next_sqe(struct ring *ring)
{
    if (ring->queued > ring->sq_mask)
        enter(ring, false);
    unsigned tail = *ring->sq_tail;
    struct io_uring_sqe *sqe = &ring->sqes[tail & ring->sq_mask];
    *sqe = (struct io_uring_sqe){0};
    return sqe;
}

static void queue_sqe(struct ring *ring)
{
    __atomic_store_n(ring->sq_tail, *ring->sq_tail + 1, __ATOMIC_RELEASE);
    ring->queued++;
}

/* Calls `take` for everything that is completed. */
static void drain(struct ring *ring, void (*take)(struct ring *, const struct io_uring_cqe *))
{
    unsigned head = *ring->cq_head;
    unsigned tail = __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE);
    while (head != tail) {
        take(ring, &ring->cqes[head & ring->cq_mask]);
        head++;
    }
    __atomic_store_n(ring->cq_head, head, __ATOMIC_RELEASE);
}

static int open_count; /* connections of the running round */

/* ---- io_uring by readiness ------------------------------------------------------------------- */

static void queue_poll(struct ring *ring, int fd)
{
    struct io_uring_sqe *sqe = next_sqe(ring);
    sqe->opcode = IORING_OP_POLL_ADD;
    sqe->fd = fd;
    sqe->len = IORING_POLL_ADD_MULTI;
    sqe->poll32_events = POLLIN | POLLRDHUP | EPOLLET;
    sqe->user_data = (unsigned)fd;
    queue_sqe(ring);
}

static void take_readiness(struct ring *ring, const struct io_uring_cqe *cqe)
{
    int fd = (int)cqe->user_data;
    if (!answer_ready(fd))
        open_count--;
    else if (!(cqe->flags & IORING_CQE_F_MORE))
        queue_poll(ring, fd);
}

static bool serve_readiness(const int *fds)
{
    struct ring ring;
    if (!open_ring(&ring, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN))
        return false;
    for (int i = 0; i < connections; i++)
        queue_poll(&ring, fds[i]);
    for (open_count = connections; open_count > 0;) {
        enter(&ring, true);
        drain(&ring, take_readiness);
    }
    close_ring(&ring);
    return true;
}

/* ---- io_uring by completion ------------------------------------------------------------------ */

static void give_buffer(struct ring *ring, unsigned short id)
{
    unsigned short tail = ring->buffers->tail;
    struct io_uring_buf *buffer = &ring->buffers->bufs[tail & (BUFFERS - 1)];
    buffer->addr = (uint64_t)(uintptr_t)(ring->bytes + (size_t)id * BUFFER_SIZE);
    buffer->len = BUFFER_SIZE;
    buffer->bid = id;
    __atomic_store_n(&ring->buffers->tail, (unsigned short)(tail + 1), __ATOMIC_RELEASE);
}

static bool open_buffers(struct ring *ring)
{
    size_t list = BUFFERS * sizeof(struct io_uring_buf), bytes = (size_t)BUFFERS * BUFFER_SIZE;
    void *memory = mmap(NULL, list + bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    if (memory == MAP_FAILED)
        die("mmap of the buffers");
    ring->buffers = memory;
    ring->bytes = (char *)memory + list;
    struct io_uring_buf_reg place = {.ring_addr = (uint64_t)(uintptr_t)memory,
                                     .ring_entries = BUFFERS};
    if (syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_PBUF_RING, &place, 1) != 0)
        return false;
    for (unsigned short id = 0; id < BUFFERS; id++)
        give_buffer(ring, id);
    return true;
}

static void close_buffers(struct ring *ring)
{
    munmap(ring->buffers, BUFFERS * (sizeof(struct io_uring_buf) + BUFFER_SIZE));
}

static void queue_receive(struct ring *ring, int fd)
{
    struct io_uring_sqe *sqe = next_sqe(ring);
    sqe->opcode = IORING_OP_RECV;
    sqe->fd = fd;
    sqe->ioprio = IORING_RECV_MULTISHOT;
    sqe->flags = IOSQE_BUFFER_SELECT;
    sqe->user_data = (unsigned)fd;
    queue_sqe(ring);
}

/* A send that went well says nothing. */
static void queue_send(struct ring *ring, int fd)
{
    struct io_uring_sqe *sqe = next_sqe(ring);
    sqe->opcode = IORING_OP_SEND;
    sqe->fd = fd;
    sqe->addr = (uint64_t)(uintptr_t)answer;
    sqe->len = sizeof answer;
    sqe->msg_flags = MSG_NOSIGNAL | MSG_WAITALL;
    sqe->flags = IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = UINT64_MAX;
    queue_sqe(ring);
}

static bool sends_by_call; /* or by the ring */

static void take_completion(struct ring *ring, const struct io_uring_cqe *cqe)
{
    int fd = (int)cqe->user_data;
    if (cqe->user_data == UINT64_MAX) {
        fprintf(stderr, "a send failed: %s\n", strerror(-cqe->res));
        exit(1);
    }
    if (cqe->flags & IORING_CQE_F_BUFFER)
        give_buffer(ring, (unsigned short)(cqe->flags >> IORING_CQE_BUFFER_SHIFT));
    if (cqe->res == 0 || (cqe->res < 0 && cqe->res != -ENOBUFS)) {
        open_count--;
        return;
    }
    if (cqe->res > 0 && sends_by_call)
        send_answer(fd);
    else if (cqe->res > 0)
        queue_send(ring, fd);
    if (!(cqe->flags & IORING_CQE_F_MORE))
        queue_receive(ring, fd);
}

static bool complete_with(const int *fds, unsigned flags)
{
    struct ring ring;
    if (!open_ring(&ring, flags))
        return false;
    bool done = open_buffers(&ring);
    for (int i = 0; i < connections && done; i++)
        queue_receive(&ring, fds[i]);
    for (open_count = connections; open_count > 0 && done;) {
        enter(&ring, true);
        drain(&ring, take_completion);
    }
    close_ring(&ring);
    close_buffers(&ring);
    return done;
}

static bool serve_completion(const int *fds)
{
    sends_by_call = false;
    return complete_with(fds, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
}

static bool serve_completion_and_call(const int *fds)
{
    sends_by_call = true;
    return complete_with(fds, IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
}

static bool serve_completion_plain(const int *fds)
{
    sends_by_call = false;
    return complete_with(fds, 0);
}

/* ---- clients --------------------------------------------------------------------------------- */

static void send_request(int fd)
{
    if (send(fd, request, sizeof request, MSG_NOSIGNAL) != sizeof request)
        die("client's send");
}

/* Asks on every connection, and again when an answer is whole, `requests` times in all. */
static void *run_clients(void *arg)
{
    const int *fds = arg;
    struct epoll_event events[EVENTS];
    size_t got_of[CONNECTIONS] = {0};
    unsigned asked = 0, answered = 0;
    pin(1);
    int epoll = epoll_create1(0);
    for (unsigned i = 0; i < (unsigned)connections; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &event) != 0)
            die("epoll_ctl");
        send_request(fds[i]);
        asked++;
    }
    while (answered < requests) {
        int count = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            char in[ANSWER];
            unsigned which = events[i].data.u32;
            ssize_t got = recv(fds[which], in, sizeof in - got_of[which], 0);
            if (got <= 0)
                die("client's recv");
            got_of[which] = (got_of[which] + (size_t)got) % ANSWER;
            if (got_of[which] != 0)
                continue;
            answered++;
            if (asked < requests) {
                send_request(fds[which]);
                asked++;
            }
        }
    }
    for (int i = 0; i < connections; i++)
        shutdown(fds[i], SHUT_WR);
    close(epoll);
    return NULL;
}

static void connect_all(int *server, int *client)
{
    const int on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, len) != 0 || listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &len) != 0)
        die("listen");
    for (int i = 0; i < connections; i++) {
        client[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client[i], (struct sockaddr *)&address, len) != 0)
            die("connect");
        server[i] = accept(listener, NULL, NULL);
        if (server[i] < 0)
            die("accept");
        setsockopt(client[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(server[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    close(listener);
}

/* ---- rounds ---------------------------------------------------------------------------------- */

typedef struct way {
    const char *name;
    bool (*serve)(const int *fds);
    double cost[ROUNDS_MAX];  /* nanoseconds a request */
    double ratio[ROUNDS_MAX]; /* to epoll's in the same round */
    double total[ROUNDS_MAX]; /* the same ratio of server and clients together */
    bool refused;
} way;

struct round {
    way *of;
    int fds[CONNECTIONS];
    double cost, total; /* of the server; with the clients */
};

static void *run_server(void *arg)
{
    struct round *round = arg;
    pin(0);
    double begin = cpu_now(CLOCK_THREAD_CPUTIME_ID);
    round->of->refused = !round->of->serve(round->fds);
    if (round->of->refused)
        perror(round->of->name);
    round->cost = (cpu_now(CLOCK_THREAD_CPUTIME_ID) - begin) / requests;
    return NULL;
}

static struct round run_round(way *of)
{
    struct round round = {.of = of};
    int clients[CONNECTIONS];
    pthread_t server, client;
    connect_all(round.fds, clients);
    double begin = cpu_now(CLOCK_PROCESS_CPUTIME_ID);
    if (pthread_create(&server, NULL, run_server, &round) != 0)
        die("pthread_create");
    if (pthread_create(&client, NULL, run_clients, clients) != 0)
        die("pthread_create");
    pthread_join(server, NULL);
    if (of->refused)
        exit(1);
    pthread_join(client, NULL);
    round.total = (cpu_now(CLOCK_PROCESS_CPUTIME_ID) - begin) / requests;
    for (int i = 0; i < connections; i++) {
        close(round.fds[i]);
        close(clients[i]);
    }
    return round;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

int main(int count, char **arguments)
{
    static way ways[] = {
        {.name = "epoll, edge-triggered", .serve = serve_epoll},
        {.name = "io_uring, readiness (multishot poll)", .serve = serve_readiness},
        {.name = "io_uring, multishot receive, send by the ring", .serve = serve_completion},
        {.name = "io_uring, multishot receive, send()", .serve = serve_completion_and_call},
        {.name = "io_uring, the same by the ring, no setup flags", .serve = serve_completion_plain},
    };
    enum { WAYS = sizeof ways / sizeof ways[0] };
    unsigned rounds = count > 1 ? (unsigned)atoi(arguments[1]) : 9;
    if (count > 2)
        requests = (unsigned)atoi(arguments[2]);
    if (count > 3)
        connections = atoi(arguments[3]);
    if (rounds < 1 || rounds > ROUNDS_MAX || requests < CONNECTIONS || connections < 1 ||
        connections > CONNECTIONS) {
        fprintf(
            stderr,
            "usage: uring [ROUNDS (1 to %d) [REQUESTS (at least %d) [CONNECTIONS (1 to %d)]]]\n",
            ROUNDS_MAX, CONNECTIONS, CONNECTIONS);
        return 2;
    }
    struct round epoll = {0};
    for (unsigned round = 0; round < rounds; round++) {
        for (unsigned i = 0; i < WAYS; i++) {
            struct round done = run_round(&ways[i]);
            if (i == 0)
                epoll = done;
            ways[i].cost[round] = done.cost;
            ways[i].ratio[round] = done.cost / epoll.cost;
            ways[i].total[round] = done.total / epoll.total;
        }
    }
    printf("%-46s %9s %9s %7s %13s\n", "CPU of the server per request", "median ns", "best ns",
           "ratio", "with clients");
    for (unsigned i = 0; i < WAYS; i++) {
        double middle = median(ways[i].cost, rounds); /* which sorts them */
        printf("%-46s %9.0f %9.0f %7.3f %13.3f\n", ways[i].name, middle, ways[i].cost[0],
               median(ways[i].ratio, rounds), median(ways[i].total, rounds));
    }
    return 0;
}
