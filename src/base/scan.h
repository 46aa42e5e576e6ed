/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/scan.h: runs of bytes that need no attention, many bytes at a time: 16 with SSE2 or NEON,
 * 8 with plain words otherwise and near the end. None reads beyond `end`.
 */
#ifndef WEFT_BASE_SCAN_H
#define WEFT_BASE_SCAN_H

#include <weft/base.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define WEFT__EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

static inline uint64_t weft__load_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline uint32_t weft__load_half(const char *at)
{
    uint32_t half;
    memcpy(&half, at, sizeof half);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    half = __builtin_bswap32(half);
#endif
    return half;
}

static inline void weft__store_word(char *to, uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(to, &word, sizeof word);
}

/* The high bit of each byte of `word` that is zero; exact up to and including the lowest one. */
static inline uint64_t weft__zero_bytes(uint64_t word)
{
    return (word - WEFT__EACH_BYTE(0x01)) & ~word & WEFT__EACH_BYTE(0x80);
}

/* With bit 1 swapped the quote stands next above the control characters, and one signed comparison
 * with WEFT__SWAPPED finds these, the quote, and what is not ASCII. */
#define WEFT__SWAP    2
#define WEFT__SWAPPED 0x21

/* Not plain in a JSON string: quote, backslash, control characters, and what is not ASCII. */
static inline bool weft__is_plain(char byte)
{
    return (signed char)(byte ^ WEFT__SWAP) >= WEFT__SWAPPED && byte != '\\';
}

/* The high bit of each byte that is not plain; exact up to and including the lowest one. */
static inline uint64_t weft__special_bytes(uint64_t word)
{
    uint64_t control = (word - WEFT__EACH_BYTE(0x20)) & ~word;
    return ((control | word) & WEFT__EACH_BYTE(0x80)) |
           weft__zero_bytes(word ^ WEFT__EACH_BYTE('"')) |
           weft__zero_bytes(word ^ WEFT__EACH_BYTE('\\'));
}

/* A block of WEFT__BLOCK bytes; weft__special_bits has a bit for each byte of it that is not
 * plain, at the byte's index times 1 << WEFT__BLOCK_SHIFT or above, exact up to and including
 * the lowest one. */
#if defined(__SSE2__)
enum { WEFT__BLOCK = 16, WEFT__BLOCK_SHIFT = 0 };
typedef __m128i weft__block;

static inline weft__block weft__load_block(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline weft__block weft__join_words(uint64_t first, uint64_t last)
{
    return _mm_set_epi64x((long long)last, (long long)first);
}

static inline uint64_t weft__special_bits(weft__block block)
{
    __m128i swapped = _mm_xor_si128(block, _mm_set1_epi8(WEFT__SWAP));
    __m128i low = _mm_subs_epi8(swapped, _mm_set1_epi8(WEFT__SWAPPED)); /* the sign is the answer */
    __m128i slash = _mm_cmpeq_epi8(swapped, _mm_set1_epi8('\\' ^ WEFT__SWAP));
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(low, slash));
}
#elif defined(__ARM_NEON)
enum { WEFT__BLOCK = 16, WEFT__BLOCK_SHIFT = 2 };
typedef uint8x16_t weft__block;

static inline weft__block weft__load_block(const char *at)
{
    return vld1q_u8((const uint8_t *)at);
}

static inline weft__block weft__join_words(uint64_t first, uint64_t last)
{
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(first), vcreate_u64(last)));
}

static inline uint64_t weft__special_bits(weft__block block)
{
    uint8x16_t swapped = veorq_u8(block, vdupq_n_u8(WEFT__SWAP));
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(swapped), vdupq_n_s8(WEFT__SWAPPED));
    uint8x16_t slash = vceqq_u8(block, vdupq_n_u8('\\'));
    uint8x16_t special = vorrq_u8(low, slash);
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(special), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}
#else
enum { WEFT__BLOCK = 8, WEFT__BLOCK_SHIFT = 3 };
typedef uint64_t weft__block;

static inline weft__block weft__load_block(const char *at)
{
    return weft__load_word(at);
}

/* Not used: two words are no block. */
static inline weft__block weft__join_words(uint64_t first, uint64_t last)
{
    return first | last;
}

static inline uint64_t weft__special_bits(weft__block block)
{
    return weft__special_bytes(block);
}
#endif

