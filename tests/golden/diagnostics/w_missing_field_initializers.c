// An initializer that leaves members out; designators and {0} are quiet.
// options: -Wall -Wextra
struct point { int x, y, z; };
struct line { struct point from, to; };
struct point a = { 1, 2 };
struct point b = { .x = 1 };
struct point c = { 0 };
struct point d = {};
struct point e = { 1 };
struct point f = { 1, 2, 3 };
struct line g = { { 1, 2, 3 } };
struct line h = { .from = { 1 } };
struct point i[2] = { { 1, 2 }, { 3, 4, 5 } };
struct point k = { 1, .z = 2 };
