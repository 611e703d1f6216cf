//// positions: ok
__attribute__((unused)) static int a __attribute__((used)) = 1;
static __attribute__((noinline)) int f(__attribute__((unused)) int x, int y __attribute__((unused))) { return x; }
int __attribute__((noinline)) g(int *__attribute__((unused)) p) { return *p; }
struct __attribute__((packed)) s { char c; int __attribute__((aligned(2))) x; } __attribute__((aligned(4)));
struct t { char c; int x; } __attribute__((packed)) tv;
union __attribute__((transparent_union)) u { int *i; unsigned *j; };
enum e { A __attribute__((unused)), B };
int h(int n) { int v __attribute__((unused)), *w __attribute__((aligned(8))); if (n) { __attribute__((unused)) int k = 1; } lab: __attribute__((unused)) return f(n, 1); }
int (*fp)(int) __attribute__((unused));
int (__attribute__((unused)) k)(void) { return 0; }
typedef int aligned_int __attribute__((aligned(16)));
_Static_assert(sizeof(struct s) == 8 && sizeof(struct t) == 5 && _Alignof(aligned_int) == 16, "");
//// c23-syntax: ok
[[noreturn]] void n(void);
[[maybe_unused]] static int x [[maybe_unused]] = 1;
[[deprecated("use g")]] int f([[maybe_unused]] int a) { switch (a) { case 1: a++; [[fallthrough]]; case 2: return 2; default: return a; } }
[[nodiscard]] int g(void); [[gnu::noinline]] static int h(void) { return 1; } [[clang::always_inline]] static inline int i(void) { return 1; }
struct [[gnu::packed]] s { char c; int x [[gnu::aligned(2)]]; };
[[gnu::section(".data.q"), gnu::used]] int q = 2;
int j(void) { [[clang::unroll]] ; return h() + i(); }
[[]] int k;
//// section-used: ok
__attribute__((section("license"), used)) char lic[] = "GPL";
__attribute__((section("xdp"), used)) int prog(void *c) { return 0; }
__attribute__((__section__("tc"), __used__)) int prog2(void *c) { return 0; }
//// section-conflict: refused
__attribute__((section(".data.a"))) int x = 1;
__attribute__((section(".data.a"))) int f(void) { return 0; }
//// section-not-a-string: refused
__attribute__((section(5))) int x;
//// section-on-local: refused
int f(void) { int x __attribute__((section(".data.x"))) = 1; return x; }
//// section-redeclared: ok
extern int x __attribute__((section(".data.a")));
int x __attribute__((section(".data.b"))) = 1;
//// weak: ok
extern int w __attribute__((weak));
int d __attribute__((weak)) = 3;
__attribute__((weak)) int f(void) { return &w ? 1 : 2; }
//// weak-static: refused
static int x __attribute__((weak));
//// visibility: ok
__attribute__((visibility("hidden"))) int f(void) { return 0; }
int x __attribute__((visibility("default"))) = 1;
//// visibility-unknown: ok
__attribute__((visibility("secret"))) int f(void) { return 0; }
//// always-inline-and-noinline: ok
static __attribute__((always_inline, noinline)) int f(void) { return 0; }
int g(void) { return f(); }
//// packed-layout: run
struct __attribute__((packed)) a { char c; long l; short s; };
struct b { char c; long l __attribute__((packed)); char d; };
struct c { char c; struct { int x; } y; } __attribute__((packed, aligned(2)));
#pragma pack(push, 2)
struct d { char c; int i; long l; };
#pragma pack(push, 1)
struct e { char c; int i; long l; };
#pragma pack(pop)
struct f { char c; int i; };
#pragma pack(pop)
struct g { char c; int i; };
#pragma pack(4)
struct h { char c; long i; };
#pragma pack()
struct i { char c; long i; };
PROG { out[0] = sizeof(struct a); out[1] = sizeof(struct b); out[2] = sizeof(struct c); out[3] = sizeof(struct d); out[4] = sizeof(struct e);
out[5] = sizeof(struct f); out[6] = sizeof(struct g); out[7] = sizeof(struct h); out[8] = sizeof(struct i); out[9] = _Alignof(struct c); out[10] = __builtin_offsetof(struct d, l); return 0; }
//// aligned-forms: run
struct a { char c; } __attribute__((aligned));
struct b { char c; int x __attribute__((aligned(32))); };
typedef char c64 __attribute__((aligned(64)));
struct c { char a; c64 b; };
struct d { char a; } __attribute__((aligned(sizeof(long) * 2)));
struct e { int a; } __attribute__((aligned(1)));
PROG { out[0] = sizeof(struct a); out[1] = sizeof(struct b); out[2] = sizeof(struct c); out[3] = sizeof(struct d); out[4] = sizeof(struct e);
out[5] = _Alignof(struct b); out[6] = _Alignof(struct c); return 0; }
//// aligned-zero: refused
int x __attribute__((aligned(3)));
//// cleanup-order: run
static void add(long **p) { **p = **p * 10 + 1; }
static void mul(long **p) { **p = **p * 10 + 2; }
#define A __attribute__((cleanup(add)))
#define M __attribute__((cleanup(mul)))
static __attribute__((noinline)) int ret(int n, long *p) { long *a A = p; if (n) { long *m M = p; if (n > 1) return n; } return 5; }
PROG {
  { long *a A = &out[0]; long *b M = &out[0]; out[0] = 3; }
  for (int i = 0; i < 3; i++) { long *a A = &out[1]; if (i == 1) continue; long *b M = &out[1]; if (i == 2) break; }
  out[2] = ret(0, &out[5]) * 100 + ret(1, &out[6]) * 10 + ret(2, &out[7]);
  int n = 0;
again: { long *a A = &out[3]; n++; { long *b M = &out[3]; if (n < 3) goto again; if (n == 3) goto done; } }
done:
  switch (n) { case 3: { long *a A = &out[4]; break; } default: out[4] = 9; }
  out[8] = ({ long *a A = &out[4]; out[4] + 7; });
  return 0;
}
//// cleanup-goto-out: run
static void add(int *p) { out[0] += *p; }
PROG {
  { int a __attribute__((cleanup(add))) = 4; { int b __attribute__((cleanup(add))) = 30; if (in[0] == 5) goto end; out[1] = 1; } out[2] = 1; }
end:
  out[3] = out[0]; return 0;
}
//// cleanup-goto-in: refused
void add(int *p);
int f(int n) { goto in; { int a __attribute__((cleanup(add))) = 4; in: n++; } return n; }
//// cleanup-switch-in: refused
void add(int *p);
int f(int n) { switch (n) { int a __attribute__((cleanup(add))); case 1: return 2; } return n; }
//// cleanup-not-a-function: refused
int add;
int f(int n) { int a __attribute__((cleanup(add))) = 4; return a; }
//// cleanup-wrong-parameter: refused
void add(int a, int b);
int f(int n) { int a __attribute__((cleanup(add))) = 4; return a; }
//// cleanup-in-for: run
static void add(int *p) { out[0] += *p; }
PROG { for (int i __attribute__((cleanup(add))) = 3; i < 6; i++) out[1]++; return 0; }
//// cleanup-while-goto-continue: run
static void add(int *p) { out[0] = out[0] * 3 + *p; }
PROG { int n = 0; while (n < 4) { int a __attribute__((cleanup(add))) = ++n; if (n == 2) goto next; out[1] += n; next: ; } return out[0]; }
//// btf-tags: ok
#define DT(x) __attribute__((btf_decl_tag(x)))
#define TT(x) __attribute__((btf_type_tag(x)))
struct DT("s1") s { int DT("f1") a; int TT("kptr") *p; struct s TT("a") TT("b") *q; };
typedef int t DT("t1");
int g DT("g1") DT("g2");
int DT("fn") f(struct s *x DT("arg:nonnull"), t y) { return x->a + y; }
static int DT("ex") h(int n);
extern int k(int n) DT("ext") __attribute__((section(".ksyms")));
int m(int a) { return k(a); }
//// btf-tag-not-a-string: refused
int g __attribute__((btf_decl_tag(5)));
//// address-space: ok
int f(int __attribute__((address_space(1))) *p) { return *p; }
//// noreturn-forms: ok
void die(void) __attribute__((noreturn));
__attribute__((noreturn)) static __attribute__((noinline)) void spin(void) { for (;;); }
int f(int a) { if (a) spin(); return a; }
//// fallthrough: ok
int f(int a) { switch (a) { case 1: a++; __attribute__((fallthrough)); case 2: return a; } return 0; }
//// fallthrough-outside: refused
int f(int a) { __attribute__((fallthrough)); return a; }
//// transparent-union: ok
typedef union { int *i; unsigned *u; } arg __attribute__((transparent_union));
static __attribute__((noinline)) int f(arg a) { return *a.i; }
int g(void) { int x = 1; unsigned y = 2; return f(&x) + f(&y); }
//// ignored-ones: ok
int f(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
typedef int __attribute__((may_alias)) ai;
__attribute__((deprecated("no"))) int old(void);
__attribute__((error("no call"))) int err(void);
__attribute__((warning("careful"))) int war(void);
__attribute__((warn_unused_result, pure, const, malloc, nothrow, leaf, cold, nonnull, returns_nonnull)) int *p(int *);
typedef long *al __attribute__((align_value(64)));
__attribute__((no_builtin("memset"))) int nb(void) { return 1; }
__attribute__((optnone, noinline)) int on(void) { return 1; }
__attribute__((minsize)) int ms(void) { return 1; }
__attribute__((flatten)) int fl(void) { return 1; }
__attribute__((disable_tail_calls)) int dt(void) { return 1; }
__attribute__((no_sanitize("address"))) int ns(void) { return 1; }
__attribute__((nonstring)) char c[4];
struct s { int n; int a[] __attribute__((counted_by(n))); };
struct __attribute__((designated_init)) di { int x; };
//// error-attribute-called: refused
__attribute__((error("no call"))) int err(void);
int f(void) { return err(); }
//// error-attribute-not-reached: ok
__attribute__((error("no call"))) int err(void);
int f(int a) { if (sizeof(long) == 4) return err(); return 1; }
//// unknown-warned: ok
int x __attribute__((frobnicate(1, 2), rubbish)) = 1;
[[unknown::thing]] int y;
//// c23-unknown-standard: ok
[[something]] int y;
//// vector-size: refused
typedef int v4 __attribute__((vector_size(16)));
v4 f(v4 *a) { return *a + *a; }
//// alias: stricter ; a second name of a function is a second program: write one that calls the first
int f(void) { return 1; }
int g(void) __attribute__((alias("f")));
//// alias-unknown: refused
int g(void) __attribute__((alias("f")));
//// constructor: stricter ; nobody would call it
__attribute__((constructor)) static void f(void) { }
//// mode: run
typedef unsigned u8 __attribute__((mode(QI)));
int a __attribute__((mode(DI)));
typedef int word __attribute__((mode(__word__)));
PROG { out[0] = sizeof(u8); out[1] = sizeof(a); out[2] = sizeof(word); out[3] = (u8)-1; return 0; }
//// enum-packed: run
enum __attribute__((packed)) a { A = 1 }; enum b { B = 300 } __attribute__((packed)); enum c { C = -1, D = 70000 } __attribute__((packed));
struct s { enum a a; enum b b; };
PROG { out[0] = sizeof(enum a); out[1] = sizeof(enum b); out[2] = sizeof(enum c); out[3] = sizeof(struct s); return 0; }
//// clang-attribute-push: ok
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct s { int a; union { int b; }; };
#pragma clang attribute pop
#pragma clang attribute push
#pragma clang attribute(__attribute__((annotate("x"))), apply_to = function)
#pragma clang attribute pop
int f(struct s *s) { return s->a; }
//// clang-attribute-noinline: ok
#pragma clang attribute push(__attribute__((noinline)), apply_to = function)
static int g(int x) { return x; }
#pragma clang attribute pop
int f(int s) { return g(s); }
//// pragma-unroll: run
long s = 0;
#pragma unroll
for (int i = 0; i < 4; i++) s += in[i] & 7;
#pragma unroll 4
for (int i = 0; i < 8; i++) s += in[i] & 3;
#pragma unroll(2)
for (int i = 0; i < 8; i++) s += i;
#pragma nounroll
for (int i = 0; i < 8; i++) s += i;
#pragma clang loop unroll(full)
for (int i = 0; i < 4; i++) s += i;
#pragma clang loop unroll(disable)
for (int i = 0; i < 4; i++) s += i;
#pragma clang loop unroll_count(2) vectorize(disable) interleave(enable)
for (int i = 0; i < 4; i++) s += i;
#pragma GCC unroll 4
for (int i = 0; i < 4; i++) s += i;
out[0] = s;
//// pragma-unroll-not-before-a-loop: laxer ; a warning says it
int f(int a) {
#pragma unroll
  a++;
  return a;
}
//// pragma-optimize: ok
#pragma clang optimize off
int f(int a) { return a; }
#pragma clang optimize on
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused"
#pragma GCC diagnostic pop
#pragma STDC FP_CONTRACT OFF
#pragma weak f
#pragma unknown thing
#pragma GCC visibility push(hidden)
#pragma GCC visibility pop
#pragma message "hello"
#pragma mark - x
#pragma region a
#pragma endregion
//// pragma-gcc-error: refused
#pragma GCC error "no"
//// pragma-clang-section: ok
#pragma clang section bss=".bss.x" data=".data.x"
int x; int y = 1;
//// preserve-static-offset: ok
struct __attribute__((preserve_static_offset)) s { int a; struct { int c[4]; } b; };
int f(struct s *s) { return s->b.c[2]; }
//// nonnull-arguments: ok
static __attribute__((nonnull(1), noinline)) int f(int *p, int *q) { return *p + *q; }
int g(int *p) { return f(p, p); }
//// statement-attributes: ok
static int h(int x) { return x; }
int f(int a) { a++; if (a) [[clang::likely]] return 1; else [[unlikely]] return h(a); }
//// musttail: ok
static int h(int x);
int f(int a) { __attribute__((nomerge)) h(a); return a; }
static int h(int x) { return x; }
//// uninitialized-attribute: ok
int f(void) { int a[4] __attribute__((uninitialized)); a[0] = 1; return a[0]; }
//// parameter-attributes-abstract: ok
int f(int __attribute__((unused)), int (*)(int) __attribute__((unused)), int [] __attribute__((unused)));
void (*__attribute__((unused)) p)(void);
//// mode-of-enums: run
enum e { A, B = 200 } __attribute__((mode(byte))); enum __attribute__((mode(QI))) f { C }; typedef enum { D } __attribute__((mode(word))) g; enum h { E = -1 } __attribute__((mode(HI))); enum : unsigned { F } __attribute__((mode(byte))) k; typedef enum l { G } l __attribute__((mode(byte))); typedef int p __attribute__((mode(pointer)));
struct s { enum e a; char c; enum h d; enum f q; };
PROG { enum e x = in[2]; enum f y = in[2]; k = in[2]; out[0] = sizeof(enum e); out[1] = sizeof(enum f); out[2] = sizeof(g); out[3] = sizeof(enum h); out[4] = sizeof(l); out[5] = sizeof(enum l); out[6] = sizeof(struct s); out[7] = (enum e)-1 > 0; out[8] = (enum h)-1 > 0; out[9] = x; out[10] = y; out[11] = sizeof(A); out[12] = k; out[13] = B; out[14] = sizeof(p); return 0; }
//// mode-of-enum-unknown: refused
enum e { A, B } __attribute__((mode(V4SI))); int f(void) { return sizeof(enum e); }
//// flag-with-arguments: refused
__attribute__((noinline(1))) int f(void) { return 0; }
//// packed-with-arguments: refused
struct s { int a; } __attribute__((packed(1))); int f(void) { return 0; }
//// cleanup-of-nothing: refused
int f(void) { __attribute__((cleanup)) int x; return 0; }
//// weak-local: refused
int f(void) { int x __attribute__((weak)) = 3; return x; }
//// unavailable-called: refused
int g(void) __attribute__((unavailable("no"))); int f(void) { return g(); }
//// unavailable-not-called: ok
int g(void) __attribute__((unavailable)); int f(void) { return 0; }
//// vector-used: stricter ; BPF has no vectors
typedef int v4 __attribute__((vector_size(16))); v4 a; int f(void) { return a[0]; }
//// storage-class-of-parameter: refused
int f(static int a) { return a; }
