// The attribute 'format' names arguments that are not there, or are no strings.
int p(const char *f, ...) __attribute__((format(printf, -1, 2)));
int q(const char *f, ...) __attribute__((format(printf, 1, 1)));
int r(int a, const char *f, ...) __attribute__((format(printf, 1, 3)));
int s(void *f, ...) __attribute__((format(printf, 1, 2)));
int good(const char *f, ...) __attribute__((format(printf, 1, 2)));
int values(const char *f, int n) __attribute__((format(printf, 1, 0)));
