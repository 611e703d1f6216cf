// Arithmetic on void pointers, when it is asked for.
// options: -Wall -Wextra
// options: -Wpointer-arith
void *f(void *p, int (*g)(void)) { p += 1; p++; return p + sizeof(void) + (g + 1 != g); }
