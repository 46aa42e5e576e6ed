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

/* The high bit of each byte of `word` that is zero; exact up to and including the lowest one. */
static inline uint64_t weft__zero_bytes(uint64_t word)
{
    return (word - WEFT__EACH_BYTE(0x01)) & ~word & WEFT__EACH_BYTE(0x80);
}

/* Not plain in a JSON string: quote, backslash, control characters, and what is not ASCII. */
static inline bool weft__is_plain(char byte)
{
    unsigned char c = (unsigned char)byte;
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The high bit of each byte that is not plain; exact up to and including the lowest one. */
static inline uint64_t weft__special_bytes(uint64_t word)
{
    uint64_t control = (word - WEFT__EACH_BYTE(0x20)) & ~word;
    return ((control | word) & WEFT__EACH_BYTE(0x80)) |
           weft__zero_bytes(word ^ WEFT__EACH_BYTE('"')) |
           weft__zero_bytes(word ^ WEFT__EACH_BYTE('\\'));
}

/* A block of 16 bytes; weft__special_bits has one bit, or four equal ones, for each byte of it that
 * is not plain, lowest first. With bit 1 swapped the quote stands next above the control
 * characters, and one signed comparison finds these, the quote, and what is not ASCII. */
#define WEFT__SWAP    2
#define WEFT__SWAPPED 0x21
#if defined(__SSE2__)
#define WEFT__BLOCK_SHIFT 0
typedef __m128i weft__vector;

static inline weft__vector weft__load_vector(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline weft__vector weft__join_words(uint64_t first, uint64_t second)
{
    return _mm_set_epi64x((long long)second, (long long)first);
}

static inline uint64_t weft__special_bits(weft__vector block)
{
    __m128i swapped = _mm_xor_si128(block, _mm_set1_epi8(WEFT__SWAP));
    __m128i low = _mm_subs_epi8(swapped, _mm_set1_epi8(WEFT__SWAPPED)); /* the sign is the answer */
    __m128i slash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
    return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(low, slash));
}
#elif defined(__ARM_NEON)
#define WEFT__BLOCK_SHIFT 2
typedef uint8x16_t weft__vector;

static inline weft__vector weft__load_vector(const char *at)
{
    return vld1q_u8((const uint8_t *)at);
}

static inline weft__vector weft__join_words(uint64_t first, uint64_t second)
{
    return vreinterpretq_u8_u64(vcombine_u64(vcreate_u64(first), vcreate_u64(second)));
}

static inline uint64_t weft__special_bits(weft__vector block)
{
    uint8x16_t swapped = veorq_u8(block, vdupq_n_u8(WEFT__SWAP));
    uint8x16_t low = vcltq_s8(vreinterpretq_s8_u8(swapped), vdupq_n_s8(WEFT__SWAPPED));
    uint8x16_t slash = vceqq_u8(block, vdupq_n_u8('\\'));
    uint8x16_t special = vorrq_u8(low, slash);
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(special), 4);
    return vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
}
#endif

#ifdef WEFT__BLOCK_SHIFT
static inline uint64_t weft__special_block(const char *at)
{
    return weft__special_bits(weft__load_vector(at));
}
#endif

/* Whether two words are plain. */
static inline bool weft__plain_words(uint64_t first, uint64_t second)
{
#ifdef WEFT__BLOCK_SHIFT
    return weft__special_bits(weft__join_words(first, second)) == 0;
#else
    return (weft__special_bytes(first) | weft__special_bytes(second)) == 0;
#endif
}

/* Whether the last up to 15 bytes of a text of `len` are plain, by a block that ends where the text
 * does, or two words or half words that overlap; false also when there is no telling. */
static inline bool weft__plain_end(const char *end, size_t len)
{
#ifdef WEFT__BLOCK_SHIFT
    if (len >= 16)
        return weft__special_block(end - 16) == 0;
#endif
    if (len >= 8)
        return weft__plain_words(weft__load_word(end - len), weft__load_word(end - 8));
    if (len < 4)
        return false;
    uint32_t first, last;
    memcpy(&first, end - len, sizeof first);
    memcpy(&last, end - sizeof last, sizeof last);
    return weft__special_bytes((uint64_t)first << 32 | last) == 0;
}

/* Copies at..end, the last up to 15 bytes of a text of `len`, at least 4, the rest of which stands
 * before `to` already: in pieces that overlap, as weft__plain_end reads them. */
static inline void weft__copy_end(const char *at, const char *end, char *to, size_t len)
{
    char *to_end = to + (end - at);
    if (len >= 16) {
        memcpy(to_end - 16, end - 16, 16);
    } else if (len >= 8) {
        memcpy(to_end - len, end - len, 8);
        memcpy(to_end - 8, end - 8, 8);
    } else {
        memcpy(to_end - len, end - len, 4);
        memcpy(to_end - 4, end - 4, 4);
    }
}

/* The first byte of at..end that is not plain, or one before it of the last up to 15. */
static inline const char *weft__skip_plain_blocks(const char *at, const char *end)
{
#ifdef WEFT__BLOCK_SHIFT
    if (end - at >= 16) {
        const char *last = end - 16;
        do {
            uint64_t special = weft__special_block(at);
            if (special != 0)
                return at + (__builtin_ctzll(special) >> WEFT__BLOCK_SHIFT);
            at += 16;
        } while (at <= last);
    }
#else
    (void)end;
#endif
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

/* Copies the run of plain bytes at the start of at..end and returns the byte after it, or `end`.
 * There is room for all of at..end; beyond the run it may hold anything afterwards. */
static inline const char *weft__copy_plain(const char *at, const char *end, char *to)
{
    const size_t len = (size_t)(end - at);
#ifdef WEFT__BLOCK_SHIFT
    for (; end - at >= 16; at += 16, to += 16) {
        uint64_t special = weft__special_block(at);
        memcpy(to, at, 16);
        if (special != 0)
            return at + (__builtin_ctzll(special) >> WEFT__BLOCK_SHIFT);
    }
#else
    for (; end - at >= 8; at += 8, to += 8) {
        uint64_t special = weft__special_bytes(weft__load_word(at));
        memcpy(to, at, 8);
        if (special != 0)
            return at + (__builtin_ctzll(special) >> 3);
    }
#endif
    if (weft__plain_end(end, len)) {
        weft__copy_end(at, end, to, len);
        return end;
    }
    while (at < end && weft__is_plain(*at))
        *to++ = *at++;
    return at;
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
