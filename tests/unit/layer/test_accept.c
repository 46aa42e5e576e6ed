/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The reading of Accept-Encoding.
 */
#include "harness.h"
#include "layer/accept.h"

static void assert_accept(const char *value, int gzip, int identity, bool listed)
{
    exchange x;
    exchange_init(&x);
    if (value != NULL)
        exchange_field(&x, "Accept-ENCODING", value);
    weft__accept accept = weft__accept_of(&x.request);
    if (accept.gzip != gzip || accept.identity != identity || accept.identity_listed != listed)
        fail_msg("%s: gzip %d, identity %d, listed %d", value ? value : "(absent)", accept.gzip,
                 accept.identity, accept.identity_listed);
    exchange_finish(&x);
}

static void test_values(void **unused)
{
    (void)unused;
    assert_accept(NULL, 0, 1000, false);
    assert_accept("", 0, 1000, false);
    assert_accept("gzip", 1000, 1000, false);
    assert_accept("GZip", 1000, 1000, false);
    assert_accept("x-gzip", 1000, 1000, false);
    assert_accept("gzip, deflate, br", 1000, 1000, false);
    assert_accept("br,deflate", 0, 1000, false);
    assert_accept("gzip;q=0.5", 500, 1000, false);
    assert_accept("gzip ; q=0.123", 123, 1000, false);
    assert_accept("gzip;Q=1.000", 1000, 1000, false);
    assert_accept("gzip;q=0", 0, 1000, false);
    assert_accept("gzip;q=0.", 0, 1000, false);
    assert_accept("*", 1000, 1000, false);
    assert_accept("*;q=0", 0, 0, false);
    assert_accept("gzip;q=0, *", 0, 1000, false);
    assert_accept("gzip, *;q=0", 1000, 0, false);
    assert_accept("identity", 0, 1000, true);
    assert_accept("identity;q=0", 0, 0, true);
    assert_accept("identity;q=0.5, gzip;q=0.4", 400, 500, true);
    assert_accept("identity;q=1, *;q=0", 0, 1000, true);
    assert_accept("gzip;q=0, *;q=0", 0, 0, false);
    assert_accept("\tgzip \t;\tq = 0.2 , identity", 200, 1000, true);
    assert_accept(",,gzip,,", 1000, 1000, false);
    assert_accept("gzip;level=9;q=0.3", 300, 1000, false);
}

static void test_malformed_weights_count_for_nothing(void **unused)
{
    (void)unused;
    static const char *const weights[] = {"2",   "1.001", "-1",  "0.1234", "",   "x",
                                          "0.x", "00",    "0,5", ".5",     "1x", "0.5.5"};
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        char value[64];
        snprintf(value, sizeof value, "gzip;q=%s", weights[i]);
        assert_accept(value, 0, 1000, false);
    }
}

static void test_several_fields_are_one_list(void **unused)
{
    (void)unused;
    exchange x;
    exchange_init(&x);
    exchange_field(&x, "Accept-Encoding", "br");
    exchange_field(&x, "Host", "gzip;q=0");
    exchange_field(&x, "accept-encoding", "identity;q=0.1, gzip;q=0.2");
    weft__accept accept = weft__accept_of(&x.request);
    assert_int_equal(accept.gzip, 200);
    assert_int_equal(accept.identity, 100);
    exchange_finish(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_malformed_weights_count_for_nothing),
        cmocka_unit_test(test_several_fields_are_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
