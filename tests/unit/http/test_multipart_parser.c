/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms of parts: what is read, what is refused and with which words, however the bytes are cut;
 * and the cases of python-multipart, in $WEFT_SUITES.
 */
#include "parts.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "http/message.h"

#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
#define FILE_OF(name, file) \
    "Content-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\n"

/* The record of a form whose boundary is "b"; fails when a cut changes it. */
static void run(parts *p, const char *body, size_t len)
{
    weft_str whole = {body, len}, boundary = WEFT_STR("b");
    assert_true(parts_run(p, boundary, whole, 0, len + 1));
    assert_true(parts_all_cuts_same(p, boundary, whole));
}

static void accepted(const char *body, const char *record)
{
    parts p;
    run(&p, body, strlen(body));
    if (p.bad)
        fail_msg("refused: %s:\n%s", p.reason, body);
    weft_buffer_append(&p.record, "", 1);
    assert_string_equal(p.record.at != NULL ? p.record.at : "", record);
    parts_end(&p);
}

static void refused(const char *body, const char *reason)
{
    parts p;
    run(&p, body, strlen(body));
    if (!p.bad)
        fail_msg("not refused, but should be: %s:\n%s", reason, body);
    assert_string_equal(p.reason, reason);
    parts_end(&p);
}

static void fields_and_files(void **state)
{
    (void)state;
    accepted(
        "--b\r\n" FIELD("a") "\r\none\r\n"
                             "--b\r\n" FILE_OF(
                                 "f", "x.txt") "Content-Type: text/plain\r\n\r\ntwo\r\nlines\r\n"
                                               "--b\r\n" FIELD("a") "\r\nagain\r\n--b--\r\n",
        "a\none\n"
        "f\nx.txt\ntext/plain\ntwo\r\nlines\n"
        "a\nagain\n");
}

static void nothing_in_it(void **state)
{
    (void)state;
    accepted("--b--\r\n", "");
    accepted("--b--", "");
    accepted("\r\n\r\n--b--", "");
    accepted("--b\r\n" FIELD("a") "\r\n\r\n--b--", "a\n\n");
}

/* RFC 2046: a body part without a body ends with its head; the CR LF is the delimiter's. */
static void a_part_without_even_an_empty_content(void **state)
{
    (void)state;
    accepted("--b\r\n" FIELD("a") "\r\n--b\r\n" FIELD("c") "\r\n--b--", "a\n\nc\n\n");
    accepted("--b\r\n" FIELD("a") "\r\n--c\r\n--b--", "a\n--c\n");
    accepted("--b\r\n" FIELD("a") "\r\n-\r\n--b--", "a\n-\n");
}

static void what_is_around_it(void **state)
{
    (void)state;
    accepted("\r\n--b\r\n" FIELD("a") "\r\n1\r\n--b--\r\nnobody\r\n--b\r\nreads this", "a\n1\n");
    accepted("--b\r\n" FIELD("a") "\r\n1\r\n--b--\r", "a\n1\n");
    refused("hello\r\n--b--", "it does not begin with the delimiter that the boundary makes");
    refused("--c\r\n--b--", "it does not begin with the delimiter that the boundary makes");
    refused("--bb\r\n", "it does not begin with the delimiter that the boundary makes");
    refused("--b-\r\n", "it does not begin with the delimiter that the boundary makes");
    refused("\r--b--", "a CR stands alone");
    refused("\n--b--", "it does not begin with the delimiter that the boundary makes");
    refused("--b--x", "the last delimiter has something behind it");
    refused("--b--\rx", "the last delimiter has something behind it");
    refused("--b--\n", "the last delimiter has something behind it");
}

