/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * The loop ends, and the subscription keeps its connection.
 *
 * gcc: accepts
 * clang: 'news' is (still held at the end|not held on every path)
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
    return WEFT_DB_OK;
}
