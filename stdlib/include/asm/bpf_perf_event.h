/* The registers in the context of perf_event programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_BPF_PERF_EVENT_H
#define _ASM_BPF_PERF_EVENT_H

#include <asm/ptrace.h>

#if defined(__TARGET_ARCH_arm64) || defined(__TARGET_ARCH_loongarch)
typedef struct user_pt_regs bpf_user_pt_regs_t;
#elif defined(__TARGET_ARCH_s390)
typedef user_pt_regs bpf_user_pt_regs_t;
#elif defined(__TARGET_ARCH_riscv)
typedef struct user_regs_struct bpf_user_pt_regs_t;
#elif !defined(__TARGET_ARCH_arc)
typedef struct pt_regs bpf_user_pt_regs_t;
#endif

#endif
