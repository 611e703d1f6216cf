/* Reading kernel structures whose layout the loader fills in (CO-RE). Works with vmlinux.h, or with structures that carry
   __attribute__((preserve_access_index)).
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_CORE_READ_H__
#define __BPF_CORE_READ_H__

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_arguments.h>

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
#define ___bpf_field_ref2(type, field) (((__typeof__(type) *)0)->field)
#define ___bpf_field_ref(args...)      ___bpf_apply(___bpf_field_ref, ___bpf_narg(args))(args)

#define bpf_core_field_exists(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_EXISTS)
#define bpf_core_field_size(field...)   __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_SIZE)
#define bpf_core_field_offset(field...) __builtin_preserve_field_info(___bpf_field_ref(field), BPF_FIELD_BYTE_OFFSET)

#define bpf_core_type_id_local(type)  __builtin_btf_type_id(*(__typeof__(type) *)0, BPF_TYPE_ID_LOCAL)
#define bpf_core_type_id_kernel(type) __builtin_btf_type_id(*(__typeof__(type) *)0, BPF_TYPE_ID_TARGET)
#define bpf_core_type_exists(type)    __builtin_preserve_type_info(*(__typeof__(type) *)0, BPF_TYPE_EXISTS)
#define bpf_core_type_matches(type)   __builtin_preserve_type_info(*(__typeof__(type) *)0, BPF_TYPE_MATCHES)
#define bpf_core_type_size(type)      __builtin_preserve_type_info(*(__typeof__(type) *)0, BPF_TYPE_SIZE)

#define bpf_core_enum_value_exists(type, value) \
	__builtin_preserve_enum_value(*(__typeof__(type) *)value, BPF_ENUMVAL_EXISTS)
#define bpf_core_enum_value(type, value) \
	__builtin_preserve_enum_value(*(__typeof__(type) *)value, BPF_ENUMVAL_VALUE)

#define bpf_core_cast(ptr, type) ((__typeof__(type) *)bpf_rdonly_cast((ptr), bpf_core_type_id_kernel(type)))
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

/* Follow p->a, and so on by a pointer of the type T that the step before has read; the last step goes to dst by LAST. */
#define ___core_step1(READ, LAST, dst, size, T, a) LAST((void *)(dst), size, &((T)____at)->a)
#define ___core_step2(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step1(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step3(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step2(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step4(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step3(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step5(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step4(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step6(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step5(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step7(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step6(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_step8(READ, LAST, dst, size, T, a, x...) \
	READ(&____at, sizeof(____at), &((T)____at)->a); \
	___core_step7(READ, LAST, dst, size, __typeof__(((T)0)->a), x)
#define ___core_walk_one(READ, LAST, dst, size, p, a) LAST((void *)(dst), size, &((p)->a))
#define ___core_walk_more(READ, LAST, dst, size, p, a, x...) \
	({ \
		const void *____at; \
		READ(&____at, sizeof(____at), &((p)->a)); \
		___bpf_apply(___core_step, ___bpf_narg(x))(READ, LAST, dst, size, __typeof__((p)->a), x); \
	})
#define ___core_walk_by(one, x...) \
	___bpf_nth(_, ##x, ___core_walk_more, ___core_walk_more, ___core_walk_more, ___core_walk_more, ___core_walk_more, \
		   ___core_walk_more, ___core_walk_more, ___core_walk_more, ___core_walk_more, ___core_walk_more, \
		   ___core_walk_more, one, one)
