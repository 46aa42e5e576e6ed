/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/server.h: a PostgreSQL server of the project's own, by Debian's programs: its files in
 * .weft/postgres, reached through a socket in the same folder and by nobody else's user.
 */
#ifndef WEFT_TOOL_SERVER_H
#define WEFT_TOOL_SERVER_H

#include <sys/types.h>

#include "command.h"

#define SERVER_FOLDER ".weft/postgres"

typedef struct own_server {
    char folder[96];    /* absolute, so short that the socket's path has room for its name */
    char programs[256]; /* the folder of initdb and pg_ctl */
    uid_t user;         /* who it runs as: not root */
    gid_t group;
} own_server;

/* EXIT_OK, or EXIT_FAILED and why has been said. */
int server_find(own_server *server);

bool server_exists(const own_server *server); /* its files */
bool server_is_running(const own_server *server) __attribute__((nonnull));

/* Runs one of PostgreSQL's programs as the server's user, its output to `log` (NULL: nowhere); its
 * exit status. */
int server_run(const own_server *server, const char *log, const char *program,
               const char *const *arguments);

void server_print_url(const own_server *server);

#endif
