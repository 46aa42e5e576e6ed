/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/db_up.c: "weft db up": starts the project's own PostgreSQL server, which it makes when there
 * is none yet, and prints its URL.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server.h"

/* ".weft" may exist; what is made for the server's user belongs to it. */
static int make_folder(const own_server *server)
{
    if (mkdir(".weft", 0777) != 0 && errno != EEXIST)
        return fail("cannot create the folder \".weft\": %s", strerrordesc_np(errno));
    if (mkdir(SERVER_FOLDER, 0700) != 0 && errno != EEXIST)
        return fail("cannot create the folder \"" SERVER_FOLDER "\": %s", strerrordesc_np(errno));
    if (geteuid() != server->user && chown(SERVER_FOLDER, server->user, server->group) != 0)
        return fail("cannot give \"" SERVER_FOLDER "\" to the user of PostgreSQL: %s",
                    strerrordesc_np(errno));
    return EXIT_OK;
}

/* What a program wrote before it failed, for people. */
static int fail_with(const char *log, const char *what)
{
    char line[512];
    fail("%s; it said:", what);
    FILE *from = fopen(log, "re");
    while (from != NULL && fgets(line, sizeof line, from) != NULL)
        fprintf(stderr, "  %s", line);
    if (from != NULL)
        fclose(from);
    return EXIT_FAILED;
}

static int make_files(const own_server *server, const char *log)
{
    const char *const words[] = {"-D",        server->folder,     "-U",
                                 "weft",      "--auth=trust",     "--encoding=UTF8",
                                 "--no-sync", "--locale=C.UTF-8", NULL};
    if (server_exists(server))
        return EXIT_OK;
    if (server_run(server, log, "initdb", words) == 0)
        return EXIT_OK;
    return fail_with(log, "PostgreSQL cannot make its files in \"" SERVER_FOLDER
                          "\" (its user must be able to reach that folder)");
}

/* It listens on a socket in its folder, which only its user and root can open. */
static int start(const own_server *server, const char *log)
{
    char options[sizeof server->folder + 128], own_log[sizeof server->folder + 16];
    snprintf(options, sizeof options,
             "-c listen_addresses= -c unix_socket_directories='%s' -c max_connections=200",
             server->folder);
    snprintf(own_log, sizeof own_log, "%s/log", server->folder);
    const char *const words[] = {"start", "-w",    "-t", "60",    "-D", server->folder,
                                 "-l",    own_log, "-o", options, NULL};
    if (server_run(server, log, "pg_ctl", words) == 0)
        return EXIT_OK;
    fail("PostgreSQL does not start; its log is " SERVER_FOLDER "/log");
    return fail_with(log, "pg_ctl failed");
}

static int make_database(const own_server *server, const char *log)
{
    const char *const words[] = {"-h", server->folder, "-U", "weft", "weft", NULL};
    if (server_run(server, log, "createdb", words) == 0)
        return EXIT_OK;
    return fail_with(log, "the database \"weft\" cannot be made");
}

int run_db_up(const tool_arguments *given)
{
    (void)given;
    own_server own;
    char log[] = "/tmp/weft-db-XXXXXX";
    if (server_find(&own) != EXIT_OK || make_folder(&own) != EXIT_OK)
        return EXIT_FAILED;
    if (server_is_running(&own)) {
        server_print_url(&own);
        return EXIT_OK;
    }
    int fd = mkstemp(log);
    if (fd < 0)
        return fail("cannot create a file in /tmp: %s", strerrordesc_np(errno));
    close(fd);
    bool fresh = !server_exists(&own);
    int result = make_files(&own, log);
    if (result == EXIT_OK)
        result = start(&own, log);
    if (result == EXIT_OK && fresh)
        result = make_database(&own, log);
    unlink(log);
    if (result == EXIT_OK)
        server_print_url(&own);
    return result;
}