/* Content that begins like a delimiter, and does not end like one. */
static void near_misses(void **state)
{
    (void)state;
    static const char *const contents[] = {
        "\r",        "\n",        "\r\n",          "\r\n-",     "\r\n--",     "\r\n--a",
        "\r\n--bb",  "\r\n--b-",  "\r\n--b-x",     "\r\n--b\r", "\r\n--b\rx", "\r\r\n\r\n-\r\n--",
        "\n--b\r\n", "\r--b\r\n", "\r\n--b\r\r\n", "--b",       "x--b\r\n",   "\r\n\r\n--B\r\n",
    };
    for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
        char body[256], record[64];
        snprintf(body, sizeof body, "--b\r\n%s\r\n.%s\r\n--b--", FIELD("a"), contents[i]);
        snprintf(record, sizeof record, "a\n.%s\n", contents[i]);
        accepted(body, record);
    }
}

/* Spaces behind a delimiter are for mail; some would see one there, some would not. */
static void padding(void **state)
{
    (void)state;
    refused("--b \r\n", "a delimiter has spaces behind it");
    refused("--b\r\n" FIELD("a") "\r\n1\r\n--b \r\n" FIELD("c") "\r\n2\r\n--b--",
            "a delimiter has spaces behind it");
    refused("--b\r\n" FIELD("a") "\r\n1\r\n--b\t--", "a delimiter has spaces behind it");
}

static void cut_short(void **state)
{
    (void)state;
    const char *whole = "--b\r\n" FIELD("a") "\r\n1\r\n--b--";
    for (size_t len = 0; len < strlen(whole); len++) {
        parts p;
        run(&p, whole, len);
        assert_true(p.bad);
        assert_string_equal(p.reason, "it is not complete");
        parts_end(&p);
    }
}

static void bytes_of_any_kind(void **state)
{
    (void)state;
    parts p;
    weft_buffer body;
    weft_arena arena;
    weft_arena_init(&arena, 0);
    weft_buffer_init(&body, &arena);
    weft_buffer_printf(&body, "--b\r\n%s\r\n", FILE_OF("f", "x"));
    size_t from = body.len;
    for (int i = 0; i < 256; i++)
        weft_buffer_append(&body, &(char){(char)i}, 1);
    weft_buffer_printf(&body, "\r\n--b--");
    run(&p, body.at, body.len);
    assert_false(p.bad);
    assert_memory_equal(p.record.at + p.content, body.at + from, 256);
    weft_arena_reset(&arena);
    parts_end(&p);
}

/* ---- heads ----------------------------------------------------------------------------------- */

static const char *read_head(const char *fields, weft__part_head *out, char *room)
{
    size_t len = strlen(fields);
    memcpy(room, fields, len);
    memcpy(room + len, "\r\n", 2);
    return weft__part_head_read(room, len + 2, out);
}

static void heads(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *name, *filename, *type;
    } cases[] = {
        {"Content-Disposition: form-data; name=\"a\"\r\n", "a", NULL, ""},
        {"content-disposition:FORM-DATA;NAME=a\r\ncontent-TYPE: text/plain \r\n", "a", NULL,
         "text/plain"},
        {"Content-Disposition: form-data ; x=y;; name=\"a\" ;\r\n", "a", NULL, ""},
        {"X-Other: anything\r\nContent-Disposition: form-data; name=\"\"\r\n", "", NULL, ""},
        {FILE_OF("a", ""), "a", "", ""},
        {"Content-Disposition: form-data; filename=x.txt; name=a\r\n", "a", "x.txt", ""},
        {"Content-Disposition: form-data; name=\"a;b=\\\"c\\\\\"\r\n", "a;b=\"c\\", NULL, ""},
        {FIELD("a") "X: with a\ttab\r\n", "a", NULL, ""},
        {FIELD("\xc3\xa9\xe2\x82\xac"), "\xc3\xa9\xe2\x82\xac", NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char room[512];
        weft__part_head head;
        const char *reason = read_head(cases[i].fields, &head, room);
        if (reason != NULL)
            fail_msg("%s: %s", cases[i].fields, reason);
        assert_true(weft_str_equal(head.name, weft_str_from(cases[i].name)));
        assert_int_equal(head.filename.at != NULL, cases[i].filename != NULL);
        assert_true(weft_str_equal(head.filename, weft_str_from(cases[i].filename)));
        assert_true(weft_str_equal(head.content_type, weft_str_from(cases[i].type)));
    }
}

