/* What nearly every BPF program includes: sections, map definitions, helpers, attributes, printing.
   The names are libbpf's, so programs written for it compile unchanged.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_HELPERS__
#define __BPF_HELPERS__

/* vmlinux.h has these types, and some that differ from a system's linux/types.h */
#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif
#include <bpf/bpf_arguments.h>
#include <bpf/bpf_helper_defs.h>

/* SEC("xdp"): a function's or variable's section, which says what it is for. */
#define SEC(name) __attribute__((section(name), used))

/* The fields of a map definition, a struct in section .maps:
   struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, __u32); __type(value, __u64); __uint(max_entries, 64); } m SEC(".maps"); */
#define __uint(name, val)   int (*name)[val]
#define __type(name, val)   __typeof__(val) *name
#define __array(name, val)  __typeof__(val) *name[]
#define __ulong(name, val)  enum { ___bpf_concat(__unique_value, __COUNTER__) = val } name

/* .pinning of a map */
enum libbpf_pin_type {
	LIBBPF_PIN_NONE,
	LIBBPF_PIN_BY_NAME,
};

/* value of a tristate in __kconfig */
enum libbpf_tristate {
	TRI_NO     = 0,
	TRI_YES    = 1,
	TRI_MODULE = 2,
};

#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#ifndef __noinline
#define __noinline __attribute__((noinline))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif
#ifndef __hidden
#define __hidden __attribute__((visibility("hidden")))
#endif
/* a function that is one asm statement: no code is added before or behind it */
#ifndef __naked
#define __naked __attribute__((naked))
#endif

/* externs that the loader fills in, and tags that the kernel reads from BTF */
#define __kconfig        __attribute__((section(".kconfig")))
#define __ksym           __attribute__((section(".ksyms")))
#define __kptr_untrusted __attribute__((btf_type_tag("kptr_untrusted")))
#define __kptr           __attribute__((btf_type_tag("kptr")))
#define __percpu_kptr    __attribute__((btf_type_tag("percpu_kptr")))
#define __uptr           __attribute__((btf_type_tag("uptr")))
#define __arg_ctx        __attribute__((btf_decl_tag("arg:ctx")))
#define __arg_nonnull    __attribute__((btf_decl_tag("arg:nonnull")))
#define __arg_nullable   __attribute__((btf_decl_tag("arg:nullable")))
#define __arg_trusted    __attribute__((btf_decl_tag("arg:trusted")))
#define __arg_untrusted  __attribute__((btf_decl_tag("arg:untrusted")))
#define __arg_arena      __attribute__((btf_decl_tag("arg:arena")))

