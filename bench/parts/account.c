/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The struct of 12 fields that the JSON benchmark reads and writes.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct account {
    int64_t id;
    str name LENGTH(1, 80);
    str email;
    str phone;
    str company;
    str street;
    str city;
    str about;
    bool active;
    int32_t visits;
    double balance;
    double latitude;
} account;

static http_status put_account(const account *in, account *out)
{
    *out = *in;
    return HTTP_OK;
}

static const route accounts[] = {PUT("/accounts", put_account)};
