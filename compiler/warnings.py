"""The warnings as a table, and `Levels`: which of them are wanted, as a command line and its -W options say.

A row: our code, clang's -W name, when it is on ("on" by default, "all" with -Wall, "extra" with -Wextra, "pedantic", "off" only
when named, "error" an error by default), and a title. `GROUPS` is what other names stand for. All by observation of clang 19.
Names that start with "bpf-" are our own: clang has no such check.
"""

from __future__ import annotations

from .records import NamedTuple


class Warning(NamedTuple):
    """A row of the table."""

    code: str
    name: str
    when: str
    title: str


_ROWS = (
    # preprocessor
    ("W0101", "#warnings",                                       "on",       "#warning"),
    ("W0102", "extra-tokens",                                    "on",       "text behind a directive"),
    ("W0103", "macro-redefined",                                 "on",       "a macro is defined again, differently"),
    ("W0104", "",                                                "on",       "'#' makes a string that ends in ''"),
    ("W0105", "implicitly-unsigned-literal",                     "on",       "an integer is too large to be signed"),
    ("W0106", "pragma-once-outside-header",                      "on",       "#pragma once in the main file"),
    ("W0107", "include-next-outside-header",                     "on",       "#include_next in the main file"),
    ("W0108", "#pragma-messages",                                "on",       "#pragma message"),
    ("W0109", "unknown-pragmas",                                 "all",      "#pragma GCC diagnostic pop without push"),
    # declarations
    ("W0201", "ignored-pragmas",                                 "on",       "a pragma that is not understood"),
    ("W0202", "missing-declarations",                            "on",       "a declaration declares nothing"),
    ("W0206", "",                                                "on",       "no ';' behind the last member of a struct"),
    # conversions
    ("E0304", "int-conversion",                                  "error",    "an integer where a pointer is needed, or back"),
    ("E0305", "incompatible-function-pointer-types",             "error",    "pointers to functions of different types"),
    ("W0301", "constant-conversion",                             "on",       "a constant does not fit"),
    ("W0302", "pointer-sign",                                    "on",       "pointers to integers of different sign"),
    ("W0303", "incompatible-pointer-types",                      "on",       "pointers to different types"),
    ("W0304", "incompatible-pointer-types-discards-qualifiers",  "on",       "const or volatile gets lost"),
    ("W0305", "conditional-type-mismatch",                       "on",       "a pointer and an integer in ?:"),
    ("W0306", "compare-distinct-pointer-types",                  "on",       "comparison of pointers to different types"),
    ("W0307", "pointer-integer-compare",                         "on",       "comparison of a pointer with an integer"),
    ("W0308", "bitfield-constant-conversion",                    "on",       "a constant does not fit into a bit-field"),
    ("W0309", "pointer-type-mismatch",                           "on",       "pointers to different types in ?:"),
    ("W0310", "gnu-folding-constant",                            "on",       "a variable that is known is an array's size"),
    # operators
    ("W0311", "division-by-zero",                                "on",       "division by the constant 0"),
    ("W0312", "shift-count-overflow",                            "on",       "a shift by more bits than there are"),
    ("W0313", "array-bounds",                                    "on",       "a constant index outside of the array"),
    ("W0314", "void-ptr-dereference",                            "on",       "'*' on a pointer to void"),
    ("W0315", "shift-count-negative",                            "on",       "a shift by a negative number"),
    # initializers
    ("W0321", "excess-initializers",                             "on",       "more initial values than there are members"),
    ("W0322", "excess-initializers",                             "on",       "a string is longer than its array"),
    ("W0331", "unknown-attributes",                              "on",       "an attribute that is not known"),
    # statements
    ("W0341", "bpf-unroll",                                      "on",       "an unroll pragma without a loop"),
    ("W0342", "unused-value",                                    "on",       "the value of an expression is not used"),
    ("W0343", "",                                                "on",       "an empty range of case values"),
    ("W0344", "return-type",                                     "on",       "a function may end without its return value"),
    ("W0345", "switch",                                          "on",       "an enumerator that a switch does not handle"),
    ("W0346", "self-assign",                                     "all",      "a variable is assigned to itself"),
    # unused
    ("W0361", "unused-variable",                                 "all",      "a variable that nothing uses"),
    ("W0362", "unused-but-set-variable",                         "all",      "a variable is set and never read"),
    ("W0363", "unused-parameter",                                "extra",    "a parameter that nothing uses"),
    ("W0364", "unused-but-set-parameter",                        "extra",    "a parameter is set and never read"),
    ("W0365", "unused-const-variable",                           "all",      "a constant that nothing uses"),
    ("W0366", "unused-function",                                 "all",      "a static function that nothing calls"),
    ("W0367", "unneeded-internal-declaration",                   "all",      "a static function that is only measured"),
    ("W0368", "unused-label",                                    "all",      "a label that no goto names"),
    ("W0369", "unused-local-typedef",                            "all",      "a typedef of a function that nothing uses"),
    ("W0370", "unused-comparison",                               "on",       "the result of a comparison is not used"),
    ("W0371", "unused-result",                                   "on",       "a result that has to be looked at is not"),
    # parentheses
    ("W0372", "parentheses",                                     "on",       "an assignment as a condition"),
    ("W0373", "parentheses-equality",                            "on",       "extra parentheses around =="),
    ("W0374", "dangling-else",                                   "on",       "an else that may belong to another if"),
    ("W0375", "logical-not-parentheses",                         "on",       "! on the left side of a comparison only"),
    ("W0376", "bitwise-op-parentheses",                          "all",      "& within |"),
    ("W0377", "shift-op-parentheses",                            "on",       "a sum as an operand of a shift"),
    ("W0378", "logical-op-parentheses",                          "all",      "&& within ||"),
    # comparisons and conversions
    ("W0379", "sign-compare",                                    "extra",    "a signed and an unsigned integer are compared"),
    ("W0380", "string-compare",                                  "on",       "a string literal is compared by its address"),
    ("W0381", "tautological-compare",                            "on",       "a comparison with itself"),
    ("W0382", "tautological-constant-out-of-range-compare",      "on",       "a constant that the other side cannot have"),
    ("W0383", "tautological-pointer-compare",                    "on",       "the address of an object is never null"),
    ("W0384", "pointer-bool-conversion",                         "on",       "an address as a condition"),
    ("W0385", "constant-logical-operand",                        "on",       "a number as an operand of && or ||"),
    ("W0386", "enum-compare",                                    "on",       "values of two enumerations are compared"),
    ("W0387", "enum-conversion",                                 "on",       "a value of another enumeration"),
    ("W0388", "int-to-pointer-cast",                             "on",       "a cast to a pointer from a smaller integer"),
    ("W0389", "int-to-void-pointer-cast",                        "on",       "a cast to a void pointer from a smaller integer"),
    ("W0390", "pointer-to-int-cast",                             "on",       "a cast from a pointer to a smaller integer"),
    ("W0392", "void-pointer-to-int-cast",                        "on",       "a cast from a void pointer to a smaller integer"),
    ("W0393", "address-of-packed-member",                        "on",       "the address of a member that may be unaligned"),
    ("W0394", "null-pointer-subtraction",                        "extra",    "a pointer minus the null pointer"),
    ("W0395", "integer-overflow",                                "on",       "a constant expression that overflows"),
    ("W0396", "shift-overflow",                                  "on",       "a constant that a shift pushes bits out of"),
    ("W0397", "shift-negative-value",                            "on",       "a shift of a negative number"),
    ("W0399", "gnu-variable-sized-type-not-at-end",              "on",       "a struct that may grow is not the last member"),
    ("W0398", "char-subscripts",                                 "all",      "a char as an index"),
    # control flow
    ("W0316", "uninitialized",                                   "all",      "a variable is read before it is set"),
    ("W0317", "sometimes-uninitialized",                         "all",      "a variable may be read before it is set"),
    ("W0318", "implicit-fallthrough",                            "off",      "a case runs into the next one"),
    ("W0319", "empty-body",                                      "on",       "a semicolon is all that an if or loop governs"),
    ("W0320", "misleading-indentation",                          "all",      "a statement that an if only seems to govern"),
    ("W0323", "return-stack-address",                            "on",       "the address of a local is returned"),
    ("W0324", "null-dereference",                                "on",       "the null pointer is followed"),
    ("W0325", "unsequenced",                                     "on",       "a variable is changed twice without an order"),
    ("W0327", "switch-bool",                                     "on",       "a truth value in a switch"),
    # declarations
    ("W0328", "missing-field-initializers",                      "extra",    "an initializer leaves members out"),
    ("W0329", "missing-braces",                                  "all",      "an inner object without braces of its own"),
    ("W0330", "initializer-overrides",                           "on",       "a member is initialized twice"),
    ("W0332", "deprecated-declarations",                         "on",       "something deprecated is used"),
    ("W0333", "ignored-qualifiers",                              "extra",    "a qualifier on a result"),
    ("W0335", "visibility",                                      "on",       "a struct that a parameter list declares"),
    # literals and library
    ("W0204", "unknown-escape-sequence",                         "on",       "an escape sequence that C does not have"),
    ("W0205", "multichar",                                       "on",       "a character constant of several characters"),
    ("W0337", "sizeof-pointer-memaccess",                        "on",       "the size of the pointer instead of the object's"),
    ("W0338", "memset-transposed-args",                          "on",       "memset of 0 bytes"),
    ("W0347", "format",                                          "on",       "an argument that does not fit its conversion"),
    ("W0348", "format-extra-args",                               "on",       "an argument that no conversion takes"),
    ("W0349", "format-insufficient-args",                        "on",       "a conversion without an argument"),
    ("W0350", "format-invalid-specifier",                        "on",       "a conversion that does not exist"),
    ("W0357", "format-security",                                 "on",       "a format string that is no literal"),
    ("W0405", "bpf-format",                                      "on",       "a format string that the kernel refuses"),
    ("W0358", "gnu-pointer-arith",                               "pedantic", "arithmetic on void and function pointers"),
    ("W0359", "pointer-arith",                                   "pedantic", "sizeof(void)"),
    # BPF
    ("W0351", "bpf-section",                                     "on",       "a section that libbpf does not know"),
    ("W0352", "bpf-static-program",                              "on",       "a program is static"),
    ("W0353", "bpf-static-map",                                  "on",       "a map is static"),
    ("W0354", "bpf-legacy-map",                                  "on",       "a map in section 'maps'"),
    ("W0355", "bpf-data-section",                                "on",       "a section for data that libbpf makes no map of"),
    ("W0356", "bpf-section-call",                                "on",       "a call into another section"),
    ("W0391", "bpf-asm",                                         "on",       "an asm constraint that means less than it says"),
    ("W0404", "bpf-undefined",                                   "on",       "a function that is declared and not defined"),
    ("W0409", "attribute-warning",                               "on",       "a call that __attribute__((warning)) warns of"),
    # command line
    ("W0701", "unknown-warning-option",                          "on",       "a -W option that neither clang nor gcc has"),
)  # fmt: skip

