/* The registers in the context of perf_event programs.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_BPF_PERF_EVENT_H
#define _ASM_BPF_PERF_EVENT_H

#include <asm/ptrace.h>

#if defined(__TARGET_ARCH_arm64)
typedef struct user_pt_regs bpf_user_pt_regs_t;
#else
typedef struct pt_regs bpf_user_pt_regs_t;
#endif

#endif
