/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * More fields than a decoder can keep track of.
 */
#include <weft/prelude.h>

#define TEN(p) bool p##0, p##1, p##2, p##3, p##4, p##5, p##6, p##7, p##8, p##9;

DERIVE(json)
typedef struct survey {
    TEN(a)
    TEN(b)
    TEN(c)
    TEN(d)
    TEN(e)
    TEN(f)
    TEN(g)
    TEN(h)
    TEN(i)
    TEN(j)
    TEN(k)
    TEN(l)
    TEN(m)
    TEN(n)
    TEN(o)
    TEN(p)
    TEN(q)
    TEN(r)
    TEN(s)
    TEN(t)
    TEN(u)
    TEN(v)
    TEN(w)
    TEN(x)
    TEN(y)
    TEN(z)
} survey;
