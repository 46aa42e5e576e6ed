/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/type.h: the types of PostgreSQL that Weft reads and writes in their binary form, by
 * the numbers that every server has them under.
 */
#ifndef WEFT_DB_POSTGRES_TYPE_H
#define WEFT_DB_POSTGRES_TYPE_H

#include <endian.h>
#include <weft/db.h>

/* Name, number, number of the array of it, what a value of it is here. */
#define WEFT__PG_TYPES(X)                         \
    X(BOOL, 16, 1000, WEFT_DB_BOOL)               \
    X(BYTEA, 17, 1001, WEFT_DB_BLOB)              \
    X(CHAR, 18, 1002, WEFT_DB_TEXT)               \
    X(NAME, 19, 1003, WEFT_DB_TEXT)               \
    X(INT8, 20, 1016, WEFT_DB_INTEGER)            \
    X(INT2, 21, 1005, WEFT_DB_INTEGER)            \
    X(INT4, 23, 1007, WEFT_DB_INTEGER)            \
    X(TEXT, 25, 1009, WEFT_DB_TEXT)               \
    X(OID, 26, 1028, WEFT_DB_INTEGER)             \
    X(JSON, 114, 199, WEFT_DB_JSON)               \
    X(XML, 142, 143, WEFT_DB_TEXT)                \
    X(FLOAT4, 700, 1021, WEFT_DB_REAL)            \
    X(FLOAT8, 701, 1022, WEFT_DB_REAL)            \
    X(UNKNOWN, 705, 0, WEFT_DB_TEXT)              \
    X(BPCHAR, 1042, 1014, WEFT_DB_TEXT)           \
    X(VARCHAR, 1043, 1015, WEFT_DB_TEXT)          \
    X(DATE, 1082, 1182, WEFT_DB_DATE)             \
    X(TIMESTAMP, 1114, 1115, WEFT_DB_TIMESTAMP)   \
    X(TIMESTAMPTZ, 1184, 1185, WEFT_DB_TIMESTAMP) \
    X(NUMERIC, 1700, 1231, WEFT_DB_DECIMAL)       \
    X(VOID, 2278, 0, WEFT_DB_TEXT)                \
    X(UUID, 2950, 2951, WEFT_DB_UUID)             \
    X(JSONB, 3802, 3807, WEFT_DB_JSON)

enum {
#define WEFT__ENUMERATE(name, number, array, type) WEFT__PG_##name = (number),
    WEFT__PG_TYPES(WEFT__ENUMERATE)
#undef WEFT__ENUMERATE
        WEFT__PG_USER_TYPES = 16384 /* from here on a database's own: enums, domains, .. */
};

/* The type of the items when `type` is an array of one of the above, else 0. */
uint32_t weft__pg_element(uint32_t type);

/* Whether columns of this type can be read. A database's own types count as texts: enums are. */
bool weft__pg_readable(uint32_t type);

/* ---- big-endian, as on the wire -------------------------------------------------------------- */

static inline uint16_t weft__pg_u16(const char *at)
{
    uint16_t bits;
    memcpy(&bits, at, sizeof bits);
    return be16toh(bits);
}

static inline uint32_t weft__pg_u32(const char *at)
{
    uint32_t bits;
    memcpy(&bits, at, sizeof bits);
    return be32toh(bits);
}

static inline uint64_t weft__pg_u64(const char *at)
{
    uint64_t bits;
    memcpy(&bits, at, sizeof bits);
    return be64toh(bits);
}

static inline void weft__pg_put16(char *at, uint16_t bits)
{
    bits = htobe16(bits);
    memcpy(at, &bits, sizeof bits);
}

static inline void weft__pg_put32(char *at, uint32_t bits)
{
    bits = htobe32(bits);
    memcpy(at, &bits, sizeof bits);
}

static inline void weft__pg_put64(char *at, uint64_t bits)
{
    bits = htobe64(bits);
    memcpy(at, &bits, sizeof bits);
}

#endif