_FORMAT = "format format-extra-args format-insufficient-args format-invalid-specifier format-security"
_VALUE = "unused-value unused-comparison unused-result"
_UNUSED = (f"{_VALUE} unused-variable unused-const-variable unused-but-set-variable unused-function "
           "unneeded-internal-declaration unused-label unused-local-typedef")  # fmt: skip
_PARENTHESES = ("parentheses parentheses-equality dangling-else logical-not-parentheses bitwise-op-parentheses "
                "shift-op-parentheses logical-op-parentheses")  # fmt: skip
_TAUTOLOGICAL = "tautological-compare tautological-constant-out-of-range-compare tautological-pointer-compare"
_MOST = (f"{_UNUSED} {_PARENTHESES} {_TAUTOLOGICAL} {_FORMAT} unknown-pragmas return-type switch self-assign string-compare "
         "pointer-bool-conversion constant-logical-operand enum-compare char-subscripts uninitialized sometimes-uninitialized "
         "misleading-indentation return-stack-address unsequenced missing-braces multichar "
         "sizeof-pointer-memaccess")  # fmt: skip

# names that stand for several warnings: a group has the name of its first member, or no warning has its name
GROUPS = {
    "all":                          _MOST,
    "most":                         _MOST,
    "cpp":                          "#warnings",
    "pragmas":                      "unknown-pragmas ignored-pragmas",
    "unknown-pragmas":              "unknown-pragmas ignored-pragmas",
    "conversion":                   "constant-conversion bitfield-constant-conversion enum-conversion",
    "constant-conversion":          "constant-conversion bitfield-constant-conversion",
    "bool-conversion":              "pointer-bool-conversion",
    "incompatible-pointer-types":   "incompatible-pointer-types incompatible-function-pointer-types "
                                    "incompatible-pointer-types-discards-qualifiers",
    "attributes":                   "unknown-attributes",
    "unused":                       _UNUSED,
    "unused-variable":              "unused-variable unused-const-variable",
    "unused-function":              "unused-function unneeded-internal-declaration",
    "unused-value":                 _VALUE,
    "parentheses":                  _PARENTHESES,
    "tautological-compare":         _TAUTOLOGICAL,
    "tautological-constant-compare": "tautological-constant-out-of-range-compare",
    "int-to-pointer-cast":          "int-to-pointer-cast int-to-void-pointer-cast",
    "pointer-to-int-cast":          "pointer-to-int-cast void-pointer-to-int-cast",
    "uninitialized":                "uninitialized sometimes-uninitialized",
    "deprecated":                   "deprecated-declarations",
    "format":                       _FORMAT,
    "pointer-arith":                "pointer-arith gnu-pointer-arith",
    "extra":                        "initializer-overrides",
}  # fmt: skip

