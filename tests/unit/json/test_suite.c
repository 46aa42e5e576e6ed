/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * JSONTestSuite, from $WEFT_SUITES/json: y_ accepted, n_ refused, i_ as listed here. Each document
 * is checked and decoded from a block of exactly its size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sample.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

/* What RFC 8259 leaves open and Weft accepts: numbers that no double holds are still numbers. The
 * other 24: not UTF-8, half a surrogate pair, a byte order mark, deeper than WEFT_JSON_DEPTH. */
static const char *const accepted[] = {
    "i_number_double_huge_neg_exp.json", "i_number_huge_exp.json",
    "i_number_neg_int_huge_exp.json",    "i_number_pos_double_huge_exp.json",
    "i_number_real_neg_overflow.json",   "i_number_real_pos_overflow.json",
    "i_number_real_underflow.json",      "i_number_too_big_neg_int.json",
    "i_number_too_big_pos_int.json",     "i_number_very_big_negative_int.json"};

static bool is_accepted(const char *name)
{
    if (name[0] != 'i')
        return name[0] == 'y';
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        if (strcmp(accepted[i], name) == 0)
            return true;
    }
    return false;
}

static weft_str load(const char *folder, const char *name)
{
    static char block[300000];
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(block, 1, sizeof block, file);
    (void)fclose(file);
    char *exact = malloc(len + (len == 0));
    assert_non_null(exact);
    memcpy(exact, block, len);
    return (weft_str){exact, len};
}

/* A decoder of any shape and the checker agree on what is JSON. */
static bool is_json(weft_str text)
{
    static weft_json_decode_fn *const decoders[] = {sample__decode_json, items__decode_json,
                                                    item__decode_json};
    weft_json_fault fault;
    bool good = weft_json_check(text, &fault) == WEFT_JSON_OK;
    for (size_t i = 0; i < sizeof decoders / sizeof *decoders; i++) {
        weft_arena arena;
        weft_arena_init(&arena, 0);
        weft_violations violations = {.arena = &arena};
        union {
            sample sample;
            weft_array_item items;
            item item;
        } out;
        weft_json_verdict verdict = weft_json_decode(text, &arena, decoders[i], &out, &violations,
                                                     &fault);
        assert_int_equal(verdict != WEFT_JSON_SYNTAX, good);
        weft_arena_reset(&arena);
    }
    return good;
}

static void all_documents(void **unused)
{
    (void)unused;
    const char *suites = getenv("WEFT_SUITES");
    if (suites == NULL) {
        print_message("# skipped: WEFT_SUITES is not set\n");
        return;
    }
    char folder[512];
    (void)snprintf(folder, sizeof folder, "%s/json/test_parsing", suites);
    DIR *all = opendir(folder);
    assert_non_null(all);
    unsigned yes = 0, no = 0, open = 0, wrong = 0;
    for (struct dirent *entry; (entry = readdir(all)) != NULL;) {
        if (strstr(entry->d_name, ".json") == NULL)
            continue;
        weft_str text = load(folder, entry->d_name);
        if (is_json(text) != is_accepted(entry->d_name)) {
            print_error("%s is judged wrong\n", entry->d_name);
            wrong++;
        }
        free((void *)(uintptr_t)text.at);
        yes += entry->d_name[0] == 'y';
        no += entry->d_name[0] == 'n';
        open += entry->d_name[0] == 'i';
    }
    (void)closedir(all);
    assert_int_equal(wrong, 0);
    assert_int_equal(yes, 95);
    assert_int_equal(no, 188);
    assert_int_equal(open, 35);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_documents)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
