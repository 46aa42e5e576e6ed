/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_cpus.c: the number of CPUs from affinity and control groups, in made-up file systems.
 */
#include "fibers.h"
#include <errno.h>
#include <runtime/runtime.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];
static unsigned affinity;

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/weft-cpus-XXXXXX");
    cpu_set_t set;
    if (!mkdtemp(root) || sched_getaffinity(0, sizeof set, &set) < 0)
        return -1;
    affinity = (unsigned)CPU_COUNT(&set);
    return 0;
}

static int remove_root(void **state)
{
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    return system(command);
}

/* Writes root/path, making the folders on the way. */
static void put(const char *path, const char *text)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *slash = full + strlen(root); (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        assert_true(mkdir(full, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void without_groups_affinity_counts(void **state)
{
    (void)state;
    assert_int_equal(weft__cpu_count(root), affinity);
    put("proc/self/cgroup", "0::/app\n");
    assert_int_equal(weft__cpu_count(root), affinity);
    put("proc/self/cgroup", "rubbish\n\n:\n::\n1:cpu\n");
    assert_int_equal(weft__cpu_count(root), affinity);
}

static void version_2_limits_are_rounded_up(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/app\n");
    static const struct {
        const char *text;
        unsigned cpus; /* 0: no limit */
    } cases[] = {
        {"max 100000\n", 0},
        {"100000 100000\n", 1},
        {"50000 100000\n", 1},
        {"1 100000\n", 1},
        {"200000 50000\n", 0},
        {"0 100000\n", 0},
        {"-1 100000\n", 0},
        {"100000 0\n", 0},
        {"100000\n", 0},
        {"\n", 0},
        {"", 0},
        {"9223372036854775807 1\n", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("sys/fs/cgroup/app/cpu.max", cases[i].text);
        unsigned limit = cases[i].cpus;
        assert_int_equal(weft__cpu_count(root), limit && limit < affinity ? limit : affinity);
    }
}

static void the_strictest_group_above_counts(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/slice/app\n");
    put("sys/fs/cgroup/slice/app/cpu.max", "max 100000\n");
    put("sys/fs/cgroup/slice/cpu.max", "90000 100000\n");
    assert_int_equal(weft__cpu_count(root), 1);
}

static void a_container_sees_its_group_at_the_top(void **state)
{
    (void)state;
    put("proc/self/cgroup", "0::/../../docker/0123456789\n");
    put("sys/fs/cgroup/cpu.max", "100000 100000\n");
    assert_int_equal(weft__cpu_count(root), 1);
}

static void version_1_quota_counts(void **state)
{
    (void)state;
    put("proc/self/cgroup", "12:cpuset:/\n4:cpuacct,cpu:/docker/0123\n0::/other\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
    put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    assert_int_equal(weft__cpu_count(root), affinity);
    put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "100000\n");
    assert_int_equal(weft__cpu_count(root), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_groups_affinity_counts, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_2_limits_are_rounded_up, make_root, remove_root),
        cmocka_unit_test_setup_teardown(the_strictest_group_above_counts, make_root, remove_root),
        cmocka_unit_test_setup_teardown(a_container_sees_its_group_at_the_top, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(version_1_quota_counts, make_root, remove_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
