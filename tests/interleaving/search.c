/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * search.c: depth first, at random, or as told.
 */
#include "search.h"
#include "engine.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SEEN_MAX (UINT64_C(1) << 24) /* states remembered at most; then new ones are just entered */

struct decision {
    uint8_t option, options;
};

enum mode { DEPTH_FIRST, RANDOM, REPLAY };

/* Outside the memory that the engine restores. */
static struct search {
    enum mode mode;
    bool begun, bounded;
    unsigned bound, used; /* preemptions */
    unsigned depth, length;
    uint64_t random;
    unsigned patience; /* one preemption in so many chances */
    uint64_t *seen;    /* a table of hashes whose lowest byte is the preemptions left, plus one */
    uint64_t seen_size, seen_count;
    struct decision path[EXPLORE_STEPS];
    uint8_t told[EXPLORE_STEPS];
} * search;

void search_open(void)
{
    search = mmap(NULL, sizeof *search, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (search == MAP_FAILED)
        abort();
}

/* ---- states seen before ------------------------------------------------------------------------ */

static uint64_t *seen_place(uint64_t state)
{
    uint64_t mask = search->seen_size - 1, at = (state >> 8) & mask;
    while (search->seen[at] && (search->seen[at] ^ state) >> 8)
        at = (at + 1) & mask;
    return &search->seen[at];
}

static bool grow_seen(void)
{
    uint64_t *old = search->seen, old_size = search->seen_size;
    uint64_t size = old_size ? 2 * old_size : 1 << 16;
    uint64_t *table = size <= SEEN_MAX ? calloc(size, sizeof *table) : NULL;
    if (!table)
        return false;
    search->seen = table;
    search->seen_size = size;
    for (uint64_t i = 0; i < old_size; i++)
        if (old[i])
            *seen_place(old[i]) = old[i];
    free(old);
    return true;
}

/* Remembers it; true when nothing new can be found from here. */
static bool seen_before(uint64_t state)
{
    unsigned left = search->bound - search->used;
    if (2 * search->seen_count >= search->seen_size && !grow_seen() &&
        4 * search->seen_count >= 3 * search->seen_size)
        return false;
    uint64_t *place = seen_place(state);
    if (*place && (*place & 0xff) > left)
        return true;
    search->seen_count += *place == 0;
    *place = (state & ~(uint64_t)0xff) | (left + 1);
    return false;
}

/* ---- modes --------------------------------------------------------------------------------------- */

static void begin(enum mode mode)
{
    search->mode = mode;
    search->begun = search->bounded = false;
    search->length = 0;
}

void search_depth_first(unsigned bound)
{
    begin(DEPTH_FIRST);
    search->bound = bound;
    search->seen_count = 0;
    if (search->seen)
        memset(search->seen, 0, search->seen_size * sizeof *search->seen);
}

static uint64_t draw(void)
{
    uint64_t x = search->random += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

void search_random(uint64_t seed)
{
    begin(RANDOM);
    search->random = seed;
    search->patience = 2u << (draw() % 6);
}

bool search_replay(const char *schedule)
{
    begin(REPLAY);
    memset(search->told, 0, sizeof search->told);
    if (strcmp(schedule, "-") == 0)
        return true;
    for (const char *at = schedule;; at++) {
        char *end;
        unsigned long index = strtoul(at, &end, 10);
        if (end == at || *end != ':' || index >= EXPLORE_STEPS)
            return false;
        at = end + 1;
        unsigned long option = strtoul(at, &end, 10);
        if (end == at || option > UINT8_MAX)
            return false;
        search->told[index] = (uint8_t)option;
        at = end;
        if (*at != ',')
            return *at == '\0';
    }
}

bool search_next(void)
{
    bool first = !search->begun;
    search->begun = true;
    search->depth = search->used = 0;
    if (first)
        return true;
    if (search->mode != DEPTH_FIRST)
        return false;
    while (search->length > 0) {
        struct decision *last = &search->path[search->length - 1];
        if (++last->option < last->options)
            return true;
        search->length--;
    }
    return false;
}

bool search_was_bounded(void)
{
    return search->bounded;
}

/* ---- deciding ------------------------------------------------------------------------------------ */

static int extend(unsigned options, bool preempts, uint64_t state)
{
    if (seen_before(state))
        return SEARCH_PRUNE;
    bool spent = preempts && search->used == search->bound;
    search->bounded |= spent;
    search->path[search->length++] = (struct decision){.options = spent ? 1 : (uint8_t)options};
    return 0;
}

static unsigned draw_option(unsigned options, bool preempts)
{
    if (!preempts)
        return (unsigned)(draw() % options);
    return draw() % search->patience ? 0 : 1 + (unsigned)(draw() % (options - 1));
}

static int note(unsigned option)
{
    search->path[search->length++] = (struct decision){.option = (uint8_t)option};
    return (int)option;
}

int search_choose(unsigned options, bool preempts, uint64_t state)
{
    if (options == 1)
        return 0;
    unsigned index = search->depth++;
    if (search->mode == RANDOM)
        return note(draw_option(options, preempts));
    if (search->mode == REPLAY)
        return note(search->told[index] < options ? search->told[index] : 0);
    if (index == search->length)
        return extend(options, preempts, state);
    search->used += preempts && search->path[index].option > 0;
    return search->path[index].option;
}

void search_schedule(char *text, size_t size)
{
    size_t len = 0;
    for (unsigned i = 0; i < search->depth && len < size; i++)
        if (search->path[i].option)
            len += (size_t)snprintf(text + len, size - len, "%s%u:%u", len ? "," : "", i,
                                    search->path[i].option);
    if (len == 0)
        snprintf(text, size, "-");
}
