//// preserve-anon: ok
struct s { int a; struct { int b; union { int c; long d; }; }; } __attribute__((preserve_access_index));
int f(struct s *s) { return s->c; }
//// clang-attr-any: ok
#pragma clang attribute push(__attribute__((annotate("x"))), apply_to = any(function, variable(is_global)))
int f(int a) { return a; }
#pragma clang attribute pop
//// stmt-expr-goto: run
long r = ({ long x = 1; if (in[0] > 3) goto out; x; }); out[0] = r; out: out[1] = 4;
//// nested-stmt-expr: run
#define MAX(a, b) ({ typeof(a) _a = (a); typeof(b) _b = (b); _a > _b ? _a : _b; })
out[0] = MAX(MAX(in[0], in[1]), MAX(in[3], 7));
//// typeof-array-param: run
int a[3] = { 1, 2, 3 }; typeof(a) b; typeof(&a[0]) p = a; typeof(*a) c = p[1]; __builtin_memcpy(b, a, sizeof(b)); out[0] = b[2] + c; out[1] = sizeof(typeof(int (*)(void)));
//// for-each-macro: run
#define for_each(i, n) for (int i = 0, __n = (n); i < __n; i++)
for_each(i, 4) for_each(j, 3) out[i] += j;
//// designated-override: run
int a[4] = { 1, 2, 3, [1] = 9, 8, [0] = 7 }; struct { int x, y; } s = { .y = 1, .x = 2, 3 }; out[0] = a[0]; out[1] = a[1]; out[2] = a[2]; out[3] = s.x; out[4] = s.y;
//// char-array-brace-string: run
char a[] = { "abc" }, b[4] = ("x"); out[0] = sizeof(a); out[1] = b[0];
//// union-cast: ok
union u { int i; long l; }; 
long f(int x) { return ((union u)x).i; }
//// array-compare: ok
int f(void) { char a[4] = "abc"; return a == "abc"; }
//// old-gnu-label: ok
int f(int a) { switch (a) { case 1: ; int b = 2; return b; default: ; } return 0; }
//// asm-register: ok
int f(void) { register int x asm("r3"); return x; }
//// incomplete-enum-param: ok
enum e; int f(enum e *p) { return p != 0; }
//// struct-in-param: ok
int f(struct zzz { int a; } *p) { return p->a; }
//// extern-in-block: ok
int f(void) { extern int y; return y; } int y = 2;
//// static-array-size: ok
static int t[]; static int t[3]; int f(void) { return t[1]; }
//// double-static: ok
static static int x;
//// two-types: refused
int long float x;
//// short-short: stricter ; it is a mistake that clang only warns about
short short x;
//// long-long-long: refused
long long long x;
//// unsigned-struct: refused
struct s { int a; }; unsigned struct s x;
//// const-const: ok
const const int x = 1; const int const y = 2;
//// restrict-int: refused
restrict int x;
//// inline-variable: refused
inline int x;
//// noreturn-variable: refused
_Noreturn int x;
//// extern-static: refused
extern static int x;
//// typedef-init: refused
typedef int t = 3;
//// bitfield-too-wide: refused
struct s { int a : 33; };
//// bitfield-negative: refused
struct s { int a : -1; };
//// bitfield-zero-named: refused
struct s { int a : 0; };
//// bitfield-pointer: refused
struct s { int *a : 3; };
//// function-member: refused
struct s { int f(void); };
//// flexible-not-last: refused
struct s { int a[]; int b; };
//// void-parameter: refused
int f(void, int);
//// void-named: refused
int f(void x);
//// parameter-twice: refused
int f(int a, int a) { return a; }
//// unnamed-in-definition-c11: ok
int f(int) { return 1; }
//// return-void-value: refused
void f(void) { return 1; }
//// return-missing: refused
int f(void) { return; }
//// sizeof-incomplete: refused
struct s; int f(void) { return sizeof(struct s); }
//// sizeof-bitfield: refused
struct s { int a : 3; }; int f(struct s *p) { return sizeof(p->a); }
//// sizeof-function: ok
int g(void); int f(void) { return sizeof(g); }
//// arrow-on-struct: refused
struct s { int a; }; int f(struct s s) { return s->a; }
//// dot-on-pointer: refused
struct s { int a; }; int f(struct s *s) { return s.a; }
//// deref-int: refused
int f(int a) { return *a; }
//// deref-void: refused
int f(void *a) { return *a; }
//// subscript-ints: refused
int f(int a) { return a[3]; }
//// increment-rvalue: refused
int f(int a) { return (a + 1)++; }
//// not-struct: refused
struct s { int a; }; int f(struct s s) { return !s; }
//// shift-pointer: refused
int f(char *a) { return a << 1; }
//// cast-to-struct: refused
struct s { int a; }; int f(int a) { return ((struct s)a).a; }
//// cast-to-array: refused
int f(int a) { return ((int[2])a)[0]; }
//// cast-struct-to-int: refused
struct s { int a; }; int f(struct s s) { return (int)s; }
//// init-too-many: ok
int a[2] = { 1, 2, 3 };
//// init-string-too-long: ok
char a[2] = "abcd";
//// init-array-from-array: refused
int f(void) { int a[2] = { 1, 2 }; int b[2] = a; return b[0]; }
//// init-unknown-field: refused
struct s { int a; } x = { .b = 1 };
//// init-index-out: refused
int a[2] = { [2] = 1 };
//// init-static-not-constant: refused
int g(void); int x = g();
//// init-struct-scalar: refused
struct s { int a; }; int f(void) { struct s s = 5; return s.a; }
//// enum-not-constant: refused
int x; enum { A = x };
//// label-undefined: refused
int f(void) { goto x; }
//// label-twice: refused
int f(void) { x: ; x: ; return 0; }
//// label-unused: ok
int f(void) { x: return 0; }
//// else-alone: refused
int f(int a) { else return 1; }
//// missing-brace: refused
int f(void) { if (1) { return 1; }
