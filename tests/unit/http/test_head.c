/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * tests/unit/http/test_head.c: request heads, rule by rule. Each case runs whole, byte by byte and
 * cut in two at every offset.
 */
#include "session.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

typedef struct bad_case {
    const char *what;
    int status;
    weft_str bytes;
} bad_case;

#define BYTES(literal)                  \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }
#define H        "Host: a\r\n"
#define L(field) BYTES("POST / HTTP/1.1\r\n" H field "\r\n\r\n")

static const bad_case bad_cases[] = {
    /* request line */
    {"empty method", 400, BYTES(" / HTTP/1.1\r\n")},
    {"method not a token", 400, BYTES("G@T / HTTP/1.1\r\n")},
    {"method with NUL", 400, BYTES("GE\0T / HTTP/1.1\r\n")},
    {"method with high byte", 400, BYTES("GET\xc3\x9f / HTTP/1.1\r\n")},
    {"TAB after method", 400, BYTES("GET\t/ HTTP/1.1\r\n")},
    {"two spaces after method", 400, BYTES("GET  / HTTP/1.1\r\n")},
    {"two spaces before version", 400, BYTES("GET /  HTTP/1.1\r\n")},
    {"space after version", 400, BYTES("GET / HTTP/1.1 \r\n")},
    {"space in target", 400, BYTES("GET /a b HTTP/1.1\r\n")},
    {"HTTP/0.9", 400, BYTES("GET /\r\n")},
    {"HTTP/0.9 with bare LF", 400, BYTES("GET /\n")},
    {"version 0.9", 400, BYTES("GET / HTTP/0.9\r\n")},
    {"version 2.0", 505, BYTES("GET / HTTP/2.0\r\n")},
    {"HTTP/2 preface", 505, BYTES("PRI * HTTP/2.0\r\n")},
    {"version 1.2", 505, BYTES("GET / HTTP/1.2\r\n")},
    {"version 1.12", 400, BYTES("GET / HTTP/1.12\r\n")},
    {"version 11.1", 400, BYTES("GET / HTTP/11.1\r\n")},
    {"version without minor", 400, BYTES("GET / HTTP/1\r\n")},
    {"version in lower case", 400, BYTES("GET / http/1.1\r\n")},
    {"other protocol", 400, BYTES("GET / RTSP/1.0\r\n")},
    {"bare LF after line", 400, BYTES("GET / HTTP/1.1\n")},
    {"bare CR after line", 400, BYTES("GET / HTTP/1.1\rHost: a")},
    {"three empty lines first", 400, BYTES("\r\n\r\n\r\nGET / HTTP/1.1\r\n")},
    {"bare LF first", 400, BYTES("\nGET / HTTP/1.1\r\n")},
    {"bare CR first", 400, BYTES("\rGET / HTTP/1.1\r\n")},
    /* targets */
    {"fragment", 400, BYTES("GET /a#b HTTP/1.1\r\n")},
    {"fragment after query", 400, BYTES("GET /a?b#c HTTP/1.1\r\n")},
    {"high byte in path", 400, BYTES("GET /\xc3\xa9 HTTP/1.1\r\n")},
    {"high byte in query", 400, BYTES("GET /?\xc3\xa9 HTTP/1.1\r\n")},
    {"DEL in path", 400, BYTES("GET /\x7f HTTP/1.1\r\n")},
    {"NUL in path", 400, BYTES("GET /\0 HTTP/1.1\r\n")},
    {"TAB in path", 400, BYTES("GET /\tx HTTP/1.1\r\n")},
    {"relative path", 400, BYTES("GET a/b HTTP/1.1\r\n")},
    {"only a query", 400, BYTES("GET ?a HTTP/1.1\r\n")},
    {"asterisk with GET", 400, BYTES("GET * HTTP/1.1\r\n")},
    {"asterisk and more", 400, BYTES("OPTIONS *x HTTP/1.1\r\n")},
    {"asterisk with query", 400, BYTES("OPTIONS *?x HTTP/1.1\r\n")},
    {"authority-form with GET", 400, BYTES("GET a:80 HTTP/1.1\r\n")},
    {"CONNECT", 501, BYTES("CONNECT a:80 HTTP/1.1\r\n")},
    {"user information", 400, BYTES("GET http://u:p@a/ HTTP/1.1\r\n")},
    {"absolute-form without host", 400, BYTES("GET http:///a HTTP/1.1\r\n")},
    {"absolute-form with only a port", 400, BYTES("GET http://:80/a HTTP/1.1\r\n")},
    {"absolute-form, bad host", 400, BYTES("GET http://a\"b/ HTTP/1.1\r\n")},
    {"absolute-form, bad port", 400, BYTES("GET http://a:8x/ HTTP/1.1\r\n")},
    {"absolute-form, other scheme", 400, BYTES("GET ftp://a/ HTTP/1.1\r\n")},
    {"absolute-form without Host", 400, BYTES("GET http://a/ HTTP/1.1\r\n\r\n")},
    /* field lines */
    {"obs-fold", 400, L("A: b\r\n c")},
    {"obs-fold with TAB", 400, L("A: b\r\n\tc")},
    {"space before the first field", 400, BYTES("GET / HTTP/1.1\r\n Host: a\r\n\r\n")},
    {"space before colon", 400, L("A : b")},
    {"TAB before colon", 400, L("A\t: b")},
    {"empty name", 400, L(": b")},
    {"no colon", 400, L("abc")},
    {"name with space", 400, L("A b: c")},
    {"name with NUL", 400, L("A\0b: c")},
    {"name with high byte", 400, L("A\xff: c")},
    {"name with quote", 400, L("A\"b: c")},
    {"name with slash", 400, L("A/b: c")},
    {"name with brackets after 16 bytes", 400, L("Aaaaaaaaaaaaaaaaaaaaaaa[0]: c")},
    {"bare LF after value", 400, L("A: b\nC: d")},
    {"bare CR in value", 400, L("A: b\rC: d")},
    {"CR CR LF", 400, L("A: b\r\r\nC: d")},
    {"NUL in value", 400, L("A: b\0c")},
    {"NUL late in a value", 400, L("A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\0c")},
    {"vertical tab in value", 400, L("A: b\vc")},
    {"DEL in value", 400, L("A: b\x7f")},
    {"bare LF for the empty line", 400, BYTES("GET / HTTP/1.1\r\n" H "\n")},
    {"bare CR for the empty line", 400, BYTES("GET / HTTP/1.1\r\n" H "\rA")},
    /* Host */
    {"no Host", 400, BYTES("GET / HTTP/1.1\r\n\r\n")},
    {"two Hosts", 400, L("Host: a")},
    {"two Hosts in 1.0", 400, BYTES("GET / HTTP/1.0\r\n" H H "\r\n")},
    {"Host with space", 400, BYTES("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")},
    {"Host list", 400, BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")},
    {"Host with user information", 400, BYTES("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n")},
    {"Host with bad port", 400, BYTES("GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n")},
    {"Host with two ports", 400, BYTES("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n")},
    {"Host with long port", 400, BYTES("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n")},
    {"Host with only a port", 400, BYTES("GET / HTTP/1.1\r\nHost: :80\r\n\r\n")},
    {"Host with open bracket", 400, BYTES("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n")},
    {"Host with empty brackets", 400, BYTES("GET / HTTP/1.1\r\nHost: []\r\n\r\n")},
    {"Host with text after brackets", 400, BYTES("GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n")},
    {"Host with bad escape", 400, BYTES("GET / HTTP/1.1\r\nHost: a%4\r\n\r\n")},
    {"Host with high byte", 400, BYTES("GET / HTTP/1.1\r\nHost: \xc3\xa9\r\n\r\n")},
    /* Content-Length */
    {"CL twice", 400, L("Content-Length: 1\r\nContent-Length: 2")},
    {"CL twice, equal", 400, L("Content-Length: 5\r\ncontent-length: 5")},
    {"CL list", 400, L("Content-Length: 5, 5")},
    {"CL list without space", 400, L("Content-Length: 5,5")},
    {"CL empty", 400, L("Content-Length:")},
    {"CL plus", 400, L("Content-Length: +5")},
    {"CL minus", 400, L("Content-Length: -5")},
    {"CL hex", 400, L("Content-Length: 0x5")},
    {"CL underscore", 400, L("Content-Length: 5_0")},
    {"CL quoted", 400, L("Content-Length: \"5\"")},
    {"CL exponent", 400, L("Content-Length: 1e3")},
    {"CL with a space inside", 400, L("Content-Length: 4 2")},
    {"CL of 2^63", 400, L("Content-Length: 9223372036854775808")},
    {"CL of 2^64", 400, L("Content-Length: 18446744073709551616")},
    {"CL of 20 digits", 400, L("Content-Length: 00000000000000000001")},
    /* Transfer-Encoding */
    {"CL then TE", 400, L("Content-Length: 5\r\nTransfer-Encoding: chunked")},
    {"TE then CL", 400, L("TRANSFER-ENCODING: chunked\r\nCONTENT-LENGTH: 5")},
    {"TE twice", 400, L("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked")},
    {"TE chunked,chunked", 400, L("Transfer-Encoding: chunked, chunked")},
    {"TE ,chunked", 400, L("Transfer-Encoding: ,chunked")},
    {"TE chunked,", 400, L("Transfer-Encoding: chunked,")},
    {"TE empty", 400, L("Transfer-Encoding:")},
    {"TE with parameter", 400, L("Transfer-Encoding: chunked;q=1")},
    {"TE chunked not last", 400, L("Transfer-Encoding: chunked, gzip")},
    {"TE unknown", 501, L("Transfer-Encoding: xchunked")},
    {"TE identity", 501, L("Transfer-Encoding: identity")},
    {"TE gzip, chunked", 501, L("Transfer-Encoding: gzip, chunked")},
    {"TE gzip, chunked, with tabs", 501, L("Transfer-Encoding: gzip\t,\tchunked")},
    {"TE gzip , chunked", 501, L("Transfer-Encoding: gzip , chunked")},
    {"TE with vertical tab", 400,
     L("Transfer-Encoding: \x0b"
       "chunked")},
    {"TE with no-break space", 400,
     L("Transfer-Encoding: \xa0"
       "chunked")},
    {"TE quoted", 400, L("Transfer-Encoding: \"chunked\"")},
    {"TE in 1.0", 400, BYTES("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n")},
    /* Connection, Expect */
    {"Connection names Content-Length", 400, L("Connection: close, Content-Length")},
    {"Connection names Host", 400, L("Connection: host")},
    {"Connection names Authorization", 400, L("Connection: Authorization")},
    {"Connection not a list", 400, L("Connection: keep alive")},
    {"Expect unknown", 417, L("Expect: 200-ok")},
    {"Expect empty", 417, L("Expect:")},
    {"Expect list", 417, L("Expect: 100-continue, x")},
};

static void run_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const bad_case *c = &bad_cases[i];
        session s;
        session_init(&s);
        session_feed(&s, c->bytes.at, c->bytes.len);
        if (s.phase != AT_FAULT || (int)s.fault.status != c->status)
            fail_msg("%s: phase %d, status %d, wanted %d", c->what, s.phase, s.fault.status,
                     c->status);
        assert_non_null(s.fault.reason);
        assert_int_equal(s.requests, 0);
        if (!session_all_cuts_same(&s, c->bytes.at, c->bytes.len))
            fail_msg("%s: depends on how it is cut", c->what);
        session_finish(&s);
    }
}

