"""Programs that clang refuses, with our code and words; and programs that it takes, which we must take."""

from __future__ import annotations

from pathlib import Path

import pytest
from c_front import clang_accepts, errors, findings, needs_clang, warnings

_PRELUDE = """
typedef unsigned int u32; typedef unsigned long u64;
struct point { int x, y; }; struct other { int x; }; struct hidden; union either { int i; long l; };
enum color { RED, GREEN }; int g; const int limit = 5; struct point pt; int arr[4]; int *ip; void *vp; char *cp;
static int add(int a, int b) { return a + b; } static void nothing(void) { }
"""

# (a statement in a function of one int parameter n, the first error)
REFUSED = [
    ("undeclared = 1;", "E0331: use of undeclared identifier 'undeclared'"),
    ("arrr[0] = 1;", "E0331: use of undeclared identifier 'arrr'"),
    ("pt.z = 1;", "E0333: no member named 'z' in 'struct point'"),
    ("pt->x = 1;", "E0332: member reference type 'struct point' is not a pointer"),
    ("struct point *p = &pt; p.x = 1;", "E0332: member reference type 'struct point *' is a pointer"),
    ("g.x = 1;", "E0332: member reference base type 'int' is not a structure or union"),
    ("5 = n;", "E0324: expression is not assignable"),
    ("n + 1 = 2;", "E0324: expression is not assignable"),
    ("arr = 0;", "E0324: array type 'int[4]' is not assignable"),
    ("limit = 6;", "E0325: cannot assign to 'limit', which is const-qualified"),
    ("const struct point c = { 1, 2 }; c.x = 2;", "E0325: cannot assign to 'x', which is const-qualified"),
    ("limit++;", "E0325: cannot assign to 'limit', which is const-qualified"),
    ("n = pt;", "E0303: incompatible type: assigning to 'int' from 'struct point'"),
    ("struct other o = pt;", "E0303: incompatible type: initializing 'struct other' with an expression of type 'struct point'"),
    ("n = nothing();", "E0303: incompatible type: assigning to 'int' from 'void'"),
    ("int *p = 5;", "E0304: incompatible integer to pointer conversion initializing 'int *' with an expression of type 'int'"),
    ("n = ip;", "E0304: incompatible pointer to integer conversion assigning to 'int' from 'int *'"),
    ("add(ip, 1);", "E0304: incompatible pointer to integer conversion passing 'int *' to parameter of type 'int'"),
    ("pt + 1;", "E0321: invalid operands to binary '+' ('struct point' and 'int')"),
    ("ip + ip;", "E0321: invalid operands to binary '+' ('int *' and 'int *')"),
    ("ip * 2;", "E0321: invalid operands to binary '*' ('int *' and 'int')"),
    ("1 << ip;", "E0321: invalid operands to binary '<<' ('int' and 'int *')"),
    ("ip - cp;", "E0322: 'int *' and 'char *' are not pointers to compatible types"),
    ("-ip;", "E0323: invalid argument type 'int *' to unary expression"),
    ("~pt;", "E0323: invalid argument type 'struct point' to unary expression"),
    ("!pt;", "E0323: invalid argument type 'struct point' to unary expression"),
    ("*n = 1;", "E0334: indirection requires a pointer, but this is 'int'"),
    ("n[0] = 1;", "E0335: subscripted value is not an array or pointer"),
    ("arr[pt] = 1;", "E0335: array subscript is of type 'struct point', not an integer"),
    ("&5;", "E0336: cannot take the address of an rvalue of type 'int'"),
    ("struct { int b : 3; } s; &s.b;", "E0336: address of bit-field 'b' requested"),
    ("struct { int b : 3; } s; n = sizeof(s.b);", "E0336: invalid application of 'sizeof' to bit-field 'b'"),
    ("n = sizeof(struct hidden);", "E0301: invalid application of 'sizeof' to incomplete type 'struct hidden'"),
    ("struct hidden h;", "E0301: variable 'h' has incomplete type 'struct hidden'"),
    ("void v;", "E0301: variable 'v' has incomplete type 'void'"),
    ("struct hidden *h = vp; n = h->x;", "E0301: incomplete definition of type 'struct hidden'"),
    ("struct hidden *h = vp; h++;", "E0301: arithmetic on a pointer to incomplete type 'struct hidden'"),
    ("(struct point)n;", "E0327: cannot cast to 'struct point': only casts to arithmetic and pointer types are possible"),
    ("(int)pt;", "E0327: operand of type 'struct point' where an arithmetic or pointer type is required"),
    ("n ? pt : 1;", "E0326: incompatible operand types ('struct point' and 'int')"),
    ("if (pt) ;", "E0302: if condition has type 'struct point', but a scalar is required"),
    ("while (nothing()) ;", "E0302: while condition has type 'void', but a scalar is required"),
    ("add(1);", "E0341: too few arguments to function call, expected 2, have 1"),
    ("add(1, 2, 3);", "E0341: too many arguments to function call, expected 2, have 3"),
    ("n(1);", "E0343: called object type 'int' is not a function or function pointer"),
    ("missing(1);", "E0331: use of undeclared function 'missing'"),
    ("n = 08;", "E0344: invalid digit in octal constant '08'"),
    ("n = 1x;", "E0344: invalid number '1x'"),
    ("n = 1uuu;", "E0344: invalid suffix 'uuu' on integer constant"),
    ("n = '';", "E0344: empty character constant"),
    ("n = 0x1ffffffffffffffff;", "E0344: integer constant is larger than 64 bits"),
    ("n = _Generic(n, char: 1);", "E0345: controlling expression type 'int' not compatible with any generic association type"),
    ("int n2; long n2;", "E0367: redefinition of 'n2'"),
    ("case 1: ;", "E0382: 'case' statement not in switch statement"),
    ("break;", "E0384: 'break' statement not in loop or switch statement"),
    ("continue;", "E0384: 'continue' statement not in loop statement"),
    ("switch (n) { case 1: case 1: ; }", "E0383: duplicate case value '1'"),
    ("switch (n) { default: ; default: ; }", "E0383: multiple default labels in one switch"),
    ("switch (n) { case n: ; }", "E0311: a case label is not an integer constant expression"),
    ("switch (ip) { case 1: ; }", "E0381: statement requires expression of integer type ('int *' invalid)"),
    ("goto nowhere;", "E0388: use of undeclared label 'nowhere'"),
    ("a: ; a: ;", "E0386: redefinition of label 'a'"),
    ("return;", "E0385: non-void function 'f' should return a value"),
    ("int v[-1];", "E0371: array size -1 is negative"),
    ("struct hidden v[3];", "E0301: array has incomplete element type 'struct hidden'"),
    ("struct { int a; int a; } v;", "E0363: duplicate member 'a'"),
    ("struct { int a : 33; } v;", "E0365: width of bit-field 'a' (33 bits) exceeds the width of its type (32 bits)"),
    ("struct { int a : -1; } v;", "E0365: bit-field 'a' has negative width (-1)"),
    ("struct { struct point p : 3; } v;", "E0365: bit-field 'p' has non-integral type 'struct point'"),
    ("enum { A, A };", "E0367: redefinition of 'A'"),
    ("struct point { int z; } v; struct point { int z; } w;", "E0361: redefinition of 'point'"),
    ("union point v;", "E0362: use of 'point' with tag type that does not match previous declaration"),
    ("_Static_assert(0, \"no\");", "E0374: static assertion failed: no"),
    ("int v __attribute__((aligned(3)));", "E0355: requested alignment 3 is not a power of 2"),
    ("static int v = n;", "E0312: initializer element is not a compile-time constant"),
    ("int v = { .x = 1 };", "E0352: designator in initializer for scalar type 'int'"),
    ("struct point v = { .z = 1 };", "E0333: field designator 'z' does not refer to any field in type 'struct point'"),
    ("int v[2] = { [0].x = 1 };", "E0354: field designator '.x' cannot initialize 'int'"),
    ("n = __builtin_offsetof(struct point, z);", "E0333: no member named 'z' in 'struct point'"),
    ("__builtin_memcpy(ip, ip);", "E0341: too few arguments to __builtin_memcpy, expected 3, have 2"),
    ("vp->x = 1;", "E0332: member reference base type 'void' is not a structure or union"),
    ("add = 0;", "E0324: a function is not assignable"),
    ("add++;", "E0324: a function is not assignable"),
    ("union either u = { .q = 1 };", "E0333: field designator 'q' does not refer to any field in type 'union either'"),
    ("__auto_type v;", "E0356: 'v' with type '__auto_type' requires an initializer"),
    ("asm volatile(\"\" : \"r\"(n));", "E0391: invalid output constraint 'r' in asm"),
]  # fmt: skip

