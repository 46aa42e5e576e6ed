/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Clusters of a test's own, by tests/support/cluster, whose path is in WEFT_CLUSTER.
 */
#ifndef WEFT_TESTS_DB_POSTGRES_CLUSTER_H
#define WEFT_TESTS_DB_POSTGRES_CLUSTER_H

#include "server.h"

#include <sys/wait.h>

enum { NOT_INSTALLED = 77 };

/* Runs the script with a line of arguments; its exit status. May take seconds. */
static inline int cluster(const char *arguments)
{
    char command[2048];
    const char *script = getenv("WEFT_CLUSTER");
    assert_non_null(script);
    snprintf(command, sizeof command, "%s %s", script, arguments);
    int status = system(command);
    assert_true(WIFEXITED(status));
    int code = WEXITSTATUS(status);
    if (code != 0 && code != NOT_INSTALLED)
        fail_msg("%s: status %d", command, code);
    return code;
}

static void run_cluster_(void *arguments)
{
    cluster(arguments);
}

/* The same in a fiber, while others run. */
static inline void cluster_meanwhile(const char *arguments)
{
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", arguments);
    assert_int_equal(weft_blocking_run(run_cluster_, copy), WEFT_OK);
}

/* A folder for clusters; the name of one in it and further arguments: cluster(at("create", "a", ..)). */
static char clusters_folder[64];

static inline int make_clusters_folder(void **state)
{
    (void)state;
    snprintf(clusters_folder, sizeof clusters_folder, "/tmp/weft_clusters_XXXXXX");
    assert_non_null(mkdtemp(clusters_folder));
    char command[128];
    snprintf(command, sizeof command, "chmod 755 %s", clusters_folder);
    assert_int_equal(system(command), 0);
    return 0;
}

static inline int remove_clusters_folder(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", clusters_folder);
    return system(command);
}

static inline const char *at(const char *verb, const char *name, const char *rest)
{
    static char arguments[1024];
    snprintf(arguments, sizeof arguments, "%s %s/%s %s", verb, clusters_folder, name, rest);
    return arguments;
}

#endif
