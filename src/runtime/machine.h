/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * runtime/machine.h: the switch from one stack to another. Everything the C calling convention lets
 * a callee destroy is dead at a switch, and what it must keep is named as clobbered, so that the
 * compiler saves only what is live; stack, frame pointer and resumption address go by hand. The
 * switch ends in a jump, not a return, because a return to another stack is always mispredicted;
 * it lands on an instruction that indirect-branch tracking accepts. Floating-point control words
 * are not switched: they are the thread's.
 */
#ifndef WEFT_RUNTIME_MACHINE_H
#define WEFT_RUNTIME_MACHINE_H

/* Where a suspended stack goes on. The entry code relies on the order. */
typedef struct weft__machine {
    void *sp, *fp, *pc;
} weft__machine;

/* The first instruction of every fiber: marks the end of the stack for unwinders and calls
 * weft__fiber_main with the address of the machine that was switched to. In entry_<cpu>.S. */
void weft__fiber_entry(void);

/* Makes the next switch to `machine` start weft__fiber_entry on the stack that ends at `top`. */
static inline void weft__machine_prepare(weft__machine *machine, void *top)
{
    *machine = (weft__machine){.sp = top, .fp = 0, .pc = (void *)weft__fiber_entry};
}

/* weft__machine_switch returns `from`, as whoever switches back has left it in a register: what
 * follows need not be fetched from the stack that has just been switched to. */

#if defined(__x86_64__)

#ifdef __AVX512F__
#define WEFT__WIDE_REGISTERS                                                                      \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25",   \
        "xmm26", "xmm27", "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", \
        "k7"
#else
#define WEFT__WIDE_REGISTERS
#endif

static inline __attribute__((always_inline)) weft__machine *
weft__machine_switch(weft__machine *from, weft__machine *to)
{
    __asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
                     "movq %%rsp, 0(%0)\n\t"
                     "movq %%rbp, 8(%0)\n\t"
                     "movq %%rax, 16(%0)\n\t"
                     "movq 0(%1), %%rsp\n\t"
                     "movq 8(%1), %%rbp\n\t"
                     "jmpq *16(%1)\n"
                     "1:\n\t"
                     "endbr64"
                     : "+D"(from), "+S"(to)
                     :
                     : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7",
                       "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "cc",
                       "memory" WEFT__WIDE_REGISTERS);
    return to;
}

#elif defined(__aarch64__)

/* x18 belongs to the platform; hint 36 is "bti j", a no-operation where it is not known. */
static inline __attribute__((always_inline)) weft__machine *
weft__machine_switch(weft__machine *from, weft__machine *to)
{
    register weft__machine *source __asm__("x0") = from;
    register weft__machine *target __asm__("x1") = to;
    __asm__ volatile("mov x9, sp\n\t"
                     "adr x10, 1f\n\t"
                     "stp x9, x29, [%0]\n\t"
                     "str x10, [%0, #16]\n\t"
                     "ldp x9, x29, [%1]\n\t"
                     "ldr x16, [%1, #16]\n\t"
                     "mov sp, x9\n\t"
                     "br x16\n"
                     "1:\n\t"
                     "hint #36"
                     : "+r"(source), "+r"(target)
                     :
                     : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                       "x14", "x15", "x16", "x17", "x19", "x20", "x21", "x22", "x23", "x24", "x25",
                       "x26", "x27", "x28", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",
                       "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18",
                       "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29",
                       "v30", "v31", "cc", "memory");
    return target;
}

#else
#error "Weft switches stacks on x86-64 and aarch64 only: add a machine switch for this processor"
#endif

#endif
