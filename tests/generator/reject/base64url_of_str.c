/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * BASE64URL is about bytes.
 */
#include <weft/prelude.h>

DERIVE(json)
typedef struct file {
    str name BASE64URL;
    ARRAY(bytes) parts BASE64URL;
    OPTIONAL(bytes) head BASE64URL;
} file;
