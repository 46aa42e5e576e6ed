/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/entry_x86_64.S: where every fiber begins. The switch leaves the machine, which is the
 * fiber's first member, in %rsi.
 */
    .text
    .globl weft__fiber_entry
    .hidden weft__fiber_entry
    .type weft__fiber_entry, @function
weft__fiber_entry:
    .cfi_startproc
    .cfi_undefined rip
    endbr64
    xorl %ebp, %ebp
    movq %rsi, %rdi
    call weft__fiber_main
    ud2
    .cfi_endproc
    .size weft__fiber_entry, . - weft__fiber_entry

    .section .note.GNU-stack, "", @progbits

/* Indirect-branch tracking is kept, shadow stacks are not: fibers would need one each, so without
 * this mark the system would kill the process at the first return after a switch. The linker marks
 * a program with what all its parts have in common. */
    .section .note.gnu.property, "a"
    .p2align 3
    .long 4                 /* length of the name */
    .long 16                /* length of the description */
    .long 5                 /* NT_GNU_PROPERTY_TYPE_0 */
    .asciz "GNU"
    .long 0xc0000002        /* GNU_PROPERTY_X86_FEATURE_1_AND */
    .long 4
    .long 1                 /* GNU_PROPERTY_X86_FEATURE_1_IBT */
    .long 0
