/* Counting and pasting the arguments of macros. The names are libbpf's, which programs use as well.
   SPDX-License-Identifier: Apache-2.0 */
#ifndef __BPF_ARGUMENTS_H__
#define __BPF_ARGUMENTS_H__

#ifndef ___bpf_concat
#define ___bpf_concat(a, b) a ## b
#endif
#ifndef ___bpf_apply
#define ___bpf_apply(fn, n) ___bpf_concat(fn, n)
#endif

/* how many arguments, 0 to 12, and how many pairs of arguments */
#ifndef ___bpf_nth
#define ___bpf_nth(_, _1, _2, _3, _4, _5, _6, _7, _8, _9, _a, _b, _c, N, ...) N
#endif
#ifndef ___bpf_narg
#define ___bpf_narg(...) ___bpf_nth(_, ##__VA_ARGS__, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#endif
#ifndef ___bpf_nth2
#define ___bpf_nth2(_, a1, b1, a2, b2, a3, b3, a4, b4, a5, b5, a6, b6, a7, b7, a8, b8, a9, b9, aa, ba, ab, bb, ac, bc, N, ...) N
#endif
#ifndef ___bpf_narg2
#define ___bpf_narg2(...) \
	___bpf_nth2(_, ##__VA_ARGS__, 12, 12, 11, 11, 10, 10, 9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4, 4, 3, 3, 2, 2, 1, 1, 0)
#endif

#endif
