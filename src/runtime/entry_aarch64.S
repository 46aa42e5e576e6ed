/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/entry_aarch64.S: where every fiber begins. The switch leaves the machine, which is the
 * fiber's first member, in x1.
 */
    .text
    .globl weft__fiber_entry
    .hidden weft__fiber_entry
    .type weft__fiber_entry, %function
weft__fiber_entry:
    .cfi_startproc
    .cfi_undefined x30
    hint #38                /* bti jc */
    mov x29, xzr
    mov x30, xzr
    mov x0, x1
    bl weft__fiber_main
    brk #1
    .cfi_endproc
    .size weft__fiber_entry, . - weft__fiber_entry

    .section .note.GNU-stack, "", %progbits
