/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * static_files: real folders with real links, pipes and coded files in them; every way out of a
 * folder that we know of.
 */
#include "harness.h"
#include "layer/beneath.h"
#include "layer/media.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { BIG = 200 * 1000 };

static char folder[] = "/tmp/weft-files-XXXXXX";
static char root[64]; /* what is given out: a folder in it */
static exchange x;
static char big[BIG];

/* ---- a folder ------------------------------------------------------------------------------- */

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

/* An hour old, so that its tag is strong. */
static void age(const char *name, int seconds)
{
    struct timespec times[2];
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path_of(name), times, 0), 0);
}

static void put(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    fclose(file);
    age(name, 3600);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static void put_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%.100s", path_of(name));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

static int make_folder(void **unused)
{
    (void)unused;
    assert_non_null(mkdtemp(folder));
    snprintf(root, sizeof root, "%s", folder);
    put_text("secret.txt", "secret");
    snprintf(root, sizeof root, "%s/public", folder);
    assert_int_equal(mkdir(root, 0755), 0);
    static const char *const folders[] = {"docs", "docs/deep", "empty", ".git", ".well-known"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(mkdir(path_of(folders[i]), 0755), 0);
    for (size_t i = 0; i < BIG; i++)
        big[i] = (char)(i * 31 / 7);
    put_text("index.html", "<h1>root</h1>");
    put_text("docs/index.html", "<h1>docs</h1>");
    put_text("docs/deep/a b+c.txt", "spaces");
    put_text("app.js", "let plain = 'the plain form';");
    put_text("app.js.gz", "gzip form");
    put_text("app.js.br", "br form");
    put_text("old.css", "body {}");
    put_text("old.css.gz", "stale");
    put_text("photo.png", "\x89PNG");
    put_text("photo.png.gz", "never");
    put_text("caf\xc3\xa9.txt", "utf-8");
    put_text("%2e%2e", "a name that looks coded");
    put_text("nothing.txt", "");
    put_text(".env", "SECRET=1");
    put_text(".git/config", "secret");
    put_text(".well-known/security.txt", "Contact:");
    put("big.bin", big, BIG);
    age("old.css.gz", 7200);
    assert_int_equal(symlink("../secret.txt", path_of("out.txt")), 0);
    assert_int_equal(symlink("/etc/passwd", path_of("passwd")), 0);
    assert_int_equal(symlink("..", path_of("up")), 0);
    assert_int_equal(symlink("/proc/self/fd/0", path_of("magic")), 0);
    assert_int_equal(symlink("loop", path_of("loop")), 0);
    assert_int_equal(symlink("docs/index.html", path_of("inside.html")), 0);
    assert_int_equal(symlink("docs", path_of("linked")), 0);
    assert_int_equal(mkfifo(path_of("pipe"), 0644), 0);
    put_socket("socket");
    return 0;
}

static int remove_folder(void **unused)
{
    (void)unused;
    char command[128];
    exchange_finish(&x);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

/* ---- asking --------------------------------------------------------------------------------- */

static weft_http_status handler(weft_request *request, weft_response *response)
{
    (void)request;
    return weft_response_text(response, WEFT_STR("a route")) == WEFT_OK ? WEFT_HTTP_OK
                                                                        : WEFT_HTTP_CONFLICT;
}

static void answer(const char *prefix, const char *path, const char *within)
{
    const weft_layer layers[] = {weft_compress(), weft_static_files(prefix, within), {0}};
    x.request.path = weft_str_from(path);
    exchange_run(&x, layers, handler);
}

static void begin(void)
{
    weft__response_finish(&x.response);
    exchange_finish(&x);
    exchange_init(&x);
}

static int get(const char *path)
{
    begin();
    answer("/s", path, root);
    return (int)x.response.status;
}

static int get_with(const char *path, const char *name, const char *value)
{
    begin();
    exchange_field(&x, name, value);
    answer("/s", path, root);
    return (int)x.response.status;
}

static int ask(weft_http_method method, const char *name, const char *path)
{
    begin();
    x.request.method = method;
    x.request.method_name = weft_str_from(name);
    answer("/s", path, root);
    return (int)x.response.status;
}

static void assert_body(const char *text)
{
    assert_null(x.response.flow);
    if (!weft_str_equal(weft_buffer_str(&x.response.body), weft_str_from(text)))
        fail_msg("is %.*s, not %s", (int)x.response.body.len, x.response.body.at, text);
}

static void assert_header(const char *name, const char *value)
{
    assert_string_equal(exchange_header(&x, name), value);
}

/* ---- what is given out ---------------------------------------------------------------------- */

static void test_files(void **unused)
{
    (void)unused;
    static const struct {
        const char *path, *type, *body;
    } cases[] = {
        {"/s/index.html", "text/html; charset=utf-8", "<h1>root</h1>"},
        {"/s/", "text/html; charset=utf-8", "<h1>root</h1>"},
        {"/s/docs/", "text/html; charset=utf-8", "<h1>docs</h1>"},
        {"/s/docs/deep/a%20b+c.txt", "text/plain; charset=utf-8", "spaces"},
        {"/s/%64ocs/index%2ehtml", "text/html; charset=utf-8", "<h1>docs</h1>"},
        {"/s/caf%C3%A9.txt", "text/plain; charset=utf-8", "utf-8"},
        {"/s/%252e%252e", "application/octet-stream", "a name that looks coded"},
        {"/s/photo.png", "image/png", "\x89PNG"},
        {"/s/.well-known/security.txt", "text/plain; charset=utf-8", "Contact:"},
        {"/s/nothing.txt", "text/plain; charset=utf-8", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (get(cases[i].path) != 200)
            fail_msg("%s: %d", cases[i].path, x.response.status);
        assert_body(cases[i].body);
        assert_header("content-type", cases[i].type);
        assert_header("accept-ranges", "bytes");
        assert_header("x-content-type-options", "nosniff");
        assert_int_equal(exchange_header(&x, "etag")[0], '"');
    }
}

static void test_what_is_not_given_out(void **unused)
{
    (void)unused;
    static const char *const paths[] = {
        "/s/none", "/s/docs/none", "/s/app.js/", "/s/app.js/x", "/s/index.html/..",
        /* out of the folder */
        "/s/../secret.txt", "/s/..", "/s/../", "/s/docs/../../secret.txt", "/s/docs/../index.html",
        "/s/%2e%2e/secret.txt", "/s/%2E%2E/secret.txt", "/s/.%2e/secret.txt",
        "/s/%2e%2e%2fsecret.txt", "/s/..%2fsecret.txt", "/s/docs%2findex.html",
        "/s/%252e%252e/secret.txt", "/s/..%252fsecret.txt", "/s/..;/secret.txt",
        "/s/..\\secret.txt", "/s/..%5csecret.txt", "/s/docs%5cindex.html",
        "/s/%c0%ae%c0%ae/secret.txt", "/s/%e0%80%ae%e0%80%ae/secret.txt",
        "/s/%uff0e%uff0e/secret.txt", "/s/....//secret.txt", "/s/.../secret.txt", "/s//etc/passwd",
        "/s/%2fetc%2fpasswd", "/s//", "/s///", "/s//index.html", "/s/docs//index.html",
        "/s/./index.html", "/s/docs/./index.html", "/s/docs/.",
        /* bytes */
        "/s/index.html%00", "/s/index.html%00.png", "/s/%00", "/s/index%0ahtml", "/s/%7f", "/s/%ff",
        "/s/%", "/s/%2", "/s/%zz",
        /* links out, pipes, sockets, hidden files */
        "/s/out.txt", "/s/passwd", "/s/up/secret.txt", "/s/up/public/index.html", "/s/magic",
        "/s/loop", "/s/pipe", "/s/socket", "/s/.env", "/s/.git/config", "/s/%2egit/config",
        "/s/.git/", "/s/.well-known/.htaccess",
        /* folders without an index */
        "/s/empty", "/s/empty/", "/s/docs/deep", "/s/docs/deep/",
        /* other paths */
        "/sindex.html", "/S/index.html", "/", "/index.html"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        if (get(paths[i]) != 404)
            fail_msg("%s: %d", paths[i], x.response.status);
        assert_header("content-type", "application/problem+json");
        assert_header("etag", "");
    }
    char path[5000] = "/s/";
    memset(path + 3, 'a', sizeof path - 4);
    assert_int_equal(get(path), 404);
}

static void test_folders_get_their_slash(void **unused)
{
    (void)unused;
    assert_int_equal(get("/s/docs"), 307);
    assert_header("location", "/s/docs/");
    assert_int_equal(get("/s"), 307);
    assert_header("location", "/s/");
    begin();
    x.request.query = WEFT_STR("a=1");
    answer("/s", "/s/d%6fcs", root);
    assert_int_equal(x.response.status, 307);
    assert_header("location", "/s/d%6fcs/?a=1");
}

/* They are followed where the kernel keeps them beneath the folder; valgrind 3.19 has no openat2. */
static void test_links_within(void **unused)
{
    (void)unused;
    if (syscall(SYS_openat2, -1, "", NULL, 0) < 0 && errno == ENOSYS) {
        print_message("# not without openat2\n");
        return;
    }
    assert_int_equal(get("/s/inside.html"), 200);
    assert_body("<h1>docs</h1>");
    assert_int_equal(get("/s/linked/index.html"), 200);
    assert_body("<h1>docs</h1>");
    assert_int_equal(get("/s/linked"), 307);
    assert_header("location", "/s/linked/");
}

static void test_the_root_as_prefix(void **unused)
{
    (void)unused;
    static const struct {
        const char *path;
        int status;
    } cases[] = {{"/", 200},    {"/index.html", 200}, {"/docs", 307}, {"/docs/", 200}, {"//", 404},
                 {"/../", 404}, {"//docs", 404},      {"/none", 404}, {"*", 404}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        answer("/", cases[i].path, root);
        if ((int)x.response.status != cases[i].status)
            fail_msg("%s: %d", cases[i].path, x.response.status);
    }
}

static void test_routes_come_first(void **unused)
{
    (void)unused;
    assert_int_equal(mkdir(path_of("x"), 0755), 0);
    put_text("x/1", "a file");
    begin();
    answer("/", "/x/1", root);
    assert_body("a route");
}

static void test_methods(void **unused)
{
    (void)unused;
    assert_int_equal(ask(WEFT_METHOD_HEAD, "HEAD", "/s/app.js"), 200);
    assert_int_equal(x.response.body.len, 29);
    static const struct {
        weft_http_method method;
        const char *name;
    } others[] = {{WEFT_METHOD_POST, "POST"},     {WEFT_METHOD_PUT, "PUT"},
                  {WEFT_METHOD_DELETE, "DELETE"}, {WEFT_METHOD_PATCH, "PATCH"},
                  {WEFT_METHOD_TRACE, "TRACE"},   {WEFT_METHOD_OTHER, "PROPFIND"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_int_equal(ask(others[i].method, others[i].name, "/s/app.js"), 405);
        assert_header("allow", "GET, HEAD");
        assert_int_equal(ask(others[i].method, others[i].name, "/s/docs"), 405);
        assert_int_equal(ask(others[i].method, others[i].name, "/s"), 405);
        assert_int_equal(ask(others[i].method, others[i].name, "/s/none"), 404);
    }
    assert_int_equal(ask(WEFT_METHOD_OPTIONS, "OPTIONS", "/s/app.js"), 204);
    assert_header("allow", "GET, HEAD");
}

/* ---- versions and codings ------------------------------------------------------------------- */

static void test_conditions(void **unused)
{
    (void)unused;
    char tag[80];
    assert_int_equal(get("/s/app.js"), 200);
    snprintf(tag, sizeof tag, "%s", exchange_header(&x, "etag"));
    assert_int_equal(get_with("/s/app.js", "If-None-Match", tag), 304);
    assert_header("etag", tag);
    assert_header("vary", "accept-encoding");
    assert_false(x.response.body_given);
    assert_int_equal(get_with("/s/app.js", "If-Match", "\"other\""), 412);
    assert_header("content-type", "application/problem+json");
    age("app.js", 60);
    assert_int_equal(get_with("/s/app.js", "If-None-Match", tag), 200);
    age("app.js", 0);
    assert_int_equal(get("/s/app.js"), 200);
    assert_int_equal(exchange_header(&x, "etag")[0], 'W'); /* it may change again this second */
    age("app.js", 7200);
}

static void test_ranges(void **unused)
{
    (void)unused;
    assert_int_equal(get_with("/s/app.js", "Range", "bytes=4-8"), 206);
    assert_body("plain");
    assert_header("content-range", "bytes 4-8/29");
    assert_int_equal(get_with("/s/app.js", "Range", "bytes=29-"), 416);
    assert_header("content-range", "bytes */29");
    assert_header("content-type", "application/problem+json");
    assert_int_equal(get_with("/s/app.js", "Range", "bytes=0-1,2-3"), 416);
    assert_int_equal(get_with("/s/nothing.txt", "Range", "bytes=0-"), 416);
    assert_header("content-range", "bytes */0");
}

static void test_precompressed(void **unused)
{
    (void)unused;
    static const struct {
        const char *accept, *body, *coding;
    } cases[] = {
        {"gzip", "gzip form", "gzip"},
        {"br", "br form", "br"},
        {"gzip, deflate, br, zstd", "br form", "br"},
        {"br;q=0.5, gzip;q=0.8", "gzip form", "gzip"},
        {"br;q=0, gzip", "gzip form", "gzip"},
        {"*", "br form", "br"},
        {"identity, br;q=0.5", "let plain = 'the plain form';", ""},
        {"deflate", "let plain = 'the plain form';", ""},
        {"", "let plain = 'the plain form';", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(get_with("/s/app.js", "Accept-Encoding", cases[i].accept), 200);
        assert_body(cases[i].body);
        assert_header("content-encoding", cases[i].coding);
        assert_header("content-type", "text/javascript; charset=utf-8");
        assert_header("vary", "accept-encoding");
    }
    assert_int_equal(get_with("/s/old.css", "Accept-Encoding", "gzip"), 200);
    assert_body("body {}"); /* what is older than its source is stale */
    assert_int_equal(get_with("/s/photo.png", "Accept-Encoding", "gzip"), 200);
    assert_header("content-encoding", "");
    assert_header("vary", "");
}

static void test_compress_weakens_the_tag(void **unused)
{
    (void)unused;
    char text[4000], tag[80];
    memset(text, 'a', sizeof text);
    put("long.txt", text, sizeof text);
    assert_int_equal(get_with("/s/long.txt", "Accept-Encoding", "gzip"), 200);
    assert_header("content-encoding", "gzip");
    snprintf(tag, sizeof tag, "%s", exchange_header(&x, "etag"));
    assert_int_equal(tag[0], 'W');
    assert_int_equal(get_with("/s/long.txt", "If-None-Match", tag), 304);
}

/* ---- large files ---------------------------------------------------------------------------- */

static void assert_file(uint64_t offset, uint64_t length)
{
    assert_non_null(x.response.flow);
    assert_int_equal(x.response.flow->offset, offset);
    assert_int_equal(x.response.flow->length, length);
    assert_int_equal(x.response.body.len, 0);
    char byte;
    assert_int_equal(pread(x.response.flow->fd, &byte, 1, (off_t)offset), 1);
    assert_int_equal(byte, big[offset]);
}

static void test_large_files_stay_files(void **unused)
{
    (void)unused;
    assert_int_equal(get("/s/big.bin"), 200);
    assert_file(0, BIG);
    assert_int_equal(get_with("/s/big.bin", "Range", "bytes=1000-199999"), 206);
    assert_file(1000, 199000);
    assert_header("content-range", "bytes 1000-199999/200000");
    assert_int_equal(get_with("/s/big.bin", "Range", "bytes=-16"), 206);
    assert_null(x.response.flow); /* a small part of it is read */
    assert_memory_equal(x.response.body.at, big + BIG - 16, 16);
    assert_int_equal(get_with("/s/big.bin", "Accept-Encoding", "gzip"), 200);
    assert_file(0, BIG); /* compress leaves it alone */
    assert_int_equal(weft__response_gather(&x.request, &x.response), WEFT_OK);
    assert_null(x.response.flow);
    assert_int_equal(x.response.body.len, BIG);
    assert_memory_equal(x.response.body.at, big, BIG);
    assert_int_equal(ask(WEFT_METHOD_HEAD, "HEAD", "/s/big.bin"), 200);
    assert_int_equal(weft__response_length(&x.response), BIG);
    begin();
}

static void test_descriptors_go_back(void **unused)
{
    (void)unused;
    begin();
    int free_one = open("/dev/null", O_RDONLY);
    close(free_one);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(get("/s/big.bin"), 200);
        if (i == 0)
            weft_response_body_clear(&x.response);
        if (i == 1)
            weft_response_body(&x.response, WEFT_STR("text/plain")); /* another body instead */
        if (i < 2)
            assert_null(x.response.flow);
    }
    assert_int_equal(get("/s/none"), 404);
    assert_int_equal(get("/s/pipe"), 404);
    assert_int_equal(get_with("/s/big.bin", "If-None-Match", "*"), 304);
    assert_int_equal(get_with("/s/app.js", "Accept-Encoding", "gzip, br"), 200);
    assert_int_equal(ask(WEFT_METHOD_POST, "POST", "/s/big.bin"), 405);
    int next = open("/dev/null", O_RDONLY);
    assert_int_equal(next, free_one);
    close(next);
}

/* ---- the parts ------------------------------------------------------------------------------ */

static void test_at_start(void **unused)
{
    (void)unused;
    static const char *const prefixes[] = {"", "s", "/s/", "//"};
    weft_layer layers[] = {weft_static_files("/s", root), {0}};
    const weft_router app = {.layers = layers};
    weft__app_destroy(weft__app_create(&app));
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        layers[0] = (weft_layer)weft_static_files(prefixes[i], root);
        assert_null(weft__app_create(&app));
    }
    layers[0] = (weft_layer)weft_static_files("/s", "/nowhere/at/all");
    assert_null(weft__app_create(&app));
    layers[0] = (weft_layer)weft_static_files("/s", path_of("app.js"));
    assert_null(weft__app_create(&app));
}

static weft_http_status download(weft_request *request, weft_response *response)
{
    return weft_response_file(request, response, root, weft_request_query(request));
}

static void test_a_file_from_a_handler(void **unused)
{
    (void)unused;
    static const struct {
        const char *name;
        int status;
    } cases[] = {
        {"app.js", 200}, {"docs/index.html", 200}, {"docs", 404},          {"docs/", 404},
        {"", 404},       {"/app.js", 404},         {"../secret.txt", 404}, {"out.txt", 404},
        {".env", 404},   {"docs/../app.js", 404},  {"pipe", 404}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin();
        x.request.query = weft_str_from(cases[i].name);
        exchange_run(&x, WEFT_LAYERS(weft_compress()), download);
        if ((int)x.response.status != cases[i].status)
            fail_msg("%s: %d", cases[i].name, x.response.status);
    }
    begin();
    x.request.query = (weft_str){"app.js\0x", 8};
    exchange_run(&x, WEFT_LAYERS(weft_compress()), download);
    assert_int_equal(x.response.status, 404);
}

static void test_walking(void **unused)
{
    (void)unused;
    static const struct {
        const char *path;
        bool opens;
    } cases[] = {
        {"app.js", true},
        {"docs/index.html", true},
        {"docs", true},
        {"none", false},
        {"docs/none", false},
        {"app.js/x", false},
        {"..", false},
        {"../secret.txt", false},
        {"docs/../../secret.txt", false},
        {"docs/../app.js", false},
        {"out.txt", false},
        {"up/secret.txt", false},
        {"inside.html", false},
        {"linked/index.html", false},
        {"/etc/passwd", false},
        {"docs//index.html", false},
        {"", false},
        {"loop", false},
        {"magic", false},
    };
    int top = open(root, O_PATH | O_DIRECTORY);
    int expected = dup(top);
    close(expected);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int fd = weft__beneath_walk(top, cases[i].path);
        if ((fd >= 0) != cases[i].opens)
            fail_msg("%s: %d", cases[i].path, fd);
        if (fd >= 0)
            close(fd);
    }
    char path[400];
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_int_equal(weft__beneath_walk(top, path), -1);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_int_equal(dup(top), expected); /* nothing is left open */
    close(expected);
    close(top);
}

static void test_types(void **unused)
{
    (void)unused;
    static const char *const cases[][2] = {
        {"a.html", "text/html; charset=utf-8"}, {"a.HTML", "text/html; charset=utf-8"},
        {"a.tar.gz", "application/gzip"},       {"a", "application/octet-stream"},
        {"html", "application/octet-stream"},   {"a.html/b", "application/octet-stream"},
        {"a.", "application/octet-stream"},     {"a.htmlx", "application/octet-stream"},
        {"x/y.json", "application/json"},       {"", "application/octet-stream"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(weft__media_of(weft_str_from(cases[i][0]))->type, cases[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_what_is_not_given_out),
        cmocka_unit_test(test_folders_get_their_slash),
        cmocka_unit_test(test_links_within),
        cmocka_unit_test(test_the_root_as_prefix),
        cmocka_unit_test(test_routes_come_first),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_precompressed),
        cmocka_unit_test(test_compress_weakens_the_tag),
        cmocka_unit_test(test_large_files_stay_files),
        cmocka_unit_test(test_descriptors_go_back),
        cmocka_unit_test(test_at_start),
        cmocka_unit_test(test_a_file_from_a_handler),
        cmocka_unit_test(test_walking),
        cmocka_unit_test(test_types),
    };
    return cmocka_run_group_tests_name("static_files", tests, make_folder, remove_folder);
}
