/* Arguments of static probes in user space (USDT, SystemTap's SDT): SEC("usdt/binary:provider:name").

   The loader, libbpf's, reads from the binary where each argument is and puts that in a map, a value for each place of a probe;
   programs find it by their attach cookie or, before Linux 5.15, by the address of the probe. The layout of the value is
   libbpf's since 1.7; -DBPF_USDT_LIBBPF_1_0 takes that of libbpf 1.0 to 1.6, for a loader that old: neither can tell.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __USDT_BPF_H__
#define __USDT_BPF_H__

#include <linux/errno.h>
#ifndef __VMLINUX_H__
#include <linux/bpf.h>
#endif
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

/* how many different places with their arguments, and how many addresses */
#ifndef BPF_USDT_MAX_SPEC_CNT
#define BPF_USDT_MAX_SPEC_CNT 256
#endif
#ifndef BPF_USDT_MAX_IP_CNT
#define BPF_USDT_MAX_IP_CNT (4 * BPF_USDT_MAX_SPEC_CNT)
#endif
#define BPF_USDT_MAX_ARG_CNT 12

/* Where an argument is */
enum __bpf_usdt_arg_type {
	BPF_USDT_ARG_CONST,     /* it is val_off */
	BPF_USDT_ARG_REG,       /* in a register */
	BPF_USDT_ARG_REG_DEREF, /* at register + val_off */
	BPF_USDT_ARG_SIB,       /* at register + (index << scale_bitshift) + val_off */
};

struct __bpf_usdt_arg_spec {
	__u64 val_off;
#if defined(BPF_USDT_LIBBPF_1_0)
	enum __bpf_usdt_arg_type arg_type;
#elif defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u8 __reserved : 8;
	__u16 idx_reg_off : 12;
	__u16 scale_bitshift : 4;
	enum __bpf_usdt_arg_type arg_type : 8;
#else
	enum __bpf_usdt_arg_type arg_type : 8;
	__u16 idx_reg_off : 12; /* of the index in struct pt_regs */
	__u16 scale_bitshift : 4;
	__u8 __reserved : 8;
#endif
	short reg_off;     /* of the register in struct pt_regs */
	_Bool arg_signed;
	char arg_bitshift; /* 64 less the argument's width in bits */
};

struct __bpf_usdt_spec {
	struct __bpf_usdt_arg_spec args[BPF_USDT_MAX_ARG_CNT];
	__u64 usdt_cookie;
	short arg_cnt;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, BPF_USDT_MAX_SPEC_CNT);
	__type(key, int);
	__type(value, struct __bpf_usdt_spec);
} __bpf_usdt_specs SEC(".maps") __weak;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BPF_USDT_MAX_IP_CNT);
	__type(key, long);
	__type(value, __u32);
} __bpf_usdt_ip_to_spec_id SEC(".maps") __weak;

extern const _Bool LINUX_HAS_BPF_COOKIE __kconfig;

/* What the loader has written about the probe that fired, NULL if nothing. */
static __always_inline struct __bpf_usdt_spec *__bpf_usdt_find(struct pt_regs *ctx)
{
	int number;

	if (LINUX_HAS_BPF_COOKIE) {
		number = (int)bpf_get_attach_cookie(ctx);
	} else {
		long address = PT_REGS_IP(ctx);
		__u32 *found = bpf_map_lookup_elem(&__bpf_usdt_ip_to_spec_id, &address);

		if (!found)
			return NULL;
		number = (int)*found;
	}
	return bpf_map_lookup_elem(&__bpf_usdt_specs, &number);
}

/* One argument's description, NULL if there is no such argument. */
static __always_inline struct __bpf_usdt_arg_spec *__bpf_usdt_find_arg(struct __bpf_usdt_spec *spec, __u64 number)
{
	if (number >= BPF_USDT_MAX_ARG_CNT)
		return NULL;
	barrier_var(number); /* the bound is for the verifier: it is not to be joined with the next */
	if ((long)number >= spec->arg_cnt)
		return NULL;
	return &spec->args[number];
}

/* How many arguments the probe has, or -ESRCH. */
__weak __hidden int bpf_usdt_arg_cnt(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);

	return spec ? spec->arg_cnt : -ESRCH;
}

/* The size of argument number 0, 1, ... in bytes; -ESRCH for an unknown probe, -ENOENT for an argument that it has not. */
__weak __hidden int bpf_usdt_arg_size(struct pt_regs *ctx, __u64 arg_num)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	struct __bpf_usdt_arg_spec *arg;

	if (!spec)
		return -ESRCH;
	arg = __bpf_usdt_find_arg(spec, arg_num);
	return arg ? (64 - arg->arg_bitshift) >> 3 : -ENOENT;
}

