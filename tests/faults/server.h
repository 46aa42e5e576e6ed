/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/faults/server.h: a server in this process, on a thread of its own, and a client that asks it
 * and sees no failure itself.
 */
#ifndef WEFT_TESTS_FAULTS_SERVER_H
#define WEFT_TESTS_FAULTS_SERVER_H

#include "faults.h"
#include <weft/serve.h>

/* Serves until server_stop, on a port of the system's choice. */
void server_start(const weft_router *router);
/* False when it could not listen or did not start: then it is not to be stopped. */
bool server_try_start(const weft_router *router);
int server_stop(void);

/* What is sent, and what came back to that when nothing failed. */
typedef struct server_question {
    const char *line;   /* "GET /users/1", or all that is sent, ending in an empty line */
    const char *fields; /* further ones, "Name: value\r\n" each; NULL: none */
    const char *body;   /* with its Content-Length; NULL: none */
    const char *after;  /* the head: bytes as they are; NULL: none */
    size_t after_len;

    char *answer; /* set by the first ask */
    size_t answer_len;
} server_question;

/* Asks, and reads to the end of the stream. DONE: the very answer of the first time, the dates
 * aside. FAILED: nothing, a part of it, or a status of 500 and more. WRONG: anything else. */
outcome server_ask(void *question);

/* Files to give out; programs may not block, so this is done for them. */
void server_make_file(const char *folder, const char *name, size_t lines);
void server_remove_file(const char *path);

#endif