static void heads_that_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *fields, *reason;
    } cases[] = {
        {"", "a part has no Content-Disposition"},
        {"Content-Type: text/plain\r\n", "a part has no Content-Disposition"},
        {FIELD("a") FIELD("a"), "a part has two Content-Dispositions"},
        {FIELD("a") "Content-Type: a/b\r\ncontent-type: a/b\r\n", "a part has two Content-Types"},
        {"Content-Disposition: attachment; name=a\r\n",
         "the Content-Disposition of a part is not form-data"},
        {"Content-Disposition: form-data\r\n", "a part has no name"},
        {"Content-Disposition: form-data; filename=a\r\n", "a part has no name"},
        {"Content-Disposition: form-data; name=a; name=b\r\n", "a part has two names"},
        {"Content-Disposition: form-data; name=a; filename=b; FILENAME=c\r\n",
         "a part has two filenames"},
        {"Content-Disposition: form-data; name=a; filename*=utf-8''b\r\n",
         "a part has filename*, which has no place in a form (RFC 7578 section 4.2)"},
        {"Content-Disposition: form-data; name=\"a\r\n",
         "the Content-Disposition of a part is malformed"},
        {"Content-Disposition: form-data; name=\r\n",
         "the Content-Disposition of a part is malformed"},
        {"Content-Disposition: form-data; name=a b\r\n",
         "the Content-Disposition of a part is malformed"},
        {"Content-Disposition: form-data name=a\r\n",
         "the Content-Disposition of a part is not form-data"},
        {"Content-Disposition: form-data; name\r\n",
         "the Content-Disposition of a part is malformed"},
        {"Content-Disposition: form-data; name=\"\xff\"\r\n",
         "the name of a part is not valid UTF-8"},
        {"Content-Disposition form-data; name=a\r\n", "a line of a part's head is no field"},
        {"Content-Disposition\r\n", "a line of a part's head is no field"},
        {"Content-Disposition : form-data; name=a\r\n", "a line of a part's head is no field"},
        {": form-data; name=a\r\n", "a line of a part's head is no field"},
        {FIELD("a") " folded: 1\r\n", "a line of a part's head is no field"},
        {FIELD("a") "X: a\rb\r\n", "a field of a part has a control character"},
        {FIELD("a") "X: a\x7f\r\n", "a field of a part has a control character"},
        {FIELD("a\x01"), "a field of a part has a control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char room[512];
        weft__part_head head;
        const char *reason = read_head(cases[i].fields, &head, room);
        if (reason == NULL)
            fail_msg("not refused, but %s: %s", cases[i].reason, cases[i].fields);
        assert_string_equal(reason, cases[i].reason);
    }
}

static void lines_of_heads(void **state)
{
    (void)state;
    refused("--b\r\nContent-Disposition: form-data; name=a\n\r\n1\r\n--b--",
            "a line of a part's head does not end in CR LF");
    refused("--b\r\n\n1\r\n--b--", "a line of a part's head does not end in CR LF");
    refused("--b\r\n\r\n1\r\n--b--", "a part has no Content-Disposition");
}

#define FORM "--b\r\n" FIELD("a") "X: %.*s\r\n\r\n1\r\n--b--"

static void heads_have_a_limit(void **state)
{
    (void)state;
    char body[2 * PARTS_HEAD];
    static const char filling[PARTS_HEAD] = {[0 ... PARTS_HEAD - 1] = 'x'};
    int room = PARTS_HEAD - (int)strlen(FIELD("a") "X: \r\n\r\n");
    snprintf(body, sizeof body, FORM, room, filling);
    accepted(body, "a\n1\n");
    snprintf(body, sizeof body, FORM, room + 1, filling);
    refused(body, "the head is too large");
}

