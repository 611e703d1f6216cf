//// struct-by-value: beyond ; clang returns no structs from functions that stay
struct s { int a; char b[12]; }; struct t { long x; int y; };
static __attribute__((noinline)) struct s make(int a) { struct s s = { a, "hello" }; return s; }
static __attribute__((noinline)) int sum(struct s s, struct t t) { s.a += s.b[1]; return s.a + t.x + t.y; }
static inline struct t twice(struct t t) { t.x *= 2; t.y *= 2; return t; }
PROG { struct s s = make(in[0]), u; u = s; struct t t = { in[1], 3 }; t = twice(t); out[0] = sum(u, t); out[1] = make(9).b[4]; out[2] = twice((struct t){ 4, 5 }).y; out[3] = s.a;
 out[4] = ((in[0] > 3) ? make(1) : make(2)).a; out[5] = (s = make(77)).a; out[6] = sum(make(3), twice(t)); return 0; }
//// struct-assign-chain: run
struct s { int a, b; char c[5]; } x = { 1, 2, "abc" }, y, z; 
z = y = x; out[0] = z.b; out[1] = z.c[2]; struct s arr[3] = { x, { 5 }, z }; out[2] = arr[1].a + arr[2].c[1]; arr[0] = arr[1]; out[3] = arr[0].a;
struct s *p = &arr[2]; *p = (struct s){ .b = 4 }; out[4] = p->a; out[5] = arr[2].b;
//// union-value: run
union u { int i; unsigned char c[4]; struct { unsigned short lo, hi; }; } a = { 0x01020304 }, b;
b = a; b.c[3] = 9; out[0] = b.i; out[1] = b.hi; out[2] = ((union u){ .hi = 2 }).i; out[3] = sizeof(a);
//// bit-fields-mixed: run
struct s { unsigned a : 3; int b : 5; unsigned long c : 40; _Bool d : 1; signed char e : 4; unsigned : 0; short f : 9; long long g : 33; enum { A, B, C } h : 2; } v;
v.a = in[3]; v.b = in[1]; v.c = in[2]; v.d = in[0]; v.e = -3; v.f = in[2]; v.g = in[2]; v.h = C;
out[0] = v.a; out[1] = v.b; out[2] = v.c; out[3] = v.d; out[4] = v.e; out[5] = v.f; out[6] = v.g; out[7] = v.h; out[8] = sizeof(v);
v.a += 3; v.b <<= 1; v.c--; v.d ^= 1; out[9] = v.a; out[10] = v.b; out[11] = v.c; out[12] = v.d; out[13] = v.e++ * 10 + v.e; out[14] = (v.f = 300); out[15] = v.a - 5 < 0;
//// bit-fields-packed: run
struct __attribute__((packed)) s { char x; unsigned a : 13; long b : 37; unsigned c : 7; unsigned long d : 63; } v = { 1, 5, -9, 99, 0x123456789abcdef };
v.a = in[13]; v.b = in[2]; v.d ^= in[2]; out[0] = v.a; out[1] = v.b; out[2] = v.c; out[3] = v.d; out[4] = sizeof(v);
//// bit-fields-promotion: run
struct { unsigned a : 31; unsigned b : 32; unsigned long c : 20; unsigned long d : 50; long e : 10; } v = { 1, 1, 1, 1, 1 };
out[0] = v.a - 2 < 0; out[1] = v.b - 2 < 0; out[2] = v.c - 2 < 0; out[3] = v.d - 2 < 0; out[4] = sizeof(+v.a); out[5] = (v.c << 30) > 0; out[6] = _Generic(+v.a, int: 1, unsigned: 2, default: 3); out[7] = ~v.a < 0; out[8] = v.e - 2 < 0;
//// constants-static: run
static int arr[10]; struct s { int a; struct { int c[4]; } b; }; static struct s ss[3];
static volatile long t[] = { sizeof(arr) / sizeof(*arr), &arr[7] - &arr[2], (char *)&ss[2].b.c[1] - (char *)&ss[0], __builtin_offsetof(struct s, b.c[2]), 1 ? 5 : 1 / (1 - 1), -7 / 2, -7 % 3, -7 >> 1, (unsigned char)300, (signed char)200, 0x80000000 > 0, -1 < 0u, ~0u, 1u << 31, 'a' + '\xff', (long)(int)0xffffffff };
PROG { for (int i = 0; i < 16; i++) out[i] = t[i]; return 0; }
//// constants-of-addresses: run
static int arr[4], other; struct s { int a, b[3]; }; static struct s v;
static volatile int t[] = { &arr[2] > &arr[1], arr == &arr[0], arr != 0, !arr, arr ? 3 : 4, &v.b[2] - &v.a, (_Bool)&other, &arr[1] && &other, &arr[3] <= &arr[2], (&arr[1] == &arr[1]) * 7 };
PROG { for (int i = 0; i < 10; i++) out[i] = t[i]; return 0; }
//// address-constants: ok
static int arr[10]; struct s { int a; struct { int c[4]; } b; }; static struct s ss[3];
int *p = &arr[3], *q = arr + 4, *w = &ss[1].b.c[2], *e = &arr[10], *k = 2 + arr, *n = (int *)((char *)arr + 8); struct s *r = &ss[1]; long *z = (long *)&ss[0].b; void *u = &ss[2].b.c; unsigned long x = (unsigned long)&arr[1]; const char *t = "abc" + 1;
int (*f(void))[10] { return &arr; }
//// address-of-two-objects: refused
static int a, b; long x = &a - &b;
//// address-cut: refused
static int a; int x = (int)(long)&a;
//// address-added: refused
static int a; long x = (long)&a + (long)&a;
//// constant-conditions: run
static const int n = 5; enum { N = 3 };
static volatile int a[n + N], b = n * 2, c = "xyz"[1];
PROG { switch (in[0]) { case n: out[0] = 1; break; default: out[0] = 2; } out[1] = sizeof(a); out[2] = b; out[3] = c; return 0; }
//// literals: run
out[0] = sizeof(u8"ab"); out[1] = sizeof(u"ab"); out[2] = sizeof(U"ab"); out[3] = sizeof(L"ab"); out[4] = u'\u00e9'; out[5] = L'\x12345'; out[6] = "a" "b\0c"[1]; out[7] = sizeof("a" L"b"); out[8] = 'ab'; out[9] = '\377'; out[10] = "\x41\102"[1]; out[11] = sizeof('a'); out[12] = (U"\U0001F600")[0]; out[13] = "é"[1]; out[14] = '\e' + '\?'; out[15] = sizeof(u'a');
//// literal-types: run
#define T(x) _Generic((x), int: 1, unsigned: 2, long: 3, unsigned long: 4, long long: 5, unsigned long long: 6)
out[0] = T(2147483647) * 10 + T(2147483648); out[1] = T(0x7fffffff) * 10 + T(0xffffffff); out[2] = T(4294967296) * 10 + T(0x8000000000000000); out[3] = T(1u) * 100 + T(1l) * 10 + T(1ul); out[4] = T(1ll) * 10 + T(1ull);
out[5] = T(0xffffffffu) * 10 + T(0x100000000u); out[6] = T(9223372036854775807) * 10 + T(0777777777777777777777); out[7] = T(037777777777); out[8] = T(0b11111111111111111111111111111111);
//// huge-decimal: run
out[0] = 18446744073709551615u == -1ul; out[1] = 9223372036854775808u > 5;
//// too-large-literal: refused
long x = 18446744073709551616;
//// octal-digit: refused
int x = 089;
//// bad-suffix: refused
int x = 5ulu;
//// conversions: run
unsigned char uc = in[3]; signed char sc = in[3]; unsigned short us = in[2]; short sh = in[2]; unsigned u = in[1]; int i = in[1]; long l = in[2]; unsigned long ul = in[1]; _Bool b = in[2] & 0x100000000;
out[0] = uc + sc; out[1] = us * us; out[2] = u > i; out[3] = sc < u; out[4] = l + i; out[5] = u + l; out[6] = ul > i; out[7] = b; out[8] = -u; out[9] = ~uc; out[10] = !uc; out[11] = uc << 24; out[12] = sh >> 3; out[13] = (unsigned short)~us; out[14] = i + 0u > 0; out[15] = (char)in[2] + (short)in[12];
//// shifts: run
int i = in[1], n = in[8]; unsigned u = in[1]; long l = in[1]; unsigned char k = 200;
out[0] = i >> 2; out[1] = u >> n; out[2] = l >> 40; out[3] = (unsigned long)l >> 40; out[4] = k << 3; out[5] = k >> 1; out[6] = i << n; out[7] = 1L << in[8]; out[8] = (char)(k << 1); i >>= 1; out[9] = i; u <<= 4; out[10] = u; k <<= 1; out[11] = k; k >>= 2; out[12] = k;
//// division: run [-mcpu=v4]
long a = in[1], b = in[0]; int c = in[1], d = in[8];
out[0] = a / b; out[1] = a % b; out[2] = c / d; out[3] = c % 3; out[4] = (unsigned)c / 7; out[5] = a / -3; out[6] = in[2] % 1000; out[7] = (short)in[2] / 7; out[8] = -b / 2; out[9] = (unsigned long)a / 10;
//// division-v3: beyond ; clang has no signed division below v4
long a = in[1], b = in[0]; int c = in[1], d = in[8];
out[0] = a / b; out[1] = a % b; out[2] = c / d; out[3] = c % 3; out[4] = a / 8; out[5] = a / -3; out[6] = in[2] % 1000; out[7] = (short)in[2] / 7;
//// compound-assignment-types: run
unsigned char c = 250; c += 10; out[0] = c; c -= 300; out[1] = c; short s = 100; s *= 1000; out[2] = s; int i = -8; i /= 2u; out[3] = i; i = -8; i >>= 1; out[4] = i; unsigned u = 5; u -= 6L; out[5] = u; _Bool b = 0; b += 5; out[6] = b; b--; out[7] = b; b ^= 1; out[8] = b;
long l = 5; l += (unsigned)-1; out[9] = l; c = 5; c <<= 9; out[10] = c; char *p = (char *)&l; p += 2; out[11] = p - (char *)&l; out[12] = (c++, c); out[13] = c-- + c; signed char z = 127; z++; out[14] = z; out[15] = ++z;
//// pointers: run
int a[4] = { 1, 2, 3, 4 }, (*p)[4] = &a, *q = a + 3; const int *cq = q; int **pp = &q;
out[0] = (*p)[2]; out[1] = q[-1]; out[2] = 2[a]; out[3] = cq - a; out[4] = *--*pp; out[5] = q == &a[2]; out[6] = q > a; out[7] = !q; out[8] = sizeof(*p); out[9] = p + 1 == (int (*)[4])(a + 4); out[10] = *(int *)(void *)((char *)a + 4); out[11] = &p[0][1] - a; out[12] = (long)(q + 1) - (long)q; out[13] = (q ? *q : 0);
//// multi-dimensional: run
int m[2][3] = { { 1, 2 }, { 4, 5, 6 } }, (*r)[3] = m; int t[2][2][2] = { 1, 2, 3, 4, { { 5 } } };
out[0] = m[1][2]; out[1] = r[1][0]; out[2] = *(*(m + 1) + 1); out[3] = sizeof(m[0]); out[4] = t[1][0][0]; out[5] = t[0][1][1]; out[6] = (&m[1] - m); out[7] = m[0][2]; long s = 0; for (int i = 0; i < 2; i++) for (int j = 0; j < 3; j++) s = s * 10 + m[i][j]; out[8] = s;
//// strings-as-data: run
char a[] = "hello", b[10] = "hi", c[2] = "xy", *d = "lit"; static const char e[][4] = { "abc", "de" }; struct { char n[4]; int x; } s = { "ab", 3 };
volatile int k = 1; out[0] = sizeof(a); out[1] = b[1] + b[5]; out[2] = c[1]; out[3] = e[k][0]; out[4] = s.n[1] + s.n[3]; out[5] = s.x; out[6] = a[k];
//// tentative: ok
int x; int x; extern int x; int x = 3; int a[]; int a[4]; static int s; static int s = 2; extern int e[]; 
int f(void) { extern int x; return x + a[1] + s; }
//// tentative-twice-initialized: refused
int x = 1; int x = 2;
//// conflicting-types: refused
int x; long x;
//// static-after-extern: refused
extern int x; static int x;
//// extern-after-static: ok
static int x = 3; extern int x; int f(void) { return x; }
//// static-locals: run
static __attribute__((noinline)) int next(void) { static int n = 5; static int m; m += 2; return n++ + m; }
static inline int other(void) { static int n = 100; return n++; }
PROG { out[0] = next(); out[1] = next(); out[2] = other() + other(); return 0; }
//// static-local-address: run
static int *where(void) { static int v = 3; return &v; }
PROG { *where() += 4; out[0] = *where(); static int *p = 0; out[1] = !p; static const char *const names[] = { "a", "bc" }; out[2] = sizeof(names); return 0; }
//// inline-c99: ok
inline int f(int x) { return x; }
extern int f(int x);
int g(int x) { return f(x); }
//// inline-gnu: ok
extern inline __attribute__((gnu_inline)) int f(int x) { return x; }
int g(int x) { return f(x); }
//// inline-static: ok
static inline int f(int x) { return x + 1; }
inline static int h(int x) { return x + 1; }
int g(int x) { return f(x) + h(x); }
//// composite-types: ok
int f(int (*)(), double (*)[3]);
int f(int (*)(char *), double (*)[]);
int g(int a[], int n); int g(int *a, const int n); int g(int a[5], int n) { return a[n]; }
typedef int T; typedef int T; typedef T T;
//// function-pointer-types: ok
typedef int (*cb)(unsigned, void *);
static long (*const loop)(unsigned n, void *f, void *c, unsigned long fl) = (void *)181;
static int body(unsigned i, void *c) { *(int *)c += i; return 0; }
int f(int n) { int s = 0; loop(n, body, &s, 0); loop(n, &body, &s, 0); cb b = body; loop(n, b, &s, 0); loop(n, (void *)body, &s, 0); return s; }
//// callback-chosen: ok
static long (*const loop)(unsigned n, void *f, void *c, unsigned long fl) = (void *)181;
static int one(unsigned i, void *c) { *(int *)c += i; return 0; }
static int two(unsigned i, void *c) { *(int *)c -= i; return 0; }
int f(int n) { int s = 0; loop(n, n > 3 ? one : two, &s, 0); return s; }
//// function-pointer-inlined: run
static inline __attribute__((always_inline)) long apply(long (*f)(long), long x) { return f(x); }
static long inc(long x) { return x + 1; } static long dbl(long x) { return x * 2; }
PROG { out[0] = apply(inc, 4); out[1] = apply(dbl, in[0]); long (*g)(long) = inc; out[2] = g(1); out[3] = (*g)(2); out[4] = (**&inc)(5); return 0; }
//// function-pointer-called: stricter ; clang makes callx, which the kernel does not take
int f(int (*p)(int), int x) { return p(x); }
//// function-comparison: ok
static int a(void) { return 1; }
int f(void) { return a == a; }
//// incomplete: ok
struct s; struct s *p; extern struct s g; struct s *f(struct s *x) { return x ? x : p; }
struct s { int a; }; int h(void) { return g.a; }
//// incomplete-used: refused
struct s; struct s x;
//// incomplete-member: refused
struct s; int f(struct s *p) { return p->a; }
//// void-object: refused
void x;
//// assign-const: refused
int f(void) { const int x = 1; x = 2; return x; }
//// assign-const-member: refused
struct s { const int a; }; void f(struct s *p) { struct s x = *p; *p = x; }
//// assign-array: refused
int f(void) { int a[2], b[2]; a = b; return a[0]; }
//// assign-literal: refused
void f(void) { 5 = 6; }
//// address-of-register: refused
int f(void) { register int x = 1; return *&x; }
//// address-of-bit-field: refused
struct s { int a : 3; }; int *f(struct s *p) { return &p->a; }
//// address-of-rvalue: refused
int *f(int a) { return &(a + 1); }
//// discard-const: ok
int *f(const int *p) { return p; }
//// pointer-mix: ok
int f(int *p) { long *q = p; return *q; }
//// integer-to-pointer: refused
int *f(long x) { return x; }
//// struct-condition: refused
struct s { int a; }; int f(struct s s) { return s ? 1 : 2; }
//// pointer-add: refused
long f(char *a, char *b) { return a + b; }
//// pointer-multiply: refused
long f(char *a) { return a * 2; }
//// modulo-pointer: refused
long f(char *a) { return a % 4; }
//// return-struct-mismatch: refused
struct a { int x; }; struct b { int x; }; struct a f(struct b b) { return b; }
//// case-outside: refused
int f(int x) { case 1: return x; }
//// duplicate-case: refused
int f(int x) { switch (x) { case 1: case 1: return x; } return 0; }
//// default-twice: refused
int f(int x) { switch (x) { default: default: return x; } return 0; }
//// break-outside: refused
int f(int x) { break; return x; }
//// switch-on-pointer: refused
int f(char *x) { switch (x) { case 0: return 1; } return 0; }
//// undeclared-function: refused
int f(void) { return g(); }
//// too-many-arguments: refused
int g(int a); int f(void) { return g(1, 2); }
//// too-few-arguments: refused
static int g(int a, int b) { return a; } int f(void) { return g(1); }
//// call-a-variable: refused
int g; int f(void) { return g(); }
//// unprototyped-call: ok
static int g(); int f(void) { return g(1); } static int g(int a) { return a; }
//// enum-redefinition: refused
enum e { A }; enum e { B };
//// tag-kind: refused
struct s { int a; }; union s *p;
//// enumerator-redefined: refused
enum e { A }; enum f { A };
//// negative-array: refused
int a[-1];
//// zero-array: ok
int a[0]; struct { int x[0]; } s; int f(void) { return sizeof(a) + sizeof(s); }
//// array-of-functions: refused
int a[3](void);
//// function-returning-array: refused
int f(void)[3];
//// sizeof-forms: run
int a[3]; struct { char c; long l; } s; out[0] = sizeof a; out[1] = sizeof(a) / sizeof a[0]; out[2] = sizeof(int[5]); out[3] = sizeof s.l; out[4] = sizeof(struct { int x; char y; }); out[5] = sizeof(in[0]++); out[6] = in[0]; out[7] = sizeof(void); out[8] = sizeof(1 ? (char)1 : (short)2); out[9] = sizeof((char)1); out[10] = sizeof -(char)1; out[11] = sizeof(long) * 2 - sizeof(char[2][3]);
//// comma-evaluation: run
int i = 1, j = (i++, i + 1); out[0] = j; out[1] = (i = 5, i * 2); for (int a = 0, b = 10; a < b; a++, b--) out[2]++; out[3] = i ? i++, i : 0;
//// short-circuit: run
long n = 0; (void)(in[0] > 100 && n++); out[0] = n; (void)(in[0] > 1 || n++); out[1] = n; out[2] = in[6] && 1 / in[6]; out[3] = !in[0] || n == 0; out[4] = (in[0] && in[1]) + (in[6] || in[6]); out[5] = in[0] > 3 & in[1] < 3;
//// conditional-types: run
char c = 1; unsigned u = 5; int i = -1; out[0] = (in[0] ? i : u) > 0; out[1] = sizeof(in[0] ? c : c); out[2] = (in[6] ? 1L : i) < 0; void *p = &u; int *q = &i; out[3] = (in[0] ? p : q) == p; out[4] = *(in[6] ? 0 : q); in[0] ? (void)(out[5] = 3) : (void)0; out[6] = sizeof(*(in[0] ? q : 0));
//// goto-loops: run
long i = 0, s = 0; again: if (i < 10) { s += i; i++; if (i == 5) goto skip; goto again; } skip: out[0] = s; out[1] = i; { goto end; } out[2] = 1; end: out[3] = 2;
//// switch-forms: run
for (int i = 0; i < 6; i++) { switch (i) { case 0: out[0] = 1; case 1: out[1] += 2; break; default: out[2] += i; case 4: out[3]++; { case 5: out[4] += 3; } } switch ((char)in[3]) { case -1: out[5]++; } switch (in[2]) { case 0x123456789abcdefL: out[6]++; } switch (i) ; switch (i) case 3: out[7] = 9; }
//// do-while-continue: run
int i = 0, n = 0; do { if (i == 2) continue; n += i; } while (++i < 5); out[0] = n; out[1] = i; while (1) { if (i-- < 0) break; n++; } out[2] = n;
//// volatile: run
volatile int v = 3; volatile struct { int a; char b; } s = { 1, 2 }; v++; v += v; s.b = v; out[0] = v; out[1] = s.b; volatile int *p = &v; *p = 7; out[2] = *p + v;
//// nested-structs: run
struct a { int x; struct b { int y, z[2]; } b; struct { int w; } c[2]; } v = { 1, { 2, { 3, 4 } }, { { 5 }, { 6 } } }, w = { .b.z[1] = 7, .c[1].w = 8, .x = 9, { 10 } };
struct b k = v.b; out[0] = v.b.z[1]; out[1] = v.c[1].w; out[2] = w.b.z[1]; out[3] = w.c[1].w; out[4] = w.b.y; out[5] = k.y; out[6] = (&v)->b.z[0]; out[7] = sizeof(struct b);
//// negative-enum: run
enum e { A = -1, B, C = 5 } e = A; out[0] = e < 0; out[1] = sizeof(enum e); enum f { D = 1, E } f = D; out[2] = f - 2 < 0; out[3] = B + C; e = 2; out[4] = e; out[5] = (enum e)-1 < 0; out[6] = -f < 0;
//// wide-integers-fold: run
out[0] = 0x7fffffff + 1; out[1] = 0x80000000 + 0x80000000; out[2] = -2147483647 - 2; out[3] = 65535 * 65537; out[4] = 1 << 31; out[5] = (1 << 31) >> 31; out[6] = -1 / 2u; out[7] = 5 % -3; out[8] = -5 / 2; out[9] = (long)0x80000000; out[10] = (int)0x80000000; out[11] = 0xffffffff + 1; out[12] = 0xffffffff + 1L; out[13] = !5 + !0; out[14] = ~0x80000000; out[15] = - -5;
//// floating-constant-folded: ok
int x = 2.5 * 4; double d = 1.5, e = 1; float f = 0.1f, g = -2; const long n = 1e3 + 1;
//// floating-constants: run
out[0] = 10E9; out[1] = (int)-2.9; out[2] = 1.5 + 1.5 > 2; out[3] = 0.1f == 0.1; out[4] = 0x1.8p3; out[5] = (unsigned char)(1 / 4.0 * 1000);
out[6] = !0.0; long t = in[0] * (long)1e6; out[7] = t; 3.5; (void)2.5; out[8] = (float)16777217; out[9] = (_Bool)0.5; out[10] = sizeof(1.0 + 1); out[11] = .5e1L; out[12] = 1e18;
//// floating-at-run-time: refused
int f(int n) { return n * 1.5; }
//// floating-out-of-range: refused
int x[(int)1e30];
//// recursion: stricter ; BPF has no recursion
static __attribute__((noinline)) int f(int n) { return n ? n + f(n - 1) : 0; }
int g(int n) { return f(n); }
//// six-arguments: refused
__attribute__((noinline)) int f(int a, int b, int c, int d, int e, int g) { return a + b + c + d + e + g; }
int h(int a) { return f(a, a, a, a, a, a); }
//// six-arguments-inlined: run
static inline __attribute__((always_inline)) long f(int a, int b, int c, int d, int e, int g, long h) { return a + b * 2 + c * 3 + d * 4 + e * 5 + g * 6 + h; }
PROG { out[0] = f(1, in[1], 3, 4, 5, 6, in[2]); return 0; }
//// big-stack: refused
void g(char *); int f(void) { char a[600]; g(a); return a[3]; }
//// variadic-call: ok
static long (*const trace)(const char *f, unsigned n, ...) = (void *)6;
int f(int x) { trace("a", 2, x, x); return 0; }
//// const-array-index: run
static const unsigned char t[8] = { 1, 2, 4, 8, 16, 32, 64, 128 }; static const long big[3] = { -1, 1L << 40, 7 };
PROG { unsigned i = in[0] & 7; out[0] = t[i]; out[1] = big[in[14] & 1]; return 0; }
//// inline-for-others: ok
int f(int a); inline int f(int a) { return a + 1; } extern inline int g(int a) { return a; } inline int h(int a) { return g(a); } int prog(int a) { return h(a); }
//// inline-twice: refused
int f(int a); inline int f(int a) { return a + 1; } inline int f(int a) { return a; }
