/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/list.c: see list.h.
 */
#include "list.h"

#include <weft/arena.h>
#include <weft/buffer.h>

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

const char *keep(const char *text, size_t len)
{
    char *copy = weft_arena_alloc(weft_arena_current(), len + 1, 1);
    WEFT_EXPECT(copy, "out of memory");
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

const char *compose(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int len = vasprintf(&text, format, arguments);
    va_end(arguments);
    WEFT_EXPECT(len < 0 ? NULL : text, "out of memory");
    const char *kept = keep(text, (size_t)len);
    free(text);
    return kept;
}

const char *join(const char *folder, const char *name)
{
    return name[0] == '/' ? keep(name, strlen(name)) : compose("%s/%s", folder, name);
}

void *grow(void *at, size_t len, size_t size)
{
    if ((len & (len - 1)) != 0)
        return at;
    void *larger = weft_arena_alloc(weft_arena_current(), (len ? 2 * len : 1) * size,
                                    _Alignof(max_align_t));
    WEFT_EXPECT(larger, "out of memory");
    if (len != 0)
        memcpy(larger, at, len * size);
    return larger;
}

void add_text(const char ***at, size_t *len, const char *text)
{
    *at = grow(*at, *len, sizeof **at);
    (*at)[(*len)++] = text;
}

int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

pid_t start_process(const char *const *arguments, const char *folder, int output, FILE **from)
{
    int ends[2];
    pid_t process = 0;
    posix_spawn_file_actions_t actions;
    *from = NULL;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], output);
    if (folder != NULL)
        posix_spawn_file_actions_addchdir_np(&actions, folder);
    int failed = posix_spawnp(&process, arguments[0], &actions, NULL,
                              (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *from = failed == 0 ? fdopen(ends[0], "r") : NULL;
    if (*from != NULL)
        return process;
    close(ends[0]);
    errno = failed;
    return 0;
}
