/* Programs that trace: arguments from registers, and function heads with named arguments.
   -D__TARGET_ARCH_x86 (the default here) or -D__TARGET_ARCH_arm64 picks the machine.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include <bpf/bpf_helpers.h>

#if defined(__TARGET_ARCH_arm64)

# define bpf_target_arm64
# define bpf_target_defined
struct pt_regs;
# ifndef __VMLINUX_H__
#  include <asm/ptrace.h>
# endif
# define __PT_REGS_CAST(x)      ((const struct user_pt_regs *)(x))
# define __PT_PARM1_REG         regs[0]
# define __PT_PARM2_REG         regs[1]
# define __PT_PARM3_REG         regs[2]
# define __PT_PARM4_REG         regs[3]
# define __PT_PARM5_REG         regs[4]
# define __PT_PARM6_REG         regs[5]
# define __PT_PARM7_REG         regs[6]
# define __PT_PARM8_REG         regs[7]
# define __PT_PARM4_SYSCALL_REG regs[3]
# define __PT_RET_REG           regs[30]
# define __PT_FP_REG            regs[29]
# define __PT_RC_REG            regs[0]
# define __PT_SP_REG            sp
# define __PT_IP_REG            pc

#else

# define bpf_target_x86
# define bpf_target_defined
struct pt_regs;
# define __PT_REGS_CAST(x)      (x)
# if defined(__KERNEL__) || defined(__VMLINUX_H__)
#  define __PT_PARM1_REG         di
#  define __PT_PARM2_REG         si
#  define __PT_PARM3_REG         dx
#  define __PT_PARM4_REG         cx
#  define __PT_RET_REG           sp
#  define __PT_FP_REG            bp
#  define __PT_RC_REG            ax
#  define __PT_SP_REG            sp
#  define __PT_IP_REG            ip
# else
#  include <asm/ptrace.h>
#  define __PT_PARM1_REG         rdi
#  define __PT_PARM2_REG         rsi
#  define __PT_PARM3_REG         rdx
#  define __PT_PARM4_REG         rcx
#  define __PT_RET_REG           rsp
#  define __PT_FP_REG            rbp
#  define __PT_RC_REG            rax
#  define __PT_SP_REG            rsp
#  define __PT_IP_REG            rip
# endif
# define __PT_PARM5_REG         r8
# define __PT_PARM6_REG         r9
/* the system call instruction overwrites rcx */
# define __PT_PARM4_SYSCALL_REG r10

#endif

#define __PT_PARM1_SYSCALL_REG __PT_PARM1_REG
#define __PT_PARM2_SYSCALL_REG __PT_PARM2_REG
#define __PT_PARM3_SYSCALL_REG __PT_PARM3_REG
#define __PT_PARM5_SYSCALL_REG __PT_PARM5_REG
#define __PT_PARM6_SYSCALL_REG __PT_PARM6_REG

/* Straight from a context */
#define PT_REGS_PARM1(x) (__PT_REGS_CAST(x)->__PT_PARM1_REG)
#define PT_REGS_PARM2(x) (__PT_REGS_CAST(x)->__PT_PARM2_REG)
#define PT_REGS_PARM3(x) (__PT_REGS_CAST(x)->__PT_PARM3_REG)
#define PT_REGS_PARM4(x) (__PT_REGS_CAST(x)->__PT_PARM4_REG)
#define PT_REGS_PARM5(x) (__PT_REGS_CAST(x)->__PT_PARM5_REG)
#define PT_REGS_PARM6(x) (__PT_REGS_CAST(x)->__PT_PARM6_REG)
#ifdef __PT_PARM7_REG
#define PT_REGS_PARM7(x) (__PT_REGS_CAST(x)->__PT_PARM7_REG)
#define PT_REGS_PARM8(x) (__PT_REGS_CAST(x)->__PT_PARM8_REG)
#endif
#define PT_REGS_RET(x)   (__PT_REGS_CAST(x)->__PT_RET_REG)
#define PT_REGS_FP(x)    (__PT_REGS_CAST(x)->__PT_FP_REG)
#define PT_REGS_RC(x)    (__PT_REGS_CAST(x)->__PT_RC_REG)
#define PT_REGS_SP(x)    (__PT_REGS_CAST(x)->__PT_SP_REG)
#define PT_REGS_IP(x)    (__PT_REGS_CAST(x)->__PT_IP_REG)

#define PT_REGS_PARM1_SYSCALL(x) PT_REGS_PARM1(x)
#define PT_REGS_PARM2_SYSCALL(x) PT_REGS_PARM2(x)
#define PT_REGS_PARM3_SYSCALL(x) PT_REGS_PARM3(x)
#define PT_REGS_PARM4_SYSCALL(x) (__PT_REGS_CAST(x)->__PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_SYSCALL(x) PT_REGS_PARM5(x)
#define PT_REGS_PARM6_SYSCALL(x) PT_REGS_PARM6(x)

