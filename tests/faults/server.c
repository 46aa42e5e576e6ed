/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * A server in this process, and its client. The thread that serves is told about its failures; the
 * client's is spared.
 */
#include "server.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUESTION_MAX   4096
#define ANSWER_MAX     (1u << 20)
#define ANSWER_SECONDS 20

static struct {
    pthread_t thread;
    const weft_router *router;
    int ends[2]; /* of a pipe, through which the server's address comes */
    int port;
    int result;
    _Atomic bool over; /* it serves no more, and would not catch a signal */
} server;

/* Failures must not move a deadline into a test: those of idle clients are long. */
static void *serve(void *arg)
{
    (void)arg;
    const weft_serve_options options = {
        .workers = 1, .drain_deadline = 5 * WEFT_SECOND, .connections_per_client = 1000};
    server.result = weft_serve_with("127.0.0.1:0", server.router, &options);
    atomic_store(&server.over, true);
    (void)!write(server.ends[1], "\n", 1); /* when it has not listened */
    return NULL;
}

/* The address that the server tells once it listens; an empty line when it never does. */
static void read_port(int from)
{
    char text[128];
    size_t len = 0;
    while (len < sizeof text - 1 && read(from, text + len, 1) == 1 && text[len] != '\n')
        len++;
    text[len] = '\0';
    const char *colon = strrchr(text, ':');
    server.port = colon != NULL ? atoi(colon + 1) : 0;
}

static void end(void)
{
    pthread_join(server.thread, NULL);
    close(server.ends[0]);
    close(server.ends[1]);
}

static bool start(const weft_router *router)
{
    char text[16];
    server.router = router;
    server.port = 0;
    atomic_store(&server.over, false);
    MUST(pipe(server.ends) == 0);
    int told = dup(server.ends[1]); /* the server closes it when it has told */
    snprintf(text, sizeof text, "%d", told);
    MUST(told >= 0 && setenv("WEFT_READY_FD", text, 1) == 0);
    MUST(pthread_create(&server.thread, NULL, serve, NULL) == 0);
    read_port(server.ends[0]);
    if (server.port != 0)
        return true;
    end();
    close(told);
    return false;
}

bool server_try_start(const weft_router *router)
{
    bool before = fault_spare(true), started = start(router);
    fault_spare(before);
    return started;
}

void server_start(const weft_router *router)
{
    MUST(server_try_start(router));
}

int server_stop(void)
{
    bool before = fault_spare(true);
    if (!atomic_load(&server.over))
        kill(getpid(), SIGTERM);
    end();
    fault_spare(before);
    return server.result;
}

/* ---- the client ------------------------------------------------------------------------------ */

