/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/cpus.c: how many CPUs this process may really use. More workers than that would stop each
 * other for whole time slices.
 */
#include "runtime/runtime.h"
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned by_affinity(void)
{
    for (size_t cpus = 1024; cpus <= 65536; cpus *= 2) { /* the kernel's own set may be larger */
        cpu_set_t *set = CPU_ALLOC(cpus);
        if (!set)
            break;
        size_t size = CPU_ALLOC_SIZE(cpus);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0)
            return (unsigned)count;
    }
    return 1;
}

/* The first line of directory/name, without its end. */
static bool read_line(const char *directory, const char *name, char *line, int size)
{
    char path[2 * PATH_MAX];
    int len = snprintf(path, sizeof path, "%s/%s", directory, name);
    if (len < 0 || (size_t)len >= sizeof path)
        return false;
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool read = fgets(line, size, file) != NULL;
    fclose(file);
    return read;
}

static unsigned cpus_of(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return UINT_MAX;
    long long cpus = (quota - 1) / period + 1;
    return cpus < UINT_MAX ? (unsigned)cpus : UINT_MAX;
}

/* "cpu.max" holds "<quota> <period>" or "max <period>". */
static unsigned limit_v2(const char *directory)
{
    char line[64], *rest;
    if (!read_line(directory, "cpu.max", line, sizeof line))
        return UINT_MAX;
    long long quota = strtoll(line, &rest, 10); /* "max" is 0: no limit */
    return cpus_of(quota, strtoll(rest, NULL, 10));
}

static unsigned limit_v1(const char *directory)
{
    char quota[32], period[32];
    if (!read_line(directory, "cpu.cfs_quota_us", quota, sizeof quota) ||
        !read_line(directory, "cpu.cfs_period_us", period, sizeof period))
        return UINT_MAX;
    return cpus_of(strtoll(quota, NULL, 10), strtoll(period, NULL, 10));
}

/* The strictest limit of the group and of those that it lies in. A container often sees only its
 * own group, mounted at the top, under a path that does not exist for it: going up finds that. */
static unsigned strictest(const char *mount, const char *group, unsigned (*limit)(const char *))
{
    char path[PATH_MAX];
    size_t top = strlen(mount);
    int len = snprintf(path, sizeof path, "%s%s", mount, group);
    if (len < 0 || (size_t)len >= sizeof path)
        return UINT_MAX;
    unsigned least = UINT_MAX;
    for (;;) {
        unsigned cpus = limit(path);
        if (cpus < least)
            least = cpus;
        char *slash = strrchr(path, '/');
        if (!slash || (size_t)(slash - path) < top)
            return least;
        *slash = '\0';
    }
}

static bool names_cpu(const char *controllers)
{
    size_t len = strlen(controllers);
    for (const char *at = controllers; at <= controllers + len;) {
        size_t word = strcspn(at, ",");
        if (word == 3 && memcmp(at, "cpu", 3) == 0)
            return true;
        at += word + 1;
    }
    return false;
}

/* One line of /proc/self/cgroup: "<number>:<controllers>:<path>"; no controllers: version 2. */
static unsigned by_group(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group)
        return UINT_MAX;
    *controllers++ = *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    char mount[PATH_MAX];
    bool v2 = *controllers == '\0';
    if (!v2 && !names_cpu(controllers))
        return UINT_MAX;
    int len = snprintf(mount, sizeof mount, "%s/sys/fs/cgroup%s", root, v2 ? "" : "/cpu");
    if (len < 0 || (size_t)len >= sizeof mount)
        return UINT_MAX;
    return strictest(mount, group, v2 ? limit_v2 : limit_v1);
}

unsigned weft__cpu_count(const char *root)
{
    unsigned cpus = by_affinity();
    char line[PATH_MAX];
    int len = snprintf(line, sizeof line, "%s/proc/self/cgroup", root);
    FILE *file = len > 0 && (size_t)len < sizeof line ? fopen(line, "re") : NULL;
    if (!file)
        return cpus;
    while (fgets(line, sizeof line, file)) {
        unsigned limit = by_group(root, line);
        if (limit < cpus)
            cpus = limit;
    }
    fclose(file);
    return cpus;
}