/* From a struct pt_regs somewhere in the kernel; needs bpf/bpf_core_read.h */
#define PT_REGS_PARM1_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM1_REG)
#define PT_REGS_PARM2_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM2_REG)
#define PT_REGS_PARM3_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM3_REG)
#define PT_REGS_PARM4_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_REG)
#define PT_REGS_PARM5_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM5_REG)
#define PT_REGS_PARM6_CORE(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM6_REG)
#define PT_REGS_RET_CORE(x)   BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RET_REG)
#define PT_REGS_FP_CORE(x)    BPF_CORE_READ(__PT_REGS_CAST(x), __PT_FP_REG)
#define PT_REGS_RC_CORE(x)    BPF_CORE_READ(__PT_REGS_CAST(x), __PT_RC_REG)
#define PT_REGS_SP_CORE(x)    BPF_CORE_READ(__PT_REGS_CAST(x), __PT_SP_REG)
#define PT_REGS_IP_CORE(x)    BPF_CORE_READ(__PT_REGS_CAST(x), __PT_IP_REG)
#define PT_REGS_PARM1_CORE_SYSCALL(x) PT_REGS_PARM1_CORE(x)
#define PT_REGS_PARM2_CORE_SYSCALL(x) PT_REGS_PARM2_CORE(x)
#define PT_REGS_PARM3_CORE_SYSCALL(x) PT_REGS_PARM3_CORE(x)
#define PT_REGS_PARM4_CORE_SYSCALL(x) BPF_CORE_READ(__PT_REGS_CAST(x), __PT_PARM4_SYSCALL_REG)
#define PT_REGS_PARM5_CORE_SYSCALL(x) PT_REGS_PARM5_CORE(x)
#define PT_REGS_PARM6_CORE_SYSCALL(x) PT_REGS_PARM6_CORE(x)

#define BPF_KPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#define BPF_KRETPROBE_READ_RET_IP BPF_KPROBE_READ_RET_IP

/* Between these, arguments become the pointers or integers that the head declares. */
#define ___bpf_quiet_begin \
	_Pragma("GCC diagnostic push") \
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")
#define ___bpf_quiet_end _Pragma("GCC diagnostic pop")

/* name(ctx) { return ____name(values); } ____name(ctx, args...) and then the body that the user writes */
#define ___bpf_head(name, ctx_type, values, args...) \
	name(ctx_type *ctx); \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args); \
	typeof(name(0)) name(ctx_type *ctx) \
	{ \
		___bpf_quiet_begin \
		return ____##name(values); \
		___bpf_quiet_end \
	} \
	static __always_inline typeof(name(0)) ____##name(ctx_type *ctx, ##args)

/* int BPF_PROG(name, struct task_struct *task, int flags) { ... }: fentry, fexit, lsm, tp_btf, raw_tp, iter, struct_ops */
#define ___bpf_ctx0()              ctx
#define ___bpf_ctx1(a)             ___bpf_ctx0(), (void *)ctx[0]
#define ___bpf_ctx2(a, args...)    ___bpf_ctx1(args), (void *)ctx[1]
#define ___bpf_ctx3(a, args...)    ___bpf_ctx2(args), (void *)ctx[2]
#define ___bpf_ctx4(a, args...)    ___bpf_ctx3(args), (void *)ctx[3]
#define ___bpf_ctx5(a, args...)    ___bpf_ctx4(args), (void *)ctx[4]
#define ___bpf_ctx6(a, args...)    ___bpf_ctx5(args), (void *)ctx[5]
#define ___bpf_ctx7(a, args...)    ___bpf_ctx6(args), (void *)ctx[6]
#define ___bpf_ctx8(a, args...)    ___bpf_ctx7(args), (void *)ctx[7]
#define ___bpf_ctx9(a, args...)    ___bpf_ctx8(args), (void *)ctx[8]
#define ___bpf_ctx10(a, args...)   ___bpf_ctx9(args), (void *)ctx[9]
#define ___bpf_ctx11(a, args...)   ___bpf_ctx10(args), (void *)ctx[10]
#define ___bpf_ctx12(a, args...)   ___bpf_ctx11(args), (void *)ctx[11]
#define ___bpf_ctx_cast(args...)   ___bpf_apply(___bpf_ctx, ___bpf_narg(args))(args)
#define BPF_PROG(name, args...)    ___bpf_head(name, unsigned long long, ___bpf_ctx_cast(args), ##args)

/* int BPF_KPROBE(name, struct pt_regs *...): the traced function's arguments */
#define ___bpf_kprobe0()           ctx
#define ___bpf_kprobe1(a)          ___bpf_kprobe0(), (void *)PT_REGS_PARM1(ctx)
#define ___bpf_kprobe2(a, args...) ___bpf_kprobe1(args), (void *)PT_REGS_PARM2(ctx)
#define ___bpf_kprobe3(a, args...) ___bpf_kprobe2(args), (void *)PT_REGS_PARM3(ctx)
#define ___bpf_kprobe4(a, args...) ___bpf_kprobe3(args), (void *)PT_REGS_PARM4(ctx)
#define ___bpf_kprobe5(a, args...) ___bpf_kprobe4(args), (void *)PT_REGS_PARM5(ctx)
#define ___bpf_kprobe6(a, args...) ___bpf_kprobe5(args), (void *)PT_REGS_PARM6(ctx)
#define ___bpf_kprobe_args(args...) ___bpf_apply(___bpf_kprobe, ___bpf_narg(args))(args)
#define BPF_KPROBE(name, args...)  ___bpf_head(name, struct pt_regs, ___bpf_kprobe_args(args), ##args)
#define BPF_UPROBE(name, args...)  BPF_KPROBE(name, ##args)

/* int BPF_KRETPROBE(name, int result): what the traced function returns */
#define ___bpf_kretprobe0()        ctx
#define ___bpf_kretprobe1(a)       ___bpf_kretprobe0(), (void *)PT_REGS_RC(ctx)
#define ___bpf_kretprobe_args(args...) ___bpf_apply(___bpf_kretprobe, ___bpf_narg(args))(args)
#define BPF_KRETPROBE(name, args...) ___bpf_head(name, struct pt_regs, ___bpf_kretprobe_args(args), ##args)
#define BPF_URETPROBE(name, args...) BPF_KRETPROBE(name, ##args)

#endif
