// Qualifiers of a result mean nothing.
// options: -Wall -Wextra
const int f(void);
volatile int g(void) { return 1; }
const char *h(void);
char *const i(void);
typedef const int fixed;
fixed k(void);
extern const void (*puts_)(unsigned long a);
const void nothing(void);