/* -1: it listens no more. */
static int connected(void)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)server.port),
                                        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    MUST(fd >= 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* Reads to the end of the stream, however it ends; false when it does not. */
static bool read_answer(int fd, char *to, size_t *len)
{
    ssize_t got;
    *len = 0;
    while (*len < ANSWER_MAX && (got = recv(fd, to + *len, ANSWER_MAX - *len, 0)) > 0)
        *len += (size_t)got;
    return got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* The same length, whatever the time. */
static void blank_dates(char *answer, size_t len)
{
    static const char date[] = "\r\nDate: ";
    char *at = answer;
    while ((at = memmem(at, len - (size_t)(at - answer), date, sizeof date - 1)) != NULL)
        for (at += sizeof date - 1; at < answer + len && *at != '\r'; at++)
            *at = '-';
}

/* 500 and more; or the same refusal, which may say less of what was wrong. */
static bool server_failed(const char *answer, size_t len, const char *wanted, size_t wanted_len)
{
    enum { STATUS = 9, LINE = 12 };
    return len > LINE && memcmp(answer, "HTTP/1.1 ", STATUS) == 0 &&
           (answer[STATUS] == '5' ||
            (answer[STATUS] == '4' && wanted_len > LINE && memcmp(answer, wanted, LINE) == 0));
}

/* A WebSocket's Close, in place of what it should have sent. */
static bool closed(const char *answer, size_t len)
{
    static const char start[] = "HTTP/1.1 101";
    return len > sizeof start && memcmp(answer, start, sizeof start - 1) == 0 &&
           answer[len - 4] == '\x88';
}

/* How far both are the same. */
static size_t common(const server_question *question, const char *answer, size_t len)
{
    size_t at = 0;
    while (at < len && at < question->answer_len && answer[at] == question->answer[at])
        at++;
    return at;
}

static outcome judge(const server_question *question, const char *answer, size_t len)
{
    size_t same = common(question, answer, len);
    if (same == len)
        return outcome_of(len == question->answer_len);
    if (same == len - 4 && closed(answer, len))
        return OUTCOME_FAILED;
    /* Of several answers one may be a failure, after which nothing comes. */
    while (same > 0 && memcmp(answer + same, "HTTP/1.1 ", len - same < 9 ? len - same : 9) != 0)
        same--;
    if (server_failed(answer + same, len - same, question->answer + same,
                      question->answer_len - same))
        return OUTCOME_FAILED;
    return fault_wrong("asked %s\nbut was answered\n%.*s\nand not\n%.*s", question->line, (int)len,
                       answer, (int)question->answer_len, question->answer);
}

/* Appends; MUST fit. */
static void add(char *to, size_t *len, weft_str bytes)
{
    MUST(bytes.len <= QUESTION_MAX - *len);
    if (bytes.len != 0)
        memcpy(to + *len, bytes.at, bytes.len);
    *len += bytes.len;
}

static void send_question(int fd, const server_question *question)
{
    char bytes[QUESTION_MAX], length[64] = "";
    size_t len = 0;
    weft_str body = question->body != NULL ? weft_str_from(question->body) : WEFT_STR("");
    add(bytes, &len, weft_str_from(question->line));
    if (strstr(question->line, "\r\n\r\n") == NULL) {
        if (question->body != NULL)
            snprintf(length, sizeof length, "Content-Length: %zu\r\n", body.len);
        add(bytes, &len, WEFT_STR(" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"));
        add(bytes, &len, weft_str_from(length));
        add(bytes, &len, weft_str_from(question->fields != NULL ? question->fields : ""));
        add(bytes, &len, WEFT_STR("\r\n"));
    }
    add(bytes, &len, body);
    add(bytes, &len, (weft_str){question->after, question->after_len});
    (void)send(fd, bytes, len, MSG_NOSIGNAL);
}

static outcome ask(server_question *question)
{
    static char answer[ANSWER_MAX];
    size_t len;
    int fd = connected();
    if (fd < 0)
        return OUTCOME_FAILED;
    send_question(fd, question);
    bool ended = read_answer(fd, answer, &len);
    close(fd);
    blank_dates(answer, len);
    if (!ended)
        return fault_wrong("%s: no answer within %d s, but %.*s", question->line, ANSWER_SECONDS,
                           (int)len, answer);
    if (question->answer != NULL)
        return judge(question, answer, len);
    question->answer = malloc(len + 1);
    MUST(question->answer != NULL && len != 0);
    memcpy(question->answer, answer, len);
    question->answer_len = len;
    return OUTCOME_DONE;
}

outcome server_ask(void *question)
{
    bool before = fault_spare(true);
    outcome ended = ask(question);
    fault_spare(before);
    return ended;
}

/* ---- files ----------------------------------------------------------------------------------- */

void server_make_file(const char *folder, const char *name, size_t lines)
{
    char path[256];
    (void)mkdir(folder, 0755);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    MUST(file != NULL);
    for (size_t i = 0; i < lines; i++)
        fprintf(file, "line %zu of a file that is given out\n", i);
    MUST(fclose(file) == 0);
    /* Long ago: the ETag of a new file is weak for a while. */
    struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    MUST(utimensat(AT_FDCWD, path, times, 0) == 0);
}

void server_remove_file(const char *path)
{
    unlink(path);
}
