/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * db/postgres/libpq.h: libpq, loaded when the first postgres URL is opened. It brings some twenty
 * libraries along (OpenSSL, Kerberos, LDAP and theirs), which the loader would map and link at each
 * start of each program; one on SQLite never needs them. Everything in this folder calls libpq
 * through here, by the names that it has.
 */
#ifndef WEFT_DB_POSTGRES_LIBPQ_H
#define WEFT_DB_POSTGRES_LIBPQ_H

#include "db/library.h"

#include <libpq-fe.h>

#define WEFT__LIBPQ(X)      \
    X(PQbackendPID)         \
    X(PQcancel)             \
    X(PQclear)              \
    X(PQcmdStatus)          \
    X(PQcmdTuples)          \
    X(PQconnectdb)          \
    X(PQconnectdbParams)    \
    X(PQconninfoFree)       \
    X(PQconninfoParse)      \
    X(PQconsumeInput)       \
    X(PQenterPipelineMode)  \
    X(PQerrorMessage)       \
    X(PQexec)               \
    X(PQexecParams)         \
    X(PQexitPipelineMode)   \
    X(PQfinish)             \
    X(PQflush)              \
    X(PQfname)              \
    X(PQfreeCancel)         \
    X(PQfreemem)            \
    X(PQftype)              \
    X(PQgetCancel)          \
    X(PQgetCopyData)        \
    X(PQgetResult)          \
    X(PQgetisnull)          \
    X(PQgetlength)          \
    X(PQgetvalue)           \
    X(PQisBusy)             \
    X(PQnfields)            \
    X(PQnotifies)           \
    X(PQntuples)            \
    X(PQpipelineSync)       \
    X(PQputCopyData)        \
    X(PQputCopyEnd)         \
    X(PQresStatus)          \
    X(PQresultErrorField)   \
    X(PQresultErrorMessage) \
    X(PQresultStatus)       \
    X(PQsendPrepare)        \
    X(PQsendQuery)          \
    X(PQsendQueryParams)    \
    X(PQsendQueryPrepared)  \
    X(PQsetNoticeReceiver)  \
    X(PQsetnonblocking)     \
    X(PQsocket)             \
    X(PQsslStruct)          \
    X(PQstatus)             \
    X(PQtransactionStatus)

typedef struct weft__libpq_functions {
    WEFT__LIBPQ(WEFT__LIBRARY_FIELD)
    /* libssl's, of the library that libpq uses; NULL when it uses none. */
    int (*ssl_pending)(const void *tls);
} weft__libpq_functions;

extern weft__libpq_functions weft__libpq;

/* Before the first of them is called; false with the cause, and what to do, in `why`. */
bool weft__libpq_load(char *why, size_t why_size);

/* clang-format off */
#define PQbackendPID         weft__libpq.PQbackendPID
#define PQcancel             weft__libpq.PQcancel
#define PQclear              weft__libpq.PQclear
#define PQcmdStatus          weft__libpq.PQcmdStatus
#define PQcmdTuples          weft__libpq.PQcmdTuples
#define PQconnectdb          weft__libpq.PQconnectdb
#define PQconnectdbParams    weft__libpq.PQconnectdbParams
#define PQconninfoFree       weft__libpq.PQconninfoFree
#define PQconninfoParse      weft__libpq.PQconninfoParse
#define PQconsumeInput       weft__libpq.PQconsumeInput
#define PQenterPipelineMode  weft__libpq.PQenterPipelineMode
#define PQerrorMessage       weft__libpq.PQerrorMessage
#define PQexec               weft__libpq.PQexec
#define PQexecParams         weft__libpq.PQexecParams
#define PQexitPipelineMode   weft__libpq.PQexitPipelineMode
#define PQfinish             weft__libpq.PQfinish
#define PQflush              weft__libpq.PQflush
#define PQfname              weft__libpq.PQfname
#define PQfreeCancel         weft__libpq.PQfreeCancel
#define PQfreemem            weft__libpq.PQfreemem
#define PQftype              weft__libpq.PQftype
#define PQgetCancel          weft__libpq.PQgetCancel
#define PQgetCopyData        weft__libpq.PQgetCopyData
#define PQgetResult          weft__libpq.PQgetResult
#define PQgetisnull          weft__libpq.PQgetisnull
#define PQgetlength          weft__libpq.PQgetlength
#define PQgetvalue           weft__libpq.PQgetvalue
#define PQisBusy             weft__libpq.PQisBusy
#define PQnfields            weft__libpq.PQnfields
#define PQnotifies           weft__libpq.PQnotifies
#define PQntuples            weft__libpq.PQntuples
#define PQpipelineSync       weft__libpq.PQpipelineSync
#define PQputCopyData        weft__libpq.PQputCopyData
#define PQputCopyEnd         weft__libpq.PQputCopyEnd
#define PQresStatus          weft__libpq.PQresStatus
#define PQresultErrorField   weft__libpq.PQresultErrorField
#define PQresultErrorMessage weft__libpq.PQresultErrorMessage
#define PQresultStatus       weft__libpq.PQresultStatus
#define PQsendPrepare        weft__libpq.PQsendPrepare
#define PQsendQuery          weft__libpq.PQsendQuery
#define PQsendQueryParams    weft__libpq.PQsendQueryParams
#define PQsendQueryPrepared  weft__libpq.PQsendQueryPrepared
#define PQsetNoticeReceiver  weft__libpq.PQsetNoticeReceiver
#define PQsetnonblocking     weft__libpq.PQsetnonblocking
#define PQsocket             weft__libpq.PQsocket
#define PQsslStruct          weft__libpq.PQsslStruct
#define PQstatus             weft__libpq.PQstatus
#define PQtransactionStatus  weft__libpq.PQtransactionStatus
/* clang-format on */

#endif
