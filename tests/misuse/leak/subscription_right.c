/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * It is closed behind the loop.
 */
#include <weft/prelude.h>

void heard(str payload);

db_result follow(database *db)
{
    weft_subscription *news;
    weft_notice notice;
    TRY(weft_subscribe(db, STR("orders"), &news));
    while (weft_subscription_next(news, NEVER, &notice) == WEFT_DB_OK)
        heard(notice.payload);
    weft_subscription_close(news);
    return WEFT_DB_OK;
}