/* Has the kernel this function or variable? Only a weak one may be missing. */
#define bpf_ksym_exists(sym) \
	({ \
		_Static_assert(!__builtin_constant_p(!!(sym)), #sym " is not declared __ksym __weak"); \
		!!(sym); \
	})

#ifndef NULL
#define NULL ((void *)0)
#endif
/* Not __builtin_offsetof: of a structure of the kernel's this is a number that the loader corrects. */
#undef offsetof
#define offsetof(type, member) ((unsigned long)&((type *)0)->member)
#undef container_of
#define container_of(ptr, type, member) \
	({ \
		void *____member = (void *)(ptr); \
		(type *)(____member - offsetof(type, member)); \
	})
#ifndef KERNEL_VERSION
#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))
#endif

#ifndef likely
#define likely(x)   __builtin_expect(!!(x), 1)
#endif
#ifndef unlikely
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

/* Nothing is moved across barrier(); barrier_var(x) hides what is known of x. */
#ifndef barrier
#define barrier() __asm__ volatile("" ::: "memory")
#endif
#ifndef barrier_var
#define barrier_var(var) __asm__ volatile("" : "+r"(var))
#endif
#ifndef __bpf_unreachable
#define __bpf_unreachable() __builtin_unreachable()
#endif

/* bpf_tail_call with a slot that is known when compiling, so that the kernel may jump directly */
static __always_inline void bpf_tail_call_static(void *ctx, const void *map, const __u32 slot)
{
	bpf_tail_call(ctx, (void *)map, slot);
}

/* ___bpf_fill(array, args...): array[i] = the i-th argument, a number or a pointer */
#define ___bpf_fill0(arr, p, x) /* what is there where nothing is given */
#define ___bpf_fill1(arr, p, x)                arr[p] = (unsigned long long)(x)
#define ___bpf_fill2(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill1(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill3(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill2(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill4(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill3(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill5(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill4(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill6(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill5(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill7(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill6(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill8(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill7(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill9(arr, p, x, ...)           arr[p] = (unsigned long long)(x); ___bpf_fill8(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill10(arr, p, x, ...)          arr[p] = (unsigned long long)(x); ___bpf_fill9(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill11(arr, p, x, ...)          arr[p] = (unsigned long long)(x); ___bpf_fill10(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill12(arr, p, x, ...)          arr[p] = (unsigned long long)(x); ___bpf_fill11(arr, p + 1, __VA_ARGS__)
#define ___bpf_fill(arr, args...)              ___bpf_apply(___bpf_fill, ___bpf_narg(args))(arr, 0, ##args)

/* bpf_printk("pid %d", pid): to /sys/kernel/tracing/trace_pipe. Up to 3 arguments through bpf_trace_printk,
   more through bpf_trace_vprintk (Linux 5.16). */
#ifdef BPF_NO_GLOBAL_DATA
#define BPF_PRINTK_FMT_MOD
#else
#define BPF_PRINTK_FMT_MOD static const
#endif

#define __bpf_printk(fmt, ...) \
	({ \
		BPF_PRINTK_FMT_MOD char ____fmt[] = fmt; \
		bpf_trace_printk(____fmt, sizeof(____fmt), ##__VA_ARGS__); \
	})

#define __bpf_vprintk(fmt, args...) \
	({ \
		static const char ____fmt[] = fmt; \
		unsigned long long ____param[___bpf_narg(args)]; \
		___bpf_fill(____param, args); \
		bpf_trace_vprintk(____fmt, sizeof(____fmt), ____param, sizeof(____param)); \
	})

#define ___bpf_pick_printk(...) \
	___bpf_nth(_, ##__VA_ARGS__, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, \
		   __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_vprintk, __bpf_printk, __bpf_printk, \
		   __bpf_printk, __bpf_printk)

#define bpf_printk(fmt, args...) ___bpf_pick_printk(args)(fmt, ##args)

/* bpf_snprintf and bpf_seq_printf with their arguments written out */
#define BPF_SNPRINTF(out, out_size, fmt, args...) \
	({ \
		static const char ____fmt[] = fmt; \
		unsigned long long ____param[___bpf_narg(args)]; \
		___bpf_fill(____param, args); \
		bpf_snprintf(out, out_size, ____fmt, ____param, sizeof(____param)); \
	})

#define BPF_SEQ_PRINTF(seq, fmt, args...) \
	({ \
		static const char ____fmt[] = fmt; \
		unsigned long long ____param[___bpf_narg(args)]; \
		___bpf_fill(____param, args); \
		bpf_seq_printf(seq, ____fmt, sizeof(____fmt), ____param, sizeof(____param)); \
	})

/* To the program's own output, BPF_STREAM_STDOUT or BPF_STREAM_STDERR (Linux 6.17). The kfunc has lost its last parameter:
   the loader takes that which the kernel has (behind ___ is a name of ours). */
extern int bpf_stream_vprintk_impl(int stream_id, const char *fmt__str, const void *args, __u32 len__sz, void *aux__prog)
	__ksym __weak;
extern int bpf_stream_vprintk___short(int stream_id, const char *fmt__str, const void *args, __u32 len__sz) __ksym __weak;
#define bpf_stream_printk(stream_id, fmt, args...) \
	({ \
		static const char ____fmt[] = fmt; \
		unsigned long long ____param[___bpf_narg(args)]; \
		___bpf_fill(____param, args); \
		bpf_stream_vprintk_impl ? \
			bpf_stream_vprintk_impl(stream_id, ____fmt, ____param, sizeof(____param), NULL) : \
			bpf_stream_vprintk___short(stream_id, ____fmt, ____param, sizeof(____param)); \
	})

/* Loops that the verifier follows whatever their number of turns is (open-coded iterators, Linux 6.4). */
struct bpf_iter_num;
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym __weak;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;

/* `struct bpf_iter_NAME` and a pointer to it for the head of a for statement. It is destroyed however the loop is left; the
   destructor is also named outside cleanup(), as clang gives it no BTF otherwise. */
#define ___bpf_iter(name, args...) \
	struct bpf_iter_##name ____it __attribute__((aligned(8), cleanup(bpf_iter_##name##_destroy))), \
	*____itp = ((void)bpf_iter_##name##_destroy, (void)bpf_iter_##name##_new(&____it, ##args), &____it)

/* bpf_for_each(task, pointer, args of bpf_iter_task_new) { ... } */
#ifndef bpf_for_each
#define bpf_for_each(type, cur, args...) \
	for (___bpf_iter(type, ##args); ((cur) = bpf_iter_##type##_next(____itp));)
#endif

/* bpf_for(i, start, end) { ... }: i takes start, start + 1, ..., end - 1, and the verifier knows these bounds */
#ifndef bpf_for
#define bpf_for(i, start, end) \
	for (___bpf_iter(num, (start), (end)); ({ \
		int *____at = bpf_iter_num_next(____itp); \
		____at && ((i) = *____at, (i) >= (start) && (i) < (end)); \
	});)
#endif

/* bpf_repeat(n) { ... } */
#ifndef bpf_repeat
#define bpf_repeat(times) for (___bpf_iter(num, 0, (times)); bpf_iter_num_next(____itp);)
#endif

#endif