FILES_REFUSED = [
    ("int a; long a;", "E0368: redefinition of 'a' with a different type: 'long' vs 'int'"),
    ("int a = 1; int a = 2;", "E0367: redefinition of 'a'"),
    ("int f(void); long f(void);", "E0368: conflicting types for 'f': 'long (void)' vs 'int (void)'"),
    ("int f(void) { return 1; } int f(void) { return 2; }", "E0367: redefinition of 'f'"),
    ("int f(void); static int f(void) { return 1; }", "E0369: static declaration of 'f' follows non-static declaration"),
    ("static int a; int a;", "E0369: non-static declaration of 'a' follows static declaration"),
    ("typedef int T; typedef long T;", "E0368: typedef redefinition with different types ('long' vs 'int')"),
    ("int a; int a(void);", "E0206: redefinition of 'a' as different kind of symbol"),
    ("struct s { struct s inner; };", "E0301: field has incomplete type 'struct s'"),
    ("struct s { int f(void); };", "E0364: field 'f' declared as a function"),
    ("int f(void)[3];", "E0372: a function cannot return an array"),
    ("void f(void x) { }", "E0373: a parameter cannot have type 'void'"),
    ("int a[]; int f(void) { return sizeof a; }", "E0301: invalid application of 'sizeof' to incomplete type 'int[]'"),
    ("int a[3] = 5;", "E0353: array initializer must be an initializer list or string literal"),
    ("extern int b; int a = b;", "E0312: initializer element is not a compile-time constant"),
    ("int f(void) = 3;", "E0375: illegal initializer: 'f' is a function"),
    ("int f(int a, int a) { return a; }", "E0367: redefinition of parameter 'a'"),
    ("void f(void) { return 1; }", "E0385: void function 'f' should not return a value"),
    ("enum e { A = 1 / 0 };", "E0311: the value of 'A' is not an integer constant expression"),
    ("struct s *p; int f(void) { return *p; }", "E0301: incomplete type 'struct s' where a complete type is required"),
]  # fmt: skip

