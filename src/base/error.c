/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/error.c: names and texts of the error codes, from the one list in weft/base.h.
 */
#include "base/errno.h"
#include <weft/base.h>

const char *weft_error_text(weft_error error)
{
    switch (error) {
#define WEFT__CASE(name, value, text) \
    case WEFT_##name: return text;
        WEFT_ERRORS(WEFT__CASE)
#undef WEFT__CASE
    }
    return "unknown error";
}

const char *weft_error_name(weft_error error)
{
    switch (error) {
#define WEFT__CASE(name, value, text) \
    case WEFT_##name: return #name;
        WEFT_ERRORS(WEFT__CASE)
#undef WEFT__CASE
    }
    return "UNKNOWN";
}

weft_error weft_error_from_errno(int number)
{
    switch (number) {
    case 0: return WEFT_OK;
    case ENOMEM:
    case ENOBUFS: return WEFT_NO_MEMORY;
    case ETIMEDOUT: return WEFT_TIMED_OUT;
    case ECANCELED: return WEFT_CANCELLED;
    case EPIPE:
    case ENOTCONN:
    case ESHUTDOWN: return WEFT_CLOSED;
    case EBUSY: return WEFT_BUSY;
    case EINVAL:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG: return WEFT_INVALID;
    case ENOENT:
    case ENOTDIR:
    case ESRCH: return WEFT_NOT_FOUND;
    case EEXIST: return WEFT_EXISTS;
    case E2BIG:
    case EMSGSIZE: return WEFT_LIMIT;
    case ECONNREFUSED: return WEFT_REFUSED;
    case ECONNRESET:
    case ECONNABORTED: return WEFT_RESET;
    case EADDRINUSE:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT: return WEFT_ADDRESS;
    case EMFILE:
    case ENFILE: return WEFT_TOO_MANY_FILES;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return WEFT_NO_SPACE;
    case EACCES:
    case EROFS:
    case EPERM: return WEFT_PERMISSION;
    default: return WEFT_IO;
    }
}

/* Not inlined, and not pure for all that a compiler can see. */
__attribute__((noinline)) int *weft__errno_here(void)
{
    __asm__ volatile("");
    return __errno_location();
}
