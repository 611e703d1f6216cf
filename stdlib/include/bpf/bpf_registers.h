/* Registers of traced functions and system calls, by machine: PT_REGS_PARM1(ctx) and so on.
   Written by `python -m purebpf.stdlib.generate` from stdlib/register_rows.py: change that, not this.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_REGISTERS_H__
#define __BPF_REGISTERS_H__

/* The machine: -D__TARGET_ARCH_x86 and so on, else that of a compiler for the host. */
#if defined(__TARGET_ARCH_x86)
#define bpf_target_x86
#elif defined(__TARGET_ARCH_arm64)
#define bpf_target_arm64
#elif defined(__TARGET_ARCH_arm)
#define bpf_target_arm
#elif defined(__TARGET_ARCH_riscv)
#define bpf_target_riscv
#elif defined(__TARGET_ARCH_s390)
#define bpf_target_s390
#elif defined(__TARGET_ARCH_powerpc)
#define bpf_target_powerpc
#elif defined(__TARGET_ARCH_mips)
#define bpf_target_mips
#elif defined(__TARGET_ARCH_loongarch)
#define bpf_target_loongarch
#elif defined(__TARGET_ARCH_arc)
#define bpf_target_arc
#elif defined(__x86_64__)
#define bpf_target_x86
#elif defined(__aarch64__)
#define bpf_target_arm64
#elif defined(__arm__)
#define bpf_target_arm
#elif defined(__riscv)
#define bpf_target_riscv
#elif defined(__s390__)
#define bpf_target_s390
#elif defined(__powerpc__)
#define bpf_target_powerpc
#elif defined(__mips__)
#define bpf_target_mips
#elif defined(__loongarch__)
#define bpf_target_loongarch
#elif defined(__arc__)
#define bpf_target_arc
#endif

struct pt_regs;
#ifndef __VMLINUX_H__
#include <asm/ptrace.h>
#endif

#if defined(bpf_target_x86)
#define __PT_REGS_CAST(x) (x)
#if defined(__KERNEL__) || defined(__VMLINUX_H__)
#define __PT_PARM1_REG         di
#define __PT_PARM2_REG         si
#define __PT_PARM3_REG         dx
#define __PT_PARM4_REG         cx
#define __PT_PARM5_REG         r8
#define __PT_PARM6_REG         r9
#define __PT_PARM1_SYSCALL_REG di
#define __PT_PARM2_SYSCALL_REG si
#define __PT_PARM3_SYSCALL_REG dx
#define __PT_PARM4_SYSCALL_REG r10
#define __PT_PARM5_SYSCALL_REG r8
#define __PT_PARM6_SYSCALL_REG r9
#define __PT_RET_REG           sp
#define __PT_FP_REG            bp
#define __PT_RC_REG            ax
#define __PT_SP_REG            sp
#define __PT_IP_REG            ip
#else
#define __PT_PARM1_REG         rdi
#define __PT_PARM2_REG         rsi
#define __PT_PARM3_REG         rdx
#define __PT_PARM4_REG         rcx
#define __PT_PARM5_REG         r8
#define __PT_PARM6_REG         r9
#define __PT_PARM1_SYSCALL_REG rdi
#define __PT_PARM2_SYSCALL_REG rsi
#define __PT_PARM3_SYSCALL_REG rdx
#define __PT_PARM4_SYSCALL_REG r10
#define __PT_PARM5_SYSCALL_REG r8
#define __PT_PARM6_SYSCALL_REG r9
#define __PT_RET_REG           rsp
#define __PT_FP_REG            rbp
#define __PT_RC_REG            rax
#define __PT_SP_REG            rsp
#define __PT_IP_REG            rip
#endif
#endif

