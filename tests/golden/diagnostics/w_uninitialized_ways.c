// Ways to a read of a variable that is not set: branches, loops, switches, jumps.
// options: -Wall
int next(void); void take(int *); 
int a1(int a) { int y; if (a) y = 1; return y; }
int a2(int a) { int y, x; if (a) y = 1; return x + y; }
int a3(int a) { int y; while (next()) y = 1; return y; }
int a4(int a) { int y; for (int i = 0; i < a; i++) y = 1; return y; }
int a5(int a) { int y; if (a) y = 1; if (a) return y; return 0; }
int a6(int a) { int y; switch (a) { case 1: y = 1; break; case 2: y = 2; } return y; }
int a7(int a) { int y; switch (a) { case 1: y = 1; break; default: next(); } return y; }
int a8(int a) { int y; if (a && (y = next())) return y; return y; }
int a9(int a) { int y; take(&y); return y; }
int b1(int a) { int y; int z = a ? y = 1 : 2; return y + z; }
int b2(int a) { int y; y++; return y; }
int b3(int a) { int y; y += 1; return y; }
int b4(int a) { int y; (void)y; return sizeof(y); }
int b5(int a) { int y = y; return y; }
int b6(int a) { int y; goto l; l: return y; }
int b7(int a) { int y; if (a > 1) { y = 1; } else if (a > 2) { y = 2; } return y; }
int b8(int a) { int y; do { y = 1; } while (next()); return y; }
int b9(int a) { int y; if (a) next(); else y = 1; next(); return y; }
int c1(int a) { int *p; *p = 1; return *p; }
int c2(int a) { int *p; if (a) p = &a; return *p; }
int c3(int a) { int y; if (!a) return 1; if (a > 2) goto e; y = 1; e: return y; }
int c4(int a) { int y; for (;;) { if (a) { y = 1; break; } if (next()) break; } return y; }
int c5(int a) { int y; asm volatile("%0 = 1" : "=r"(y)); int z; asm volatile("" : "+r"(z)); return y + z; }
int c6(int a) { struct { int m; } s; int arr[2]; return s.m + arr[1]; }
int c7(int a) { volatile int y; return y; }
int c8(int a) { int y; if (a) y = 1; else if (next()) return 2; return y; }
int c9(int a) { int y; y = y + 1; return y; }
int d1(int a) { int x; while (1) { if (a) break; x = 1; } return x; }
int d2(int a) { int x; for (int i = 0; i < 3; i++) { if (i) a += x; x = i; } return a; }
int d3(int a) { int x; if (a) { x = 1; } next(); if (a) { return x; } else { return 2; } }
int d4(int a) { int x; return a ? x : 1; }
int d5(int a) { int x; if (0) x = 1; return x; }
int d6(int a) { int x; if (a || next()) x = 1; return x; }
int d7(int a) { int x; if (a) x = 1; else x; return x; }
int d8(int a) { static int x; extern int z; register int r; return x + z + r; }
int d9(int a) { int x; ({ x; }); return 0; }
int e1(int a) { enum { A } x; _Bool b; if (b) return x; return 1; }
int e2(int a) { int x; switch (a) { case 1: x = 1; break; case 2: return x; default: return 1;} return x; }
int e3(int a) { int x; if (a) x = next(); if (!a) return 0; return x; }
int e4(int a) { int x, y; y = x; return y + x; }
int e5(int a) { int x; next() && (x = 1); return x; }
int e6(int a) { int x; if (a) goto skip; x = 1; skip: if (a) return 0; return x; }
