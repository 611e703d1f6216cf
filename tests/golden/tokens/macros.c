// Expansion, stringizing, pasting, and what a header guard hides.
#define TWICE(x) x x
#define TEXT(x) #x
#define JOIN(a, b) a##b
#define FIRST(a, ...) a __VA_OPT__(, __VA_ARGS__)
int JOIN(val, ue) = 1 TWICE(+ 2);
const char *s = TEXT(a + "b\n");
int v[] = { FIRST(1) , FIRST(2, 3) };