#if defined(bpf_target_arm64)
#define __PT_REGS_CAST(x) ((const struct user_pt_regs *)(x))
#define __PT_PARM1_REG         regs[0]
#define __PT_PARM2_REG         regs[1]
#define __PT_PARM3_REG         regs[2]
#define __PT_PARM4_REG         regs[3]
#define __PT_PARM5_REG         regs[4]
#define __PT_PARM6_REG         regs[5]
#define __PT_PARM7_REG         regs[6]
#define __PT_PARM8_REG         regs[7]
#define __PT_PARM1_SYSCALL_REG orig_x0
#define __PT_PARM2_SYSCALL_REG regs[1]
#define __PT_PARM3_SYSCALL_REG regs[2]
#define __PT_PARM4_SYSCALL_REG regs[3]
#define __PT_PARM5_SYSCALL_REG regs[4]
#define __PT_PARM6_SYSCALL_REG regs[5]
#define __PT_RET_REG           regs[30]
#define __PT_FP_REG            regs[29]
#define __PT_RC_REG            regs[0]
#define __PT_SP_REG            sp
#define __PT_IP_REG            pc
#define __PT_LINK_REG          regs[30]
struct pt_regs___arm64 {
	unsigned long orig_x0;
} __attribute__((preserve_access_index));
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___arm64 *)(x))->orig_x0)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___arm64 *)(x), orig_x0)
#endif

#if defined(bpf_target_arm)
#define __PT_REGS_CAST(x) (x)
#define __PT_PARM1_REG         uregs[0]
#define __PT_PARM2_REG         uregs[1]
#define __PT_PARM3_REG         uregs[2]
#define __PT_PARM4_REG         uregs[3]
#define __PT_PARM1_SYSCALL_REG uregs[0]
#define __PT_PARM2_SYSCALL_REG uregs[1]
#define __PT_PARM3_SYSCALL_REG uregs[2]
#define __PT_PARM4_SYSCALL_REG uregs[3]
#define __PT_PARM5_SYSCALL_REG uregs[4]
#define __PT_PARM6_SYSCALL_REG uregs[5]
#define __PT_PARM7_SYSCALL_REG uregs[6]
#define __PT_RET_REG           uregs[14]
#define __PT_FP_REG            uregs[11]
#define __PT_RC_REG            uregs[0]
#define __PT_SP_REG            uregs[13]
#define __PT_IP_REG            uregs[15]
#define __PT_LINK_REG          uregs[14]
#endif

#if defined(bpf_target_riscv)
#define __PT_REGS_CAST(x) ((const struct user_regs_struct *)(x))
#define __PT_PARM1_REG         a0
#define __PT_PARM2_REG         a1
#define __PT_PARM3_REG         a2
#define __PT_PARM4_REG         a3
#define __PT_PARM5_REG         a4
#define __PT_PARM6_REG         a5
#define __PT_PARM7_REG         a6
#define __PT_PARM8_REG         a7
#define __PT_PARM1_SYSCALL_REG orig_a0
#define __PT_PARM2_SYSCALL_REG a1
#define __PT_PARM3_SYSCALL_REG a2
#define __PT_PARM4_SYSCALL_REG a3
#define __PT_PARM5_SYSCALL_REG a4
#define __PT_PARM6_SYSCALL_REG a5
#define __PT_RET_REG           ra
#define __PT_FP_REG            s0
#define __PT_RC_REG            a0
#define __PT_SP_REG            sp
#define __PT_IP_REG            pc
#define __PT_LINK_REG          ra
struct pt_regs___riscv {
	unsigned long orig_a0;
} __attribute__((preserve_access_index));
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___riscv *)(x))->orig_a0)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___riscv *)(x), orig_a0)
#endif