static void names_of_files(void **state)
{
    (void)state;
    static const struct {
        const char *sent, *name;
    } cases[] = {
        {"../../etc/passwd", "passwd"},
        {"C:\\Users\\me\\photo.jpg", "photo.jpg"},
        {"\\\\server\\share\\x", "x"}, /* the first two are an escape: \server\share\x */
        {"/", "unnamed"},
        {"a/", "unnamed"},
        {"..", "unnamed"},
        {".", "unnamed"},
        {"a/..", "unnamed"},
        {"...", "..."},
        {".hidden", ".hidden"},
        {"with space.txt", "with space.txt"},
        {"\xf0\x9f\x93\x84.txt", "\xf0\x9f\x93\x84.txt"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char room[512], fields[256];
        weft__part_head head;
        snprintf(fields, sizeof fields,
                 "Content-Disposition: form-data; name=a; filename=\"%s\"\r\n", cases[i].sent);
        assert_null(read_head(fields, &head, room));
        if (!weft_str_equal(head.filename, weft_str_from(cases[i].name)))
            fail_msg("%s: %.*s", cases[i].sent, WEFT_STR_ARGS(head.filename));
    }
}

/* The end, where the extension is; no character is cut in two. */
static void long_names_of_files(void **state)
{
    (void)state;
    char room[1024], fields[1024] = "Content-Disposition: form-data; name=a; filename=\"";
    size_t len = strlen(fields);
    for (int i = 0; i < 100; i++, len += 3)
        memcpy(fields + len, "\xe2\x82\xac", 3);
    strcpy(fields + len, ".jpeg\"\r\n");
    weft__part_head head;
    assert_null(read_head(fields, &head, room));
    assert_int_equal(head.filename.len, 83 * 3 + 5);
    assert_true(weft_utf8_valid(head.filename));
    assert_memory_equal(head.filename.at + head.filename.len - 5, ".jpeg", 5);
}

/* ---- boundaries ------------------------------------------------------------------------------ */

#define MALFORMED                                                                              \
    "the parameters of the Content-Type are malformed; a boundary with other characters than " \
    "those of a token stands in quotes"

static void boundaries(void **state)
{
    (void)state;
    static const struct {
        const char *parameters, *boundary, *reason;
    } cases[] = {
        {"; boundary=abc", "abc", NULL},
        {"; charset=utf-8; BOUNDARY=\"a b:c\"", "a b:c", NULL},
        {";boundary=----WebKitFormBoundaryTkr3kCBQlBe1nrhc ;",
         "----WebKitFormBoundaryTkr3kCBQlBe1nrhc", NULL},
        {"", NULL, "the Content-Type has no boundary"},
        {"; charset=utf-8", NULL, "the Content-Type has no boundary"},
        {" \t ; ;; \t boundary\t=a", NULL, MALFORMED},
        {";\tboundary=\"a\\\"b\"", "a\\\"b", NULL},
        {"; boundary=", NULL, MALFORMED},
        {"; boundary=\"a", NULL, MALFORMED},
        {"; boundary=\"a\\", NULL, MALFORMED},
        {"; boundary", NULL, MALFORMED},
        {"; =a", NULL, MALFORMED},
        {"boundary=a", NULL, MALFORMED},
        {"; boundary=a; boundary=a", NULL, "the Content-Type has two boundaries"},
        {"; boundary=a=b", NULL, MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_str boundary;
        const char *reason = weft__boundary_find(weft_str_from(cases[i].parameters), &boundary);
        assert_int_equal(reason != NULL, cases[i].reason != NULL);
        if (reason != NULL)
            assert_string_equal(reason, cases[i].reason);
        else
            assert_true(weft_str_equal(boundary, weft_str_from(cases[i].boundary)));
    }
    for (int c = 0; c < 256; c++) {
        parts p;
        bool alphanumeric = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        bool allowed = alphanumeric || (c != 0 && strchr("'()+_,-./:=? ", c) != NULL);
        char text[] = {'a', (char)c, 'z'};
        assert_int_equal(parts_begin(&p, (weft_str){text, 3}), allowed);
        assert_int_equal(parts_begin(&p, (weft_str){text, 2}), allowed && c != ' ');
    }
    char longest[WEFT__BOUNDARY_MAX + 1];
    memset(longest, 'x', sizeof longest);
    parts p;
    assert_false(parts_begin(&p, (weft_str){longest, 0}));
    assert_true(parts_begin(&p, (weft_str){longest, WEFT__BOUNDARY_MAX}));
    assert_false(parts_begin(&p, (weft_str){longest, WEFT__BOUNDARY_MAX + 1}));
}

/* ---- the suite ------------------------------------------------------------------------------- */

#define CASES 30

static bool read_string(FILE *in, weft_arena *arena, weft_str *out)
{
    unsigned char size[4];
    if (fread(size, 1, sizeof size, in) != sizeof size)
        return false;
    size_t len = (size_t)size[0] | (size_t)size[1] << 8 | (size_t)size[2] << 16;
    char *at = weft_arena_alloc(arena, len + 1, 1);
    assert_non_null(at);
    assert_int_equal(fread(at, 1, len, in), len);
    at[len] = '\0';
    *out = (weft_str){at, len};
    return true;
}

static void run_case(const char *id, bool accept, weft_str type, weft_str body, weft_str record)
{
    weft_str boundary;
    weft__cut(&type, ';');
    type.at--, type.len++;
    assert_null(weft__boundary_find(type, &boundary));
    parts p;
    assert_true(parts_run(&p, boundary, body, 0, body.len));
    if (accept == p.bad)
        fail_msg("%s: %s", id, p.bad ? p.reason : "not refused");
    if (accept && !weft_str_equal(weft_buffer_str(&p.record), record))
        fail_msg("%s: parsed\n%.*s\nwanted\n%s", id, WEFT_STR_ARGS(weft_buffer_str(&p.record)),
                 record.at);
    if (!parts_all_cuts_same(&p, boundary, body))
        fail_msg("%s: depends on how it is cut", id);
    parts_end(&p);
}

static void cases_of_python_multipart(void **state)
{
    (void)state;
    const char *suites = getenv("WEFT_SUITES");
    if (suites == NULL) {
        print_message("# skipped: WEFT_SUITES does not name the folder of multipart\n");
        return;
    }
    char command[4096];
    snprintf(command, sizeof command, "python3 '%s/parts.py' '%s/multipart/cases.jsonl'",
             WEFT_TESTS_HTTP_FOLDER, suites);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    weft_arena arena;
    weft_arena_init(&arena, 0);
    size_t count = 0;
    weft_str id, expect, type, body, record;
    for (; read_string(in, &arena, &id); count++) {
        assert_true(read_string(in, &arena, &expect) && read_string(in, &arena, &type) &&
                    read_string(in, &arena, &body) && read_string(in, &arena, &record));
        run_case(id.at, weft_str_equal(expect, WEFT_STR("accept")), type, body, record);
    }
    assert_int_equal(pclose(in), 0);
    weft_arena_reset(&arena);
    print_message("# multipart: %zu cases\n", count);
    assert_int_equal(count, CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files),
        cmocka_unit_test(nothing_in_it),
        cmocka_unit_test(a_part_without_even_an_empty_content),
        cmocka_unit_test(what_is_around_it),
        cmocka_unit_test(near_misses),
        cmocka_unit_test(padding),
        cmocka_unit_test(cut_short),
        cmocka_unit_test(bytes_of_any_kind),
        cmocka_unit_test(heads),
        cmocka_unit_test(heads_that_are_refused),
        cmocka_unit_test(lines_of_heads),
        cmocka_unit_test(heads_have_a_limit),
        cmocka_unit_test(names_of_files),
        cmocka_unit_test(long_names_of_files),
        cmocka_unit_test(boundaries),
        cmocka_unit_test(cases_of_python_multipart),
    };
    return cmocka_run_group_tests_name("multipart parser", tests, NULL, NULL);
}
