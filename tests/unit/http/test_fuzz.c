/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_fuzz.c: no crash, and the same outcome however the bytes are cut, for h2o's
 * seeds (in $WEFT_SUITES) and for mutations of them and of a few requests of our own. The sequence
 * is the same in every run; a slow machine does less of it.
 */
#include "session.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { MUTATIONS = 200000, SEED_MAX = 16384, SEEDS_MAX = 4096, BYTEWISE_MAX = 1024 };

#define BUDGET (4 * WEFT_SECOND) /* for each of the two runs */

static weft_arena memory;
static weft_str seeds[SEEDS_MAX];
static size_t seed_count;

static const char *const own_seeds[] = {
    "GET /users/1?a=b HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nAccept: */*\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
    "5;a=\"b\"\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 1\r\n\r\n"
    "GET http://b:80/c HTTP/1.0\r\nConnection: close\r\n\r\n",
};
enum { OWN_SEEDS = sizeof own_seeds / sizeof own_seeds[0] };

/* What a mutation may insert: the words on which the parser turns. */
static const char *const words[] = {
    "\r\n",
    "\r",
    "\n",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ",",
    ";",
    "=",
    "\"",
    "%",
    "#",
    "?",
    "/",
    "0",
    "f",
    "\xff",
    "\x7f",
    "\x01",
    "HTTP/1.1",
    "HTTP/1.0",
    "HTTP/2.0",
    "GET ",
    "OPTIONS * ",
    "http://",
    "@",
    "[::1]",
    "Content-Length: 1\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Host: b\r\n",
    "Connection: close\r\n",
    "Expect: x\r\n",
    "chunked",
    "0\r\n\r\n",
    "ffffffffffffffff",
    "00000000000000000",
};

/* ---- chance, the same each time ------------------------------------------------------------- */

static uint64_t chance = 88172645463325252u;

static size_t below(size_t bound)
{
    chance ^= chance << 13;
    chance ^= chance >> 7;
    chance ^= chance << 17;
    return (size_t)(chance % bound);
}

/* ---- seeds ---------------------------------------------------------------------------------- */

static void add_seed(const char *at, size_t len)
{
    assert_in_range(seed_count, 0, SEEDS_MAX - 1);
    assert_true(weft_arena_copy(&memory, (weft_str){at, len}, &seeds[seed_count++]));
}

/* Takes out the marks, where h2o's driver cuts; we cut everywhere. */
static size_t without_marks(char *at, size_t len)
{
    static const char mark[] = "\n--MARK--\n";
    const size_t size = sizeof mark - 1;
    for (char *found; (found = memmem(at, len, mark, size)) != NULL; len -= size)
        memmove(found, found + size, len - size - (size_t)(found - at));
    return len;
}

static void read_seed(const char *folder, const char *name)
{
    static char bytes[SEED_MAX];
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    size_t len = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    add_seed(bytes, without_marks(bytes, len));
}

static size_t read_corpus(const char *suites)
{
    char folder[2048];
    struct dirent **entries;
    snprintf(folder, sizeof folder, "%s/fuzz-seeds/http1-corpus", suites);
    int count = scandir(folder, &entries, NULL, alphasort);
    size_t files = 0;
    for (int i = 0; i < count; i++) {
        if (entries[i]->d_name[0] != '.') {
            read_seed(folder, entries[i]->d_name);
            files++;
        }
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return files;
}

static int set_up(void **state)
{
    (void)state;
    weft_arena_init(&memory, 0);
    for (size_t i = 0; i < OWN_SEEDS; i++)
        add_seed(own_seeds[i], strlen(own_seeds[i]));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    weft_arena_reset(&memory);
    return 0;
}

/* ---- the oracle ----------------------------------------------------------------------------- */

static void check(const char *bytes, size_t len)
{
    session whole;
    session_init(&whole);
    session_feed(&whole, bytes, len);
    bool same = len > BYTEWISE_MAX || session_cut_same(&whole, bytes, len, 0, 1);
    for (int i = 0; same && len > 1 && i < 3; i++)
        same = session_cut_same(&whole, bytes, len, 1 + below(len - 1), 1 + below(len));
    session_finish(&whole);
    if (!same) {
        for (size_t i = 0; i < len; i++)
            fprintf(stderr, "%02x", (unsigned char)bytes[i]);
        fail_msg("the outcome depends on how these bytes are cut");
    }
}

static void run_seeds(void **state)
{
    (void)state;
    const char *suites = getenv("WEFT_SUITES");
    if (suites == NULL) {
        print_message("# skipped: WEFT_SUITES does not name the folder of fuzz-seeds\n");
        return;
    }
    size_t files = read_corpus(suites), i = 0;
    assert_true(files > 0);
    int64_t end = weft_clock_now() + BUDGET;
    for (; i < seed_count && weft_clock_now() < end; i++)
        check(seeds[i].at, seeds[i].len);
    print_message("# %zu of %zu seeds\n", i, seed_count);
}

/* ---- mutations ------------------------------------------------------------------------------ */

static size_t insert(char *bytes, size_t len, size_t at, const char *what, size_t size)
{
    if (len + size > SEED_MAX)
        return len;
    memmove(bytes + at + size, bytes + at, len - at);
    memcpy(bytes + at, what, size);
    return len + size;
}

static size_t mutate(char *bytes, size_t len)
{
    size_t at = below(len + 1);
    const char *word = words[below(sizeof words / sizeof words[0])];
    switch (below(5)) {
    case 0: return insert(bytes, len, at, word, strlen(word));
    case 1: return insert(bytes, len, at, "\0", 1);
    case 2: /* flip one bit */
        if (at < len)
            bytes[at] = (char)(bytes[at] ^ (1 << below(8)));
        return len;
    case 3: { /* take some out */
        size_t gone = at < len ? 1 + below(len - at < 8 ? len - at : 8) : 0;
        memmove(bytes + at, bytes + at + gone, len - at - gone);
        return len - gone;
    }
    default: { /* say some again */
        char again[64];
        size_t size = len - at < sizeof again ? len - at : sizeof again;
        memcpy(again, bytes + at, size);
        return insert(bytes, len, at, again, size);
    }
    }
}

static void run_mutations(void **state)
{
    (void)state;
    static char bytes[SEED_MAX];
    int64_t end = weft_clock_now() + BUDGET;
    size_t done = 0;
    for (; done < MUTATIONS && weft_clock_now() < end; done++) {
        weft_str seed = seeds[below(2) ? below(OWN_SEEDS) : below(seed_count)];
        size_t len = seed.len;
        memcpy(bytes, seed.at, len);
        for (size_t n = 1 + below(4); n > 0; n--)
            len = mutate(bytes, len);
        check(bytes, len);
    }
    print_message("# %zu of %d mutations\n", done, MUTATIONS);
    assert_true(done > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_seeds),
        cmocka_unit_test(run_mutations),
    };
    return cmocka_run_group_tests_name("http fuzz", tests, set_up, tear_down);
}
