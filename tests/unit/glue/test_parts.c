/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms with files into records: texts and files where they belong, and the refusals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exchange.h"

static const weft_str keys[] = {{"title", 5}, {"image", 5}, {"more", 4}};
static const weft_members members = {.keys = keys, .count = 3, .required = {0x3}, .repeats = {0x4}};

typedef struct photo {
    weft_str title;
    weft_upload image;
    size_t more; /* how many */
} photo;

static size_t find(weft_str key)
{
    for (size_t i = 0; i < 3; i++)
        if (weft_str_equal(key, keys[i]))
            return i;
    return WEFT_MEMBER_UNKNOWN;
}

static void decode(weft_parts *parts, void *into)
{
    photo *out = into;
    weft_upload upload;
    while (weft_parts_next(parts, &members))
        switch (weft_pairs_member(&parts->pairs, find(parts->pairs.name))) {
        case 0:
            if (weft_parts_text(parts))
                out->title = parts->pairs.value;
            break;
        case 1: (void)weft_parts_upload(parts, &out->image); break;
        case 2: out->more += weft_parts_upload(parts, &upload); break;
        default: break;
        }
}

#define TITLE   "--b\r\nContent-Disposition: form-data; name=title\r\n\r\nHome\r\n"
#define IMAGE   "--b\r\nContent-Disposition: form-data; name=image; filename=a.png\r\n\r\nPNG\r\n"
#define MORE    "--b\r\nContent-Disposition: form-data; name=more; filename=m\r\n\r\nM\r\n"
#define NO_FILE "--b\r\nContent-Disposition: form-data; name=image; filename=\"\"\r\n\r\n\r\n"
#define OTHER   "--b\r\nContent-Disposition: form-data; name=other\r\n\r\n\xff\r\n"
#define LAST    "--b--\r\n"

/* The status after binding, 0 when the form is accepted. */
static weft_http_status bind(exchange *x, const char *body, photo *out)
{
    exchange_open(x);
    exchange_body(x, "multipart/form-data; boundary=b", body);
    *out = (photo){.more = 0};
    weft_bind_multipart(&x->binding, decode, out);
    return weft_binding_finish(&x->binding) ? 0 : x->binding.status;
}

static void texts_and_files(void **state)
{
    (void)state;
    exchange x;
    photo out;
    assert_int_equal(bind(&x, MORE OTHER IMAGE TITLE MORE LAST, &out), 0);
    assert_true(weft_str_equal(out.title, WEFT_STR("Home")));
    assert_true(weft_str_equal(out.image.name, WEFT_STR("a.png")));
    assert_int_equal(out.image.size, 3);
    assert_memory_equal(out.image.at, "PNG", 3);
    assert_int_equal(out.more, 2);
    exchange_close(&x);
}

static void violations(void **state)
{
    (void)state;
    static const struct {
        const char *body, *error;
    } cases[] = {
        {LAST, "[{\"in\":\"body\",\"pointer\":\"/title\",\"code\":\"required\",\"detail\":\"is "
               "required\"},{\"in\":\"body\",\"pointer\":\"/image\",\"code\":\"required\""},
        {TITLE NO_FILE LAST, "[{\"in\":\"body\",\"pointer\":\"/image\",\"code\":\"required\""},
        {TITLE TITLE IMAGE LAST, "[{\"in\":\"body\",\"pointer\":\"/title\",\"code\":\"duplicate\""},
        {"--b\r\nContent-Disposition: form-data; name=title; filename=x\r\n\r\nx\r\n" IMAGE LAST,
         "[{\"in\":\"body\",\"pointer\":\"/title\",\"code\":\"type\",\"detail\":\"must be a text, "
         "not a file\"}]"},
        {TITLE "--b\r\nContent-Disposition: form-data; name=image\r\n\r\nx\r\n" LAST,
         "[{\"in\":\"body\",\"pointer\":\"/image\",\"code\":\"type\",\"detail\":\"must be a "
         "file\"}]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange x;
        photo out;
        assert_int_equal(bind(&x, cases[i].body, &out), 422);
        const char *body = exchange_settle(&x, 422);
        if (strstr(body, cases[i].error) == NULL)
            fail_msg("wanted %s in %s", cases[i].error, body);
        exchange_close(&x);
    }
}

/* What is wrong with the form as a whole comes before what is wrong with its parts. */
static void refusals(void **state)
{
    (void)state;
    exchange x;
    photo out;
    assert_int_equal(bind(&x, TITLE TITLE IMAGE, &out), 400);
    assert_non_null(strstr(exchange_settle(&x, 400), "it ends before its last delimiter"));
    exchange_close(&x);
    exchange_open(&x);
    exchange_body(&x, "application/json", "{}");
    weft_bind_multipart(&x.binding, decode, &out);
    assert_int_equal(x.binding.status, 415);
    exchange_close(&x);
    exchange_open(&x);
    exchange_body(&x, "multipart/form-data; boundary=b", LAST);
    x.binding.status = WEFT_HTTP_NOT_FOUND;
    weft_bind_multipart(&x.binding, decode, &out);
    assert_int_equal(x.binding.status, 404);
    exchange_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_and_files),
        cmocka_unit_test(violations),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
