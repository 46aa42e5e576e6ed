/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/db_down.c: "weft db down": stops the project's own PostgreSQL server; its files stay.
 */
#include "server.h"

int run_db_down(const tool_arguments *given)
{
    (void)given;
    own_server own;
    if (server_find(&own) != EXIT_OK)
        return EXIT_FAILED;
    if (!server_is_running(&own)) {
        puts("no server runs in " SERVER_FOLDER);
        return EXIT_OK;
    }
    const char *const words[] = {"stop", "-m", "fast", "-w", "-D", own.folder, NULL};
    if (server_run(&own, NULL, "pg_ctl", words) != 0)
        return fail("PostgreSQL does not stop; its log is " SERVER_FOLDER "/log");
    puts("stopped the server in " SERVER_FOLDER);
    return EXIT_OK;
}
