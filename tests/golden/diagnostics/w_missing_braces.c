// The values of an inner object without braces of their own.
// options: -Wall -Wextra
struct point { int x, y; };
struct line { struct point from, to; };
struct line a = { 1, 2, 3, 4 };
struct line b = { { 1, 2 }, { 3, 4 } };
struct line c = { 0 };
int d[2][2] = { 1, 2, 3, 4 };
struct wrap { struct point p; };
struct wrap e = { 1, 2 };
