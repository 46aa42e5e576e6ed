/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * http/h1/scan.h: finds the first byte that ends a run, 16 bytes at a time. The comparisons are
 * written once, in the compilers' vector types; only how a comparison becomes bits differs between
 * machines.
 */
#ifndef WEFT_HTTP_H1_SCAN_H
#define WEFT_HTTP_H1_SCAN_H

#include <weft/base.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { WEFT__BLOCK = 16 };

typedef uint8_t weft__block __attribute__((vector_size(WEFT__BLOCK)));

#define WEFT__INLINE static inline __attribute__((always_inline))

/* One bit (or four) per byte, the lowest for the first: set where the comparison held. */
#if defined(__SSE2__)
enum { WEFT__HIT_BITS = 1 };
WEFT__INLINE uint64_t weft__hits(weft__block matches)
{
    return (uint32_t)_mm_movemask_epi8((__m128i)matches);
}
#elif defined(__aarch64__)
enum { WEFT__HIT_BITS = 4 };
WEFT__INLINE uint64_t weft__hits(weft__block matches)
{
    uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8((uint8x16_t)matches), 4);
    return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
}
#else
enum { WEFT__HIT_BITS = 1 };
WEFT__INLINE uint64_t weft__hits(weft__block matches)
{
    uint64_t hits = 0;
    for (unsigned i = 0; i < WEFT__BLOCK; i++)
        hits |= (uint64_t)(matches[i] & 1) << i;
    return hits;
}
#endif

WEFT__INLINE weft__block weft__each(uint8_t c)
{
    return (weft__block){c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c};
}

WEFT__INLINE weft__block weft__block_load(const char *at)
{
    weft__block block;
    memcpy(&block, at, sizeof block);
    return block;
}

/* ---- what ends a run; NUL ends every one ---------------------------------------------------- */

typedef weft__block weft__stops_fn(weft__block bytes);

/* What is not in [low, high]. SSE2 compares numbers with a sign only: `low` becomes the least. */
WEFT__INLINE weft__block weft__outside(weft__block b, uint8_t low, uint8_t high)
{
    typedef int8_t numbers __attribute__((vector_size(WEFT__BLOCK)));
    weft__block moved = b + weft__each((uint8_t)(0x80 - low));
    return (weft__block)((numbers)moved > (numbers)weft__each((uint8_t)(0x80 + high - low)));
}

/* A field value: control characters, TAB among them. */
WEFT__INLINE weft__block weft__stops_value(weft__block b)
{
    return (weft__block)(b < weft__each(0x20)) | (weft__block)(b == weft__each(0x7f));
}

/* The same and bytes above ASCII, which are rare: half as many operations. */
WEFT__INLINE weft__block weft__stops_text(weft__block b)
{
    return weft__outside(b, ' ', '~');
}

/* A query: what is not visible ASCII, and '#'. */
WEFT__INLINE weft__block weft__stops_query(weft__block b)
{
    return weft__outside(b, '!', '~') | (weft__block)(b == weft__each('#'));
}

/* A path: the same and '?'. */
WEFT__INLINE weft__block weft__stops_path(weft__block b)
{
    return weft__stops_query(b) | (weft__block)(b == weft__each('?'));
}

/* What most field names are made of: all but letters and '-'. */
WEFT__INLINE weft__block weft__stops_word(weft__block b)
{
    return weft__outside(b | weft__each(0x20), 'a', 'z') & (weft__block)(b != weft__each('-'));
}

/* What field names and hosts are mostly made of: all but letters, digits, '-' and '.'. */
WEFT__INLINE weft__block weft__stops_plain(weft__block b)
{
    weft__block letterless = weft__outside(b | weft__each(0x20), 'a', 'z');
    return (letterless & weft__outside(b, '-', '9')) | (weft__block)(b == weft__each('/'));
}

/* ---- the scan ------------------------------------------------------------------------------- */

/* The same in less than a block of readable bytes, which only a head's first bytes are. */
static WEFT_COLD const char *weft__scan_short(const char *at, const char *end,
                                              weft__stops_fn *stops)
{
    char padded[WEFT__BLOCK] = {0};
    memcpy(padded, at, (size_t)(end - at));
    uint64_t hits = weft__hits(stops(weft__block_load(padded)));
    return at + __builtin_ctzll(hits) / WEFT__HIT_BITS;
}

/* The first byte of [at, end) that `stops` marks, or `end`. Everything from `floor` (at or before
 * `at`) is readable: the last, incomplete block is read from further left. */
WEFT__INLINE const char *weft__scan(const char *floor, const char *at, const char *end,
                                    weft__stops_fn *stops)
{
    for (; WEFT_LIKELY(end - at >= WEFT__BLOCK); at += WEFT__BLOCK) {
        uint64_t hits = weft__hits(stops(weft__block_load(at)));
        if (WEFT_LIKELY(hits != 0))
            return at + __builtin_ctzll(hits) / WEFT__HIT_BITS;
    }
    if (at == end)
        return end;
    if (WEFT_UNLIKELY(end - floor < WEFT__BLOCK))
        return weft__scan_short(at, end, stops);
    uint64_t hits = weft__hits(stops(weft__block_load(end - WEFT__BLOCK)));
    hits >>= (size_t)(WEFT__BLOCK - (end - at)) * WEFT__HIT_BITS;
    return hits ? at + __builtin_ctzll(hits) / WEFT__HIT_BITS : end;
}

#endif
