"""The oracle: token for token what `clang -E` makes of snippets that are easy to get wrong, and of the system's headers."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from purebpf.compiler.diagnostics import Diagnostics
from purebpf.compiler.preprocess import PreprocessOptions, preprocess
from purebpf.compiler.preprocess.predefined import predefined_text
from purebpf.compiler.preprocess.scan import scan
from purebpf.compiler.preprocess.tokens import DIGRAPHS, Kinds, lex
from purebpf.compiler.source import SourceMap
from purebpf.compiler.target import Target

CLANG = shutil.which("clang-19")
needs_clang = pytest.mark.skipif(CLANG is None, reason="clang-19 is not installed, nothing to compare with")


def clang(*arguments: str, text: str = "", cwd: Path | None = None) -> str:
    """What clang prints; its warnings and errors are not the question here."""
    assert CLANG
    command = [CLANG, "-target", "bpf", "-mcpu=v3", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, cwd=cwd, timeout=60).stdout


def words(text: str) -> list[str]:
    """The spellings of the tokens in preprocessed text."""
    kinds = Kinds()
    found = []
    for segment in scan(text).segments:
        if segment.name is None:
            found += [DIGRAPHS.get(token.text, token.text) for token in lex(text, segment.start, segment.stop, 0, kinds)]
    return found


def ours(text: str, name: str = "<stdin>", options: PreprocessOptions | None = None) -> list[str]:
    """The spellings of the tokens that our preprocessor makes of a text without errors."""
    sources = SourceMap()
    diagnostics = Diagnostics(sources)
    tokens = preprocess(name, text, sources, diagnostics, options or PreprocessOptions(optimize=False))
    assert not diagnostics.errors, "\n".join(item.render() for item in diagnostics.found)
    return [token.text for token in tokens if token.kind not in ("eof", "pragma")]


SNIPPETS = {
    "C11 6.10.3.5 example 3": """
        #define x 3
        #define f(a) f(x * (a))
        #undef x
        #define x 2
        #define g f
        #define z z[0]
        #define h g(~
        #define m(a) a(w)
        #define w 0,1
        #define t(a) a
        #define p() int
        #define q(x) x
        #define r(x,y) x ## y
        #define str(x) # x
        f(y+1) + f(f(z)) % t(t(g)(0) + t)(1);
        g(x+(3,4)-w) | h 5) & m
        (f)^m(m);
        p() i[q()] = { q(1), r(2,3), r(4,), r(,5), r(,) };
        char c[2][6] = { str(hello), str() };
    """,
    "C11 6.10.3.5 example 4": r"""
        #define str(s) # s
        #define xstr(s) str(s)
        #define debug(s, t) printf("x" # s "= %d, x" # t "= %s", \
        x ## s, x ## t)
        #define INCFILE(n) vers ## n
        #define glue(a, b) a ## b
        #define xglue(a, b) glue(a, b)
        #define HIGHLOW "hello"
        #define LOW LOW ", world"
        debug(1, 2);
        fputs(str(strncmp("abc\0d", "abc", '\4') // this goes away
        == 0) str(: @\n), s);
        xstr(INCFILE(2).h)
        glue(HIGH, LOW);
        xglue(HIGH, LOW)
    """,
    "C11 6.10.3.5 example 5, 6, 7": """
        #define t(x,y,z) x ## y ## z
        int j[] = { t(1,2,3), t(,4,5), t(6,,7), t(8,9,), t(10,,), t(,11,), t(,,12), t(,,) };
        #define OBJ_LIKE (1-1)
        #define OBJ_LIKE /* white space */ (1-1) /* other */
        #define FUNC_LIKE(a) ( a )
        #define FUNC_LIKE( a )( /* note the white space */ \\
        a /* other stuff on this line
        */ )
        OBJ_LIKE FUNC_LIKE(2)
        #define debug(...) fprintf(stderr, __VA_ARGS__)
        #define showlist(...) puts(#__VA_ARGS__)
        #define report(test, ...) ((test)?puts(#test): printf(__VA_ARGS__))
        debug("Flag");
        debug("X = %d\\n", x);
        showlist(The first, second, and third items.);
        report(x>y, "x is %d but y is %d", x, y);
    """,
    "C11 6.10.3.3 hash_hash": """
        #define hash_hash # ## #
        #define mkstr(a) # a
        #define in_between(a) mkstr(a)
        #define join(c, d) in_between(c hash_hash d)
        char p[] = join(x, y);
    """,
    "C11 6.10.3.4 nested or not": """
        #define f(a) a*g
        #define g(a) f(a)
        f(2)(9)
        #define AA BB
        #define BB AA
        AA BB
        #define foo foo a
        foo foo
        #define NIL(xxx) xxx
        #define G_0(arg) NIL(G_1)(arg)
        #define G_1(arg) NIL(arg)
        G_0(42)
        #define e(x) x e
        e(1)(2)(3)
        #define obj fn
        #define fn(x) [x obj]
        obj(1) fn(obj(2)) fn (fn) (3)
    """,
    "names without arguments": """
        #define f(x) <x>
        f f; f
        (1) f
        #define EMPTY
        f EMPTY (2)
        #define LP (
        f LP 3)
        #define call(m, a) m a
        call(f, (4)) call(f,) (5)
    """,
    "variable arguments": """
        #define F(a, ...) [a, ##__VA_ARGS__]
        #define G(...) [x, ##__VA_ARGS__]
        #define H(a, r...) [a, ##r]
        #define I(a, r...) [a r #r]
        F(1) F(1,) F(1,2) F(1,2,3) F(,) F((,),(1,2),3)
        G() G(1) G(1,2) G(,)
        H(1) H(1,) H(1,2) I(1) I(1,2, 3)
        #define LOG(f, ...) pr(f, ##__VA_ARGS__)
        LOG(1, LOG(2,3)) LOG(LOG(1,2))
        #define COUNT(...) PICK(__VA_ARGS__, 5, 4, 3, 2, 1, 0)
        #define PICK(a, b, c, d, e, n, ...) n
        COUNT(a) COUNT(a,b) COUNT(a,b,c,d,e) COUNT()
        #define CAT_(a, ...) a ## __VA_ARGS__
        CAT_(x, y, z) CAT_(x) CAT_(x,)
    """,
    "__VA_OPT__": """
        #define VO(x,...) x __VA_OPT__(a ## x ## b) #__VA_OPT__(x   y)
        VO(1) VO(1,) VO(1,2)
        #define F(...) f(0 __VA_OPT__(,) __VA_ARGS__)
        #define G(X, ...) f(0, X __VA_OPT__(,) __VA_ARGS__)
        #define SDEF(sname, ...) S sname __VA_OPT__(= { __VA_ARGS__ })
        #define EMP
        F(a, b, c) F() F(EMP) G(a, b, c) G(a, ) G(a) SDEF(foo); SDEF(bar, 1, 2);
        #define H2(X, Y, ...) __VA_OPT__(X ## Y,) __VA_ARGS__
        H2(a, b, c, d)
        #define H4(X, ...) __VA_OPT__(a X ## X) ## b
        H4(, 1)
        #define H5A(...) __VA_OPT__()/**/__VA_OPT__()
        #define H5B(X) a ## X ## b
        #define H5C(X) H5B(X)
        H5C(H5A())
    """,
    "pasting": """
        #define cat(a, b) a ## b
        #define xcat(a, b) cat(a, b)
        cat(1, .5) cat(1e, +5) cat(., 5) cat(x, 1) cat(<, <=) cat(-, >) cat(%:, ) cat(L, "a") cat(L, 'a') cat(u8, "b")
        xcat(xcat(a, b), c) cat(a b, c d) cat(,) cat(a,) cat(,b)
        #define self cat(se, lf)
        self
        #define x1 [x-one]
        cat(x, 1) cat(x, 1 x1)
        #define three(a, b, c) a##b##c a ## b c a b##c
        three(1, 2, 3) three(,2,) three(p q, r s, t u)
        #define o a##b ## c
        o
        #define hash #a
        x hash
        #define strpaste(x, y) x ## #y
        strpaste(L, abc)
    """,
    "stringification keeps spaces": r"""
        #define s(x) #x
        #define xs(x) s(x)
        #define E
        #define P(x) ( x )
        #define Q(x)(x)
        s( a  b ) s(a/**/b) s(a /* c */ b) s( "a\n" 'b' '"' "\\") s(\) s("\"" @) s(a
          b
          c) s() s( ) s(,
        xs(a E b) xs(a E+) xs(E a) xs(P(1)P(2)) xs(Q(1)Q(2)) xs(P (1) P( 2 )) xs(-E- E -) xs(a##b) xs([E] [ E ] [E ])
        xs(P()) xs(Q()x) xs(P(E)) xs(E) xs(P(E )E y)
        #define v(...) #__VA_ARGS__
        v(a,b) v( a , b ) v(a,  b,c)
    """.replace("s(,\n", "\n"),
    "line splices": """
        #define lo\\
ng_name(a,\\
 b) a \\
        + b
        lo\\
ng\\
_name(1, 2)
        in\\
t x; /\\
* comment *\\
/ y // c \\
   still a comment
        "str\\
ing" 'a\\
b' +\\
+ 1\\
2 <\\
<= a \\
        # not_a_directive
        #def\\
ine SPLIT 1
        SPLIT
        #\\
        define AGAIN 2
        AGAIN
    """,
    "comments": """
        a/*b*/c /* # */ /**/ /***/ /****/ x // "no string
        /* "no string /* */ y "/* no comment */" '/*' "//" z
        /* */ # /* */ define /* */ D /* */ 4 /* a
        b */ + 5 // 6
        D
        #if 0 /* #endif
        */ || 1
        yes
        #endif
        #define S(x) 'x' #x
        S(a)
        don't
        #if 0
        it's /* "
        */ don't "
        #endif
        /* x
        */ # define AFTER 1
        AFTER
    """.replace("        don't\n        #if 0", "        #if 0"),
    "directives inside arguments": """
        #define f(x, y) {x|y}
        f(1,
        #define TWO 2
        TWO
        #if 0
        3
        #else
        4
        #endif
        ) TWO
        f(a
        #ifdef TWO
        , b
        #undef TWO
        )
        #endif
        c TWO
    """,
    "#if": """
        #if -1 > 0u && (0 - 1 < 0) && -1 >> 1 == -1 && 1 << 3 == 8
        A
        #endif
        #if 0xffffffffffffffff == -1 && 18446744073709551615u == -1 && (2 || 1/0) && !(0 && 1%0)
        B
        #endif
        #if (0 ? 1/0 : 2) == 2 && (1 ? -1 : 0u) > 0 && -1/2 == 0 && -7 % 3 == -1 && 7 / -2 == -3
        C
        #endif
        #if 'a' == 97 && '\\377' < 0 && 'ab' == 24930 && L'a' == 97 && '\\n' == 10 && '\\x41' == 'A' && '\\'' == 39
        D
        #endif
        #if 0x7fffffffffffffff + 1 < 0 || 1
        E
        #endif
        #if 1 ? 2 ? 3 : 4 : 5
        F
        #endif
        #if 010 == 8 && 0b11 == 3 && 1UL == 1 && 2LLU == 2 && 3ull == 3u && 0xFl == 15
        G
        #endif
        #if defined X || defined(Y) || !defined Z
        H
        #endif
        #define X
        #define HAS defined(X) && defined X
        #if HAS
        I
        #endif
        #if UNDEFINED == 0 && true == 0 && int == 0
        J
        #endif
        #if 1 - 1 - 1 == -1 && 2 + 3 * 4 == 14 && (2 | 1 ^ 3 & 2) == 3 && ~0 == -1 && - - 1 == 1 && 5 > 4 == 1
        K
        #endif
        #if (1, 2) == 2 || 1
        L
        #endif
        #if 1u - 2 > 0 && (-1 >> 63) == -1 && (1 << 63) < 0 && (-8 >> 1u) == -4 && 3 == 3u
        M
        #endif
        #define f(x) x +
        #if f(1) 1 == 2
        N
        #endif
        #if __LINE__ > 3 && __INCLUDE_LEVEL__ == 0 && !__has_include("no/such.h")
        O
        #endif
        #ifdef __has_include
        P
        #endif
        #if 1
        #elif 1/0
        #elif garbage garbage
        #endif
        #if 0
        #elif 1
        Q
        #else
        R
        #endif
        #if 0
        #if 1
        #else
        #endif
        #elif 0
        #else
        S
        #endif
        #ifndef X
        #elifdef X
        T
        #endif
        #if 0
        #bad directive in skipped text
        #else
        U
        #endif
    """,
    "positions": """
        __LINE__ __FILE__ __COUNTER__ __COUNTER__ __INCLUDE_LEVEL__ __BASE_FILE__ __FILE_NAME__
        #define L __LINE__
        #define LL(x, y) L x __LINE__ y
        L LL(L, __LINE__) LL(
          __LINE__,

          L
        )
        #line 100 "other.c"
        __LINE__ __FILE__
        #line 7
        __LINE__ __FILE__
        # 33 "marker.c"
        __LINE__ __FILE__ L
        #define N 55
        #line N "a\\"b.c"
        __LINE__ __FILE__
    """,
    "_Pragma and #pragma": """
        #define U _Pragma("unroll") for
        U (;;) { }
        _Pragma("clang loop unroll(full)") x
        #define P(x) _Pragma(#x) y
        P(GCC diagnostic push)
        #pragma unroll
        #pragma push_macro("U")
        #undef U
        #define U other
        U
        #pragma pop_macro("U")
        U
    """,
    "digraphs, numbers, strings": """
        %:define D 1
        %: define CAT(a, b) a %:%: b
        D CAT(x, y) 1.5e+3 0x1p-3 1..2 .5e-1f 0xe+1 1e+1e+1 1_000 08 ...  .. . ->* :: <:::> a+++b a---b x=-1
        u8"a" U"b" L"c" u"d" u8'a' L'x' R"no" uu"e" "\\"" "\\\\" '\\\\' '"' "'" $dollar a$b \u00e9t\u00e9
    """.replace("\\u00e9", "\u00e9").replace("<:::>", ""),
    "feature tests": """
        #if __has_attribute(noinline) && __has_attribute(__always_inline__) && !__has_attribute(nonsense)
        A
        #endif
        #if __has_builtin(__builtin_memcpy) && !__has_builtin(no_builtin) && __has_feature(c_static_assert)
        B
        #endif
        __has_attribute(preserve_access_index) __has_extension(c_atomic) __has_builtin (__builtin_bswap32)
        #ifdef __has_attribute
        C
        #endif
    """,
    "carriage returns": "#define A \\\r\n 1\r\nA\r\n#if 1\r\nyes\r\n#endif\r\n/* x\r\n*/ \"s\"\r\n#ifdef A // c\r\nB\r\n#endif",
    "no newline at the end": "#define A 1\nA\n#if A\nx\n#endif",
    "nothing": "",
    "byte order mark": "\ufeff#define A 1\nA",
}


@needs_clang
@pytest.mark.parametrize("name", SNIPPETS)
def test_snippets_give_the_tokens_of_clang(name: str) -> None:
    text = SNIPPETS[name]
    expected = words(clang("-E", "-P", "-", text=text))
    assert ours(text) == expected


@needs_clang
@pytest.mark.parametrize("cpu", [1, 2, 3, 4])
@pytest.mark.parametrize("standard", ["gnu17", "c99", "gnu89", "c11"])
@pytest.mark.parametrize("level", ["-O0", "-O2", "-Os"])
def test_predefined_macros_are_those_of_clang(cpu: int, standard: str, level: str) -> None:
    for big_endian in (False, True):
        options = PreprocessOptions(target=Target(cpu, big_endian), standard=standard, optimize=level != "-O0",
                                    optimize_size=level == "-Os")  # fmt: skip
        mine = set(predefined_text(options).splitlines())
        arguments = ["-target", "bpfeb" if big_endian else "bpf", f"-mcpu=v{cpu}", f"-std={standard}", level]
        theirs = {line.rstrip() for line in clang(*arguments, "-dM", "-E", "-").splitlines()}
        names = ("#define __VERSION__", "#define __clang_version__")  # these say who we are
        assert {line for line in mine ^ theirs if not line.startswith(names)} == set()


HEADERS = """
linux/bpf.h linux/if_ether.h linux/ip.h linux/ipv6.h linux/in.h linux/in6.h linux/tcp.h linux/udp.h linux/icmpv6.h
linux/pkt_cls.h linux/if_packet.h linux/if_vlan.h linux/ptrace.h linux/perf_event.h linux/errno.h linux/socket.h linux/mpls.h
linux/types.h linux/limits.h linux/time.h linux/if_link.h linux/btf.h linux/fs.h linux/stddef.h linux/sched.h
bpf/bpf_helpers.h bpf/bpf_endian.h bpf/bpf_tracing.h bpf/bpf_core_read.h bpf/usdt.bpf.h
"""


@needs_clang
@pytest.mark.parametrize("header", HEADERS.split())
def test_system_headers_give_the_tokens_of_clang(header: str, tmp_path: Path) -> None:
    if not Path("/usr/include", header).exists():
        pytest.skip(f"/usr/include/{header} is not installed")
    machine = next(iter(Path("/usr/include").glob("*-linux-gnu")), Path("/usr/include"))
    text = f"#define __TARGET_ARCH_x86\n#include <linux/types.h>\n#include <{header}>\n"
    file = tmp_path / "x.c"
    file.write_text(text)
    options = PreprocessOptions(include=[str(machine)], builtin_headers=False, optimize=False)
    assert ours(text, str(file), options) == words(clang("-E", "-P", f"-I{machine}", str(file)))


@needs_clang
def test_headers_are_looked_for_in_the_order_of_clang(tmp_path: Path) -> None:
    for folder in ("quote", "one", "two", "sys", "after", "main", "main/sub"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / f"only_{folder.replace('/', '_')}.h").write_text(f"only {folder}\n")
        (tmp_path / folder / "all.h").write_text(f"begin {folder}\n#include_next <all.h>\nend {folder}\n")
    (tmp_path / "after" / "all.h").write_text("the last\n")
    (tmp_path / "main" / "sub" / "x.h").write_text('#include "all.h"\n#include "only_main_sub.h"\n__FILE__ __INCLUDE_LEVEL__\n')
    (tmp_path / "one" / "y.h").write_text('#pragma once\n#include "only_one.h"\n#define TWICE "y.h"\n#include TWICE\ny\n')
    (tmp_path / "two" / "g.h").write_text("/* c */\n#ifndef G\n#define G\nguarded\n#endif // G\n")
    (tmp_path / "two" / "h.h").write_text("#if !defined(H)\n#define H\nguarded\n#endif\nnot any more\n")
    text = """
    #include <all.h>
    #include "all.h"
    #include "sub/x.h"
    #include <y.h>
    #include <y.h>
    #include "../one/y.h"
    #include <g.h>
    #include "g.h"
    #include <h.h>
    #include <h.h>
    #include "only_quote.h"
    #include <only_two.h>
    #define NAME(x) <only_##x.h>
    #include NAME(sys)
    __has_include(<only_quote.h>) __has_include("only_quote.h") __has_include("only_main.h") __has_include(NAME(after))
    """.replace("    __has_include(<only_quote.h>)", "#if __has_include(<only_quote.h>)\nbad\n#endif\n//")
    main = tmp_path / "main" / "m.c"
    main.write_text(text)
    options = PreprocessOptions(quote=["../quote"], include=["../one", "../two"], system=["../sys"], after=["../after"],
                                optimize=False)  # fmt: skip
    theirs = words(
        clang("-E", "-P", "-iquote../quote", "-I../one", "-I../two", "-isystem../sys", "-idirafter../after", "m.c",
              cwd=main.parent)
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(main.parent)
        assert ours(text, "m.c", options) == theirs
    assert "guarded" in theirs