#if defined(bpf_target_s390)
#define __PT_REGS_CAST(x) ((const user_pt_regs *)(x))
#define __PT_PARM1_REG         gprs[2]
#define __PT_PARM2_REG         gprs[3]
#define __PT_PARM3_REG         gprs[4]
#define __PT_PARM4_REG         gprs[5]
#define __PT_PARM5_REG         gprs[6]
#define __PT_PARM1_SYSCALL_REG orig_gpr2
#define __PT_PARM2_SYSCALL_REG gprs[3]
#define __PT_PARM3_SYSCALL_REG gprs[4]
#define __PT_PARM4_SYSCALL_REG gprs[5]
#define __PT_PARM5_SYSCALL_REG gprs[6]
#define __PT_PARM6_SYSCALL_REG gprs[7]
#define __PT_RET_REG           gprs[14]
#define __PT_FP_REG            gprs[11]
#define __PT_RC_REG            gprs[2]
#define __PT_SP_REG            gprs[15]
#define __PT_IP_REG            psw.addr
#define __PT_LINK_REG          gprs[14]
struct pt_regs___s390 {
	unsigned long orig_gpr2;
} __attribute__((preserve_access_index));
#define PT_REGS_PARM1_SYSCALL(x) (((const struct pt_regs___s390 *)(x))->orig_gpr2)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ((const struct pt_regs___s390 *)(x), orig_gpr2)
#endif

#if defined(bpf_target_powerpc)
#define __PT_REGS_CAST(x) (x)
#define __PT_PARM1_REG         gpr[3]
#define __PT_PARM2_REG         gpr[4]
#define __PT_PARM3_REG         gpr[5]
#define __PT_PARM4_REG         gpr[6]
#define __PT_PARM5_REG         gpr[7]
#define __PT_PARM6_REG         gpr[8]
#define __PT_PARM7_REG         gpr[9]
#define __PT_PARM8_REG         gpr[10]
#define __PT_PARM1_SYSCALL_REG orig_gpr3
#define __PT_PARM2_SYSCALL_REG gpr[4]
#define __PT_PARM3_SYSCALL_REG gpr[5]
#define __PT_PARM4_SYSCALL_REG gpr[6]
#define __PT_PARM5_SYSCALL_REG gpr[7]
#define __PT_PARM6_SYSCALL_REG gpr[8]
#define __PT_RET_REG           link
#define __PT_FP_REG            this_machine_has_no_such_register
#define __PT_RC_REG            gpr[3]
#define __PT_SP_REG            gpr[1]
#define __PT_IP_REG            nip
#define __PT_LINK_REG          link
#define PT_REGS_SYSCALL_REGS(ctx) (ctx)
#endif

#if defined(bpf_target_mips)
#define __PT_REGS_CAST(x) (x)
#define __PT_PARM1_REG         regs[4]
#define __PT_PARM2_REG         regs[5]
#define __PT_PARM3_REG         regs[6]
#define __PT_PARM4_REG         regs[7]
#define __PT_PARM5_REG         regs[8]
#define __PT_PARM6_REG         regs[9]
#define __PT_PARM7_REG         regs[10]
#define __PT_PARM8_REG         regs[11]
#define __PT_PARM1_SYSCALL_REG regs[4]
#define __PT_PARM2_SYSCALL_REG regs[5]
#define __PT_PARM3_SYSCALL_REG regs[6]
#define __PT_PARM4_SYSCALL_REG regs[7]
#define __PT_PARM5_SYSCALL_REG regs[8]
#define __PT_PARM6_SYSCALL_REG regs[9]
#define __PT_RET_REG           regs[31]
#define __PT_FP_REG            regs[30]
#define __PT_RC_REG            regs[2]
#define __PT_SP_REG            regs[29]
#define __PT_IP_REG            cp0_epc
#define __PT_LINK_REG          regs[31]
#endif

#if defined(bpf_target_loongarch)
#define __PT_REGS_CAST(x) ((const struct user_pt_regs *)(x))
#define __PT_PARM1_REG         regs[4]
#define __PT_PARM2_REG         regs[5]
#define __PT_PARM3_REG         regs[6]
#define __PT_PARM4_REG         regs[7]
#define __PT_PARM5_REG         regs[8]
#define __PT_PARM6_REG         regs[9]
#define __PT_PARM7_REG         regs[10]
#define __PT_PARM8_REG         regs[11]
#define __PT_PARM1_SYSCALL_REG regs[4]
#define __PT_PARM2_SYSCALL_REG regs[5]
#define __PT_PARM3_SYSCALL_REG regs[6]
#define __PT_PARM4_SYSCALL_REG regs[7]
#define __PT_PARM5_SYSCALL_REG regs[8]
#define __PT_PARM6_SYSCALL_REG regs[9]
#define __PT_RET_REG           regs[1]
#define __PT_FP_REG            regs[22]
#define __PT_RC_REG            regs[4]
#define __PT_SP_REG            regs[3]
#define __PT_IP_REG            csr_era
#define __PT_LINK_REG          regs[1]
#define PT_REGS_SYSCALL_REGS(ctx) (ctx)
#endif

