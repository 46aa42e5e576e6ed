/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms as handlers read them, part by part; and each limit with what the client is told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "form.h"

/* ---- walking --------------------------------------------------------------------------------- */

static void part_by_part(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_str text, piece;
    weft_bytes bytes;
    open_form(&x,
              FIELD("a", "one") FIELD("skipped", "x") FILE_OF("f", "a/b.png", "two")
                  FIELD("c", "three") LAST,
              NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_true(same(part.name, "a") && part.filename.at == NULL && part.content_type.len == 0);
    assert_int_equal(weft_part_text(&part, &text), 200);
    assert_true(same(text, "one"));
    assert_int_equal(weft_part_text(&part, &text), 200);
    assert_int_equal(text.len, 0);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_true(same(part.name, "f") && same(part.filename, "b.png"));
    assert_true(same(part.content_type, "image/png"));
    assert_int_equal(weft_part_bytes(&part, &bytes), 200);
    assert_true(same((weft_str){(const char *)bytes.at, bytes.len}, "two"));
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    char whole[16] = "";
    do {
        assert_int_equal(weft_part_read(&part, &piece), 200);
        strncat(whole, piece.len != 0 ? piece.at : "", piece.len);
    } while (piece.len != 0);
    assert_string_equal(whole, "three");
    assert_int_equal(weft_multipart_next(x.form, &part), 204);
    assert_int_equal(weft_multipart_next(x.form, &part), 204);
    assert_int_equal(weft_multipart_close(x.form), 200);
    assert_true(same(text, ""));
    end(&x);
}

static void content_types(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        weft_http_status status;
        const char *detail;
    } cases[] = {
        {NULL, 415, "the request has no Content-Type; it must be multipart/form-data"},
        {"multipart/mixed; boundary=b", 415,
         "the Content-Type must be multipart/form-data, not multipart/mixed"},
        {"multipart/form-data", 400, "the Content-Type has no boundary"},
        {"multipart/form-data; boundary=\\\"b \\\"", 400,
         "the parameters of the Content-Type are malformed; a boundary with other characters than "
         "those of a token stands in quotes"},
        {"multipart/form-data; boundary=\"b \"", 400,
         "the boundary of the Content-Type is not valid (RFC 2046 section 5.1)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange x;
        begin(&x, cases[i].type, WEFT_STR(""));
        assert_int_equal(weft_multipart_open(&x.form, &x.request, NULL), cases[i].status);
        told(&x, cases[i].status, cases[i].detail);
        end(&x);
    }
    exchange x;
    begin(&x, "Multipart/Form-Data ; charset=utf-8; boundary=\"b\"", WEFT_STR(LAST));
    assert_int_equal(weft_multipart_open(&x.form, &x.request, NULL), 200);
    end(&x);
}

/* The first failure is the answer from then on. */
static void failures_stay(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_str text = WEFT_STR("untouched");
    weft_upload upload;
    open_form(&x, FIELD("a", "\xff") FIELD("b", "") LAST, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 400);
    assert_true(same(text, "untouched"));
    assert_int_equal(weft_multipart_next(x.form, &part), 400);
    assert_int_equal(weft_part_upload(&part, &upload), 400);
    assert_int_equal(weft_multipart_close(x.form), 400);
    told(&x, 400, "the part \\\"a\\\" is not valid UTF-8");
    end(&x);
}

static void malformed_forms(void **state)
{
    (void)state;
    static const struct {
        const char *body, *detail;
    } cases[] = {
        {"", "the form is malformed: it ends before its last delimiter"},
        {FIELD("a", "1"), "the form is malformed: it ends before its last delimiter"},
        {"hello", "the form is malformed: it does not begin with the delimiter that the boundary "
                  "makes"},
        {"--b\r\nX: 1\r\n\r\n1\r\n" LAST, "the form is malformed: a part has no "
                                          "Content-Disposition"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange x;
        weft_part part;
        weft_http_status status;
        open_form(&x, cases[i].body, NULL);
        do
            status = weft_multipart_next(x.form, &part);
        while (status == WEFT_HTTP_OK);
        assert_int_equal(status, 400);
        assert_int_equal(weft_multipart_close(x.form), 400);
        told(&x, 400, cases[i].detail);
        end(&x);
    }
}

static void a_body_that_breaks_off(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_str text;
    open_form(&x, FIELD("a", "1"), NULL);
    x.broken = WEFT_HTTP_REQUEST_TIMEOUT;
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 408);
    assert_int_equal(weft_multipart_close(x.form), 408);
    told(&x, 408, "broken");
    end(&x);
}

/* ---- limits ---------------------------------------------------------------------------------- */

static void limit_of_parts(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    const weft_multipart_limits limits = {.parts = 2};
    open_form(&x, FIELD("a", "1") FIELD("a", "2") LAST, &limits);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 204);
    end(&x);
    open_form(&x, FIELD("a", "1") FIELD("a", "2") FIELD("a", "3") LAST, &limits);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 413);
    told(&x, 413, "the form has more parts than the limit of 2");
    end(&x);
}