/* *res = argument number 0, 1, ..., extended to 64 bits by its own sign. 0, or the errors of bpf_usdt_arg_size() and, for one in
   memory that cannot be read, -EFAULT. */
__weak __hidden int bpf_usdt_arg(struct pt_regs *ctx, __u64 arg_num, long *res)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);
	struct __bpf_usdt_arg_spec *arg;
	unsigned long value = 0;
	int error = 0;

	*res = 0;
	if (!spec)
		return -ESRCH;
	arg = __bpf_usdt_find_arg(spec, arg_num);
	if (!arg)
		return -ENOENT;
	if (arg->arg_type == BPF_USDT_ARG_CONST) {
		value = arg->val_off;
	} else {
		error = bpf_probe_read_kernel(&value, sizeof(value), (void *)ctx + arg->reg_off);
#ifndef BPF_USDT_LIBBPF_1_0
		if (!error && arg->arg_type == BPF_USDT_ARG_SIB) {
			unsigned long index = 0;

			error = bpf_probe_read_kernel(&index, sizeof(index), (void *)ctx + arg->idx_reg_off);
			value += index << arg->scale_bitshift;
		}
#endif
		if (error)
			return error;
		if (arg->arg_type == BPF_USDT_ARG_REG_DEREF || arg->arg_type == BPF_USDT_ARG_SIB) {
			error = bpf_probe_read_user(&value, sizeof(value), (void *)value + arg->val_off);
			if (error)
				return error;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			value >>= arg->arg_bitshift;
#endif
		} else if (arg->arg_type != BPF_USDT_ARG_REG) {
			return -EINVAL;
		}
	}
	value <<= arg->arg_bitshift;
	*res = arg->arg_signed ? (long)value >> arg->arg_bitshift : (long)(value >> arg->arg_bitshift);
	return 0;
}

/* The number that the loader was given when it attached the program, or 0. */
__weak __hidden long bpf_usdt_cookie(struct pt_regs *ctx)
{
	struct __bpf_usdt_spec *spec = __bpf_usdt_find(ctx);

	return spec ? (long)spec->usdt_cookie : 0;
}

/* int BPF_USDT(name, int first, void *second) { ... }: the probe's arguments, 0 where there is none */
#define ___bpf_usdt_value(n) ({ long ____arg; bpf_usdt_arg(ctx, n, &____arg); (void *)____arg; })
#define ___bpf_usdt_args0()            ctx
#define ___bpf_usdt_args1(a)           ___bpf_usdt_args0(), ___bpf_usdt_value(0)
#define ___bpf_usdt_args2(a, args...)   ___bpf_usdt_args1(args), ___bpf_usdt_value(1)
#define ___bpf_usdt_args3(a, args...)   ___bpf_usdt_args2(args), ___bpf_usdt_value(2)
#define ___bpf_usdt_args4(a, args...)   ___bpf_usdt_args3(args), ___bpf_usdt_value(3)
#define ___bpf_usdt_args5(a, args...)   ___bpf_usdt_args4(args), ___bpf_usdt_value(4)
#define ___bpf_usdt_args6(a, args...)   ___bpf_usdt_args5(args), ___bpf_usdt_value(5)
#define ___bpf_usdt_args7(a, args...)   ___bpf_usdt_args6(args), ___bpf_usdt_value(6)
#define ___bpf_usdt_args8(a, args...)   ___bpf_usdt_args7(args), ___bpf_usdt_value(7)
#define ___bpf_usdt_args9(a, args...)   ___bpf_usdt_args8(args), ___bpf_usdt_value(8)
#define ___bpf_usdt_args10(a, args...)  ___bpf_usdt_args9(args), ___bpf_usdt_value(9)
#define ___bpf_usdt_args11(a, args...)  ___bpf_usdt_args10(args), ___bpf_usdt_value(10)
#define ___bpf_usdt_args12(a, args...)  ___bpf_usdt_args11(args), ___bpf_usdt_value(11)
#define ___bpf_usdt_args(args...)      ___bpf_apply(___bpf_usdt_args, ___bpf_narg(args))(args)
#define BPF_USDT(name, args...) \
	name(struct pt_regs *ctx); \
	static __always_inline __typeof__(name(0)) ____##name(struct pt_regs *ctx, ##args); \
	__typeof__(name(0)) name(struct pt_regs *ctx) \
	{ \
		_Pragma("GCC diagnostic push") \
		_Pragma("GCC diagnostic ignored \"-Wint-conversion\"") \
		return ____##name(___bpf_usdt_args(args)); \
		_Pragma("GCC diagnostic pop") \
	} \
	static __always_inline __typeof__(name(0)) ____##name(struct pt_regs *ctx, ##args)

#endif
