// sizeof without parentheses around a type.
int f(void) { return sizeof int; }