static void limit_of_a_head(void **state)
{
    (void)state;
    static const char head[] = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
    exchange x;
    weft_part part;
    open_form(&x, FIELD("a", "1") LAST, &(weft_multipart_limits){.head = sizeof head - 1});
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    end(&x);
    open_form(&x, FIELD("a", "1") LAST, &(weft_multipart_limits){.head = sizeof head - 2});
    assert_int_equal(weft_multipart_next(x.form, &part), 413);
    told(&x, 413, "the head of a part is larger than the limit of 43 bytes");
    end(&x);
}

/* Also when nobody wants it. */
static void limit_of_a_part(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_str text;
    const weft_multipart_limits limits = {.part = 10};
    open_form(&x, FIELD("a", "0123456789") FIELD("b", "0123456789A") FIELD("c", "") LAST, &limits);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 413);
    told(&x, 413, "the part \\\"b\\\" is larger than the limit of 10 bytes");
    end(&x);
}

static void limit_of_memory(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_str text;
    weft_upload upload;
    const weft_multipart_limits limits = {.memory = 10};
    open_form(&x,
              FIELD("a", "01234") FILE_OF("f", "f", "012345") FIELD("b", "01234") FIELD("c", "0")
                  LAST,
              &limits);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &upload), 200); /* goes to disk instead */
    assert_non_null(upload.file);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_text(&part, &text), 413);
    told(&x, 413, "with \\\"c\\\" the form's texts are larger than the limit of 10 bytes");
    end(&x);
}

static void limit_of_the_whole(void **state)
{
    (void)state;
    exchange x;
    open_form(&x, LAST, NULL);
    assert_int_equal(x.request.body_limit, WEFT_MULTIPART_TOTAL);
    end(&x);
    open_form(&x, LAST, &(weft_multipart_limits){.total = 5});
    assert_int_equal(x.request.body_limit, 5);
    end(&x);
    begin(&x, TYPE, WEFT_STR(LAST));
    x.request.multipart = &(weft_multipart_limits){.total = 6};
    assert_int_equal(weft_multipart_open(&x.form, &x.request, NULL), 200);
    assert_int_equal(x.request.body_limit, 6);
    end(&x);
}

static void without_memory(void **state)
{
    (void)state;
    static char body[40000] = FIELD("a", "");
    memset(body + strlen(body) - 2, 'x', sizeof body - strlen(body));
    memcpy(body + sizeof body - 10, "\r\n--b--\r\n", 10);
    bool read = false;
    for (size_t limit = 1; !read; limit += WEFT_ARENA_CHUNK_SIZE) {
        exchange x;
        weft_part part;
        weft_str text;
        begin(&x, TYPE, weft_str_from(body));
        weft_arena_reset(&x.arena);
        weft_arena_init(&x.arena, limit);
        x.step = 1000;
        weft_http_status status = weft_multipart_open(&x.form, &x.request, NULL);
        if (status == WEFT_HTTP_OK) {
            status = weft_multipart_next(x.form, &part);
            if (status == WEFT_HTTP_OK)
                status = weft_part_text(&part, &text);
            read = status == WEFT_HTTP_OK;
            assert_int_equal(weft_multipart_close(x.form), status);
        }
        assert_true(read || status == WEFT_HTTP_INTERNAL_SERVER_ERROR);
        end(&x);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_by_part),           cmocka_unit_test(content_types),
        cmocka_unit_test(failures_stay),          cmocka_unit_test(malformed_forms),
        cmocka_unit_test(a_body_that_breaks_off), cmocka_unit_test(limit_of_parts),
        cmocka_unit_test(limit_of_a_head),        cmocka_unit_test(limit_of_a_part),
        cmocka_unit_test(limit_of_memory),        cmocka_unit_test(limit_of_the_whole),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests_name("multipart", tests, NULL, NULL);
}
