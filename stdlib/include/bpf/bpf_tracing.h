/* Programs that trace: arguments from registers, and function heads with named arguments.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_TRACING_H__
#define __BPF_TRACING_H__

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_arguments.h>
#include <bpf/bpf_registers.h>

/* The address a function returns to: in kprobes at its beginning, in kretprobes. */
#ifdef __PT_LINK_REG
#define BPF_KPROBE_READ_RET_IP(ip, ctx) ({ (ip) = __PT_REGS_CAST(ctx)->__PT_LINK_REG; })
#define BPF_KRETPROBE_READ_RET_IP       BPF_KPROBE_READ_RET_IP
#else
#define BPF_KPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(unsigned long)PT_REGS_RET(ctx)); })
#define BPF_KRETPROBE_READ_RET_IP(ip, ctx) \
	({ bpf_probe_read_kernel(&(ip), sizeof(ip), (void *)(PT_REGS_FP(ctx) + sizeof(ip))); })
#endif

/* Between these, arguments become the pointers or integers that the head declares. */
#define ___bpf_quiet_begin \
	_Pragma("GCC diagnostic push") \
	_Pragma("GCC diagnostic ignored \"-Wint-conversion\"")
#define ___bpf_quiet_end _Pragma("GCC diagnostic pop")

/* name(ctx) { return ____name(values); } ____name(ctx, args...) and then the body that the user writes */
#define ___bpf_head(name, ctx_type, values, args...) \
	name(ctx_type *ctx); \
	static __always_inline __typeof__(name(0)) ____##name(ctx_type *ctx, ##args); \
	__typeof__(name(0)) name(ctx_type *ctx) \
	{ \
		___bpf_quiet_begin \
		return ____##name(values); \
		___bpf_quiet_end \
	} \
	static __always_inline __typeof__(name(0)) ____##name(ctx_type *ctx, ##args)

/* int BPF_PROG(name, struct task_struct *task, int flags) { ... }: fentry, fexit, lsm, tp_btf, raw_tp, iter, struct_ops.
   The context is an array of arguments of 8 bytes. */
#define ___bpf_ctx_cast0()            ctx
#define ___bpf_ctx_cast1(a)           ___bpf_ctx_cast0(), (void *)ctx[0]
#define ___bpf_ctx_cast2(a, args...)  ___bpf_ctx_cast1(args), (void *)ctx[1]
#define ___bpf_ctx_cast3(a, args...)  ___bpf_ctx_cast2(args), (void *)ctx[2]
#define ___bpf_ctx_cast4(a, args...)  ___bpf_ctx_cast3(args), (void *)ctx[3]
#define ___bpf_ctx_cast5(a, args...)  ___bpf_ctx_cast4(args), (void *)ctx[4]
#define ___bpf_ctx_cast6(a, args...)  ___bpf_ctx_cast5(args), (void *)ctx[5]
#define ___bpf_ctx_cast7(a, args...)  ___bpf_ctx_cast6(args), (void *)ctx[6]
#define ___bpf_ctx_cast8(a, args...)  ___bpf_ctx_cast7(args), (void *)ctx[7]
#define ___bpf_ctx_cast9(a, args...)  ___bpf_ctx_cast8(args), (void *)ctx[8]
#define ___bpf_ctx_cast10(a, args...) ___bpf_ctx_cast9(args), (void *)ctx[9]
#define ___bpf_ctx_cast11(a, args...) ___bpf_ctx_cast10(args), (void *)ctx[10]
#define ___bpf_ctx_cast12(a, args...) ___bpf_ctx_cast11(args), (void *)ctx[11]
#define ___bpf_ctx_cast(args...)      ___bpf_apply(___bpf_ctx_cast, ___bpf_narg(args))(args)
#define BPF_PROG(name, args...)       ___bpf_head(name, unsigned long long, ___bpf_ctx_cast(args), ##args)

/* int BPF_PROG2(name, struct pair, both, int, flags) { ... }: each type apart from its name. An argument of more than 8 bytes,
   a structure passed by value, takes two places of the context. */
#define ___bpf_places(t) ((sizeof(t) + 7) / 8)
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ___bpf_unused_bits(t) (sizeof(t) < 8 ? 64 - 8 * sizeof(t) : 0)
#else
#define ___bpf_unused_bits(t) 0
#endif
#define ___bpf_take(t, at) \
	({ \
		union { unsigned long long places[2]; __typeof__(t) value; } ____arg; \
		_Static_assert(___bpf_places(t) <= 2, "an argument of more than 16 bytes is passed by address"); \
		____arg.places[0] = ctx[at] << ___bpf_unused_bits(t); \
		if (___bpf_places(t) == 2) \
			____arg.places[1] = ctx[(at) + ___bpf_places(t) - 1]; \
		____arg.value; \
	})