/* The first byte of at..end that is not plain, or one before it with less than a block after it. */
static inline const char *weft__skip_plain_blocks(const char *at, const char *end)
{
    if (end - at < WEFT__BLOCK)
        return at;
    const char *last = end - WEFT__BLOCK;
    do {
        uint64_t special = weft__special_bits(weft__load_block(at));
        if (special != 0)
            return at + (__builtin_ctzll(special) >> WEFT__BLOCK_SHIFT);
        at += WEFT__BLOCK;
    } while (at <= last);
    return at;
}

/* The first byte of at..end that is not plain, or `end`. */
static inline const char *weft__skip_plain(const char *at, const char *end)
{
    for (at = weft__skip_plain_blocks(at, end); end - at >= 8; at += 8) {
        uint64_t special = weft__special_bytes(weft__load_word(at));
        if (special != 0)
            return at + (__builtin_ctzll(special) >> 3);
    }
    while (at < end && weft__is_plain(*at))
        at++;
    return at;
}

/* Copies a block; whether it is all plain, else *run is the index of its first byte that is not. */
static inline bool weft__copy_block(const char *at, char *to, size_t *run)
{
    uint64_t special = weft__special_bits(weft__load_block(at));
    memcpy(to, at, WEFT__BLOCK);
    if (special == 0)
        return true;
    *run = (size_t)__builtin_ctzll(special) >> WEFT__BLOCK_SHIFT;
    return false;
}

/* weft__copy_plain of at least a block; the last one overlaps the one before. */
static inline size_t weft__copy_plain_blocks(const char *at, size_t len, char *to)
{
    size_t last = len - WEFT__BLOCK, done = 0, run;
    do {
        if (!weft__copy_block(at + done, to + done, &run))
            return done + run;
        done += WEFT__BLOCK;
    } while (done <= last);
    return weft__copy_block(at + last, to + last, &run) ? len : last + run;
}

/* weft__copy_plain of less than a block, and of a word at least: two words, which overlap. */
static inline size_t weft__copy_plain_words(const char *at, size_t len, char *to)
{
    uint64_t first = weft__load_word(at), last = weft__load_word(at + len - 8);
    uint64_t special = weft__special_bits(weft__join_words(first, last));
    weft__store_word(to, first);
    weft__store_word(to + len - 8, last);
    if (WEFT_LIKELY(special == 0))
        return len;
    size_t index = (size_t)__builtin_ctzll(special) >> WEFT__BLOCK_SHIFT;
    return index < 8 ? index : len - 16 + index;
}

/* weft__copy_plain of less than a word: two halves, which overlap unless there are just so many
 * bytes, or single bytes. */
static inline size_t weft__copy_plain_bytes(const char *at, size_t len, char *to)
{
    if (len >= 4) {
        uint64_t both = (uint64_t)weft__load_half(at + len - 4) << 32 | weft__load_half(at);
        uint64_t special = weft__special_bytes(both);
        memcpy(to, at, 4);
        memcpy(to + len - 4, at + len - 4, 4);
        if (WEFT_LIKELY(special == 0))
            return len;
        size_t index = (size_t)__builtin_ctzll(special) >> 3;
        return index < 4 ? index : len - 8 + index;
    }
    size_t run = 0;
    for (; run < len && weft__is_plain(at[run]); run++)
        to[run] = at[run];
    return run;
}

/* Copies the run of plain bytes at the start of the `len` bytes at `at`, and returns how many these
 * are. There is room for all `len`; beyond the run it may hold anything afterwards. */
static inline size_t weft__copy_plain(const char *at, size_t len, char *to)
{
    if (len >= WEFT__BLOCK)
        return weft__copy_plain_blocks(at, len, to);
    return len >= 8 ? weft__copy_plain_words(at, len, to) : weft__copy_plain_bytes(at, len, to);
}

/* The first byte of at..end that is not ASCII, or `end`. */
static inline const char *weft__skip_ascii(const char *at, const char *end)
{
    for (; end - at >= 16; at += 16) {
        uint64_t both = weft__load_word(at) | weft__load_word(at + 8);
        if ((both & WEFT__EACH_BYTE(0x80)) != 0)
            break;
    }
    while (at < end && (unsigned char)*at < 0x80)
        at++;
    return at;
}

#endif
