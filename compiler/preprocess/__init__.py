"""Preprocessing (C11 6.10): text to a stream of tokens.

| code  | meaning                                        | code  | meaning                                   |
|-------|------------------------------------------------|-------|-------------------------------------------|
| E0101 | a comment has no end                           | E0111 | a header cannot be read                   |
| E0102 | a string or character constant has no end      | E0112 | the condition of #if is wrong             |
| E0103 | a character or byte that C has no use for      | E0113 | #if, #else, #endif do not match           |
| E0104 | unknown directive                              | E0114 | headers are nested too deep               |
| E0105 | wrong number of macro arguments                | E0115 | #error                                    |
| E0106 | a macro's call has no ')'                      | E0116 | bad #line                                 |
| E0107 | bad #define or #undef                          | E0117 | bad #include                              |
| E0108 | `##` makes no token                            | E0118 | bad _Pragma                               |
| E0109 | macros are nested too deep or grow too large   | E0119 | a poisoned name is used                   |
| E0110 | header not found                               | E0120 | a directive that is not supported         |
| E0121 | no vmlinux.h and no BTF to make it from        |       |                                           |
| W0101 | #warning                                       | W0105 | a number in #if is taken as unsigned      |
| W0102 | extra text after a directive                   | W0106 | #pragma once in the main file             |
| W0103 | a macro is defined again, differently          | W0107 | #include_next in the main file            |
| W0104 | `#` dropped a backslash                        | W0108 | #pragma message, #pragma GCC warning      |
"""

from .engine import Preprocessor, preprocess
from .options import PreprocessOptions
from .tokens import Token

__all__ = ["PreprocessOptions", "Preprocessor", "Token", "preprocess"]
