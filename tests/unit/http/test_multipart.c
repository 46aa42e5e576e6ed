/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Forms as handlers read them: part by part, in memory, to files; each limit with what the client is
 * told; and what is left behind, which is nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/message.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <weft/multipart.h>

static char folder[] = "/tmp/weft-test-multipart-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? setenv("TMPDIR", folder, 1) : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* ---- a request ------------------------------------------------------------------------------- */

#define TYPE "multipart/form-data; boundary=b"
#define FIELD(name, value) \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_OF(name, file, value)                                                        \
    "--b\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\n" \
    "Content-Type: image/png\r\n\r\n" value "\r\n"
#define LAST "--b--\r\n"

typedef struct exchange {
    weft_arena arena;
    weft_request request;
    weft_response response;
    weft_str body;
    size_t step;             /* bytes that arrive at once */
    weft_http_status broken; /* what comes in place of the body's end */
    weft_multipart *form;
} exchange;

static weft_http_status read_some(weft_request *request, void *to, size_t size, size_t *got)
{
    exchange *x = request->connection;
    size_t len = x->body.len < x->step ? x->body.len : x->step;
    *got = len = len < size ? len : size;
    if (len == 0 && x->broken != 0)
        return weft_rejectf(request, x->broken, "broken");
    if (len != 0)
        memcpy(to, x->body.at, len);
    x->body = weft_str_skip(x->body, len);
    return WEFT_HTTP_OK;
}

static void begin(exchange *x, const char *type, weft_str body)
{
    static const weft__body_reader reader = {.some = read_some};
    memset(x, 0, sizeof *x);
    weft_arena_init(&x->arena, 0);
    weft__request_init(&x->request, &x->arena);
    weft__response_init(&x->response, &x->arena);
    if (type != NULL)
        x->request.fields[x->request.field_count++] = (weft__field){WEFT_STR("Content-Type"),
                                                                    weft_str_from(type)};
    x->request.reader = &reader;
    x->request.connection = x;
    x->request.framing = WEFT__BODY_CHUNKED;
    x->body = body;
    x->step = 7;
}

static void end(exchange *x)
{
    weft__request_finish(&x->request);
    weft_arena_reset(&x->arena);
}

static void open_form(exchange *x, const char *body, const weft_multipart_limits *limits)
{
    begin(x, TYPE, weft_str_from(body));
    assert_int_equal(weft_multipart_open(&x->form, &x->request, limits), 200);
}

/* What the client is told. */
static void told(exchange *x, weft_http_status status, const char *detail)
{
    char wanted[512];
    weft__response_settle(&x->request, &x->response, status);
    weft_buffer_append(&x->response.body, "", 1);
    snprintf(wanted, sizeof wanted, "\"status\":%d,\"detail\":\"%s\"", (int)status, detail);
    if (strstr(x->response.body.at, wanted) == NULL)
        fail_msg("wanted %s, got %s", wanted, x->response.body.at);
}

static bool same(weft_str s, const char *text)
{
    return weft_str_equal(s, weft_str_from(text));
}

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

/* ---- files ----------------------------------------------------------------------------------- */

/* A form with a file of `size` bytes, byte i being i % 251. */
static void open_large(exchange *x, size_t size, const weft_multipart_limits *limits)
{
    static const char head[] =
        "--b\r\nContent-Disposition: form-data; name=f; filename=big\r\n\r\n";
    static weft_arena memory;
    weft_buffer body;
    weft_arena_reset(&memory);
    weft_arena_init(&memory, 0);
    weft_buffer_init(&body, &memory);
    weft_buffer_append(&body, head, sizeof head - 1);
    for (size_t i = 0; i < size; i++)
        weft_buffer_append(&body, &(char){(char)(i % 251)}, 1);
    weft_buffer_printf(&body, "\r\n--b--\r\n");
    begin(x, TYPE, weft_buffer_str(&body));
    x->step = 5000;
    assert_int_equal(weft_multipart_open(&x->form, &x->request, limits), 200);
}

static void assert_content(const weft_upload *upload, size_t size)
{
    static char piece[4096];
    size_t got;
    assert_int_equal(upload->size, size);
    for (size_t at = 0; at <= size; at += sizeof piece) {
        assert_int_equal(weft_upload_read_at(upload, piece, sizeof piece, at, &got), WEFT_OK);
        assert_int_equal(got, size - at < sizeof piece ? size - at : sizeof piece);
        for (size_t i = 0; i < got; i++)
            assert_int_equal((unsigned char)piece[i], (at + i) % 251);
    }
    assert_int_equal(weft_upload_read_at(upload, piece, 1, size, &got), WEFT_OK);
    assert_int_equal(got, 0);
    assert_int_equal(weft_upload_read_at(upload, piece, 1, size + 10, &got), WEFT_OK);
    assert_int_equal(got, 0);
}

static size_t files_in_folder(void)
{
    DIR *opened = opendir(folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(opened)) != NULL;)
        count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(opened);
    return count;
}

