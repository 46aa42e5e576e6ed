/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/transaction.h: what cursors know of the transactions that they run in.
 */
#ifndef WEFT_DB_TRANSACTION_H
#define WEFT_DB_TRANSACTION_H

#include "base/context.h"
#include "db/engine.h"

struct weft_transaction {
    weft_database base;     /* what weft_within answers */
    weft_database *whole;   /* the database itself */
    weft__session *session; /* shared by those within each other */
    weft__context *context; /* whose it is */
    weft__owned owned;
    weft_transaction *parent; /* NULL: the outermost */
    weft_transaction *child;  /* open within it, or NULL */
    weft_cursor *cursors;     /* open in it */
    weft_copy *copy;          /* open in it, or NULL */
    bool writes;              /* it was not begun as read only */
    unsigned depth;           /* 1: the outermost */
    weft_db_result spoilt;    /* what the first statement that failed answered, or OK */
    const char *spoilt_by;    /* its name */
    const char *file;         /* where it was begun */
    unsigned line;
};

/* Whether the transaction can run something now; otherwise the call has failed. */
bool weft__transaction_usable(const weft_transaction *tx, weft__call *call) WEFT_NODISCARD;

/* Takes notice of what a statement answered in it. */
void weft__transaction_note(weft_transaction *tx, const weft__call *call);

#endif
