//// statement-expression: run
long a = in[0];
out[0] = ({ long b = a * 2; b + 1; });
out[1] = ({ int x = 3; if (a > 4) x = 7; x; }) + ({ 5; });
({ });
//// typeof-forms: run
typeof(in[0]) a = in[1];
__typeof__(int *) p = 0;
__typeof(a + 1u) b = a;
const typeof(a) c = a;
__typeof_unqual__(c) d = c;
d += 2;
out[0] = a; out[1] = p == 0; out[2] = b; out[3] = d;
out[4] = sizeof(typeof(char[7]));
out[5] = _Generic(&d, long *: 1, const long *: 2, volatile long *: 3, default: 4);
//// auto-type: run
__auto_type a = in[1];
__auto_type b = (unsigned char)a;
const __auto_type c = 3;
out[0] = a; out[1] = sizeof(b); out[2] = c;
//// auto-type-without-initializer: refused
int f(void) { __auto_type a; return 0; }
//// case-ranges: run
for (int i = 0; i < 12; i++) {
  long r;
  switch (in[i]) { case -200 ... -100: r = 1; break; case 0 ... 5: r = 2; break; case 31: r = 3; break;
    case 0x7fffffff ... 0xffffffff: r = 4; break; default: r = 9; }
  out[i] = r;
}
//// case-range-empty: ok
int f(int x) { switch (x) { case 5 ... 3: return 1; } return 0; }
//// case-range-overlap: refused
int f(int x) { switch (x) { case 1 ... 3: return 1; case 2: return 2; } return 0; }
//// range-designators: run
int a[10] = { [0 ... 3] = 7, [5] = 1, 2, [8 ... 9] = 4 };
for (int i = 0; i < 10; i++) out[i] = a[i];
//// range-designators-static: run
static const struct { int a[4]; short b; } t[6] = { [1 ... 2] = { { [1 ... 2] = 3 }, 9 }, [4].b = 5, [4].a[1 ... 3] = 6 };
volatile int k = 2;
out[0] = t[k].a[1]; out[1] = t[k].b; out[2] = t[k + 2].a[3]; out[3] = t[k + 2].b; out[4] = t[k - 2].b; out[5] = t[k + 2].a[0];
//// old-designators: run
struct { int a, b; } s = { b: 3, a: 4 };
int t[3] = { [1] 5 };
out[0] = s.a; out[1] = s.b; out[2] = t[1];
//// zero-length-array: ok
struct s { int n; int data[0]; };
int f(struct s *s) { return s->data[1] + sizeof(struct s); }
//// flexible-array: ok
struct s { int n; int data[]; };
int f(struct s *s) { return s->data[1] + sizeof(struct s); }
//// flexible-array-initialized: run
static volatile struct { int n; short data[]; } s = { 3, { 1, 2, 3 } };
PROG { out[0] = s.n; out[1] = s.data[2]; out[2] = sizeof(s); return 0; }
//// flexible-array-automatic-initialized: refused
struct s { int n; int data[]; };
int f(void) { struct s s = { 1, { 2 } }; return s.n; }
//// flexible-array-alone: ok
struct s { int data[]; };
int f(struct s *s) { return s->data[1]; }
//// flexible-array-in-union: ok
union u { int n; char data[]; };
struct t { int n; union { int a[0]; char b[0]; }; };
int f(union u *u, struct t *t) { return u->data[1] + t->b[3]; }
//// anonymous-members: run
struct { int a; union { int b; struct { short lo, hi; }; }; struct { int c; }; } s = { 1, { 0x20003 }, { 4 } };
struct { union { int x; char y; }; int z; } t = { .y = 5, .z = 6 };
out[0] = s.a; out[1] = s.lo; out[2] = s.hi; out[3] = s.c; out[4] = t.x; out[5] = t.z;
//// ms-anonymous-tag: ok [-fms-extensions]
struct a { int x; };
struct b { struct a; int y; };
int f(struct b *b) { return b->x; }
//// duplicate-anonymous-member: refused
struct b { struct { int x; }; int x; };
struct b g;
//// compound-literal-automatic: run
struct p { int x, y; } *q = &(struct p){ (int)in[0], 2 };
q->x++;
out[0] = q->x; out[1] = q->y; out[2] = ((int[]){ 1, 2, (int)in[1] })[2]; out[3] = (long){ in[2] };
out[4] = sizeof((int[]){ 1, 2, 3 });
//// compound-literal-static: run
struct p { int x, y; };
static struct p *g = &(struct p){ 3, 4 };
static volatile struct p h = (struct p){ 5, 6 };
static int *a = (int[]){ 7, 8, 9 };
PROG { out[0] = h.x; out[1] = h.y; return 0; }
//// elvis: run
out[0] = in[6] ?: 9; out[1] = in[0] ?: 9; long n = 0; out[2] = n++ ?: n; out[3] = n;
//// local-labels: run
long n = 0;
#define SKIP(x) ({ __label__ out_, more; if (x) goto out_; n += 10; more: out_: n++; })
SKIP(in[0]); SKIP(in[6]);
out[0] = n;
//// local-label-duplicate: refused
int f(void) { __label__ a; a: a: return 0; }
//// labels-as-values: stricter ; clang follows the address of a label only where it can fold it away
int f(int x) { void *p = &&a; goto *p; a: return 0; }
//// generic-selection: run
#define K(x) _Generic((x), int: 1, unsigned: 2, long: 3, char: 4, default: 5, const char *: 6, char *: 7)
const int c = 1;
out[0] = K(1); out[1] = K(1u); out[2] = K(1l); out[3] = K('a'); out[4] = K((char)1); out[5] = K("a"); out[6] = K(c); out[7] = K((short)1);
out[8] = K((const char *)0); out[9] = K(in[0]);
//// generic-no-match: refused
int f(void) { return _Generic(1.0, int: 1, char: 2); }
//// generic-duplicate: refused
int f(void) { return _Generic(1, int: 1, signed int: 2); }
//// generic-two-defaults: refused
int f(void) { return _Generic(1, default: 1, default: 2); }
//// generic-type-operand: ok
int f(void) { return _Generic(int, int: 1, default: 2); }
//// static-assert-forms: ok
_Static_assert(1, "yes");
_Static_assert(sizeof(long) == 8);
struct s { int a; _Static_assert(sizeof(int) == 4, "x"); int b; };
int f(void) { _Static_assert(1 + 1 == 2, "a" "b"); for (;;) { _Static_assert(1); return 0; } }
//// static-assert-fails: refused
_Static_assert(sizeof(long) == 4, "no");
//// static-assert-not-constant: refused
int x;
_Static_assert(x, "no");
//// static-assert-keyword-c23: ok [-std=c23]
static_assert(sizeof(int) == 4);
//// static-assert-keyword-c11: refused
static_assert(sizeof(int) == 4, "x");
//// alignas-alignof: run
_Alignas(16) char a; _Alignas(long) char b; struct { char c; _Alignas(8) char d; } s;
out[0] = _Alignof(a); out[1] = _Alignof(int); out[2] = sizeof(s); out[3] = __alignof__(s.d); out[4] = ((long)&a) & 7; out[5] = __alignof(b);
a = b = 0;
//// alignas-too-small: refused
_Alignas(1) int x;
//// alignas-on-typedef: refused
typedef _Alignas(8) int t;
//// alignas-not-power: refused
_Alignas(3) int x;
//// noreturn: ok
_Noreturn void die(void);
static _Noreturn __attribute__((noinline)) void loop(void) { for (;;) ; }
int f(int x) { if (x) loop(); return 0; }
//// thread-local: refused
_Thread_local int x;
int f(void) { return x; }
//// thread-gnu: refused
__thread int x;
int f(void) { return x; }
//// binary-literals: run
out[0] = 0b1011; out[1] = 0B11u; out[2] = 0b1111111111111111111111111111111111111111111111111111111111111111;
//// digit-separators: run [-std=c23]
out[0] = 1'000'000; out[1] = 0xFF'FFul; out[2] = 0b1'01;
//// digit-separators-c17: refused
int x = 1'000;
int y = 2'0;
//// universal-names: ok
int \u00e9t\u00e9 = 1;
int f(void) { return \u00e9t\u00e9 + été; }
//// utf8-identifier: ok
int größe;
int f(void) { return größe; }
//// dollar-identifier: ok
int a$b;
int f(void) { return a$b; }
//// bitint: refused
_BitInt(200) x;
int f(_BitInt(200) a) { return a / x; }
//// knr-definition: ok
int f(a, b) int a; char *b; { return a + *b; }
static __attribute__((noinline)) int g(x, y) short x, y; { return x + y; }
int h(int n) { return g(n, n); }
//// implicit-int-gnu17: refused
g(void) { return 1; }
//// nested-function: refused
int f(int x) { int g(int y) { return x + y; } return g(1); }
//// int128-through-memory: ok
struct s { __int128 a; };
void f(struct s *x, struct s *y) { *x = *y; }
int g(void) { return sizeof(__int128) + _Alignof(unsigned __int128); }
//// int128-load-store: ok
__int128 v;
void f(__int128 *x) { *x = v; }
//// int128-halves: run
struct s { char c; __int128 v; } x = { 1, 5 };
unsigned __int128 u = in[2];
__int128 a = in[1], b = (unsigned)in[1], d = (unsigned __int128)in[2] << 64;
out[0] = x.v; out[1] = (unsigned long)(a >> 64); out[2] = (unsigned long)(b >> 64); out[3] = d >> 64; out[4] = u; out[5] = sizeof(x);
x.v = a; out[6] = (unsigned long)(x.v >> 64); out[7] = (_Bool)(d); out[8] = (_Bool)(__int128)in[6]; out[9] = ((unsigned *)&a)[3];
//// int128-equality: run
struct s { char c; unsigned __int128 v, w; __int128 x; } y = { 1, 0, in[1], -1 }; __int128 z = (long)in[2];
out[0] = y.v == 0; out[1] = y.w == in[1]; out[2] = y.x == -1; out[3] = y.w != y.v; out[4] = z == 0; out[5] = z != (long)in[2];
//// int128-arithmetic: refused
__int128 f(__int128 *a) { return *a + 3; }
//// int128-test: stricter ; BPF registers have 64 bits
int f(__int128 *a) { return *a ? 1 : 2; }
//// empty-struct: ok
struct e { };
struct f { int a; struct e b; int c; };
int f(struct f *x) { return x->c + sizeof(struct e); }
//// empty-initializer: run
struct { int a, b[3]; } s = {}; int x[4] = {};
out[0] = s.a + s.b[2] + x[3];
//// empty-scalar-initializer: ok
int f(void) { int x = {}; return x; }
//// enum-fixed-type: ok
typedef unsigned char u8;
enum e : u8 { A, B = 255 };
enum f : long { C = 1L << 40 };
_Static_assert(sizeof(enum e) == 1 && sizeof(enum f) == 8 && sizeof(C) == 8);
int f(enum e x) { return x == B; }
//// enum-fixed-type-overflow: refused
enum e : unsigned char { B = 256 };
//// enum-trailing-comma: ok
enum e { A, B, };
//// enum-attribute: ok
enum __attribute__((packed)) e { A, B __attribute__((deprecated)) = 5, C [[maybe_unused]] };
_Static_assert(sizeof(enum e) == 1, "");
//// enum-big: ok
enum e { A = 0x100000000, B = -1 };
_Static_assert(sizeof(enum e) == 8 && sizeof(A) == 8, "");
enum g { C = 0xffffffffu };
_Static_assert(sizeof(enum g) == 4 && (enum g)-1 > 0, "");
//// enum-forward: ok
enum e;
enum e *p;
enum e { A };
//// c23-bool-nullptr: run [-std=c23]
bool b = in[0]; int *p = nullptr;
out[0] = b; out[1] = p == nullptr; out[2] = true + false; out[3] = sizeof(bool);
//// c23-words-are-names-in-c17: ok
int nullptr, constexpr, bool, true;
int f(void) { return nullptr + constexpr + bool + true; }
//// c23-constexpr: stricter [-std=c23] ; constexpr objects are rare: const and enum say the same
constexpr int n = 4;
int a[n];
int f(void) { return a[1]; }
//// c23-typeof: ok [-std=c23]
typeof(int) x; typeof_unqual(const int) y;
alignas(8) char z; static_assert(alignof(z) == 8);
//// c23-auto: run [-std=c23]
auto x = in[1]; const auto y = 2;
out[0] = x; out[1] = y;
//// c23-unnamed-parameter: ok [-std=c23]
int f(int, int b) { return b; }
//// unnamed-parameter: ok
int f(int, int b) { return b; }
//// c23-empty-parentheses: refused [-std=c23]
int f();
int g(void) { return f(1); }
//// extension-keyword: ok
__extension__ typedef struct { int a; __extension__ union { int b; }; } t;
__extension__ int g = __extension__ 3;
int f(t *x) { return __extension__ x->b; }
//// func-names: run
static const char *a, *b;
out[0] = __func__[1]; out[1] = __FUNCTION__[0]; out[2] = sizeof(__func__); out[3] = sizeof(__PRETTY_FUNCTION__);
out[4] = __PRETTY_FUNCTION__[0];
//// std-gnu89: ok [-std=gnu89]
inline static int g(x) int x; { int restrict = 1; return x + restrict; }
int f(x) int x; { return g(x); }
//// implicit-int-gnu89: stricter [-std=gnu89] ; a declaration without a type is mostly a mistake
static g(int x) { return x; }
int f(int x) { return g(x); }
//// std-c89-keywords: ok [-std=c89]
int inline, typeof, asm;
int f() { return inline + typeof + asm; }
//// std-c17-asm-name: ok [-std=c17]
int typeof, asm;
//// short-enums: ok [-fshort-enums]
enum e { A }; _Static_assert(sizeof(enum e) == 1, "");
//// for-declaration: run
long s = 0; for (struct { int i; long t; } x = { 0, 2 }; x.i < 5; x.i++) s += x.t;
out[0] = s;
//// declaration-after-label-c23: ok
int f(int a) { if (a) goto x; a = 3; x: ; int b = a; return b; }
//// declaration-after-label: ok
int f(int a) { if (a) goto x; a = 3; x: int b = a; return b; }
//// label-at-end: ok
int f(int a) { if (a) goto x; a = 3; x: }
//// label-attribute: ok
int f(int a) { if (a) goto x; a = 3; x: __attribute__((unused)); return a; }
//// duff: run
long n = 7, s = 0; unsigned long k = in[0] + 2;
switch (k % 4) { case 0: do { s += 1; case 3: s += 10; case 2: s += 100; case 1: s += 1000; } while ((n -= 4) > 0); }
out[0] = s;
//// goto-into-block: run
long s = 0; if (in[0] > 0) goto in_; { s = 5; in_: s += 2; }
out[0] = s;
//// comma-and-void: ok
int f(int a) { return (a++, (void)a, a); }
//// void-return-value: ok
void g(int); static inline void h(int a) { } void f(int a) { return h(a); }
//// return-nothing: ok
int f(int a) { if (a) return 1; }
//// pointer-arithmetic-void: run
char b[8] = { 1, 2, 3, 4, 5, 6, 7, 8 }; void *p = b; p += 2; p++;
out[0] = *(char *)p; out[1] = *(char *)(p - 1); out[2] = p - (void *)b; out[3] = sizeof(void); out[4] = sizeof(*p);
//// lvalue-cast: refused
int f(int a) { (long)a = 3; return a; }
//// asm-label-variable: ok
int x asm("y");
int f(void) { return x; }
//// inline-after: ok
static int inline __attribute__((always_inline)) f(int x) { return x; }
int g(int x) { return f(x); }
int static const unsigned long_ = 3;
long const unsigned int static q = 4;
//// empty-declaration: ok
;
struct s { int a; };
;
int f(void) { ; return 0; };
//// missing-declarator: ok
int;
struct { int a; };
//// function-typedef: ok
typedef int fn(int);
fn f;
int f(int x) { return x; }
//// array-parameter-forms: ok
int f(int a[static 4], int n, int b[const], int c[restrict 3], int d[*]);
int g(int a[static 4]) { return a[2]; }
//// vla: refused
void g(int *);
int f(int n) { int a[n]; g(a); return a[n - 1]; }
//// sizeof-vla: stricter ; an object whose size is not constant is refused whether it is used or not
int f(int n) { int a[n]; return sizeof(a); }
//// constant-folded-array-size: ok
int f(void) { const int n = 4; int a[n]; a[0] = 1; return a[0]; }
//// vla-parameter: ok
int f(int n, int a[n]) { return a[n - 1]; }
//// complex: stricter ; BPF has no floating-point
_Complex double z;
double f(void) { return z; }
//// int128-typedefs: ok
typedef __int128_t signed_16; __uint128_t a, b; struct { __uint128_t x[4]; signed_16 y; } v; int f(void) { a = b; return sizeof(v); }
//// pointer-nullability: ok
int f(int *_Nonnull p, int *_Nullable q, const char *_Null_unspecified r) { return *p + *q + *r; }
//// typeof-unqual-gnu: ok
const int a = 3; __typeof_unqual(a) b; __typeof_unqual__(a) c; int f(void) { b = 4; c = 5; return b + c; }
//// auto-at-file-scope: run [-std=c23]
auto x = 5L; static auto y = "abc"[1]; static long values[3];
PROG { static auto z = 7u; auto p = &values[1]; *p = 3; z++; out[0] = x; out[1] = y; out[2] = z; out[3] = sizeof(x); out[4] = sizeof(y); out[5] = *p; return 0; }
//// auto-type-at-file-scope: ok
__auto_type x = 5L; _Static_assert(sizeof(x) == 8, ""); int f(void) { return x; }
//// enum-fixed-forward: ok
enum e : short; struct s { enum e a; }; enum e : short { A = 3 }; enum e again; _Static_assert(sizeof(struct s) == 2, ""); int f(struct s *p) { return p->a + again; }
//// enum-fixed-differently: refused
enum e : short; enum e : int { A }; int f(void) { return A; }
//// enum-fixed-then-not: refused
enum e : short; enum e { A }; int f(void) { return A; }
//// enum-of-float: refused
enum e : float { A }; int f(void) { return 0; }
//// enum-empty: refused
enum e { }; int f(void) { return 0; }
