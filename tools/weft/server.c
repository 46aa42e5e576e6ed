/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/server.c: finding PostgreSQL's programs and who may run them; see server.h.
 */
#include "server.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROGRAMS    "/usr/lib/postgresql" /* Debian's: /usr/lib/postgresql/15/bin */
#define SYSTEM_USER "postgres"            /* whom Debian's package brings */
enum { EXEC_FAILED = 127 };

/* ---- finding --------------------------------------------------------------------------------- */

/* The newest version's. */
static int find_programs(own_server *server)
{
    glob_t found;
    long best = 0;
    if (glob(PROGRAMS "/*/bin/pg_ctl", 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            long version = strtol(found.gl_pathv[i] + strlen(PROGRAMS "/"), NULL, 10);
            best = version > best ? version : best;
        }
        globfree(&found);
    }
    if (best == 0)
        return fail("PostgreSQL is not installed: no " PROGRAMS "/*/bin/pg_ctl; install it with "
                    "\"apt-get install postgresql\"");
    snprintf(server->programs, sizeof server->programs, PROGRAMS "/%ld/bin", best);
    return EXIT_OK;
}

/* PostgreSQL refuses to run as root. */
static int find_user(own_server *server)
{
    server->user = geteuid();
    server->group = getegid();
    if (server->user != 0)
        return EXIT_OK;
    const struct passwd *user = getpwnam(SYSTEM_USER);
    if (user == NULL)
        return fail("PostgreSQL does not run as root, and there is no user " SYSTEM_USER
                    ": run this as another user");
    server->user = user->pw_uid;
    server->group = user->pw_gid;
    return EXIT_OK;
}

int server_find(own_server *server)
{
    char here[PATH_MAX];
    if (find_programs(server) != EXIT_OK || find_user(server) != EXIT_OK)
        return EXIT_FAILED;
    if (getcwd(here, sizeof here) == NULL)
        return fail("cannot tell the current folder: %s", strerrordesc_np(errno));
    int len = snprintf(server->folder, sizeof server->folder, "%s/" SERVER_FOLDER, here);
    if (len >= (int)sizeof server->folder)
        return fail("\"%s\" is too long a path for a socket: move the project", here);
    return EXIT_OK;
}

bool server_exists(const own_server *server)
{
    char path[sizeof server->folder + 16];
    snprintf(path, sizeof path, "%s/PG_VERSION", server->folder);
    return access(path, F_OK) == 0;
}

bool server_is_running(const own_server *server)
{
    const char *const status[] = {"status", "-D", server->folder, NULL};
    return server_exists(server) && server_run(server, NULL, "pg_ctl", status) == 0;
}

/* ---- running --------------------------------------------------------------------------------- */

static bool become(const own_server *server)
{
    if (geteuid() == server->user)
        return true;
    return setgroups(0, NULL) == 0 && setgid(server->group) == 0 && setuid(server->user) == 0;
}

/* In the child. The folder that we are in may be closed to the server's user. */
static void execute(const own_server *server, const char *log, const char *program,
                    const char *const *arguments)
{
    char path[sizeof server->programs + 32];
    const char *words[24] = {path}; /* by which PostgreSQL's programs find each other */
    snprintf(path, sizeof path, "%s/%s", server->programs, program);
    for (size_t i = 0; arguments[i] != NULL && i + 2 < sizeof words / sizeof words[0]; i++)
        words[i + 1] = arguments[i];
    int out = open(log ? log : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    int in = open("/dev/null", O_RDONLY);
    if (out < 0 || in < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
        !become(server) || chdir("/") != 0)
        _exit(EXEC_FAILED);
    execv(path, (char *const *)(uintptr_t)words);
    _exit(EXEC_FAILED);
}

int server_run(const own_server *server, const char *log, const char *program,
               const char *const *arguments)
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        execute(server, log, program, arguments);
    while (child > 0 && waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EXEC_FAILED;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EXEC_FAILED;
}

void server_print_url(const own_server *server)
{
    fputs("DATABASE_URL=postgres:///weft?user=weft&host=", stdout);
    for (const char *at = server->folder; *at != '\0'; at++)
        printf(isalnum((unsigned char)*at) || strchr("-._~", *at) ? "%c" : "%%%02X",
               (unsigned char)*at);
    putchar('\n');
}
