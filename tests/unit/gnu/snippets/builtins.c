//// constant-p: run
int x = 5;
out[0] = __builtin_constant_p(3); out[1] = __builtin_constant_p("abc"); out[2] = __builtin_constant_p(in[0]); out[3] = __builtin_constant_p(1 + 2 * 3);
out[4] = __builtin_constant_p(sizeof(x)); out[5] = __builtin_choose_expr(__builtin_constant_p(7), 1, 2);
//// expect: run
out[0] = __builtin_expect(in[0], 5); out[1] = __builtin_expect_with_probability(in[1], 1, 0.9);
if (__builtin_expect(!!(in[0] > 3), 0)) out[2] = 1;
//// assume: run
__builtin_assume(in[0] > 0); out[0] = 1; long k = in[0]; __builtin_assume(k == 5); out[1] = k;
//// assume-attribute: ok
int f(int a) { __attribute__((assume(a > 0))); return a / 2u; }
//// offsetof: run
struct s { int a; struct { char b; short c[4]; } d[3]; union { long e; int f; }; };
PROG { out[0] = __builtin_offsetof(struct s, d[2].c[1]); out[1] = __builtin_offsetof(struct s, f); out[2] = __builtin_offsetof(struct s, d); int i = in[14];
 out[3] = __builtin_offsetof(struct s, d[i].c); return 0; }
//// offsetof-bit-field: refused
struct s { int a : 3; };
int x = __builtin_offsetof(struct s, a);
//// types-compatible: run
enum e { A };
PROG { out[0] = __builtin_types_compatible_p(int, const int); out[1] = __builtin_types_compatible_p(int *, const int *); out[2] = __builtin_types_compatible_p(int[], int[3]);
out[3] = __builtin_types_compatible_p(long, long long); out[4] = __builtin_types_compatible_p(enum e, unsigned); out[5] = __builtin_types_compatible_p(char, signed char);
out[6] = __builtin_types_compatible_p(typeof(in), long[16]); return 0; }
//// choose-expr: run
out[0] = __builtin_choose_expr(1, in[0], (void)0); out[1] = sizeof(__builtin_choose_expr(0, 1, 1L));
//// memory-functions: run
struct b { char c[24]; } a = { "hello, world" }, b;
__builtin_memcpy(&b, &a, sizeof(b)); out[0] = b.c[7];
__builtin_memset(&a, 0x5a, 13); out[1] = *(long *)(a.c + 8);
__builtin_memmove(b.c + 2, b.c, 12); out[2] = *(long *)b.c; out[3] = *(long *)(b.c + 8);
out[4] = __builtin_memcmp(&a, &b, 8) < 0; out[5] = __builtin_memcmp("abc", "abd", 3) < 0; out[6] = __builtin_bcmp(&a, &a, 24);
__builtin_memcpy_inline(&a, "xyz", 3); out[7] = a.c[1]; out[8] = *(char *)__builtin_memset(b.c, 7, 2);
char *e = __builtin_mempcpy(b.c, "ab", 2); out[9] = e - b.c;
__builtin_memset_inline(a.c, 1, 2); out[10] = a.c[1];
//// library-names: run
void *memcpy(void *, const void *, unsigned long); void *memset(void *, int, unsigned long); int memcmp(const void *, const void *, unsigned long);
void *memmove(void *, const void *, unsigned long); unsigned long strlen(const char *); int bcmp(const void *, const void *, unsigned long);
int strcmp(const char *, const char *);
PROG { char a[16], b[16]; memset(a, 3, 16); memcpy(b, a, 16); b[2] = 9; memmove(b + 1, b, 8); out[0] = b[3]; out[1] = memcmp(a, b, 16) < 0; out[2] = strlen("hello");
 out[3] = bcmp(a, a, 16); out[4] = strcmp("a", "a"); return 0; }