#if defined(bpf_target_arc)
#define __PT_REGS_CAST(x) ((const struct user_regs_struct *)(x))
#define __PT_PARM1_REG         scratch.r0
#define __PT_PARM2_REG         scratch.r1
#define __PT_PARM3_REG         scratch.r2
#define __PT_PARM4_REG         scratch.r3
#define __PT_PARM5_REG         scratch.r4
#define __PT_PARM6_REG         scratch.r5
#define __PT_PARM7_REG         scratch.r6
#define __PT_PARM8_REG         scratch.r7
#define __PT_PARM1_SYSCALL_REG scratch.r0
#define __PT_PARM2_SYSCALL_REG scratch.r1
#define __PT_PARM3_SYSCALL_REG scratch.r2
#define __PT_PARM4_SYSCALL_REG scratch.r3
#define __PT_PARM5_SYSCALL_REG scratch.r4
#define __PT_PARM6_SYSCALL_REG scratch.r5
#define __PT_RET_REG           scratch.blink
#define __PT_FP_REG            scratch.fp
#define __PT_RC_REG            scratch.r0
#define __PT_SP_REG            scratch.sp
#define __PT_IP_REG            scratch.ret
#define __PT_LINK_REG          scratch.blink
#define PT_REGS_SYSCALL_REGS(ctx) (ctx)
#endif

#if defined(bpf_target_x86) || defined(bpf_target_arm64) || defined(bpf_target_arm) || defined(bpf_target_riscv) || defined(bpf_target_s390) || \
    defined(bpf_target_powerpc) || defined(bpf_target_mips) || defined(bpf_target_loongarch) || defined(bpf_target_arc)
#define bpf_target_defined
#endif

#ifdef bpf_target_defined

#ifndef __PT_PARM4_REG
#define __PT_PARM4_REG this_machine_has_no_such_register
#endif
#ifndef __PT_PARM5_REG
#define __PT_PARM5_REG this_machine_has_no_such_register
#endif
#ifndef __PT_PARM6_REG
#define __PT_PARM6_REG this_machine_has_no_such_register
#endif
#ifndef __PT_PARM7_REG
#define __PT_PARM7_REG this_machine_has_no_such_register
#endif
#ifndef __PT_PARM8_REG
#define __PT_PARM8_REG this_machine_has_no_such_register
#endif
#ifndef __PT_PARM7_SYSCALL_REG
#define __PT_PARM7_SYSCALL_REG this_machine_has_no_such_register
#endif