ACCEPTED = [
    "const char *s = \"x\"; n = s[0];", "void *p = ip; int *q = p; n = *q;", "n = ip == vp; n = ip == 0; n = !ip;",
    "u64 a = (u64)ip; ip = (int *)a; ip = 0; ip = (void *)0;", "n += limit; n <<= 3l; n %= 7u; ip += n; ip -= 2u; ip++;",
    "struct point a = pt, *p = &a; a = *p; pt = n ? a : *p;", "int (*p)[4] = &arr; n = (*p)[1] + p[0][1];",
    "enum color c = 1; c = n; n = c + GREEN; c++;", "_Bool b = ip; b = 3; b += 1; n = b;",
    "union either u = { 1 }; u.l = 2; n = u.i;",
    "int a[2][3] = { 0 }; n = a[1][2] + *a[0]; n = sizeof a[0];", "n = (long)vp + 1; vp = vp + n; n = (char *)vp - cp;",
    "int v[5]; n = (int)(sizeof v / sizeof v[0]);", "for (u32 i = 0; i < 3; i++) { int n = i; (void)n; } (void)n;",
    "n = ({ struct point q = { 1, 2 }; q; }).x;", "const int k = 3; n = k; static const int m = 4; n += m;",
    "extern int g; n = g; { extern int g; n = g; }", "int local[limit]; n = local[0];",
    "switch (n) { case RED: case 'a': ; case -1: ; }",
    "volatile int v = n; v++; n = v;", "n = n ? 1 : 2u; u64 a = n ? 1l : 2; (void)a;",
    "typeof(n) *p = &n; __auto_type q = p; *q = 2;",
    "struct { int : 4; unsigned a : 5; } s = { 3 }; s.a++; n = s.a;", "n = \"abc\"[1]; n = sizeof \"abc\"; n = *\"abc\";",
    "goto out; { int k = 2; n = k; } out: ;", "ip = arr; ip = &arr[1]; n = &arr[2] - arr; n = arr < ip;",
    "n = __builtin_bswap32(n);",
    "n = -1 < 1u; n = 'a' + 1ul; n = 1 ? -1 : 0u;", "void (*p)(void) = nothing; n = p == nothing; n = !nothing;",
    "n = _Alignof(struct point) + _Alignof n;", "__sync_fetch_and_add(&g, 1); n = __sync_val_compare_and_swap(&g, 1, 2);",
    "n = __atomic_load_n(&g, 0); __atomic_store_n(&g, 1, 0); n = __atomic_fetch_add(&g, 1, 0); __atomic_exchange_n(ip, 1, 5);",
    "int e = 1; n = __atomic_compare_exchange_n(&g, &e, 2, 0, 0, 0); n = __sync_bool_compare_and_swap(&g, 1, 2);",
    "int a; n = __builtin_add_overflow(n, 1, &a); n = __builtin_popcount(n) + __builtin_ctzll(8);",
]  # fmt: skip


def wrap(statement: str) -> str:
    return _PRELUDE + f"int f(int n)\n{{\n{statement}\nreturn n; }}\n"