#define ___bpf_decl0()
#define ___bpf_decl1(t, x) , t x
#define ___bpf_decl2(t, x, args...) , t x ___bpf_decl1(args)
#define ___bpf_decl3(t, x, args...) , t x ___bpf_decl2(args)
#define ___bpf_decl4(t, x, args...) , t x ___bpf_decl3(args)
#define ___bpf_decl5(t, x, args...) , t x ___bpf_decl4(args)
#define ___bpf_decl6(t, x, args...) , t x ___bpf_decl5(args)
#define ___bpf_decl7(t, x, args...) , t x ___bpf_decl6(args)
#define ___bpf_decl8(t, x, args...) , t x ___bpf_decl7(args)
#define ___bpf_decl9(t, x, args...) , t x ___bpf_decl8(args)
#define ___bpf_decl10(t, x, args...) , t x ___bpf_decl9(args)
#define ___bpf_decl11(t, x, args...) , t x ___bpf_decl10(args)
#define ___bpf_decl12(t, x, args...) , t x ___bpf_decl11(args)
#define ___bpf_take0(at)
#define ___bpf_take1(at, t, x) , ___bpf_take(t, at)
#define ___bpf_take2(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take1((at) + ___bpf_places(t), args)
#define ___bpf_take3(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take2((at) + ___bpf_places(t), args)
#define ___bpf_take4(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take3((at) + ___bpf_places(t), args)
#define ___bpf_take5(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take4((at) + ___bpf_places(t), args)
#define ___bpf_take6(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take5((at) + ___bpf_places(t), args)
#define ___bpf_take7(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take6((at) + ___bpf_places(t), args)
#define ___bpf_take8(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take7((at) + ___bpf_places(t), args)
#define ___bpf_take9(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take8((at) + ___bpf_places(t), args)
#define ___bpf_take10(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take9((at) + ___bpf_places(t), args)
#define ___bpf_take11(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take10((at) + ___bpf_places(t), args)
#define ___bpf_take12(at, t, x, args...) , ___bpf_take(t, at) ___bpf_take11((at) + ___bpf_places(t), args)
#define ___bpf_decls(args...) ___bpf_apply(___bpf_decl, ___bpf_narg2(args))(args)
#define ___bpf_takes(args...) ___bpf_apply(___bpf_take, ___bpf_narg2(args))(0, ##args)
#define BPF_PROG2(name, args...) \
	name(unsigned long long *ctx); \
	static __always_inline __typeof__(name(0)) ____##name(unsigned long long *ctx ___bpf_decls(args)); \
	__typeof__(name(0)) name(unsigned long long *ctx) { return ____##name(ctx ___bpf_takes(args)); } \
	static __always_inline __typeof__(name(0)) ____##name(unsigned long long *ctx ___bpf_decls(args))

/* int BPF_KPROBE(name, struct sock *sk, int size) { ... }: the traced function's arguments */
#define ___bpf_kprobe_args0()           ctx
#define ___bpf_kprobe_args1(a)          ___bpf_kprobe_args0(), (void *)(unsigned long)PT_REGS_PARM1(ctx)
#define ___bpf_kprobe_args2(a, args...) ___bpf_kprobe_args1(args), (void *)(unsigned long)PT_REGS_PARM2(ctx)
#define ___bpf_kprobe_args3(a, args...) ___bpf_kprobe_args2(args), (void *)(unsigned long)PT_REGS_PARM3(ctx)
#define ___bpf_kprobe_args4(a, args...) ___bpf_kprobe_args3(args), (void *)(unsigned long)PT_REGS_PARM4(ctx)
#define ___bpf_kprobe_args5(a, args...) ___bpf_kprobe_args4(args), (void *)(unsigned long)PT_REGS_PARM5(ctx)
#define ___bpf_kprobe_args6(a, args...) ___bpf_kprobe_args5(args), (void *)(unsigned long)PT_REGS_PARM6(ctx)
#define ___bpf_kprobe_args7(a, args...) ___bpf_kprobe_args6(args), (void *)(unsigned long)PT_REGS_PARM7(ctx)
#define ___bpf_kprobe_args8(a, args...) ___bpf_kprobe_args7(args), (void *)(unsigned long)PT_REGS_PARM8(ctx)
#define ___bpf_kprobe_args(args...)   ___bpf_apply(___bpf_kprobe_args, ___bpf_narg(args))(args)
#define BPF_KPROBE(name, args...)     ___bpf_head(name, struct pt_regs, ___bpf_kprobe_args(args), ##args)
#define BPF_UPROBE(name, args...)     BPF_KPROBE(name, ##args)

/* int BPF_KRETPROBE(name, int result) { ... }: what the traced function returns */
#define ___bpf_kretprobe_args0()      ctx
#define ___bpf_kretprobe_args1(a)     ctx, (void *)(unsigned long)PT_REGS_RC(ctx)
#define ___bpf_kretprobe_args(args...) ___bpf_apply(___bpf_kretprobe_args, ___bpf_narg(args))(args)
#define BPF_KRETPROBE(name, args...)  ___bpf_head(name, struct pt_regs, ___bpf_kretprobe_args(args), ##args)
#define BPF_URETPROBE(name, args...)  BPF_KRETPROBE(name, ##args)

/* int BPF_KSYSCALL(name, int fd, void *buffer) { ... }: a system call's arguments, in SEC("ksyscall/name"). Where the kernel has
   wrappers (CONFIG_ARCH_HAS_SYSCALL_WRAPPER), they are in the registers that the only argument points to. Needs
   bpf/bpf_core_read.h. */
#define ___bpf_syscall_args0()           ctx
#define ___bpf_syscall_args1(a)          ___bpf_syscall_args0(), (void *)(unsigned long)PT_REGS_PARM1_SYSCALL(ctx)
#define ___bpf_syscall_args2(a, args...) ___bpf_syscall_args1(args), (void *)(unsigned long)PT_REGS_PARM2_SYSCALL(ctx)
#define ___bpf_syscall_args3(a, args...) ___bpf_syscall_args2(args), (void *)(unsigned long)PT_REGS_PARM3_SYSCALL(ctx)
#define ___bpf_syscall_args4(a, args...) ___bpf_syscall_args3(args), (void *)(unsigned long)PT_REGS_PARM4_SYSCALL(ctx)
#define ___bpf_syscall_args5(a, args...) ___bpf_syscall_args4(args), (void *)(unsigned long)PT_REGS_PARM5_SYSCALL(ctx)
#define ___bpf_syscall_args6(a, args...) ___bpf_syscall_args5(args), (void *)(unsigned long)PT_REGS_PARM6_SYSCALL(ctx)
#define ___bpf_syscall_args7(a, args...) ___bpf_syscall_args6(args), (void *)(unsigned long)PT_REGS_PARM7_SYSCALL(ctx)
#define ___bpf_syscall_args(args...)   ___bpf_apply(___bpf_syscall_args, ___bpf_narg(args))(args)
#define ___bpf_syswrap_args0()           ctx
#define ___bpf_syswrap_args1(a)          ___bpf_syswrap_args0(), (void *)(unsigned long)PT_REGS_PARM1_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args2(a, args...) ___bpf_syswrap_args1(args), (void *)(unsigned long)PT_REGS_PARM2_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args3(a, args...) ___bpf_syswrap_args2(args), (void *)(unsigned long)PT_REGS_PARM3_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args4(a, args...) ___bpf_syswrap_args3(args), (void *)(unsigned long)PT_REGS_PARM4_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args5(a, args...) ___bpf_syswrap_args4(args), (void *)(unsigned long)PT_REGS_PARM5_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args6(a, args...) ___bpf_syswrap_args5(args), (void *)(unsigned long)PT_REGS_PARM6_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args7(a, args...) ___bpf_syswrap_args6(args), (void *)(unsigned long)PT_REGS_PARM7_CORE_SYSCALL(____regs)
#define ___bpf_syswrap_args(args...)   ___bpf_apply(___bpf_syswrap_args, ___bpf_narg(args))(args)
#define BPF_KSYSCALL(name, args...) \
	name(struct pt_regs *ctx); \
	extern _Bool LINUX_HAS_SYSCALL_WRAPPER __kconfig; \
	static __always_inline __typeof__(name(0)) ____##name(struct pt_regs *ctx, ##args); \
	__typeof__(name(0)) name(struct pt_regs *ctx) \
	{ \
		___bpf_quiet_begin \
		if (LINUX_HAS_SYSCALL_WRAPPER) { \
			struct pt_regs *____regs __attribute__((unused)) = PT_REGS_SYSCALL_REGS(ctx); \
			return ____##name(___bpf_syswrap_args(args)); \
		} \
		return ____##name(___bpf_syscall_args(args)); \
		___bpf_quiet_end \
	} \
	static __always_inline __typeof__(name(0)) ____##name(struct pt_regs *ctx, ##args)
#define BPF_KPROBE_SYSCALL BPF_KSYSCALL

#endif
