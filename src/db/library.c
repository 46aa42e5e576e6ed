/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/library.c: see library.h.
 */
#include "db/library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What C cannot convert: a pointer to an object, as dlsym gives it, into one to a function. */
static bool find(const weft__library *library, void *handle)
{
    char *into = library->functions;
    for (const char *name = library->names; *name != '\0'; name += strlen(name) + 1) {
        void *symbol = dlsym(handle, name);
        if (symbol == NULL)
            return false;
        memcpy(into, &symbol, sizeof symbol);
        into += sizeof symbol;
    }
    if (library->optional != NULL) {
        void *symbol = dlsym(handle, library->optional);
        memcpy(into, &symbol, sizeof symbol);
    }
    return true;
}

static bool load(weft__library *library, char *why, size_t why_size)
{
    void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);
    if (handle != NULL && find(library, handle)) {
        library->handle = handle;
        return true;
    }
    const char *cause = dlerror();
    snprintf(why, why_size, "%s: %s", library->missing, cause ? cause : library->file);
    if (handle != NULL)
        dlclose(handle);
    return false;
}

bool weft__library_load(weft__library *library, char *why, size_t why_size)
{
    pthread_mutex_lock(&lock);
    bool loaded = library->handle != NULL || load(library, why, why_size);
    pthread_mutex_unlock(&lock);
    return loaded;
}