/* ---- what is accepted ----------------------------------------------------------------------- */

typedef struct good_case {
    const char *facts; /* as session_record_head writes them */
    weft_str bytes;
} good_case;

#define FACTS(m, v, k, e, f, l, n, path, query, host)                                    \
    "m" #m " v" #v " k" #k " e" #e " f" #f " l" #l " n" #n " path " path " query " query \
    " host " host "\n"

static const good_case good_cases[] = {
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/users/1", "", "127.0.0.1:3000"),
     BYTES("GET /users/1 HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", "a"), BYTES("\r\nGET / HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", "a"), BYTES("\r\n\r\nGET / HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/a", "b=c?d", "a"), BYTES("GET /a?b=c?d HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/a", "", "a"), BYTES("GET /a? HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "//a", "", "a"), BYTES("GET //a HTTP/1.1\r\n" H "\r\n")},
    {FACTS(1, 1, 1, 0, 0, 0, 1, "/", "", "a"), BYTES("HEAD / HTTP/1.1\r\n" H "\r\n")},
    {FACTS(9, 1, 1, 0, 0, 0, 1, "/", "", "a"), BYTES("get / HTTP/1.1\r\n" H "\r\n")},
    {FACTS(9, 1, 1, 0, 0, 0, 1, "/", "", "a"), BYTES("M-SEARCH / HTTP/1.1\r\n" H "\r\n")},
    {FACTS(6, 1, 1, 0, 0, 0, 1, "*", "", "a"), BYTES("OPTIONS * HTTP/1.1\r\n" H "\r\n")},
    {FACTS(6, 1, 1, 0, 0, 0, 1, "*", "", "b"), BYTES("OPTIONS http://b HTTP/1.1\r\n" H "\r\n")},
    {FACTS(6, 1, 1, 0, 0, 0, 1, "/", "c", "b"), BYTES("OPTIONS http://b?c HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", "b:80"), BYTES("GET http://b:80 HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/c", "d", "[::1]"),
     BYTES("GET HTTPS://[::1]/c?d HTTP/1.1\r\n" H "\r\n")},
    {FACTS(0, 0, 0, 0, 0, 0, 0, "/", "", ""), BYTES("GET / HTTP/1.0\r\n\r\n")},
    {FACTS(0, 0, 1, 0, 0, 0, 1, "/", "", ""),
     BYTES("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")},
    {FACTS(0, 1, 0, 0, 0, 0, 2, "/", "", "a"),
     BYTES("GET / HTTP/1.1\r\n" H "Connection: ,keep-alive\t,\t,CLOSE\r\n\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 2, "/", "", "a"),
     BYTES("GET / HTTP/1.1\r\n" H "Connection: upgrade, TE\r\n\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", ""), BYTES("GET / HTTP/1.1\r\nHost:\r\n\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", "a:"), BYTES("GET / HTTP/1.1\r\nHost: a:\r\n\r\n")},
    {FACTS(0, 1, 1, 0, 0, 0, 1, "/", "", "a_b~%c3%A9!$&'()*+,;=:65535"),
     BYTES("GET / HTTP/1.1\r\nHOST:a_b~%c3%A9!$&'()*+,;=:65535\t \r\n\r\n")},
    {FACTS(2, 1, 1, 0, 1, 3, 2, "/", "", "a"),
     BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 003\r\n\r\nabc")},
    {FACTS(2, 1, 1, 0, 1, 0, 2, "/", "", "a"),
     BYTES("POST / HTTP/1.1\r\n" H "Content-Length: 0\r\n\r\n")},
    {FACTS(2, 1, 1, 0, 2, 0, 2, "/", "", "a"),
     BYTES("POST / HTTP/1.1\r\n" H "transfer-encoding: \tChunked \r\n\r\n0\r\n\r\n")},
    {FACTS(2, 1, 1, 1, 1, 1, 3, "/", "", "a"),
     BYTES("POST / HTTP/1.1\r\n" H "Expect: 100-Continue\r\nContent-Length: 1\r\n\r\nx")},
    {FACTS(0, 1, 1, 0, 0, 0, 2, "/", "", "a"),
     BYTES("GET / HTTP/1.1\r\n" H "Expect: 100-continue\r\n\r\n")},
    {FACTS(2, 0, 0, 0, 1, 1, 3, "/", "", "a"),
     BYTES("POST / HTTP/1.0\r\n" H "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx")},
    {FACTS(0, 1, 1, 0, 0, 0, 4, "/", "", "a"),
     BYTES("GET / HTTP/1.1\r\n" H "X!#$%&'*+-.^_`|~9: \xff\tz\r\nB:\r\nexpecs: 1\r\n\r\n")},
};

static void run_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_cases / sizeof good_cases[0]; i++) {
        const good_case *c = &good_cases[i];
        session s;
        session_init(&s);
        session_feed(&s, c->bytes.at, c->bytes.len);
        if (s.phase == AT_FAULT)
            fail_msg("%.*s: %s", WEFT_STR_ARGS(c->bytes), s.fault.reason);
        assert_int_equal(s.requests, 1);
        assert_int_equal(s.pending.len, 0);
        assert_int_equal(s.facts.len, strlen(c->facts));
        assert_memory_equal(s.facts.at, c->facts, s.facts.len);
        assert_true(session_all_cuts_same(&s, c->bytes.at, c->bytes.len));
        session_finish(&s);
    }
}

/* A fault shows as soon as its byte is there: nothing after it is waited for. */
static void run_early(void **state)
{
    (void)state;
    static const weft_str prefixes[] = {
        BYTES("@"),
        BYTES("GET  "),
        BYTES("GET /\r"),
        BYTES("GET / X"),
        BYTES("GET / HTTP/2.0"),
        BYTES("GET /#"),
        BYTES("CONNECT "),
        BYTES("\r\n\r\n\r"),
        BYTES("GET / HTTP/1.1\n"),
        BYTES("GET / HTTP/1.1\r\n "),
        BYTES("GET / HTTP/1.1\r\n:"),
        BYTES("GET / HTTP/1.1\r\nA "),
        BYTES("GET / HTTP/1.1\r\nA: \n"),
        BYTES("GET / HTTP/1.1\r\nContent-Length: x\r\n"),
        BYTES("GET / HTTP/1.1\r\nExpect: x\r\n"),
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        session s;
        session_init(&s);
        session_feed(&s, prefixes[i].at, prefixes[i].len - 1);
        assert_int_equal(s.phase, AT_HEAD);
        session_feed(&s, prefixes[i].at + prefixes[i].len - 1, 1);
        if (s.phase != AT_FAULT)
            fail_msg("not refused at once: %.*s", WEFT_STR_ARGS(prefixes[i]));
        session_finish(&s);
    }
}

/* ---- limits --------------------------------------------------------------------------------- */

static int status_of(weft__h1_limits limits, weft_str bytes)
{
    session s;
    session_init(&s);
    s.limits = limits;
    session_feed(&s, bytes.at, bytes.len);
    int status = s.phase == AT_FAULT ? (int)s.fault.status : s.requests ? 200 : 0;
    assert_true(session_all_cuts_same(&s, bytes.at, bytes.len));
    session_finish(&s);
    return status;
}

static void run_limits(void **state)
{
    (void)state;
    static const char whole[] = "GET /56789 HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n"; /* 19, 2, 40 */
    weft_str bytes = {whole, sizeof whole - 1};
    assert_int_equal(status_of((weft__h1_limits){0}, bytes), 200);
    assert_int_equal(status_of((weft__h1_limits){.request_line = 19}, bytes), 200);
    assert_int_equal(status_of((weft__h1_limits){.request_line = 18}, bytes), 414);
    assert_int_equal(status_of((weft__h1_limits){.head = (uint32_t)bytes.len}, bytes), 200);
    assert_int_equal(status_of((weft__h1_limits){.head = (uint32_t)bytes.len - 1}, bytes), 431);
    assert_int_equal(status_of((weft__h1_limits){.head = 5}, bytes), 431);
    assert_int_equal(status_of((weft__h1_limits){.fields = 2}, bytes), 200);
    assert_int_equal(status_of((weft__h1_limits){.fields = 1}, bytes), 431);
    /* before the rest has come */
    assert_int_equal(status_of((weft__h1_limits){.request_line = 3}, (weft_str){whole, 6}), 414);
    assert_int_equal(status_of((weft__h1_limits){.request_line = 3}, (weft_str){whole, 5}), 0);
    assert_int_equal(status_of((weft__h1_limits){.head = 30}, (weft_str){whole, 31}), 431);
    assert_int_equal(status_of((weft__h1_limits){.head = 30}, (weft_str){whole, 30}), 0);
    /* the empty line before does not count as part of the request line */
    assert_int_equal(status_of((weft__h1_limits){.request_line = 14},
                               WEFT_STR("\r\nGET / HTTP/1.1\r\n" H "\r\n")),
                     200);
}

static void run_default_limits(void **state)
{
    (void)state;
    static char bytes[70000];
    size_t line = (size_t)sprintf(bytes, "GET /");
    memset(bytes + line, 'a', 60000);
    session s;
    session_init(&s);
    session_feed(&s, bytes, WEFT__H1_REQUEST_LINE_MAX + 2);
    assert_int_equal(s.phase, AT_HEAD);
    session_feed(&s, bytes, 1);
    assert_int_equal(s.phase, AT_FAULT);
    assert_int_equal(s.fault.status, 414);
    session_finish(&s);

    size_t head = (size_t)sprintf(bytes, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    memset(bytes + head, 'a', 60000);
    session_init(&s);
    session_feed(&s, bytes, WEFT__H1_HEAD_MAX);
    assert_int_equal(s.phase, AT_HEAD);
    session_feed(&s, bytes + head, 1);
    assert_int_equal(s.fault.status, 431);
    session_finish(&s);

    for (unsigned count = WEFT__H1_FIELDS_MAX; count <= WEFT__H1_FIELDS_MAX + 1; count++) {
        size_t len = (size_t)sprintf(bytes, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (unsigned i = 1; i < count; i++)
            len += (size_t)sprintf(bytes + len, "H%u: %u\r\n", i, i);
        len += (size_t)sprintf(bytes + len, "\r\n");
        session_init(&s);
        session_feed(&s, bytes, len);
        assert_int_equal(s.requests, count == WEFT__H1_FIELDS_MAX);
        assert_int_equal(s.fault.status, count == WEFT__H1_FIELDS_MAX ? 0 : 431);
        session_finish(&s);
    }
}

/* ---- memory --------------------------------------------------------------------------------- */

static void run_fields_need_no_memory(void **state)
{
    (void)state;
    weft_arena arena;
    weft_request request;
    weft__h1_limits limits = {0};
    weft__h1_fault fault;
    size_t used;
    weft_str bytes = WEFT_STR("GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\nGET");
    weft_arena_init(&arena, 0);
    weft__request_init(&request, &arena);
    for (size_t len = 0; len < bytes.len - 3; len++)
        assert_int_equal(weft__h1_parse(bytes.at, len, &limits, &request, &used, &fault),
                         WEFT__H1_PARTIAL);
    assert_int_equal(weft__h1_parse(bytes.at, bytes.len, &limits, &request, &used, &fault),
                     WEFT__H1_DONE);
    assert_int_equal(used, bytes.len - 3);
    assert_int_equal(request.field_count, 2);
    assert_int_equal(arena.reserved, 0);
}

/* A host that is known is taken as it is; every other one is checked, however near it comes. */
static void run_known_host(void **state)
{
    (void)state;
    static const char known[] = "api.example.com:80";
    static const struct {
        const char *host;
        weft__h1_outcome outcome;
    } cases[] = {
        {"api.example.com:80", WEFT__H1_DONE}, {"api.example.com:81", WEFT__H1_DONE},
        {"api.example.com:8", WEFT__H1_DONE},  {"API.example.com:80", WEFT__H1_DONE},
        {"api.example.com:8x", WEFT__H1_BAD},  {"api.example.com:80 b", WEFT__H1_BAD},
        {"api.example\"com:80", WEFT__H1_BAD}, {"", WEFT__H1_DONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weft_arena arena;
        weft_request request;
        weft__h1_limits limits = {0};
        weft__h1_fault fault;
        size_t used;
        char bytes[128];
        int len = sprintf(bytes, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", cases[i].host);
        weft_arena_init(&arena, 0);
        weft__request_init(&request, &arena);
        request.host_known = weft_str_from(known);
        assert_int_equal(weft__h1_parse(bytes, (size_t)len, &limits, &request, &used, &fault),
                         cases[i].outcome);
        if (cases[i].outcome == WEFT__H1_DONE)
            assert_true(weft_str_equal(request.host, weft_str_from(cases[i].host)));
        assert_true((request.host.at == known) == (i == 0));
    }
}

/* A head of one field more than a request holds itself. */
static void run_out_of_memory(void **state)
{
    (void)state;
    weft_arena arena;
    weft_request request;
    weft__h1_limits limits = {0};
    weft__h1_fault fault;
    size_t used, len = 0;
    char bytes[1024];
    len += (size_t)sprintf(bytes, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < WEFT__FIELDS_INSIDE; i++)
        len += (size_t)sprintf(bytes + len, "A: b\r\n");
    len += (size_t)sprintf(bytes + len, "\r\n");
    weft_arena_init(&arena, 1);
    weft__request_init(&request, &arena);
    assert_int_equal(weft__h1_parse(bytes, len, &limits, &request, &used, &fault), WEFT__H1_BAD);
    assert_int_equal(fault.status, 500);
    weft_arena_reset(&arena);

    weft_arena_init(&arena, 0);
    weft__request_init(&request, &arena);
    assert_int_equal(weft__h1_parse(bytes, len, &limits, &request, &used, &fault), WEFT__H1_DONE);
    assert_int_equal(request.field_count, WEFT__FIELDS_INSIDE + 1);
    assert_true(weft_str_equal(request.fields[0].value, WEFT_STR("a")));
    assert_true(weft_str_equal(request.fields[WEFT__FIELDS_INSIDE].value, WEFT_STR("b")));
    weft_arena_reset(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_bad),
        cmocka_unit_test(run_good),
        cmocka_unit_test(run_early),
        cmocka_unit_test(run_limits),
        cmocka_unit_test(run_default_limits),
        cmocka_unit_test(run_fields_need_no_memory),
        cmocka_unit_test(run_known_host),
        cmocka_unit_test(run_out_of_memory),
    };
    return cmocka_run_group_tests_name("http head", tests, NULL, NULL);
}