//// implicit-library: refused
int f(char *a) { memset(a, 0, 8); return 0; }
//// strings: run
out[0] = __builtin_strlen("four"); out[1] = __builtin_strcmp("abc", "abd") < 0; out[2] = __builtin_strcmp("x", "x"); out[3] = __builtin_strncmp("abc", "abz", 2);
out[4] = __builtin_strchr("hello", 'l') != 0; out[5] = *__builtin_strchr("hello", 'l'); out[6] = __builtin_memchr("abc", 'c', 3) != 0; out[7] = __builtin_strcmp("b", "a") > 0;
static const char name[] = "static name"; out[8] = __builtin_strlen(name); out[9] = __builtin_strrchr("a.b.c", '.') != 0;
//// strings-static: ok
enum { A = __builtin_strlen("abc"), B = sizeof("abc") };
_Static_assert(__builtin_strcmp("abc", "abc") == 0, "");
_Static_assert(__builtin_memcmp("abc", "abc", 3) == 0, "");
int n = __builtin_strlen("hello");
//// byte-swaps: run
out[0] = __builtin_bswap16(in[2]); out[1] = __builtin_bswap32(in[2]); out[2] = __builtin_bswap64(in[2]); out[3] = __builtin_bswap16(in[1]);
out[4] = __builtin_bswap32(0x12345678); out[5] = (short)__builtin_bswap16(0x80ff);
out[6] = __builtin_bitreverse8(0x12); out[7] = __builtin_bitreverse16(in[2]); out[8] = __builtin_bitreverse32(in[2]); out[9] = __builtin_bitreverse64(in[2]);
//// bit-counts: run
out[0] = __builtin_clz(in[0]); out[1] = __builtin_clzl(in[2]); out[2] = __builtin_clzll(in[0]); out[3] = __builtin_ctz(in[9]); out[4] = __builtin_ctzl(in[5]);
out[5] = __builtin_ctzll(in[11]); out[6] = __builtin_popcount(in[2]); out[7] = __builtin_popcountl(in[2]); out[8] = __builtin_popcountll(in[1]);
out[9] = __builtin_ffs(in[6]); out[10] = __builtin_ffsl(in[5]); out[11] = __builtin_ffsll(in[9]); out[12] = __builtin_parity(in[3]); out[13] = __builtin_parityl(in[2]);
out[14] = __builtin_clrsb(in[1]); out[15] = __builtin_clrsbll(in[0]) * 1000 + __builtin_clrsbl(in[4]) + __builtin_parityll(in[1]);
//// bit-counts-constant: ok
_Static_assert(__builtin_clz(1) == 31 && __builtin_ctzll(1UL << 40) == 40 && __builtin_popcountl(255) == 8 && __builtin_ffs(8) == 4 && __builtin_parity(7) == 1, "");
_Static_assert(__builtin_clrsb(-1) == 31 && __builtin_bswap32(1) == 0x01000000 && __builtin_bswap16(0x1234) == 0x3412, "");
//// bit-counts-generic: run
out[0] = __builtin_popcountg((unsigned char)in[3]); out[1] = __builtin_clzg((unsigned short)in[0]); out[2] = __builtin_ctzg((unsigned)in[9]); out[3] = __builtin_clzg((unsigned)in[6], 77);
out[4] = __builtin_popcountg((unsigned long)in[1]);
//// rotates: run
out[0] = __builtin_rotateleft32(in[2], 7); out[1] = __builtin_rotateright32(in[2], in[0]); out[2] = __builtin_rotateleft64(in[2], in[8]); out[3] = __builtin_rotateright64(in[2], 9);
out[4] = __builtin_rotateleft8(in[2], 3); out[5] = __builtin_rotateright16(in[2], 5); out[6] = __builtin_rotateleft32(in[2], 0);
//// absolute: run
out[0] = __builtin_abs(in[1]); out[1] = __builtin_labs(in[1]); out[2] = __builtin_llabs(in[10]); out[3] = __builtin_abs(-3);
//// overflow: run
int i; unsigned u; long l; unsigned long ul; short s; unsigned char c; _Bool b;
out[0] = __builtin_add_overflow(in[15], 1, &i) * 10; out[1] = i; out[2] = __builtin_sub_overflow(0, in[0], &u); out[3] = u;
out[4] = __builtin_mul_overflow((int)in[13], (int)in[13], &i); out[5] = i; out[6] = __builtin_mul_overflow((int)in[13], (int)in[13], &l) + l;
out[7] = __builtin_add_overflow((short)in[15], (short)1, &s); out[8] = s; out[9] = __builtin_sub_overflow((unsigned char)1, (unsigned char)2, &c) + c * 2;
out[10] = __builtin_add_overflow((unsigned long)in[1], 9, &ul) * 5 + ul; out[11] = __builtin_add_overflow(in[5], -1L, &l); out[12] = l;
out[13] = __builtin_mul_overflow((unsigned)in[12], (unsigned)in[12], &ul) ; out[14] = ul; out[15] = __builtin_sub_overflow((int)in[1], (unsigned)in[0], &l) + l;
//// overflow-typed: run
int i; unsigned u; long l; unsigned long ul; long long ll; unsigned long long ull;
out[0] = __builtin_sadd_overflow(in[15], in[15], &i); out[1] = i; out[2] = __builtin_uadd_overflow(in[12], 1, &u); out[3] = u; out[4] = __builtin_saddl_overflow(in[5], in[5], &l);
out[5] = __builtin_usubl_overflow(1, in[0], &ul); out[6] = ul; out[7] = __builtin_smul_overflow(in[13], in[13], &i); out[8] = i; out[9] = __builtin_umul_overflow(in[13], in[13], &u);
out[10] = u; out[11] = __builtin_saddll_overflow(in[2], in[2], &ll); out[12] = __builtin_usubll_overflow(in[1], 1, &ull); out[13] = __builtin_ssub_overflow(-0x7fffffff, in[0], &i); out[14] = __builtin_uaddl_overflow(in[4], in[0], &ul);
out[15] = __builtin_ssubl_overflow(in[5], in[0], &l);
//// overflow-64-multiply: beyond ; clang calls __multi3, which BPF has not
long l; unsigned long ul;
out[0] = __builtin_mul_overflow(in[2], in[0], &l); out[1] = l; out[2] = __builtin_mul_overflow(in[2], in[3], &l); out[3] = l;
out[4] = __builtin_mul_overflow((unsigned long)in[4], (unsigned long)in[14], &ul); out[5] = ul; out[6] = __builtin_mul_overflow(in[4], in[5], &l); out[7] = l;
out[8] = __builtin_umull_overflow(in[11], in[11], &ul); out[9] = ul; out[10] = __builtin_mul_overflow(in[1], in[13], &l); out[11] = l; out[12] = __builtin_mul_overflow(in[6], in[5], &l);
//// carry: run
unsigned c; unsigned long cl; out[0] = __builtin_addc((unsigned)in[12], 1u, 1u, &c); out[1] = c; out[2] = __builtin_subcl((unsigned long)in[0], (unsigned long)in[13], 1ul, &cl); out[3] = cl;
//// unreachable: run
long r; switch (in[0]) { case 5: r = 1; break; case 6: r = 2; break; default: __builtin_unreachable(); } out[0] = r;
//// trap-not-reached: ok
int f(int a) { if (sizeof(a) == 8) __builtin_trap(); return a; }
//// trap: refused
int f(int a) { if (a) __builtin_trap(); return a; }
//// debugtrap: ok
int f(int a) { if (sizeof(a) == 8) __builtin_debugtrap(); return a; }
//// object-size: run
struct s { char a[8]; int b[4]; } s; char *p = s.a + 2; volatile long n = 2;
out[0] = __builtin_object_size(&s, 0); out[1] = __builtin_object_size(s.a, 1); out[2] = __builtin_object_size(&s.b[1], 1); out[3] = __builtin_object_size((void *)in[0], 0);
out[4] = __builtin_object_size((void *)in[0], 2); out[5] = __builtin_object_size("hello", 0); out[6] = __builtin_object_size(&s.b[1], 0); out[7] = __builtin_dynamic_object_size(&s, 0);
//// return-address: refused
void *f(void) { return __builtin_return_address(1); }
//// frame-address: refused
int g(void *);
int f(void) { return g(__builtin_alloca(g(0))); }
//// prefetch: ok
int f(int *p) { __builtin_prefetch(p); __builtin_prefetch(p, 0, 3); return *p; }
//// assume-aligned: ok
int f(void *p) { int *q = __builtin_assume_aligned(p, 16); return *q + *(int *)__builtin_assume_aligned(p, 16, 4); }
//// align-builtins: run
long n = in[13]; char *p = (char *)n;
out[0] = __builtin_align_up(n, 64); out[1] = __builtin_align_down(n, 64); out[2] = __builtin_is_aligned(n, 64); out[3] = (long)__builtin_align_up(p, 16); out[4] = __builtin_is_aligned(in[14], 2);
//// va-functions: refused
int f(int a, ...) { __builtin_va_list l; __builtin_va_start(l, a); return __builtin_va_arg(l, int); }
//// floats: refused
double f(double a) { return __builtin_sqrt(a) * 2; }
//// unknown: refused
int f(void) { return __builtin_frobnicate(1); }
//// line-file: run
out[0] = __builtin_LINE(); out[1] = __builtin_FUNCTION()[0]; out[2] = __builtin_FILE()[0] != 0; out[3] = sizeof(__builtin_FUNCTION()) != 0;
//// complex-constant-conditions: run
out[0] = __builtin_unpredictable(in[0] > 3); out[1] = __builtin_expect(in[1] < 0, 1);
//// classify-type: run
out[0] = __builtin_classify_type(1); out[1] = __builtin_classify_type((void *)0);
//// elementwise: run
out[0] = __builtin_elementwise_max((int)in[0], (int)in[1]); out[1] = __builtin_elementwise_min((unsigned)in[0], (unsigned)in[1]); out[2] = __builtin_elementwise_abs((int)in[1]);
//// nondeterministic: ok
int f(void) { return __builtin_nondeterministic_value(3); }
//// launder: ok
int f(int *p) { return *(int *)__builtin_launder(p); }
//// addressof: run
long a = 3; out[0] = *__builtin_addressof(a);
//// has-builtin: ok
#define H(x) __has_builtin(__builtin_##x)
_Static_assert(H(memcpy) && H(bswap32) && H(constant_p) && !H(frobnicate) && H(preserve_access_index) && H(btf_type_id) && H(add_overflow) && H(types_compatible_p), "");
_Static_assert(__has_builtin(__sync_fetch_and_add) && __has_builtin(__atomic_load_n) && H(memset_inline) && H(rotateleft8) && H(clrsb) && H(sadd_overflow), "");
_Static_assert(!__has_builtin(frob) && __has_builtin(memcpy), "");
//// has-attribute: ok
#define H(x) __has_attribute(x)
_Static_assert(H(section) && H(__unused__) && H(btf_type_tag) && !H(frob) && H(preserve_access_index) && H(address_space) && H(fallthrough) && H(counted_by) && !H(nonstring), "");
_Static_assert(__has_c_attribute(fallthrough) == 201910L && __has_c_attribute(maybe_unused) == 202106 && __has_c_attribute(gnu::packed) == 1 && !__has_c_attribute(frob), "");
_Static_assert(__has_c_attribute(noreturn) == 202202 && __has_c_attribute(deprecated) == 201904 && __has_c_attribute(nodiscard) == 202003 && __has_c_attribute(__fallthrough__), "");
_Static_assert(__has_feature(c_atomic) && !__has_feature(gnu_asm) && __has_extension(gnu_asm) && !__has_feature(address_sanitizer) && __has_extension(c_static_assert), "");
//// btf-type-id: ok
struct s { int a; };
long f(struct s *s) { return __builtin_btf_type_id(*s, 0) + __builtin_btf_type_id(*(struct s *)0, 1); }
//// constant-p-after-inlining: run
static inline __attribute__((always_inline)) int kind(unsigned int slot) { if (!__builtin_constant_p(slot)) return 1; return 2; }
PROG { int slot = 3; out[0] = kind(7); out[1] = kind(in[0]); out[2] = slot; out[3] = kind(slot); out[4] = kind(sizeof slot * 2); return 0; }
//// constant-p-in-constants: ok
int f(int n) {
    static int first = __builtin_constant_p(2);
    enum { A = __builtin_constant_p(n) };
    _Static_assert(A == 0, "");
    switch (n) { case __builtin_constant_p(n): return 1; }
    char room[1 + __builtin_constant_p(n)];
    return sizeof room + first;
}
//// trap-behind-constant-p: ok
static inline __attribute__((always_inline)) int only(const unsigned int slot) { if (!__builtin_constant_p(slot)) __builtin_trap(); int r; asm("%0 = %1" : "=r"(r) : "i"(slot)); return r; }
int f(int n) { int sum = 0; _Pragma("unroll") for (unsigned int i = 0; i < 3; i++) sum += only(i); return sum + only(8); }
//// kernel-function-given-to-inlined: ok
extern long one(void *) __attribute__((section(".ksyms"))); extern long two(void *) __attribute__((section(".ksyms")));
static inline __attribute__((always_inline)) long twice(long (*f)(void *), void *p) { return f(p) + f(p); }
long f(void *p) { return twice(one, p) + twice(two, p); }
//// bzero: run
char a[32]; PROG { __builtin_memset(a, 7, 32); __builtin_bzero(a, 13); out[0] = a[12]; out[1] = a[13]; (void)__builtin_bzero(a, 32); out[2] = a[31]; return 0; }
//// unreachable-of-c23: ok [-std=c23]
#include <stddef.h>
int f(int a) { nullptr_t n = nullptr; if (a) return n == 0; unreachable(); }
//// u8-characters: run [-std=c23]
out[0] = sizeof(u8'a'); out[1] = _Generic(u8'a', unsigned char: 1, default: 2); out[2] = u8'\xff';