/* straight from a context, and from anywhere in the kernel (with bpf/bpf_core_read.h) */
#define PT_REGS_PARM1(x) (__PT_REGS_CAST(x)->__PT_PARM1_REG)
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2(x) (__PT_REGS_CAST(x)->__PT_PARM2_REG)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3(x) (__PT_REGS_CAST(x)->__PT_PARM3_REG)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4(x) (__PT_REGS_CAST(x)->__PT_PARM4_REG)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5(x) (__PT_REGS_CAST(x)->__PT_PARM5_REG)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6(x) (__PT_REGS_CAST(x)->__PT_PARM6_REG)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_PARM7(x) (__PT_REGS_CAST(x)->__PT_PARM7_REG)
#define PT_REGS_PARM7_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM7_REG)
#define PT_REGS_PARM8(x) (__PT_REGS_CAST(x)->__PT_PARM8_REG)
#define PT_REGS_PARM8_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM8_REG)
#define PT_REGS_RET(x) (__PT_REGS_CAST(x)->__PT_RET_REG)
#define PT_REGS_RET_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP(x) (__PT_REGS_CAST(x)->__PT_FP_REG)
#define PT_REGS_FP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC(x) (__PT_REGS_CAST(x)->__PT_RC_REG)
#define PT_REGS_RC_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP(x) (__PT_REGS_CAST(x)->__PT_SP_REG)
#define PT_REGS_SP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP(x) (__PT_REGS_CAST(x)->__PT_IP_REG)
#define PT_REGS_IP_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_IP_REG)
#ifndef PT_REGS_PARM1_SYSCALL
#define PT_REGS_PARM1_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM1_SYSCALL_REG)
#define PT_REGS_PARM1_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM2_SYSCALL
#define PT_REGS_PARM2_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM2_SYSCALL_REG)
#define PT_REGS_PARM2_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM3_SYSCALL
#define PT_REGS_PARM3_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM3_SYSCALL_REG)
#define PT_REGS_PARM3_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM4_SYSCALL
#define PT_REGS_PARM4_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM5_SYSCALL
#define PT_REGS_PARM5_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM5_SYSCALL_REG)
#define PT_REGS_PARM5_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM6_SYSCALL
#define PT_REGS_PARM6_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM6_SYSCALL_REG)
#define PT_REGS_PARM6_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_SYSCALL_REG)
#endif
#ifndef PT_REGS_PARM7_SYSCALL
#define PT_REGS_PARM7_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM7_SYSCALL_REG)
#define PT_REGS_PARM7_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM7_SYSCALL_REG)
#endif

#else

#define ___bpf_no_target \
	({ \
		_Static_assert(0, "name the machine whose registers are read: -D__TARGET_ARCH_x86, ..._arm64"); \
		0L; \
	})
#define PT_REGS_PARM1(x) ___bpf_no_target
#define PT_REGS_PARM1_CORE(x) ___bpf_no_target
#define PT_REGS_PARM2(x) ___bpf_no_target
#define PT_REGS_PARM2_CORE(x) ___bpf_no_target
#define PT_REGS_PARM3(x) ___bpf_no_target
#define PT_REGS_PARM3_CORE(x) ___bpf_no_target
#define PT_REGS_PARM4(x) ___bpf_no_target
#define PT_REGS_PARM4_CORE(x) ___bpf_no_target
#define PT_REGS_PARM5(x) ___bpf_no_target
#define PT_REGS_PARM5_CORE(x) ___bpf_no_target
#define PT_REGS_PARM6(x) ___bpf_no_target
#define PT_REGS_PARM6_CORE(x) ___bpf_no_target
#define PT_REGS_PARM7(x) ___bpf_no_target
#define PT_REGS_PARM7_CORE(x) ___bpf_no_target
#define PT_REGS_PARM8(x) ___bpf_no_target
#define PT_REGS_PARM8_CORE(x) ___bpf_no_target
#define PT_REGS_RET(x) ___bpf_no_target
#define PT_REGS_RET_CORE(x) ___bpf_no_target
#define PT_REGS_FP(x) ___bpf_no_target
#define PT_REGS_FP_CORE(x) ___bpf_no_target
#define PT_REGS_RC(x) ___bpf_no_target
#define PT_REGS_RC_CORE(x) ___bpf_no_target
#define PT_REGS_SP(x) ___bpf_no_target
#define PT_REGS_SP_CORE(x) ___bpf_no_target
#define PT_REGS_IP(x) ___bpf_no_target
#define PT_REGS_IP_CORE(x) ___bpf_no_target
#define PT_REGS_PARM1_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM1_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM2_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM2_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM3_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM3_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM4_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM4_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM5_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM5_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM6_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM6_CORE_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM7_SYSCALL(x) ___bpf_no_target
#define PT_REGS_PARM7_CORE_SYSCALL(x) ___bpf_no_target

#endif

#ifndef PT_REGS_SYSCALL_REGS
#define PT_REGS_SYSCALL_REGS(ctx) ((struct pt_regs *)(unsigned long)PT_REGS_PARM1(ctx))
#endif

#endif
