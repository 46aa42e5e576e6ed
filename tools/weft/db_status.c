/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/db_status.c: "weft db status": whether the project's own PostgreSQL server runs, and its
 * URL. Ends with 1 when it does not.
 */
#include "server.h"

int run_db_status(const tool_arguments *given)
{
    (void)given;
    own_server own;
    if (server_find(&own) != EXIT_OK)
        return EXIT_FAILED;
    if (!server_is_running(&own))
        return fail("no server runs in " SERVER_FOLDER "; \"weft db up\" starts one");
    server_print_url(&own);
    return EXIT_OK;
}
