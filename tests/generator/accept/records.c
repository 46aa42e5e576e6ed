/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Records: every field type, nested, arrays, optionals, rules, names outside C, enums.
 */
#include <weft/prelude.h>

/** How much may be done. */
DERIVE(json)
typedef enum access_level {
    ACCESS_READ,
    ACCESS_WRITE,
    ACCESS_ALL RENAME("everything"),
} access_level;
ARRAY_OF(access_level);

/// Where somebody lives.
DERIVE(json)
typedef struct address {
    str street LENGTH(1, 100);
    str city RENAME("town");
    OPTIONAL(str) state;
} address;
ARRAY_OF(address);
OPTIONAL_OF(address);

typedef int32_t account_id;

/// Somebody with an account.
DERIVE(json)
typedef struct account {
    account_id id RANGE(1, INT32_MAX);
    str email EMAIL RENAME("e-mail");
    str code PATTERN("[A-Z]{2}[0-9]{4}");
    bool active DEFAULT(true);
    int8_t i8;
    int16_t i16;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float ratio;
    double balance RANGE(-1e6, 1e6);
    access_level access DEFAULT(ACCESS_READ);
    address home;
    OPTIONAL(address) office;
    ARRAY(address) others LENGTH(0, 10);
    ARRAY(str) tags LENGTH(0, 5);
    ARRAY(access_level) levels;
    OPTIONAL(double) limit;
} account;

static http_status put_account(const account *in, account *out)
{
    *out = *in;
    return HTTP_OK;
}

static const route api[] = {
    PUT("/account", put_account),
};

int main(void)
{
    router app = {.routes = ROUTES(api)};
    return serve("127.0.0.1:3000", &app);
}
