/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * trace: the access line, read back from a child's stderr; and layers of the user's own.
 */
#include "harness.h"
#include <sys/wait.h>
#include <unistd.h>
#include <weft/log.h>

static weft_http_status status = WEFT_HTTP_OK;

static weft_http_status handler(weft_request *request, weft_response *response)
{
    (void)request;
    if (status < WEFT_HTTP_BAD_REQUEST)
        weft_buffer_append(weft_response_body(response, WEFT_STR("text/plain")), "hello", 5);
    return status;
}

/* What a child that runs `body` logs. */
static const char *logged(void (*body)(void))
{
    static char text[64 << 10];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        body();
        exit(0);
    }
    close(ends[1]);
    size_t len = 0;
    for (ssize_t n = 1; n > 0; len += (size_t)n) {
        n = read(ends[0], text + len, sizeof text - 1 - len);
        assert_int_not_equal(n, -1);
    }
    close(ends[0]);
    text[len] = '\0';
    int ended;
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    return text;
}

static void assert_has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fputs(text, stderr);
        fail_msg("the line has no %.*s", (int)strlen(part), part);
    }
}

static void run_once(void (*prepare)(exchange *x))
{
    exchange x;
    exchange_init(&x);
    if (prepare != NULL)
        prepare(&x);
    exchange_run(&x, WEFT_LAYERS(weft_trace()), handler);
    exchange_finish(&x);
}

static void with_everything(exchange *x)
{
    x->request.started = weft_clock_now() - 5 * WEFT_MILLISECOND;
    x->request.query = WEFT_STR("password=secret");
    assert_int_equal(weft_address_parse("127.0.0.1:4711", &x->request.peer), WEFT_OK);
}

static void log_everything(void)
{
    run_once(with_everything);
}

static void test_the_line(void **unused)
{
    (void)unused;
    const char *text = logged(log_everything);
    assert_has(text, "\"level\":\"info\",\"module\":\"http\",\"message\":\"request\","
                     "\"method\":\"GET\",\"path\":\"/x/1\",\"status\":200,\"duration_ms\":");
    assert_has(text, "\"bytes\":5,\"request_id\":\"");
    assert_has(text, "\"route\":\"/x/{id}\",\"peer\":\"127.0.0.1:4711\"}\n");
    assert_null(strstr(text, "secret"));
    double duration = strtod(strstr(text, "duration_ms\":") + 13, NULL);
    assert_true(duration >= 5 && duration < 5000);
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
}

static void log_head(void)
{
    exchange x;
    exchange_init(&x);
    x.request.method = WEFT_METHOD_HEAD;
    x.request.method_name = WEFT_STR("HEAD");
    exchange_run(&x, WEFT_LAYERS(weft_trace()), handler);
    exchange_finish(&x);
}

static void test_head_sends_no_bytes(void **unused)
{
    (void)unused;
    assert_has(logged(log_head), "\"bytes\":0,");
}

static void log_statuses(void)
{
    status = WEFT_HTTP_NOT_FOUND;
    run_once(NULL);
    status = WEFT_HTTP_SERVICE_UNAVAILABLE;
    run_once(NULL);
}

static void test_failures_of_the_server_are_errors(void **unused)
{
    (void)unused;
    const char *text = logged(log_statuses);
    assert_has(text, "\"level\":\"info\",\"module\":\"http\",\"message\":\"request\","
                     "\"method\":\"GET\",\"path\":\"/x/1\",\"status\":404,");
    assert_has(text, "\"level\":\"error\",\"module\":\"http\",\"message\":\"request\","
                     "\"method\":\"GET\",\"path\":\"/x/1\",\"status\":503,");
    setenv("WEFT_LOG", "warn", 1);
    text = logged(log_statuses);
    unsetenv("WEFT_LOG");
    assert_null(strstr(text, "\"status\":404"));
    assert_has(text, "503");
}

/* ---- ids ----------------------------------------------------------------------------------------- */

static void with_id(exchange *x)
{
    exchange_field(x, "X-Request-ID", "from-the-proxy");
}

static void with_long_id(exchange *x)
{
    exchange_field(x, "X-Request-ID",
                   "0123456789012345678901234567890123456789012345678901234567890123X");
}

static void log_ids(void)
{
    run_once(with_id);
    run_once(with_long_id);
    for (int i = 0; i < 50; i++)
        run_once(NULL);
}

static void test_request_ids(void **unused)
{
    (void)unused;
    const char *text = logged(log_ids);
    assert_has(text, "\"request_id\":\"from-the-proxy\"");
    assert_null(strstr(text, "0123456789012345678901234567890"));
    const char *ids[51];
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, "\"request_id\":\"")) != NULL;) {
        at += 14;
        if (strncmp(at, "from", 4) == 0)
            continue;
        assert_int_equal(strspn(at, "0123456789abcdef"), 16);
        assert_int_equal(at[16], '"');
        for (size_t i = 0; i < count; i++)
            assert_int_not_equal(strncmp(ids[i], at, 16), 0);
        assert_in_range(count, 0, 50);
        ids[count++] = at;
    }
    assert_int_equal(count, 51);
}

/* ---- refused before routing ---------------------------------------------------------------------- */

static void refuse(void)
{
    exchange x;
    exchange_init(&x);
    x.request.method_name = x.request.path = (weft_str){NULL, 0};
    weft_router router = {.layers = WEFT_LAYERS(weft_trace(), weft_compress())};
    weft__app *app = weft__app_create(&router);
    weft__app_refuse(app, &x.request, &x.response, WEFT_HTTP_BAD_REQUEST, "a bare LF");
    weft__app_destroy(app);
    exchange_finish(&x);
}

static void test_refusals_are_logged(void **unused)
{
    (void)unused;
    assert_has(logged(refuse), "\"method\":\"\",\"path\":\"\",\"status\":400,");
}

/* ---- a layer of the user's ------------------------------------------------------------------------ */

static weft_http_status require_token(weft_request *request, weft_response *response,
                                      weft_next *next)
{
    if (weft_request_header(request, "authorization").len == 0)
        return WEFT_HTTP_UNAUTHORIZED;
    return weft_next_run(next, request, response);
}

static void test_a_function_as_a_layer(void **unused)
{
    (void)unused;
    weft_layer layer = WEFT_LAYER_FROM(require_token);
    assert_string_equal(layer.name, "require_token");
    exchange x;
    exchange_init(&x);
    exchange_run(&x, WEFT_LAYERS(layer), handler);
    assert_int_equal(x.response.status, 401);
    exchange_finish(&x);
    exchange_init(&x);
    exchange_field(&x, "Authorization", "Bearer x");
    exchange_run(&x, WEFT_LAYERS(layer), handler);
    assert_int_equal(x.response.status, 200);
    exchange_finish(&x);
}

int main(void)
{
    unsetenv("WEFT_LOG");
    setenv("WEFT_LOG_FORMAT", "json", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_head_sends_no_bytes),
        cmocka_unit_test(test_failures_of_the_server_are_errors),
        cmocka_unit_test(test_request_ids),
        cmocka_unit_test(test_refusals_are_logged),
        cmocka_unit_test(test_a_function_as_a_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
