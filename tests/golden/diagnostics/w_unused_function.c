// Static functions that nothing calls; those in headers and inline ones in the file as clang has them.
// options: -Wall -Wextra
static int alone(void) { return 1; }
static int never(int a);
static inline int small(void) { return 2; }
static int needed(void) { return 3; }
static __attribute__((unused)) int meant(void) { return 4; }
static int self(int n) { return n ? 1 : needed(); }
int f(void) { return needed(); }
int g(void) { return sizeof(self(1)); }
