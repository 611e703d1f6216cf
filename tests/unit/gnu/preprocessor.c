//// va-opt: ok
#define F(a, ...) f(a __VA_OPT__(,) __VA_ARGS__)
#define G(X, ...) f(0, X __VA_OPT__(,) __VA_ARGS__)
#define SDEF(sname, ...) S sname __VA_OPT__(= { __VA_ARGS__ })
#define EMP
F(a, b, c) F() F(EMP) G(a, b) G(a, ) G(a) SDEF(foo); SDEF(bar, 1, 2);
#define H2(X, Y, ...) __VA_OPT__(X ## Y, __VA_ARGS__)
#define H3(X, ...) #__VA_OPT__(X##X X##X)
#define H4(X, ...) __VA_OPT__(a X ## X) ## b
#define H5A(...) __VA_OPT__()/**/__VA_OPT__()
#define H5B(X) a ## X ## b
#define H5C(X) H5B(X)
H2(a, b, c, d) H3(, 0) H4(, 1) H5C(H5A())
//// named-variadic: ok
#define P(f, args...) p(f, ##args)
#define Q(args...) q(args)
P("a") P("a", 1, 2) Q() Q(1, 2) P()
//// comma-paste: ok
#define P(f, ...) p(f, ## __VA_ARGS__)
#define Q(...) q(x, ## __VA_ARGS__)
P(a) P(a,) P(a, b) Q() Q(1)
//// stringize: ok
#define S(x) #x
#define X(x) S(x)
S( a  +  "b\n" 'c' \ ) S("\\") X(__LINE__) S() S(a/* c */b) S(  @ ` ) X(S(a)) S('"') S(u8"x" L'y')
//// paste: ok
#define C(a, b) a ## b
#define X(a, b) C(a, b)
C(1, 2) C(x, 1) C(<, <=) C(., 5) C(a,) C(,b) C(,) X(C(a, b), c) C(-, >) C(1e, 5) C(#, #) C(L, "x") C(u, 8) X(__COU, NTER__)
//// rescan: ok
#define f(x) x f
#define g f(1)
#define h(x) x(2)
#define obj obj2
#define obj2 obj
f(1)(2)(3) g(2) h(f) obj obj2 f (4) f
(5)
#define nil(x) x
#define lparen (
nil(f lparen 1)) nil(nil(f)(1))
//// directives-in-arguments: ok
#define f(x, y) [x|y]
f(1
#define Z 3
, Z
#if 1
 + 2
#else
 + 3
#endif
) Z
//// splices: ok
#def\
ine A\
B 1 \
 + 2
A\
B "a\
b" /\
/ comment \
 more
int x\
y = 1;
/\
* c *\
/ z
//// line: ok
# 100 "foo.h"
__LINE__ __FILE__
#line 5
__LINE__
#line 7 "bar.c"
__LINE__ __FILE__ __FILE_NAME__ __BASE_FILE__
#define L 20
#line L "x" "y"
//// line-macro: ok
#define L 20 "m.c"
#line L
__LINE__ __FILE__
#define ID(x) x
ID(__LINE__
 __LINE__)
//// counter: ok
#define C __COUNTER__
#define P(a, b) a##b
#define X(a, b) P(a, b)
C C X(x, __COUNTER__) __COUNTER__
//// include-level: ok
__INCLUDE_LEVEL__
//// push-pop: ok
#define A 1
#pragma push_macro("A")
#undef A
#define A 2
A
#pragma push_macro("A")
#define A 3
#pragma pop_macro("A")
A
#pragma pop_macro("A")
A
#pragma push_macro("N")
#define N 1
#pragma pop_macro("N")
N
//// pragma-operator: ok
#define DO(x) _Pragma(#x) x
DO(unroll) _Pragma("GCC diagnostic push") int a; _Pragma(L"pack(1)")
//// if-arithmetic: ok
#if -1 > 0u && (2 || 1/0) && !(0 && 1/0) && (1 ? 2 : (1/0)) == 2 && -1 >> 1 == -1 && 0x7fffffffffffffff + 0u > 0 && 'a' == 97 && '\377' < 0 && (3, 2) == 2
yes
#endif
#if 18446744073709551615u == -1 && 1 << 63 < 0 && ~0u == 0xffffffffffffffff && 0b101 == 5 && 10 % 3 == 1 && -7 / 2 == -3 && -7 % 2 == -1 && L'\x41' == 65 && (1 ? -1 : 0u) > 0
yes
#endif
#if undefined_name == 0 && !defined undefined_name && !defined(undefined_name) && true == 0 || 0
yes
#elif 1
no
#endif
#if __has_include(<stddef.h>) && !__has_include("nothere.h") && defined __has_include && defined(__has_builtin)
yes
#endif
//// elif-variants: ok
#ifdef A
1
#elifndef B
2
#elifdef C
3
#else
4
#endif
#if 0
# if bad bad (
# elif
# endif
# error no
# nonsense
' unbalanced
#elif 1
5
#elif (
6
#endif
//// undef: ok
#define A 1
#undef A
#undef NEVER
A
#define EMPTY
#define FUNC() x
EMPTY FUNC FUNC() FUNC( )
//// redefinition-same: ok
#define A(x) x   + 1
#define A(x) x + 1
#define B /* c */ 2
#define B 2
A(3) B
//// keywords-as-macros: ok
#define int long
#define if while
int if
//// digraphs: ok
%:define A(x) %:x
A(y) a<:1:> <%%> %:%:
//// unbalanced-arguments: ok
#define f(x) <x>
f((a,b)) f({a) f([b)) f("a,b") f(',') f(/* ) */ 1)
//// missing-arguments: ok
#define f(x) <x>
#define g() h
#define k(a, b) a|b
f() g() k(,) k(a,) k((,),)
//// numbers: ok
0x1p-3 1.5e+10 1e-5f .5 0xe+1 1..2 1.2.3 0b12 1_000 12abc 1e
//// comments: ok
a/**/b a // x
c /* // */ d "/* no */" '//' e/*
*/f
//// has-family: ok
#if __has_attribute(section) && __has_builtin(__builtin_expect) && __has_extension(c_atomic) && __has_feature(c_static_assert) && !__has_warning("-Wnothing-like-it") && __has_warning("-Wunused") && !__has_declspec_attribute(x)
a
#endif
#ifdef __has_c_attribute
b __has_attribute(packed) __is_identifier(int) __is_identifier(x)
#endif
//// null-directives: ok
#
 # /* c */
# define A 1
  #  define   B(x)   x
A B(2)
//// ident: ok
#ident "x"
#sccs "y"
int a;
//// self-reference: ok
#define x x + y
#define y x * 2
#define foo(a) foo(a + bar) 
#define bar foo(1)
x y foo(2) bar
//// standard-example-4: ok
#define str(s) # s
#define xstr(s) str(s)
#define debug(s, t) printf("x" # s "= %d, x" # t "= %s", x ## s, x ## t)
#define INCFILE(n) vers ## n
#define glue(a, b) a ## b
#define xglue(a, b) glue(a, b)
#define HIGHLOW "hello"
#define LOW LOW ", world"
debug(1, 2); fputs(str(strncmp("abc\0d", "abc", '\4') == 0) str(: @\n), s);
xstr(INCFILE(2).h) glue(HIGH, LOW); xglue(HIGH, LOW)
#define hash_hash # ## #
#define mkstr(a) # a
#define in_between(a) mkstr(a)
#define join(c, d) in_between(c hash_hash d)
char p[] = join(x, y);
//// error: refused
#error stop here
//// if-garbage: refused
#if 1 +
#endif
//// if-division: refused
#if 1 / 0
#endif
//// if-float: refused
#if 1.5
#endif
//// if-string: refused
#if "a"
#endif
//// if-unbalanced: refused
#if (1
#endif
//// if-missing: refused
#if
#endif
//// if-assignment: refused
#if 1 = 1
#endif
//// endif-missing: refused
#if 1
//// endif-alone: refused
#endif
//// else-twice: refused
#if 1
#else
#else
#endif
//// elif-after-else: refused
#if 0
#else
#elif 1
#endif
//// define-nothing: refused
#define
//// define-number: refused
#define 1 2
//// define-defined: refused
#define defined 1
//// define-va-args: refused
#define f(x) #y
//// parameters-twice: refused
#define f(x, x) x
//// parameters-open: refused
#define f(x
//// paste-at-edge: refused
#define f(x) ## x
//// arguments-open: refused
#define f(x) x
int a = f(1;
//// arguments-too-many: refused
#define f(x) x
int a = f(1, 2);
//// arguments-too-few: refused
#define f(x, y) x
int a = f(1);
//// bad-paste: refused
#define C(a, b) a ## b
int x = C(+, /);
//// unknown-directive: refused
#frobnicate
//// include-missing: refused
#include "nothere.h"
//// include-nothing: refused
#include
//// poison: refused
#pragma GCC poison bad
int bad;
//// line-bad: refused
#line x
//// line-big: ok
#line 2147483647
int a;
//// unclosed-comment: refused
int a; /* no end
//// pragma-operator-bad: refused
_Pragma(x) int a;
//// elifdef-nothing: refused
#if 0
#elifdef
#endif
//// warning-directive: ok
#warning careful
int a;
//// include-computed: ok
#define H <stddef.h>
#define S "stddef.h"
#ifdef NEVER
#include H
#include S
#endif
int a;
//// include-next: ok
#if __has_include_next(<nothere.h>)
no
#endif
#ifdef __has_include_next
yes
#endif