static unsigned open_descriptors(void)
{
    unsigned count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void uploads(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        bool on_disk;
    } cases[] = {{0, false},
                 {1, false},
                 {WEFT_UPLOAD_MEMORY - 1, false},
                 {WEFT_UPLOAD_MEMORY, true}, /* whether it ends there is not known yet */
                 {WEFT_UPLOAD_MEMORY + 1, true},
                 {5 * WEFT_UPLOAD_MEMORY + 17, true}};
    unsigned before = open_descriptors();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        open_large(&x, cases[i].size, NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_upload(&part, &upload), 200);
        assert_int_equal(upload.file != NULL, cases[i].on_disk);
        assert_int_equal(upload.at != NULL, !cases[i].on_disk);
        assert_true(same(upload.name, "big"));
        assert_int_equal(weft_multipart_next(x.form, &part), 204);
        assert_int_equal(weft_multipart_close(x.form), 200);
        assert_int_equal(files_in_folder(), 0);
        assert_content(&upload, cases[i].size);
        assert_int_equal(open_descriptors(), before + cases[i].on_disk);
        end(&x);
        assert_int_equal(open_descriptors(), before);
    }
}

static void several_uploads(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_upload one, two;
    open_form(&x, FILE_OF("f", "1", "first") FILE_OF("f", "2", "second") LAST, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &one), 200);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &two), 200);
    assert_memory_equal(one.at, "first", 5);
    assert_memory_equal(two.at, "second", 6);
    assert_true(same(two.content_type, "image/png"));
    end(&x);
}

static char path[sizeof folder + 16];

static void saved(size_t size)
{
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_size, size);
    assert_int_equal(unlink(path), 0);
}

static void saving(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 100, 3 * WEFT_UPLOAD_MEMORY + 1};
    snprintf(path, sizeof path, "%s/saved", folder);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        uint64_t size;
        open_large(&x, sizes[i], NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_save(&part, path, &size), 200);
        assert_int_equal(size, sizes[i]);
        saved(sizes[i]);
        end(&x);
        open_large(&x, sizes[i], NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(weft_part_upload(&part, &upload), 200);
        assert_int_equal(weft_upload_save(&upload, path), WEFT_OK);
        assert_int_equal(weft_upload_save(&upload, path), WEFT_EXISTS);
        end(&x);
        saved(sizes[i]);
    }
}

static void saving_what_breaks_off(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    snprintf(path, sizeof path, "%s/saved", folder);
    open_large(&x, 3 * WEFT_UPLOAD_MEMORY, NULL);
    x.body.len -= 1000;
    x.broken = WEFT_HTTP_BAD_REQUEST;
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 400);
    assert_int_equal(files_in_folder(), 0);
    end(&x);
    open_large(&x, 3 * WEFT_UPLOAD_MEMORY, &(weft_multipart_limits){.part = 100000});
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 413);
    assert_int_equal(files_in_folder(), 0);
    end(&x);
}

static void files_that_cannot_be(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    weft_upload upload;
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, folder, NULL), 409);
    told(&x, 409, "there is a file of that name already");
    end(&x);
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, "/nowhere/at/all", NULL), 500);
    assert_int_equal(weft_multipart_close(x.form), 500);
    end(&x);
    open_large(&x, WEFT_UPLOAD_MEMORY, &(weft_multipart_limits){.folder = "/nowhere"});
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_upload(&part, &upload), 500);
    end(&x);
}

static void links_are_not_followed(void **state)
{
    (void)state;
    exchange x;
    weft_part part;
    snprintf(path, sizeof path, "%s/link", folder);
    assert_int_equal(symlink("elsewhere", path), 0);
    open_large(&x, 1, NULL);
    assert_int_equal(weft_multipart_next(x.form, &part), 200);
    assert_int_equal(weft_part_save(&part, path, NULL), 409);
    end(&x);
    assert_int_equal(unlink(path), 0);
}

/* Files may not grow beyond what was gathered first. */
static void a_disk_that_takes_no_more(void **state)
{
    (void)state;
    struct rlimit outer, inner;
    getrlimit(RLIMIT_FSIZE, &outer);
    inner = outer;
    inner.rlim_cur = WEFT_UPLOAD_MEMORY;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &inner);
    for (int kept = 0; kept < 2; kept++) {
        exchange x;
        weft_part part;
        weft_upload upload;
        snprintf(path, sizeof path, "%s/saved", folder);
        open_large(&x, 2 * WEFT_UPLOAD_MEMORY, NULL);
        assert_int_equal(weft_multipart_next(x.form, &part), 200);
        assert_int_equal(
            kept ? weft_part_upload(&part, &upload) : weft_part_save(&part, path, NULL), 503);
        assert_int_equal(files_in_folder(), 0);
        end(&x);
    }
    setrlimit(RLIMIT_FSIZE, &outer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(part_by_part),           cmocka_unit_test(content_types),
        cmocka_unit_test(failures_stay),          cmocka_unit_test(malformed_forms),
        cmocka_unit_test(a_body_that_breaks_off), cmocka_unit_test(limit_of_parts),
        cmocka_unit_test(limit_of_a_head),        cmocka_unit_test(limit_of_a_part),
        cmocka_unit_test(limit_of_memory),        cmocka_unit_test(limit_of_the_whole),
        cmocka_unit_test(without_memory),         cmocka_unit_test(uploads),
        cmocka_unit_test(several_uploads),        cmocka_unit_test(saving),
        cmocka_unit_test(saving_what_breaks_off), cmocka_unit_test(files_that_cannot_be),
        cmocka_unit_test(links_are_not_followed), cmocka_unit_test(a_disk_that_takes_no_more),
    };
    return cmocka_run_group_tests_name("multipart", tests, make_folder, remove_folder);
}
