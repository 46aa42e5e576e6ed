/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/uuid.c: UUIDs (RFC 9562).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <weft/value.h>

/* Sixteen bytes come whole or not at all; a process that was promised an unguessable id must not go
 * on with another. */
static weft_uuid random_bits(void)
{
    weft_uuid uuid;
    ssize_t got;
    do {
        got = getrandom(uuid.at, sizeof uuid.at, 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof uuid.at) {
        (void)fputs("weft: the kernel gives no random bytes (getrandom)\n", stderr);
        abort();
    }
    return uuid;
}

static weft_uuid with_version(weft_uuid uuid, unsigned version)
{
    uuid.at[6] = (uint8_t)(version << 4 | (uuid.at[6] & 0x0f));
    uuid.at[8] = (uint8_t)(0x80 | (uuid.at[8] & 0x3f));
    return uuid;
}

weft_uuid weft_uuid_v4(void)
{
    return with_version(random_bits(), 4);
}

/* Milliseconds in 48 bits, then the fraction of the millisecond in 12 (section 6.2, method 3). */
weft_uuid weft_uuid_v7(void)
{
    weft_uuid uuid = random_bits();
    uint64_t now = (uint64_t)weft_clock_realtime();
    uint64_t milliseconds = now / 1000000, fraction = now % 1000000 * 4096 / 1000000;
    for (int i = 0; i < 6; i++)
        uuid.at[i] = (uint8_t)(milliseconds >> (40 - 8 * i));
    uuid.at[6] = (uint8_t)(fraction >> 8);
    uuid.at[7] = (uint8_t)fraction;
    return with_version(uuid, 7);
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool hyphen_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static int hex_digit(char byte)
{
    unsigned char letter = (unsigned char)(byte | 0x20);
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return letter >= 'a' && letter <= 'f' ? letter - 'a' + 10 : -1;
}

bool weft_uuid_from_text(weft_str text, weft_uuid *out)
{
    weft_uuid uuid;
    size_t count = 0;
    if (text.len != WEFT_UUID_SIZE)
        return false;
    for (size_t i = 0; i < WEFT_UUID_SIZE; i++) {
        if (hyphen_at(i)) {
            if (text.at[i] != '-')
                return false;
            continue;
        }
        int high = hex_digit(text.at[i]), low = hex_digit(text.at[++i]);
        if (high < 0 || low < 0)
            return false;
        uuid.at[count++] = (uint8_t)(high << 4 | low);
    }
    *out = uuid;
    return true;
}

size_t weft_uuid_to_text(weft_uuid uuid, char to[static WEFT_UUID_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0, byte = 0; i < WEFT_UUID_SIZE; i++) {
        if (hyphen_at(i)) {
            to[i] = '-';
            continue;
        }
        to[i++] = digits[uuid.at[byte] >> 4];
        to[i] = digits[uuid.at[byte++] & 0x0f];
    }
    return WEFT_UUID_SIZE;
}
