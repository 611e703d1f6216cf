// An enumerator that the enum does not have.
enum e { A }; enum o { B };
long f(void) { return __builtin_preserve_enum_value(*(enum e *)B, 0); }
