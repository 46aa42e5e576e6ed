/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * serve/date.c: the value of the Date field, formatted once a second and shard.
 */
#include "serve/server.h"

const char *weft__date_text(weft__date *date, int64_t now)
{
    if (WEFT_UNLIKELY(now >= date->until)) {
        int64_t wall = weft_clock_realtime();
        weft__http_date(wall / WEFT_SECOND, date->text);
        date->until = now + (WEFT_SECOND - wall % WEFT_SECOND);
    }
    return date->text;
}
