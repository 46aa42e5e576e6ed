/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * streams.h: the probe's routes for bodies in pieces.
 */
#ifndef PROBE_STREAMS_H
#define PROBE_STREAMS_H

#include <weft/weft.h>

extern const weft_routes streams;

#endif