@needs_clang
@pytest.mark.parametrize(("statement", "expected"), REFUSED, ids=[s for s, _ in REFUSED])
def test_a_wrong_statement_is_refused_as_clang_refuses_it(statement: str, expected: str, tmp_path: Path) -> None:
    assert not clang_accepts(wrap(statement), tmp_path)
    found = errors(wrap(statement))
    assert found, "accepted"
    code, _, message = found[0].partition(" ")
    assert f"{code}:{message.partition(':')[2]}" == expected


@needs_clang
@pytest.mark.parametrize(("text", "expected"), FILES_REFUSED, ids=[s for s, _ in FILES_REFUSED])
def test_a_wrong_file_is_refused_as_clang_refuses_it(text: str, expected: str, tmp_path: Path) -> None:
    assert not clang_accepts(text, tmp_path)
    found = errors(text)
    assert found, "accepted"
    code, _, message = found[0].partition(" ")
    assert f"{code}:{message.partition(':')[2]}" == expected


@needs_clang
@pytest.mark.parametrize("statement", ACCEPTED)
def test_a_right_statement_is_taken(statement: str, tmp_path: Path) -> None:
    assert clang_accepts(wrap(statement), tmp_path)
    assert errors(wrap(statement)) == []


def test_one_root_cause_is_reported_once() -> None:
    text = wrap("undeclared = 1; n = undeclared + undeclared; undeclared(3);")
    assert errors(text) == ["E0331 8: use of undeclared identifier 'undeclared'"]
    text = "struct hidden h;\nint f(void) { return h.x; }\nstatic struct hidden2 k; int g(void) { k.a = 1; return k.b; }"
    assert [e.split()[0] for e in errors(text)].count("E0331") == 0


def test_several_errors_of_one_function_are_all_told() -> None:
    text = wrap("pt.z = 1;\nadd(1);\nint k = undeclared;\nn = k;\n5 = n;")
    assert [e.partition(":")[0] for e in errors(text)] == ["E0333 8", "E0341 9", "E0331 10", "E0324 12"]


def test_names_that_are_almost_right_are_suggested() -> None:
    def fix(statement: str) -> str:
        return findings(wrap(statement))[0].fix

    assert fix("arrr[0] = 1;") == "did you mean 'arr'?"
    assert fix("n = Limit;") == "did you mean 'limit'?"
    assert fix("n = pt.X;") == "did you mean 'x'?"
    assert "bpf_printk" in fix('printf("x");')
    assert fix("__builtin_memcopy(ip, ip, 1);") == "did you mean '__builtin_memcpy'?"
    assert "bpf_helpers.h" in fix("bpf_map_lookup_elem(0, 0);")


def test_a_finding_names_where_the_other_side_was_declared() -> None:
    [found] = findings(wrap("limit = 6;"))
    assert [(n.message, n.place.line if n.place else 0) for n in found.notes] == [("'limit' declared here", 4)]


@pytest.mark.parametrize(("statement", "expected"), [
    ("ip = cp;", "W0303: incompatible pointer types assigning to 'int *' from 'char *'"),
    ("const int *p = ip; ip = p;", "W0304: assigning to 'int *' from 'const int *' discards qualifiers"),
    ("u32 *p = ip;", "W0302: initializing 'u32 *' (aka 'unsigned int *') with an expression of type 'int *' converts between "
                     "pointers to integer types with different sign"),
    ("n = ip == cp;", "W0306: comparison of distinct pointer types ('int *' and 'char *')"),
    ("n = ip == 5;", "W0307: comparison between pointer and integer ('int *' and 'int')"),
    ("n = 1 << 32;", "W0312: shift count >= width of type (32 bits)"),
    ("n = n / 0;", "W0311: division by zero is undefined"),
    ("arr[4] = 1;", "W0313: array index 4 is past the end of the array (which has 4 elements)"),
    ("n == 3;", "W0370: equality comparison result unused"),
])  # fmt: skip
def test_doubtful_code_is_warned_about(statement: str, expected: str) -> None:
    [found] = warnings(wrap(statement))
    code, _, message = found.partition(" ")
    assert f"{code}:{message.partition(':')[2]}" == expected


def test_pragmas_turn_complaints_off_where_they_say() -> None:
    quiet = (
        '#define QUIET(e) _Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \\"-Wint-conversion\\"") '
        'e; _Pragma("GCC diagnostic pop")\n'
    )
    assert errors(quiet + wrap("QUIET(n = add(vp, n)) n = add(vp, n);")) == [
        "E0304 9: incompatible pointer to integer conversion passing 'void *' to parameter of type 'int'"
    ]
    assert warnings(wrap('\n#pragma GCC diagnostic ignored "-Wdivision-by-zero"\nn = n / 0;')) == []
