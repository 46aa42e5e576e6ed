/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * base/kept.c: text that the application keeps.
 */
#include <stdlib.h>
#include <weft/kept.h>

weft_error weft_kept_set(weft_kept_str *kept, weft_str text)
{
    char *copy = NULL;
    if (text.len != 0) {
        copy = malloc(text.len);
        if (copy == NULL)
            return WEFT_NO_MEMORY;
        memcpy(copy, text.at, text.len);
    }
    weft_kept_finish(kept);
    *kept = (weft_kept_str){copy, text.len};
    return WEFT_OK;
}

void weft_kept_finish(weft_kept_str *kept)
{
    free(kept->kept_at);
    *kept = (weft_kept_str){NULL, 0};
}
