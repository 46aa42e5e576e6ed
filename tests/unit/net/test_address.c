/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * test_address.c: addresses from text and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <net/address.h>

static void there_and_back(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"127.0.0.1:3000", "127.0.0.1:3000"},
        {"0.0.0.0:0", "0.0.0.0:0"},
        {"255.255.255.255:65535", "255.255.255.255:65535"},
        {":3000", "0.0.0.0:3000"},
        {"[::1]:3000", "[::1]:3000"},
        {"[::]:0", "[::]:0"},
        {"[0:0:0:0:0:0:0:1]:80", "[::1]:80"},
        {"[::ffff:1.2.3.4]:1", "[::ffff:1.2.3.4]:1"},
        {"[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
         "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
        {"127.0.0.1:0080", "127.0.0.1:80"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weft_address address;
        char text[WEFT_ADDRESS_TEXT];
        assert_int_equal(weft_address_parse(texts[i][0], &address), WEFT_OK);
        weft_str formatted = weft_address_format(&address, text);
        assert_string_equal(text, texts[i][1]);
        assert_int_equal(formatted.len, strlen(text));
    }
}

static void refuses_what_is_no_address(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ":",
        "3000",
        "127.0.0.1",
        "127.0.0.1:",
        "127.0.0.1:65536",
        "1.2.3:1",
        "1.2.3.4.5:1",
        "1.2.3.256:1",
        "localhost:80",
        "1.2.3.4:+1",
        "1.2.3.4:1x",
        "::1:80",
        "[::1]",
        "[::1]:",
        "[::1:80",
        "::1]:80",
        "[]:80",
        "[1.2.3.4]:80",
        "[::1] :80",
        " 127.0.0.1:80",
        "127.0.0.1 :80",
        "1.2.3.4:-1",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:1",
        "1.2.3.4:99999999999999999999999",
        "[::1]x:80",
        "[:80",
        "]:80",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weft_address address = {.len = 77};
        assert_int_equal(weft_address_parse(texts[i], &address), WEFT_ADDRESS);
        assert_int_equal(address.len, 77); /* left alone */
    }
}

static void no_address_is_empty_text(void **state)
{
    (void)state;
    weft_address none = {0};
    char text[WEFT_ADDRESS_TEXT] = "x";
    assert_int_equal(weft_address_format(&none, text).len, 0);
    assert_string_equal(text, "");
}

static void a_kept_peer_is_the_same_but_for_a_path(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"1.2.3.4:5", "1.2.3.4:5"},
        {"[1:2::3]:65535", "[1:2::3]:65535"},
        {"unix:/run/client", "unix:"},
        {"unix:@client", "unix:"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        weft_address address, shown = {0};
        char text[WEFT_ADDRESS_TEXT];
        assert_int_equal(weft_address_parse(texts[i][0], &address), WEFT_OK);
        weft__peer kept = weft__peer_keep(&address);
        weft__peer_show(&kept, &shown);
        weft_address_format(&shown, text);
        assert_string_equal(text, texts[i][1]);
    }
    weft__peer nobody = weft__peer_keep(&(weft_address){0});
    assert_int_equal(nobody.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(refuses_what_is_no_address),
        cmocka_unit_test(no_address_is_empty_text),
        cmocka_unit_test(a_kept_peer_is_the_same_but_for_a_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