TABLE = tuple(Warning(*row) for row in _ROWS)
BY_CODE = {row.code: row for row in TABLE}


def codes_of(name: str) -> list[str]:
    """The codes of the warnings that -WNAME is about: one warning's name, or a group's."""
    if name == "everything":
        return [row.code for row in TABLE if row.name]
    members = GROUPS.get(name, name).split()
    return [row.code for row in TABLE if row.name in members or _in_level(name, row.when)]


def _in_level(name: str, when: str) -> bool:
    match name:
        case "all" | "most":
            return when == "all"
        case "extra" | "":  # -W is -Wextra
            return when == "extra"
        case _:
            return name == "pedantic" and when == "pedantic"


class Levels:
    """What is wanted of each warning. `of` maps a code to "ignored", "warning" or "error"; the last option wins (clang)."""

    __slots__ = ("_fixed", "asked", "everything_fatal", "silent")

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}  # by options: codes to levels
        self._fixed: set[str] = set()  # -Wno-error=NAME: no errors by -Werror
        self.everything_fatal = False  # -Werror
        self.silent = False  # -w

    def of(self, code: str) -> str:
        """The level of `code`: "ignored", "warning" or "error"."""
        level = self.asked.get(code)
        if level is None:
            row = BY_CODE.get(code)
            when = row.when if row is not None else "on"
            level = "warning" if when == "on" else "error" if when == "error" else "ignored"
        return self.raised(code, level)

    def raised(self, code: str, level: str) -> str:
        """`level` as -w and -Werror change it."""
        if self.silent and level != "ignored" and not (level == "error" and self._default(code) == "error"):
            return "ignored"
        if level == "warning":
            if self.everything_fatal and code not in self._fixed:
                return "error"
        return level

    def wanted(self) -> set[str]:
        """The codes that are not ignored."""
        return {row.code for row in TABLE if self.of(row.code) != "ignored"}

    def apply(self, name: str) -> bool:
        """Obey `-Wname`; False if there is no such warning here."""
        on = not name.startswith("no-")
        plain = name.removeprefix("no-")
        if plain == "error":
            self.everything_fatal = on
            return True
        fatal = plain.startswith("error=")
        codes = codes_of(plain.removeprefix("error="))
        for code in codes:
            if not fatal:
                keep = on and self.asked.get(code, self._default(code)) == "error"
                self.asked[code] = "error" if keep else "warning" if on else "ignored"
            elif on:
                self.asked[code] = "error"
                self._fixed.discard(code)
            else:
                if self.asked.get(code, self._default(code)) == "error":
                    self.asked[code] = "warning"
                self._fixed.add(code)
        return bool(codes)

    def _default(self, code: str) -> str:
        row = BY_CODE.get(code)
        return "error" if row is not None and row.when == "error" else ""


class Regions:
    """What `#pragma GCC diagnostic` has said so far: `levels` maps codes to levels, and is never changed, only replaced."""

    __slots__ = ("_saved", "levels")

    def __init__(self) -> None:
        self.levels: dict[str, str] = {}
        self._saved: list[dict[str, str]] = []

    def copy(self) -> Regions:
        """The same state, to be changed on its own."""
        made = Regions()
        made.levels, made._saved = self.levels, [*self._saved]
        return made

    def apply(self, words: list[str]) -> str:
        """Obey the words behind `GCC diagnostic`: push, pop, ignored "-Wname", warning "-Wname", error "-Wname". What is
        wrong with them: "pop" without a push, or the name of a warning that we do not have; or ""."""
        match words:
            case ["push"]:
                self._saved.append(self.levels)
            case ["pop"]:
                if not self._saved:
                    return "pop"
                self.levels = self._saved.pop()
            case ["ignored" | "warning" | "error" | "fatal" as action, flag, *_]:
                name = flag.strip('"').removeprefix("-W")
                codes = codes_of(name or "extra")
                if not codes:
                    return name
                level = "error" if action == "fatal" else action
                self.levels = {**self.levels, **dict.fromkeys(codes, level)}
        return ""
