/* Reading kernel structures whose layout the loader fills in (CO-RE). Works with vmlinux.h, or with structures that carry
   __attribute__((preserve_access_index)).
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include <bpf/bpf_helpers.h>

/* what to ask about a field, a type, an enumerator: enum bpf_core_relo_kind of linux/bpf.h in the compiler's numbers */
enum bpf_field_info_kind {
	BPF_FIELD_BYTE_OFFSET = 0,
	BPF_FIELD_BYTE_SIZE   = 1,
	BPF_FIELD_EXISTS      = 2,
	BPF_FIELD_SIGNED      = 3,
	BPF_FIELD_LSHIFT_U64  = 4,
	BPF_FIELD_RSHIFT_U64  = 5,
};

enum bpf_type_id_kind {
	BPF_TYPE_ID_LOCAL  = 0,
	BPF_TYPE_ID_TARGET = 1,
};

enum bpf_type_info_kind {
	BPF_TYPE_EXISTS  = 0,
	BPF_TYPE_SIZE    = 1,
	BPF_TYPE_MATCHES = 2,
};

enum bpf_enum_value_kind {
	BPF_ENUMVAL_EXISTS = 0,
	BPF_ENUMVAL_VALUE  = 1,
};

/* (src, field) or (type, field): a field of a pointer's target, or of a type */
#define ___bpf_field_ref1(field)       (field)
#define ___bpf_field_ref2(type, field) (((typeof(type) *)0)->field)
#define ___bpf_field_ref(args...)      ___bpf_apply(___bpf_field_ref, ___bpf_narg(args))(args)

#define bpf_core_field_exists(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...)   __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_OFFSET)

#define bpf_core_type_id_local(type)  __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(typeof(type) *)0, BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type)    __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type)   __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_MATCHES)
#define bpf_core_type_size(type)      __builtin_preserve_type_info(*(typeof(type) *)0, BPF_TYPE_SIZE)

#define bpf_core_enum_value_exists(type, value) \
	__builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(type, value) \
	__builtin_preserve_enum_value(*(typeof(type) *)value, BPF_ENUMVAL_VALUE)

#define bpf_core_cast(ptr, type) ((typeof(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym __weak;

/* one read, with the address relocated */
#define bpf_core_read(dst, size, src) \
	bpf_probe_read_kernel(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user(dst, size, src) \
	bpf_probe_read_user(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_str(dst, size, src) \
	bpf_probe_read_kernel_str(dst, size, (const void *)__builtin_preserve_access_index(src))
#define bpf_core_read_user_str(dst, size, src) \
	bpf_probe_read_user_str(dst, size, (const void *)__builtin_preserve_access_index(src))

/* p, a, b, c: the type of p->a->b->c */
#define ___core_arrow1(p, a)       p->a
#define ___core_arrow2(p, a, x...) ___core_arrow1(p->a, x)
#define ___core_arrow3(p, a, x...) ___core_arrow2(p->a, x)
#define ___core_arrow4(p, a, x...) ___core_arrow3(p->a, x)
#define ___core_arrow5(p, a, x...) ___core_arrow4(p->a, x)
#define ___core_arrow6(p, a, x...) ___core_arrow5(p->a, x)
#define ___core_arrow7(p, a, x...) ___core_arrow6(p->a, x)
#define ___core_arrow8(p, a, x...) ___core_arrow7(p->a, x)
#define ___core_arrow9(p, a, x...) ___core_arrow8(p->a, x)
#define ___core_arrow(p, x...)     ___bpf_apply(___core_arrow, ___bpf_narg(x))((p), x)

/* follow p->a into a pointer of its own, and go on from there; the last read goes to dst by READ */
#define ___core_walk1(READ, LAST, dst, size, p, a) LAST(dst, size, &((p)->a))
#define ___core_walk2(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at2; \
		READ(&__at2, sizeof(__at2), &((p)->a)); \
		___core_walk1(READ, LAST, dst, size, ((typeof((p)->a))__at2), x); \
	})
#define ___core_walk3(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at3; \
		READ(&__at3, sizeof(__at3), &((p)->a)); \
		___core_walk2(READ, LAST, dst, size, ((typeof((p)->a))__at3), x); \
	})
