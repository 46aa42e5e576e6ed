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

/* This code may be entered under branch-target identification; the linker marks a program with what
 * all its parts have in common. */
    .section .note.gnu.property, "a"
    .p2align 3
    .long 4                 /* length of the name */
    .long 16                /* length of the description */
    .long 5                 /* NT_GNU_PROPERTY_TYPE_0 */
    .asciz "GNU"
    .long 0xc0000000        /* GNU_PROPERTY_AARCH64_FEATURE_1_AND */
    .long 4
    .long 1                 /* GNU_PROPERTY_AARCH64_FEATURE_1_BTI */
    .long 0