#define ___core_walk(READ, LAST, dst, size, p, x...) \
	___core_walk_by(___core_walk_one, ##x)(READ, LAST, dst, size, p, x)

/* BPF_CORE_READ(task, mm, exe_file, f_flags): the value of task->mm->exe_file->f_flags */
#define BPF_CORE_READ_INTO(dst, src, x...) \
	___core_walk(bpf_core_read, bpf_core_read, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ_USER_INTO(dst, src, x...) \
	___core_walk(bpf_core_read_user, bpf_core_read_user, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ_STR_INTO(dst, src, x...) \
	___core_walk(bpf_core_read, bpf_core_read_str, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ_USER_STR_INTO(dst, src, x...) \
	___core_walk(bpf_core_read_user, bpf_core_read_user_str, dst, sizeof(*(dst)), src, x)
#define BPF_CORE_READ(src, x...) \
	({ \
		__typeof__(___core_arrow(src, x)) __value; \
		BPF_CORE_READ_INTO(&__value, src, x); \
		__value; \
	})
#define BPF_CORE_READ_USER(src, x...) \
	({ \
		__typeof__(___core_arrow(src, x)) __value; \
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
	___core_walk(___probe_read, ___probe_read_str, dst, sizeof(*(dst)), src, x)
#define BPF_PROBE_READ_USER_INTO(dst, src, x...) \
	___core_walk(___probe_read_user, ___probe_read_user, dst, sizeof(*(dst)), src, x)
#define BPF_PROBE_READ_USER_STR_INTO(dst, src, x...) \
	___core_walk(___probe_read_user, ___probe_read_user_str, dst, sizeof(*(dst)), src, x)
#define BPF_PROBE_READ(src, x...) \
	({ \
		__typeof__(___core_arrow(src, x)) __value; \
		BPF_PROBE_READ_INTO(&__value, src, x); \
		__value; \
	})
#define BPF_PROBE_READ_USER(src, x...) \
	({ \
		__typeof__(___core_arrow(src, x)) __value; \
		BPF_PROBE_READ_USER_INTO(&__value, src, x); \
		__value; \
	})

/* Bit fields. The loader knows the word that holds one (BYTE_OFFSET, BYTE_SIZE), how far left that word is shifted so that the
   field ends at bit 63, and how far right so that it begins at bit 0. */
#define ___core_info(s, field, what) __builtin_preserve_field_info((s)->field, BPF_FIELD_##what)

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define ___core_low_bytes(word, size) ((char *)&(word) + sizeof(word) - (size))
#else
#define ___core_low_bytes(word, size) ((char *)&(word))
#endif

static __always_inline unsigned long long ___core_cut(unsigned long long word, unsigned int left, unsigned int right,
						      unsigned int is_signed)
{
	word <<= left;
	return is_signed ? (unsigned long long)((long long)word >> right) : word >> right;
}
#define ___core_field_of(word, s, field) \
	___core_cut(word, ___core_info(s, field, LSHIFT_U64), ___core_info(s, field, RSHIFT_U64), ___core_info(s, field, SIGNED))

/* the address of the word; a compiler must not join the constants behind it with the loads, which are relocated apart */
#define ___core_word_at(s, field) \
	({ \
		void *____place = (void *)(s) + ___core_info(s, field, BYTE_OFFSET); \
		barrier_var(____place); \
		____place; \
	})

/* s->field where the program may read s, as it may an argument of fentry */
#define BPF_CORE_READ_BITFIELD(s, field) \
	({ \
		const void *____word_at = ___core_word_at(s, field); \
		unsigned long long ____word = 0; \
		switch (___core_info(s, field, BYTE_SIZE)) { \
		case 1: ____word = *(const unsigned char *)____word_at; break; \
		case 2: ____word = *(const unsigned short *)____word_at; break; \
		case 4: ____word = *(const unsigned int *)____word_at; break; \
		case 8: ____word = *(const unsigned long long *)____word_at; break; \
		} \
		___core_field_of(____word, s, field); \
	})

/* s->field anywhere in the kernel, by bpf_probe_read_kernel */
#define BPF_CORE_READ_BITFIELD_PROBED(s, field) \
	({ \
		unsigned long long ____word = 0; \
		bpf_probe_read_kernel(___core_low_bytes(____word, ___core_info(s, field, BYTE_SIZE)), \
				      ___core_info(s, field, BYTE_SIZE), \
				      (const void *)(s) + ___core_info(s, field, BYTE_OFFSET)); \
		___core_field_of(____word, s, field); \
	})

/* s->field = value where the program may write s */
#define ___core_store(type) \
	*(type *)____word_at = (*(type *)____word_at & ~____mask) | ____new
#define BPF_CORE_WRITE_BITFIELD(s, field, value) \
	({ \
		void *____word_at = ___core_word_at(s, field); \
		unsigned int ____left = ___core_info(s, field, LSHIFT_U64); \
		unsigned int ____right = ___core_info(s, field, RSHIFT_U64); \
		unsigned long long ____mask = ~0ULL << ____right >> ____left; \
		unsigned long long ____new = (unsigned long long)(value) << ____right >> ____left; \
		switch (___core_info(s, field, BYTE_SIZE)) { \
		case 1: ___core_store(unsigned char); break; \
		case 2: ___core_store(unsigned short); break; \
		case 4: ___core_store(unsigned int); break; \
		case 8: ___core_store(unsigned long long); break; \
		} \
	})

#endif
