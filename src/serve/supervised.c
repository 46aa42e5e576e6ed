/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/supervised.c: a process that is supervised, or becomes a supervisor, which it learns from
 * its environment before main: a supervisor never gets there, so it has no database open and
 * nothing of the program's to lose.
 */
#include "base/errno.h"
#include "serve/supervise.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <weft/log.h>

static int wire = -1, listener = -1;
static char **arguments;

int weft__supervised_wire(void)
{
    return wire;
}

int weft__supervised_listener(void)
{
    return listener;
}

/* ---- what it says ---------------------------------------------------------------------------- */

static void say(const weft__message *message, int fd)
{
    struct iovec part = {.iov_base = (void *)(uintptr_t)message, .iov_len = sizeof *message};
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fd)] = {0};
    struct msghdr letter = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        letter.msg_control = control;
        letter.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&letter);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(header), &fd, sizeof fd);
    }
    while (sendmsg(wire, &letter, MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue; /* if the supervisor is gone, so are we, soon */
}

void weft__supervised_say(weft__word word)
{
    if (wire >= 0)
        say(&(weft__message){.word = (char)word}, -1);
}

void weft__supervised_say_serves(int64_t patience)
{
    if (wire >= 0)
        say(&(weft__message){.word = WEFT__WORD_SERVES, .patience = patience}, -1);
}

void weft__supervised_say_listens(int fd)
{
    if (wire >= 0)
        say(&(weft__message){.word = WEFT__WORD_LISTENS}, fd);
}

bool weft__supervised_is_relieved(void)
{
    weft__message message;
    ssize_t got = recv(wire, &message, sizeof message, MSG_DONTWAIT);
    return got == (ssize_t)sizeof message && message.word == WEFT__WORD_RELIEVED;
}

_Noreturn void weft__supervised_end(const char *text)
{
    (void)!write(STDERR_FILENO, text, strlen(text));
    _exit(WEFT_EXIT_CRASHED);
}

/* ---- before main ----------------------------------------------------------------------------- */

static unsigned processes_wanted(void)
{
    int64_t count;
    const char *text = getenv("WEFT_SUPERVISE");
    if (text == NULL || *text == '\0')
        return 0;
    if (weft_text_to_i64(weft_str_from(text), 0, WEFT_SUPERVISE_MAX, &count))
        return (unsigned)count;
    weft_log(WEFT_LOG_WARN, "serve",
             "WEFT_SUPERVISE=%s is not a number of processes from 0 to %d and is ignored", text,
             WEFT_SUPERVISE_MAX);
    return 0;
}

static void keep_to_ourselves(int fd)
{
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
}

__attribute__((constructor)) static void look_around(int count, char **vector)
{
    const char *text = getenv("WEFT_SUPERVISED");
    arguments = vector;
    unsigned wanted = text == NULL ? processes_wanted() : 0;
    if (wanted > 0 && count > 0)
        weft__supervisor_run(wanted, vector);
    char *comma, *end;
    if (text == NULL)
        return;
    long first = strtol(text, &comma, 10);
    if (comma == text || *comma != ',')
        return;
    long second = strtol(comma + 1, &end, 10);
    if (end == comma + 1)
        return;
    wire = (int)first;
    listener = (int)second;
    keep_to_ourselves(wire);
    keep_to_ourselves(listener);
    unsetenv("WEFT_SUPERVISED"); /* programs that we start are not */
}

void weft__supervise_instead(unsigned processes)
{
    char number[16];
    if (processes > WEFT_SUPERVISE_MAX)
        processes = WEFT_SUPERVISE_MAX;
    snprintf(number, sizeof number, "%u", processes);
    setenv("WEFT_SUPERVISE", number, true);
    weft_log_flush(weft_deadline_after(WEFT_SECOND));
    execv("/proc/self/exe", arguments);
    weft_log(WEFT_LOG_ERROR, "serve", "cannot start a supervisor: %s",
             weft_error_text(weft_error_from_errno(errno)));
}
