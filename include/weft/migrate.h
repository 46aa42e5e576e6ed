/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * weft/migrate.h: numbered SQL files, each applied exactly once.
 */
#ifndef WEFT_MIGRATE_H
#define WEFT_MIGRATE_H

#include <weft/db.h>

#endif