#define ___core_walk4(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at4; \
		READ(&__at4, sizeof(__at4), &((p)->a)); \
		___core_walk3(READ, LAST, dst, size, ((typeof((p)->a))__at4), x); \
	})
#define ___core_walk5(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at5; \
		READ(&__at5, sizeof(__at5), &((p)->a)); \
		___core_walk4(READ, LAST, dst, size, ((typeof((p)->a))__at5), x); \
	})
#define ___core_walk6(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at6; \
		READ(&__at6, sizeof(__at6), &((p)->a)); \
		___core_walk5(READ, LAST, dst, size, ((typeof((p)->a))__at6), x); \
	})
#define ___core_walk7(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at7; \
		READ(&__at7, sizeof(__at7), &((p)->a)); \
		___core_walk6(READ, LAST, dst, size, ((typeof((p)->a))__at7), x); \
	})
#define ___core_walk8(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at8; \
		READ(&__at8, sizeof(__at8), &((p)->a)); \
		___core_walk7(READ, LAST, dst, size, ((typeof((p)->a))__at8), x); \
	})
#define ___core_walk9(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *__at9; \
		READ(&__at9, sizeof(__at9), &((p)->a)); \
		___core_walk8(READ, LAST, dst, size, ((typeof((p)->a))__at9), x); \
	})
#define ___core_walk(READ, LAST, dst, size, p, x...) \
	___bpf_apply(___core_walk, ___bpf_narg(x))(READ, LAST, dst, size, p, x)

/* BPF_CORE_READ(task, mm, exe_file, f_flags): the value of task->mm->exe_file->f_flags */
#define BPF_CORE_READ_INTO(dst, src, x...) \
	___core_walk(bpf_core_read, bpf_core_read, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ_USER_INTO(dst, src, x...) \
	___core_walk(bpf_core_read_user, bpf_core_read_user, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ_STR_INTO(dst, src, x...) \
	___core_walk(bpf_core_read, bpf_core_read_str, (void *)(dst), sizeof(*(dst)), src, x)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, x...) \
	___core_walk(bpf_core_read_user, bpf_core_read_user_str, (void *)(dst), sizeof(*(dst)), src, x)
#define BPF_CORE_READ(src, x...) \
	({ \
		typeof(___core_arrow(src, x)) __value; \
		BPF_CORE_READ_INTO(&__value, src, x); \
		__value; \
	})
#define BPF_CORE_READ_USER(src, x...) \
	({ \
		typeof(___core_arrow(src, x)) __value; \
		BPF_CORE_READ_USER_INTO(&__value, src, x); \
		__value; \
	})

/* the same without relocation, for structures whose layout is fixed */
#define ___probe_read(dst, size, src)          bpf_probe_read_kernel(dst, size, (const void *)(src))
#define ___probe_read_str(dst, size, src)      bpf_probe_read_kernel_str(dst, size, (const void *)(src))
#define ___probe_read_user(dst, size, src)     bpf_probe_read_user(dst, size, (const void *)(src))
#define ___probe_read_user_str(dst, size, src) bpf_probe_read_user_str(dst, size, (const void *)(src))
#define BPF_PROBE_READ_INTO(dst, src, x...) \
	___core_walk(___probe_read, ___probe_read, dst, sizeof(*(dst)), src, x)
#define BPF_PROBE_READ_STR_INTO(dst, src, x...) \
	___core_walk(___probe_read, ___probe_read_str, (void *)(dst), sizeof(*(dst)), src, x)
#define BPF_PROBE_READ_USER_INTO(dst, src, x...) \
	___core_walk(___probe_read_user, ___probe_read_user, dst, sizeof(*(dst)), src, x)
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, x...) \
	___core_walk(___probe_read_user, ___probe_read_user_str, (void *)(dst), sizeof(*(dst)), src, x)
#define BPF_PROBE_READ(src, x...) \
	({ \
		typeof(___core_arrow(src, x)) __value; \
		BPF_PROBE_READ_INTO(&__value, src, x); \
		__value; \
	})
#define BPF_PROBE_READ_USER(src, x...) \
	({ \
		typeof(___core_arrow(src, x)) __value; \
		BPF_PROBE_READ_USER_INTO(&__value, src, x); \
		__value; \
	})

#endif
