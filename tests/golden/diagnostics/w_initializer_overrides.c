// A member that is initialized twice.
// options: -Wall -Wextra
struct point { int x, y; };
struct point a = { .x = 1, .x = 2 };
int b[3] = { [0] = 1, [0] = 2 };
int c[8] = { [0 ... 7] = 1, [3] = 2 };
