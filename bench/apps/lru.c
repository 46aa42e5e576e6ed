/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * bench/apps/lru: who was seen how often, in a cache of the last eight million, for bench/tail.
 * What makes collected languages stop is not the requests but the entries, which must be walked.
 */
#include <weft/prelude.h>

/* Entries name each other by place; 0 is none. */
typedef struct entry {
    int64_t user;
    uint32_t newer, older; /* in the order of use */
    uint32_t next;         /* of the same bucket */
    int32_t visits;
} entry;

typedef struct lru {
    mutex lock;
    entry *entries;
    uint32_t *buckets;
    uint64_t mask;
    uint32_t capacity, used;
} lru;

DERIVE(json)
typedef struct visitor {
    int64_t user;
    int32_t visits;
} visitor;

DERIVE(state)
typedef struct app_state {
    lru *cache;
} app_state;

static uint32_t *bucket_of(const lru *cache, int64_t user)
{
    uint64_t hash = (uint64_t)user * UINT64_C(0x9e3779b97f4a7c15);
    return &cache->buckets[hash >> 32 & cache->mask];
}

static uint32_t find(const lru *cache, int64_t user)
{
    uint32_t at = *bucket_of(cache, user);
    while (at != 0 && cache->entries[at].user != user)
        at = cache->entries[at].next;
    return at;
}

/* The list is a ring through place 0. */
static void unlink_entry(lru *cache, uint32_t at)
{
    entry *one = &cache->entries[at];
    cache->entries[one->newer].older = one->older;
    cache->entries[one->older].newer = one->newer;
}

static void make_newest(lru *cache, uint32_t at)
{
    entry *ring = &cache->entries[0];
    cache->entries[at].newer = 0;
    cache->entries[at].older = ring->older;
    cache->entries[ring->older].newer = at;
    ring->older = at;
}

/* A place for another entry: the next unused one, or the oldest, which is forgotten. */
static uint32_t make_place(lru *cache)
{
    if (cache->used < cache->capacity)
        return ++cache->used;
    uint32_t oldest = cache->entries[0].newer;
    uint32_t *link = bucket_of(cache, cache->entries[oldest].user);
    while (*link != oldest)
        link = &cache->entries[*link].next;
    *link = cache->entries[oldest].next;
    unlink_entry(cache, oldest);
    return oldest;
}

static int32_t visit(lru *cache, int64_t user)
{
    uint32_t at = find(cache, user);
    if (at != 0) {
        unlink_entry(cache, at);
    } else {
        at = make_place(cache);
        uint32_t *bucket = bucket_of(cache, user);
        cache->entries[at] = (entry){.user = user, .next = *bucket};
        *bucket = at;
    }
    make_newest(cache, at);
    return ++cache->entries[at].visits;
}

static http_status get_visits(const app_state *state, int64_t user, visitor *out)
{
    TRY(mutex_lock(&state->cache->lock, WEFT_NEVER) == WEFT_OK ? HTTP_OK
                                                               : HTTP_SERVICE_UNAVAILABLE);
    *out = (visitor){.user = user, .visits = visit(state->cache, user)};
    mutex_unlock(&state->cache->lock);
    return HTTP_OK;
}

/* Filled from the start: users 0 up to the capacity have been here once. */
static bool fill(lru *cache, uint32_t capacity)
{
    uint64_t buckets = 1;
    while (buckets < capacity)
        buckets *= 2;
    cache->capacity = capacity;
    cache->mask = buckets - 1;
    cache->entries = calloc((size_t)capacity + 1, sizeof *cache->entries);
    cache->buckets = calloc(buckets, sizeof *cache->buckets);
    if (cache->entries == NULL || cache->buckets == NULL)
        return false;
    for (uint32_t user = 0; user < capacity; user++)
        visit(cache, user);
    return true;
}

static const route routes[] = {GET("/visits/{user}", get_visits)};

int main(void)
{
    static lru cache;
    const char *entries = getenv("LRU_ENTRIES");
    if (!fill(&cache, entries ? (uint32_t)strtoul(entries, NULL, 10) : 8000000))
        return EXIT_FAILURE;
    app_state state = {.cache = &cache};
    router app = {.state = &state, .routes = ROUTES(routes)};
    return serve("127.0.0.1:0", &app);
}
